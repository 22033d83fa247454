import { isAscii, isUtf8 } from 'node:buffer'
import { failed, ok } from '../../core/kernel/index.ts'
import type { Fault, Result } from '../../core/kernel/index.ts'
import { readerFault } from './reader-faults.ts'

/** Encodings the doors read. Everything 1C writes is one of these. */
export type Encoding = 'utf-8' | 'windows-1251' | 'utf-16le' | 'utf-16be'

const labels: Readonly<Record<string, Encoding | 'utf-16'>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'windows-1251': 'windows-1251',
  'cp-1251': 'windows-1251',
  cp1251: 'windows-1251',
  'x-cp1251': 'windows-1251',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
}

/** Where the label of an encoding was found; a label nobody knows stops the reading. */
const encodingOf = (label: string | undefined): Encoding | 'utf-16' | 'unknown' | undefined =>
  label === undefined || label === '' ? undefined : (labels[label.toLowerCase()] ?? 'unknown')

const startsWith = (bytes: Uint8Array, ...head: number[]): boolean =>
  bytes.length >= head.length && head.every((byte, i) => bytes[i] === byte)

interface Mark {
  encoding: Encoding | 'unknown'
  /** Bytes of the mark itself; zero when the encoding shows in the zero bytes of the first letters. */
  size: number
}

/** Byte order marks, and text without one whose first letter betrays UTF-16. */
const markOf = (bytes: Uint8Array): Mark | undefined => {
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', size: 3 }
  // UTF-32 begins like UTF-16LE; nobody sends it in good faith.
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0, 0, 0xfe, 0xff))
    return { encoding: 'unknown', size: 4 }
  if (startsWith(bytes, 0xff, 0xfe)) return { encoding: 'utf-16le', size: 2 }
  if (startsWith(bytes, 0xfe, 0xff)) return { encoding: 'utf-16be', size: 2 }
  if (bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0)
    return { encoding: 'utf-16le', size: 0 }
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0)
    return { encoding: 'utf-16be', size: 0 }
  return undefined
}

const declarationPattern = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/

const agree = (a: Encoding | 'utf-16', b: Encoding | 'utf-16'): boolean =>
  a === b || (a === 'utf-16' && b.startsWith('utf-16')) || (b === 'utf-16' && a.startsWith('utf-16'))

/** High bytes below this count may look like UTF-8 by chance: "Р№" in windows-1251 is also a letter in UTF-8. */
const chanceBytes = 8

const highBytes = (bytes: Uint8Array, enough: number): number => {
  let count = 0
  for (let i = 0; i < bytes.length && count < enough; i++) if ((bytes[i] ?? 0) > 0x7f) count++
  return count
}

/** Strict decoding; undefined when the bytes are not text in this encoding. */
const decodeAs = (bytes: Uint8Array, encoding: Encoding): string | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (encoding) {
    case 'utf-8':
      if (isAscii(buffer)) return buffer.toString('latin1')
      return isUtf8(buffer) ? buffer.toString('utf8') : undefined
    case 'windows-1251':
      // 0x98 is the one byte without a letter. Text that is well-formed UTF-8 throughout is UTF-8 with a wrong label:
      // decoding it would give "РўРћРћ" for "ТОО" and nobody would notice until court.
      if (buffer.includes(0x98) || (highBytes(buffer, chanceBytes) >= chanceBytes && isUtf8(buffer)))
        return undefined
      return new TextDecoder('windows-1251', { fatal: true }).decode(buffer)
    case 'utf-16le':
    case 'utf-16be':
      if (buffer.length % 2 !== 0) return undefined
      try {
        return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(buffer)
      } catch {
        return undefined
      }
  }
}

interface Chosen {
  encoding: Encoding
  /** Bytes of the mark, which are no text. */
  skip: number
  isUtf16: boolean
}

/** The encoding that the first bytes of a message and what is claimed of it agree on. */
const chooseEncoding = (bytes: Uint8Array, claims: (string | undefined)[]): Result<Chosen> => {
  const mark = markOf(bytes)
  let encoding: Encoding | 'utf-16' | undefined
  if (mark !== undefined) {
    if (mark.encoding === 'unknown') return failed(unsupported('UTF-32'))
    encoding = mark.encoding
  }
  const skip = mark?.size ?? 0
  const isUtf16 = mark?.encoding.startsWith('utf-16') === true
  const declared = isUtf16 ? undefined : declarationPattern.exec(latin1Head(bytes.subarray(skip)))?.[1]
  for (const label of [...claims, declared]) {
    const claimed = encodingOf(label)
    if (claimed === undefined) continue
    if (claimed === 'unknown') return failed(unsupported(label ?? ''))
    if (encoding !== undefined && !agree(encoding, claimed)) return failed(readerFault('TEXT-02'))
    if (encoding === undefined || encoding === 'utf-16') encoding = claimed
  }
  // UTF-16 without a mark whose first letters do not show their order is not text we can trust.
  if (encoding === 'utf-16') return failed(readerFault('TEXT-02'))
  return ok({ encoding: encoding ?? 'utf-8', skip, isUtf16 })
}

/** UTF-16 hides its declaration until it is decoded. */
const contradicts = (text: string, encoding: Encoding): boolean => {
  const inner = encodingOf(declarationPattern.exec(text.slice(0, 256))?.[1])
  return inner !== undefined && (inner === 'unknown' || !agree(encoding, inner))
}

const decode = (bytes: Uint8Array, claims: (string | undefined)[]): Result<string> => {
  const chosen = chooseEncoding(bytes, claims)
  if (!chosen.ok) return chosen
  const { encoding, skip, isUtf16 } = chosen.value
  const text = decodeAs(skip === 0 ? bytes : bytes.subarray(skip), encoding)
  if (text === undefined) return failed(readerFault('TEXT-03'))
  if (isUtf16 && contradicts(text, encoding)) return failed(readerFault('TEXT-02'))
  return ok(text)
}

const latin1Head = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 256)).toString('latin1')

const unsupported = (label: string): Fault => readerFault('TEXT-01', { label: label.slice(0, 40) })

/**
 * The text of an XML message. The byte order mark, the charset of the transport and the XML declaration
 * must not contradict each other, and every byte must be a letter of that encoding.
 */
export const decodeXml = (bytes: Uint8Array, charset?: string): Result<string> => decode(bytes, [charset])

/** The text of a JSON message: UTF-8 (RFC 8259), a byte order mark allowed because 1C writes one. */
export const decodeJson = (bytes: Uint8Array, charset?: string): Result<string> => {
  const claimed = encodingOf(charset)
  if (claimed !== undefined && claimed !== 'utf-8') return failed(unsupported(charset ?? ''))
  return decode(bytes, ['utf-8'])
}

/** `charset` of a Content-Type header, if it names one. */
export const charsetOf = (contentType: string | undefined): string | undefined =>
  contentType === undefined ? undefined : /;\s*charset\s*=\s*"?([^";\s]{1,40})"?/i.exec(contentType)?.[1]

/** The text of a file whose encoding is known from outside: a byte order mark may agree, nothing is guessed. */
export const decodeText = (bytes: Uint8Array, encoding: Encoding): Result<string> => decode(bytes, [encoding])

/** Bytes that show an encoding: a mark and a declaration. */
const headBytes = 512

/**
 * The text of an XML message that comes in pieces, under the same rules as `decodeXml`. Never holds more than one
 * piece. What is wrong may show at the end only: do nothing with the text that cannot be undone before.
 */
export class XmlDecoder {
  #held: Buffer = Buffer.alloc(0)
  #decoder: TextDecoder | undefined
  #encoding: Encoding = 'utf-8'
  /** Whether everything so far could be UTF-8 under a wrong label. */
  #asUtf8: TextDecoder | undefined
  #highBytes = 0

  /** The text of the next piece; `isLast` closes the message. */
  decode(piece: Uint8Array, isLast: boolean): Result<string> {
    let bytes = piece
    let head: string | undefined
    if (this.#decoder === undefined) {
      this.#held = Buffer.concat([this.#held, piece])
      if (this.#held.length < headBytes && !isLast) return ok('')
      const chosen = chooseEncoding(this.#held, [])
      if (!chosen.ok) return chosen
      this.#encoding = chosen.value.encoding
      this.#decoder = new TextDecoder(this.#encoding, { fatal: true, ignoreBOM: true })
      if (this.#encoding === 'windows-1251') this.#asUtf8 = new TextDecoder('utf-8', { fatal: true })
      bytes = this.#held.subarray(chosen.value.skip)
      this.#held = Buffer.alloc(0)
      if (chosen.value.isUtf16) head = ''
    }
    if (this.#encoding === 'windows-1251' && !this.#isReally1251(bytes, isLast))
      return failed(readerFault('TEXT-03'))
    try {
      const text = this.#decoder.decode(bytes, { stream: !isLast })
      if (head !== undefined && contradicts(text, this.#encoding)) return failed(readerFault('TEXT-02'))
      return ok(text)
    } catch {
      return failed(readerFault('TEXT-03'))
    }
  }

  #isReally1251(bytes: Uint8Array, isLast: boolean): boolean {
    if (bytes.includes(0x98)) return false
    if (this.#asUtf8 === undefined) return true
    this.#highBytes += highBytes(bytes, chanceBytes)
    try {
      this.#asUtf8.decode(bytes, { stream: !isLast })
    } catch {
      this.#asUtf8 = undefined
      return true
    }
    return !isLast || this.#highBytes < chanceBytes
  }
}
