import { documentNamespace, rootElementOf, writeDocumentXml } from '../../src/core/document/index.ts'
import type { Document } from '../../src/core/document/index.ts'

export const serviceNamespace = 'urn:daneker:edo:1.0'

const instanceAttributes =
  'xmlns:xs="http://www.w3.org/2001/XMLSchema"\r\n\t\t\t\t\txmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** An envelope around a body, with the header and the white space that 1C writes. */
export const soapEnvelope = (body: string, header = '<soap:Header/>'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">\r\n\t${header}\r\n\t<soap:Body>\r\n\t\t${body}\r\n\t</soap:Body>\r\n</soap:Envelope>`

/** One parameter as 1C writes it: namespaces declared again on each. `undefined` is nil. */
export const soapParameter = (name: string, value: string | undefined): string =>
  value === undefined
    ? `<m:${name} ${instanceAttributes} xsi:nil="true"/>`
    : `<m:${name} ${instanceAttributes}>${value}</m:${name}>`

/** A call of an operation with parameters that are already XML. */
export const soapCall = (operation: string, parameters: [string, string | undefined][] = []): string => {
  const start = `<m:${operation} xmlns:m="${serviceNamespace}"`
  if (parameters.length === 0) return soapEnvelope(`${start}/>`)
  const inside = parameters.map(([name, value]) => `\r\n\t\t\t${soapParameter(name, value)}`).join('')
  return soapEnvelope(`${start}>${inside}\r\n\t\t</m:${operation}>`)
}

/** The inside of a document's XML, to stand in the `Document` parameter: default namespace on each child. */
export const insideOf = (document: Document): string => {
  const xml = Buffer.from(writeDocumentXml(document)).toString('utf8')
  const root = rootElementOf(document.kind)
  const inside = new RegExp(`<${root}\\b[^>]*>([\\s\\S]*)</${root}>`).exec(xml)?.[1]
  if (inside === undefined) throw new Error(`no <${root}> in the exact bytes`)
  return inside
}

/** `SendAct` and its sisters. */
export const sendCall = (document: Document, key?: string, signature?: string): string => {
  const operation = `Send${rootElementOf(document.kind)}`
  return soapEnvelope(
    `<m:${operation} xmlns:m="${serviceNamespace}">\r\n\t\t\t<m:Document xmlns="${documentNamespace}">${insideOf(document)}</m:Document>\r\n\t\t\t${soapParameter('Key', key)}\r\n\t\t\t${soapParameter('Signature', signature)}\r\n\t\t</m:${operation}>`,
  )
}
