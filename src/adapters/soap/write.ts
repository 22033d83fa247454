import { envelopeNamespace, instanceNamespace } from './namespaces.ts'
import type { Member, SoapOperation, SoapService, Value, Values } from './shapes.ts'

// XML 1.0 has no place for these even as references; a JSON document may have brought them.
// eslint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
// eslint-disable-next-line no-control-regex
const special = /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

export const escaped = (text: string): string =>
  special.test(text)
    ? text
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;')
        // A parser turns a bare carriage return into a line feed.
        .replace(/\r/g, '&#13;')
        .replace(illegal, '\ufffd')
    : text

/** Whole seconds: 1C reads no fractions. The zone is there, so that each side shows its own local time. */
const instant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

const simple = (value: Exclude<Value, Values | Value[] | undefined>): string => {
  if (typeof value === 'string') return escaped(value)
  if (value instanceof Date) return instant(value)
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return String(value)
}

/** True for a structure, false for simple values and lists. */
export const isValues = (value: Value): value is Values =>
  typeof value === 'object' &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array)

const element = (member: Member, value: Value, prefix: string): string => {
  const name = `${prefix}:${member.name}`
  if (member.occurs === 'many')
    return Array.isArray(value)
      ? value.map((item) => element({ name: member.name, type: member.type }, item, prefix)).join('')
      : ''
  if (value === undefined) {
    if (member.occurs === 'nillable') return `<${name} xmlns:xsi="${instanceNamespace}" xsi:nil="true"/>`
    if (member.occurs === 'optional') return ''
    throw new Error(`the answer lacks ${member.name}`)
  }
  if (typeof member.type === 'object') {
    if (!isValues(value)) throw new Error(`${member.name} is not a structure`)
    const { namespace, members } = member.type
    return namespace === undefined
      ? `<${name}>${writeMembers(members, value, prefix)}</${name}>`
      : `<${name} xmlns:${prefix}1="${namespace}">${writeMembers(members, value, `${prefix}1`)}</${name}>`
  }
  if (isValues(value) || Array.isArray(value)) throw new Error(`${member.name} is not a simple value`)
  return `<${name}>${simple(value)}</${name}>`
}

/** Members in the order of the schema, whatever the order of the values. */
export const writeMembers = (members: readonly Member[], values: Values, prefix = 'm'): string => {
  let xml = ''
  for (const member of members) xml += element(member, values[member.name], prefix)
  return xml
}

/** A body in an envelope; the prefixes are those that 1C's own services use. */
export const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${envelopeNamespace}"><soap:Body>${body}</soap:Body></soap:Envelope>`

export const responseBody = (
  { namespace }: SoapService,
  { name, gives }: SoapOperation,
  values: Values,
): string => `<m:${name}Response xmlns:m="${namespace}">${writeMembers(gives, values)}</m:${name}Response>`
