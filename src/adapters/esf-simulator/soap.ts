import type { FaultName } from './contract.ts'
import { faultElements } from './contract.ts'
import type { XmlElement } from './xml.ts'
import { XmlError, child, childText, escapeXml, parseXml } from './xml.ts'

const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/'
const securityNamespace = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** A SOAP 1.1 request, read as far as the envelope goes. */
export interface SoapRequest {
  /** The single element of the Body. */
  readonly payload: XmlElement
  /** WS-Security of the header; `undefined` when there is none. */
  readonly security: Security | undefined
}

export interface Security {
  readonly mustUnderstand: boolean
  readonly username: string | undefined
  readonly password: string | undefined
}

/** Ends the call with a SOAP fault. Faults travel with HTTP 500 [W]. */
export class SoapFault extends Error {
  readonly code: string
  readonly reason: { name: FaultName; description: string } | undefined

  constructor(code: string, text: string, reason?: { name: FaultName; description: string }) {
    super(text)
    this.name = 'SoapFault'
    this.code = code
    this.reason = reason
  }

  /** CXF's habit [L]: an empty-worded fault string, the reason inside the detail. */
  static declared(name: FaultName, description: string): SoapFault {
    return new SoapFault('soap:Server', 'Fault occurred while processing.', { name, description })
  }

  /** WSS4J's only words for a missing or wrong UsernameToken and for a bad signed ticket [L]. */
  static security(): SoapFault {
    return new SoapFault('ns1:SecurityError', 'A security error was encountered when verifying the message')
  }

  static unmarshalling(message: string): SoapFault {
    return new SoapFault('soap:Client', `Unmarshalling Error: ${message} `)
  }
}

export const readEnvelope = (xml: string): SoapRequest => {
  let envelope: XmlElement
  try {
    envelope = parseXml(xml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new SoapFault('soap:Client', `Error reading XMLStreamReader: ${error.message}`)
  }
  if (envelope.name !== 'Envelope' || envelope.namespace !== envelopeNamespace) {
    throw new SoapFault(
      'soap:VersionMismatch',
      `"${envelope.namespace}", the namespace on the "${envelope.name}" element, is not a valid SOAP version.`,
    )
  }
  const payload = child(envelope, 'Body')?.children[0]
  if (payload === undefined) throw new SoapFault('soap:Client', 'The SOAP Body is empty.')
  const security = child(envelope, 'Header')?.children.find(
    (header) => header.name === 'Security' && header.namespace === securityNamespace,
  )
  return { payload, security: security === undefined ? undefined : readSecurity(security) }
}

const readSecurity = (header: XmlElement): Security => {
  const token = child(header, 'UsernameToken')
  return {
    mustUnderstand: header.attributes.some(
      ({ name, namespace, value }) =>
        name === 'mustUnderstand' && namespace === envelopeNamespace && (value === '1' || value === 'true'),
    ),
    username: childText(token, 'Username'),
    password: child(token, 'Password')?.text,
  }
}

/** How an answer is dressed. Both dresses mean the same to a reader that goes by namespace. */
export interface Dress {
  readonly envelopePrefix: string
  readonly payloadPrefix: string
}

export const usualDress: Dress = { envelopePrefix: 'soap', payloadPrefix: 'ns2' }
export const otherDress: Dress = { envelopePrefix: 'S', payloadPrefix: 'esfws' }

export const writeAnswer = (namespace: string, element: string, content: string, dress: Dress): string => {
  const { envelopePrefix: soap, payloadPrefix: ns } = dress
  return `<${soap}:Envelope xmlns:${soap}="${envelopeNamespace}"><${soap}:Body><${ns}:${element} xmlns:${ns}="${namespace}">${content}</${ns}:${element}></${soap}:Body></${soap}:Envelope>`
}

export const writeFault = (fault: SoapFault, namespace: string): string => {
  const declaration = fault.code.startsWith('ns1:') ? ' xmlns:ns1="http://ws.apache.org/wss4j"' : ''
  const { reason } = fault
  const detail =
    reason === undefined
      ? ''
      : `<detail><ns2:${faultElements[reason.name].element} xmlns:ns2="${namespace}"><description>${escapeXml(reason.description)}</description></ns2:${faultElements[reason.name].element}></detail>`
  return `<soap:Envelope xmlns:soap="${envelopeNamespace}"><soap:Body><soap:Fault><faultcode${declaration}>${fault.code}</faultcode><faultstring>${escapeXml(fault.message)}</faultstring>${detail}</soap:Fault></soap:Body></soap:Envelope>`
}
