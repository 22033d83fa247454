import type { Content } from './schema.ts'
import type { Security } from './soap.ts'
import type { XmlElement } from './xml.ts'

/** One call of an operation whose request has the shape that the contract asks for. */
export interface ServiceCall {
  readonly payload: XmlElement
  readonly security: Security | undefined
}

/** Does the operation and answers in the words of the contract; says no by throwing a SoapFault. */
export type Handler = (call: ServiceCall) => Content | Promise<Content>
