/** The four strings an administrator types into 1C, and the words of SOAP around them. */

/** A published WSDL never changes in place, 1C caches it for a day: a change is a new name and namespace. */
export const serviceName = 'EdoGateway_1_0'
export const portName = `${serviceName}Soap`
export const serviceNamespace = 'urn:daneker:edo:1.0'
export const servicePath = `/ws/${serviceName}`

export const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/'
export const soap12Namespace = 'http://www.w3.org/2003/05/soap-envelope'
export const encodingNamespace = 'http://schemas.xmlsoap.org/soap/encoding/'
export const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'
export const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'
export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

export const soapActionOf = (operation: string): string => `${serviceNamespace}#${serviceName}:${operation}`
