/** The four strings an administrator types into 1C. */

/** A published WSDL never changes in place, 1C caches it for a day: a change is a new name and namespace. */
export const serviceName = 'EdoGateway_1_0'
export const portName = `${serviceName}Soap`
export const serviceNamespace = 'urn:daneker:edo:1.0'
export const servicePath = `/ws/${serviceName}`
