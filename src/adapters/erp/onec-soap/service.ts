import type { SoapService } from '../../soap/index.ts'
import { portName, serviceName, serviceNamespace } from './dialect.ts'
import { operations } from './operations.ts'
import type { Operation } from './operations.ts'

/** The service as the reader of requests and the WSDL need it. */
export const service: SoapService<Operation> = {
  name: serviceName,
  port: portName,
  namespace: serviceNamespace,
  operations,
}
