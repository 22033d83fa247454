import { child, escapeXml, NotXml, parseXml, textOf } from './xml.ts'
import type { XmlElement } from './xml.ts'

/**
 * SOAP 1.1, document/literal, by hand. node-soap's client is not used here: it reads `xs:long` as a
 * JavaScript number and so loses the last digits of every id of the portal; it writes `\r` bare, which
 * breaks the signature over a body; it turns character data that begins with `<?xml` into an object; and an
 * `id="__proto__"` in an answer reaches `Object.prototype`.
 */
export interface Credentials {
  /** ИИН of the person whose key opens the session. */
  user: string
  /** Password of the portal's cabinet, not the PIN of the key. */
  password: string
}

/** One child element and its value; lists and nested types are written with `nested`. */
export const field = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `<${name}>${escapeXml(value)}</${name}>`

export const nested = (name: string, ...content: string[]): string => `<${name}>${content.join('')}</${name}>`

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const passwordText =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText'

/** Only the top element is qualified; its children have no namespace, and their order is that of the contract. */
export const envelope = (
  element: string,
  content: string,
  credentials?: Credentials,
  namespace = 'esf',
): string => {
  const security =
    credentials === undefined
      ? ''
      : `<wsse:Security xmlns:wsse="${wsse}" soapenv:mustUnderstand="1"><wsse:UsernameToken>${field('wsse:Username', credentials.user)}<wsse:Password Type="${passwordText}">${escapeXml(credentials.password)}</wsse:Password></wsse:UsernameToken></wsse:Security>`
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:esf="${namespace}"><soapenv:Header>${security}</soapenv:Header><soapenv:Body><esf:${element}>${content}</esf:${element}></soapenv:Body></soapenv:Envelope>`
}

/** What a fault of the portal is about; its reason is in the detail, or else in the fault string. */
export interface PortalFault {
  name: 'session-closed' | 'access-denied' | 'business' | 'security' | 'other'
  reason: string
}

export type SoapAnswer = { fault: PortalFault } | { payload: XmlElement }

/**
 * Reads an answer. Undefined when it is not a SOAP envelope that holds `element` or a fault: an HTML page, half
 * an answer, another service.
 */
export const readAnswer = (text: string, element: string): SoapAnswer | undefined => {
  let root: XmlElement
  try {
    root = parseXml(text)
  } catch (error) {
    if (error instanceof NotXml) return undefined
    throw error
  }
  if (root.name !== 'Envelope') return undefined
  const body = child(root, 'Body')
  const fault = child(body, 'Fault')
  if (fault !== undefined) return { fault: readFault(fault) }
  const payload = child(body, element)
  return payload === undefined ? undefined : { payload }
}

const readFault = (fault: XmlElement): PortalFault => {
  const detail = child(fault, 'detail')
  const faultString = textOf(fault, 'faultstring') ?? textOf(child(fault, 'Reason'), 'Text') ?? ''
  const declared: [string, PortalFault['name']][] = [
    ['sessionClosedException', 'session-closed'],
    ['accessDeniedException', 'access-denied'],
    ['businessException', 'business'],
  ]
  for (const [element, name] of declared) {
    const found = child(detail, element)
    if (found !== undefined) return { name, reason: textOf(found, 'description') ?? faultString }
  }
  const code = textOf(fault, 'faultcode') ?? ''
  // A dead session comes with its own detail, or with nothing but one of these sentences.
  if (/session.*closed|no open session|SESSION_CLOSED/i.test(faultString)) {
    return { name: 'session-closed', reason: faultString }
  }
  if (/SecurityError|FailedAuthentication|security error/i.test(`${code} ${faultString}`)) {
    return { name: 'security', reason: faultString }
  }
  return { name: 'other', reason: faultString }
}
