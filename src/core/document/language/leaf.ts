import { isLocalDate } from '../../kernel/index.ts'
import type { BytesForm, CodeForm, DecimalForm, LeafForm, TextForm } from './declare.ts'
import type { Details, ReadingFaultCode } from './faults.ts'

/** What a leaf says of a text that it cannot take. */
export class Trouble {
  readonly code: ReadingFaultCode
  readonly details: Details

  constructor(code: ReadingFaultCode, details: Details = {}) {
    this.code = code
    this.details = details
  }
}

/**
 * Reads one trimmed, non-empty text into its canonical value. `undefined`: as good as absent (the empty
 * date of 1C). Readers are made once for each declared field and hold no state.
 */
export type LeafReader = (text: string) => string | boolean | Trouble | undefined

/** Characters XML 1.0 cannot carry, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/u

const readText = (form: TextForm): LeafReader => {
  const pattern = form.pattern === undefined ? undefined : new RegExp(`^(?:${form.pattern})$`)
  const example = form.example ?? ''
  if (pattern?.test(example) === false) throw new Error(`${form.typeName}: its example is not of its shape`)
  return (raw) => {
    // XML readers turn CR LF into LF; doing it for JSON too keeps the bytes the same.
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
    if (text.length > form.max) return new Trouble('DOC-06', { max: form.max })
    if (pattern !== undefined) {
      return pattern.test(text) ? text : new Trouble('DOC-07', { example })
    }
    return forbidden.test(text) ? new Trouble('DOC-13') : text
  }
}

const lexicalDecimal = /^([+-]?)(\d*)(?:\.(\d*))?$/

/**
 * `xs:decimal` into its one canonical text: no plus, no leading zeros, no minus zero; the fraction without
 * trailing zeros but never shorter than `places`.
 */
const readDecimal = (form: DecimalForm): LeafReader => {
  const { fraction, places } = form
  const integer = form.digits - fraction
  // Nearly all numbers arrive in canonical text already.
  const whole = integer > 1 ? `(?:0|[1-9]\\d{0,${integer - 1}})` : '\\d'
  const tail =
    places > 0 && places === fraction
      ? `\\.\\d{${places}}`
      : fraction > 0 && places === 0
        ? `(?:\\.\\d{0,${fraction - 1}}[1-9])?`
        : undefined
  const canonical = tail === undefined ? undefined : new RegExp(`^${whole}${tail}$`)
  return (text) => {
    if (canonical?.test(text) === true) return text
    const match = text.length > 64 ? null : lexicalDecimal.exec(text)
    if (match === null) return new Trouble('DOC-08')
    const [, sign = '', left = '', right = ''] = match
    if (left === '' && right === '') return new Trouble('DOC-08')
    const significant = left.replace(/^0+/, '')
    const after = right.replace(/0+$/, '')
    if (significant.length > integer || after.length > fraction)
      return new Trouble('DOC-09', { integer, fraction })
    const isZero = significant === '' && after === ''
    const shown = after.padEnd(places, '0')
    return `${sign === '-' && !isZero ? '-' : ''}${significant === '' ? '0' : significant}${shown === '' ? '' : `.${shown}`}`
  }
}

/** A day, with a time that 1C always adds or a zone that `xs:date` allows; both are dropped. */
const lexicalDate =
  /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?|Z|[+-]\d{2}:\d{2})?$/

const readDate: LeafReader = (text) => {
  const day = lexicalDate.exec(text)?.[1]
  if (day === undefined) return new Trouble('DOC-10')
  if (day === '0001-01-01') return undefined
  return isLocalDate(day) ? day : new Trouble('DOC-10')
}

const readBoolean: LeafReader = (text) => {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  return new Trouble('DOC-11')
}

const readCode = (form: CodeForm): LeafReader => {
  const known = new Set(form.codes)
  return (text) => (known.has(text) ? text : new Trouble('DOC-12', { codes: form.codes.join(', ') }))
}

const base64Value = (code: number): number => {
  if (code >= 65 && code <= 90) return code - 65
  if (code >= 97 && code <= 122) return code - 71
  if (code >= 48 && code <= 57) return code + 4
  if (code === 43) return 62
  return code === 47 ? 63 : -1
}

const base64Letters = /^[A-Za-z0-9+/]*$/
const pieceLength = 16_384

/** Bytes held by a canonical base64 text, or -1 when it is not one. */
export const base64Size = (text: string): number => {
  if (text.length % 4 !== 0) return -1
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const end = text.length - padding
  // Piece by piece: one regular expression over 27 million characters overflows its stack, and a loop over
  // them takes ten times as long.
  for (let from = 0; from < end; from += pieceLength) {
    if (!base64Letters.test(text.slice(from, Math.min(end, from + pieceLength)))) return -1
  }
  // Unused bits of the last character must be zero, or two texts would mean the same bytes.
  if (padding > 0 && base64Value(text.charCodeAt(end - 1)) % (padding === 1 ? 4 : 16) !== 0) return -1
  return (text.length / 4) * 3 - padding
}

const readBytes =
  (form: BytesForm): LeafReader =>
  (raw) => {
    const text = /\s/.test(raw) ? raw.replace(/\s+/g, '') : raw
    const size = base64Size(text)
    if (size < 0) return new Trouble('DOC-14')
    return size > form.maxBytes ? new Trouble('DOC-15', { mebibytes: form.maxBytes / 1024 / 1024 }) : text
  }

export const leafReader = (form: LeafForm): LeafReader => {
  switch (form.is) {
    case 'text':
      return readText(form)
    case 'decimal':
      return readDecimal(form)
    case 'date':
      return readDate
    case 'boolean':
      return readBoolean
    case 'code':
      return readCode(form)
    case 'bytes':
      return readBytes(form)
  }
}
