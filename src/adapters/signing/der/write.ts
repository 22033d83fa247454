/** DER writing: each function returns the finished encoding of one value. */
import { tags } from './read.ts'

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A value with any tag. */
export const tlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = concat(parts)
  const { length } = content
  if (length < 0x80) return concat([Uint8Array.of(tag, length), content])
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  return concat([Uint8Array.of(tag, 0x80 | size.length, ...size), content])
}

export const writeSequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(tags.sequence, ...parts)

/** SET OF in the order DER demands. */
export const writeSetOf = (parts: readonly Uint8Array[]): Uint8Array => tlv(tags.set, ...sortedForSet(parts))

/** The order of a DER SET OF: as the encodings compare byte by byte. */
export const sortedForSet = (parts: readonly Uint8Array[]): Uint8Array[] => [...parts].sort(compareBytes)

export const compareBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b)

export const writeOctets = (bytes: Uint8Array): Uint8Array => tlv(tags.octetString, bytes)
export const writeBits = (bytes: Uint8Array, unused = 0): Uint8Array =>
  tlv(tags.bitString, Uint8Array.of(unused), bytes)
export const writeNull = (): Uint8Array => tlv(tags.nul)
export const writeBoolean = (value: boolean): Uint8Array => tlv(tags.boolean, Uint8Array.of(value ? 0xff : 0))
export const writeUtf8 = (text: string): Uint8Array => tlv(tags.utf8String, Buffer.from(text, 'utf8'))
export const writePrintable = (text: string): Uint8Array =>
  tlv(tags.printableString, Buffer.from(text, 'latin1'))
export const writeEnumerated = (value: number): Uint8Array => tlv(tags.enumerated, Uint8Array.of(value))

/** `[n]` around finished values (EXPLICIT), or in place of a constructed one (IMPLICIT). */
export const writeContext = (number: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(0xa0 | number, ...parts)
export const writeContextPrimitive = (number: number, content: Uint8Array): Uint8Array =>
  tlv(0x80 | number, content)

/** A non-negative integer: a small number, or the big-endian bytes of a large one. */
export const writeInteger = (value: number | Uint8Array): Uint8Array => {
  let bytes: Uint8Array
  if (typeof value === 'number') {
    const digits: number[] = []
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
    bytes = Uint8Array.from(digits.length === 0 ? [0] : digits)
  } else {
    let from = 0
    while (from < value.length - 1 && value[from] === 0) from++
    bytes = value.length === 0 ? Uint8Array.of(0) : value.subarray(from)
  }
  return tlv(tags.integer, bytes[0]! >= 0x80 ? concat([Uint8Array.of(0), bytes]) : bytes)
}

export const writeOid = (text: string): Uint8Array => {
  const [root = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes: number[] = []
  for (const arc of [root * 40 + second, ...rest]) {
    const digits = [arc % 128]
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128))
      digits.unshift((more % 128) | 0x80)
    bytes.push(...digits)
  }
  return tlv(tags.oid, Uint8Array.from(bytes))
}

const digits = (date: Date): string => date.toISOString().replace(/[-:T]/g, '').slice(0, 14)

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). Seconds only. */
export const writeTime = (date: Date): Uint8Array => {
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? tlv(tags.utcTime, Buffer.from(`${digits(date).slice(2)}Z`, 'latin1'))
    : writeGeneralizedTime(date)
}

export const writeGeneralizedTime = (date: Date): Uint8Array =>
  tlv(tags.generalizedTime, Buffer.from(`${digits(date)}Z`, 'latin1'))
