/** The words of SOAP 1.1 and of what it stands on. */
export const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/'
export const soap12Namespace = 'http://www.w3.org/2003/05/soap-envelope'
export const encodingNamespace = 'http://schemas.xmlsoap.org/soap/encoding/'
export const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'
export const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'
export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'
