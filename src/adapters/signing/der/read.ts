/**
 * A strict DER reader. It refuses what a lenient one forgives (indefinite and padded lengths, trailing bytes,
 * month 13, padded integers), because what two programs read differently can be signed once and mean two things.
 * Cost is linear in the bytes; depth and node count are bounded before anything is built on them.
 */

/** Thrown inside the signing adapter only; the verifier turns it into a failed fact. */
export class DerError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message} (byte ${offset})`)
    this.offset = offset
    this.name = 'DerError'
  }
}

/** One tag-length-value. `content` and `bytes` are views, nothing is copied. */
export interface Tlv {
  /** First identifier octet: class, constructed bit and number together (`0x30`, `0xa0`). */
  tag: number
  /** Content octets. */
  content: Uint8Array
  /** The whole encoding, header included. */
  bytes: Uint8Array
  /** Place in the outermost buffer, for messages. */
  offset: number
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nul: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** `[n]` constructed and `[n]` primitive. */
export const context = (number: number): number => 0xa0 | number
export const contextPrimitive = (number: number): number => 0x80 | number

const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0

/** Reads the value that begins at `start` and must end within `end`. */
export const readAt = (bytes: Uint8Array, start: number, end = bytes.length, base = 0): Tlv => {
  if (start + 2 > end) throw new DerError('ends too early', base + start)
  const tag = bytes[start]!
  if ((tag & 0x1f) === 0x1f) throw new DerError('tag numbers above 30 do not occur here', base + start)
  if (tag === 0) throw new DerError('end-of-contents outside an indefinite value', base + start)
  const first = bytes[start + 1]!
  let header = 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0) throw new DerError('indefinite length (BER)', base + start)
    if (count > 4) throw new DerError('length of a length', base + start)
    if (start + 2 + count > end) throw new DerError('ends too early', base + start)
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start + 2 + i]!
    if (length < 0x80 || (count > 1 && bytes[start + 2] === 0))
      throw new DerError('length is not the shortest', base + start)
    header += count
  }
  const from = start + header
  if (length > end - from) throw new DerError('longer than its container', base + start)
  return {
    tag,
    content: bytes.subarray(from, from + length),
    bytes: bytes.subarray(start, from + length),
    offset: base + start,
  }
}

/** The one value that fills `bytes` completely. */
export const readOne = (bytes: Uint8Array): Tlv => {
  const value = readAt(bytes, 0)
  if (value.bytes.length !== bytes.length) throw new DerError('trailing bytes', value.bytes.length)
  return value
}

/** The values inside a constructed value. */
export const children = (value: Tlv): Tlv[] => {
  if (!isConstructed(value.tag)) throw new DerError('is not constructed', value.offset)
  const base = value.offset + (value.bytes.length - value.content.length)
  const found: Tlv[] = []
  for (let at = 0; at < value.content.length;) {
    const child = readAt(value.content, at, value.content.length, base)
    found.push(child)
    at += child.bytes.length
  }
  return found
}

export interface DerLimits {
  depth: number
  nodes: number
}

/**
 * Walks the whole value once and refuses anything that is not DER: lengths, types, times that do not exist,
 * nesting beyond `depth`, more than `nodes` values. After it the readers below cannot be surprised by size.
 */
export const checkDer = (bytes: Uint8Array, limits: DerLimits = { depth: 64, nodes: 20_000 }): void => {
  let nodes = 0
  const walk = (value: Tlv, depth: number): void => {
    if (++nodes > limits.nodes) throw new DerError(`more than ${limits.nodes} values`, value.offset)
    if (depth > limits.depth) throw new DerError(`nested deeper than ${limits.depth}`, value.offset)
    if (isConstructed(value.tag)) {
      if ((value.tag & 0xc0) === 0 && value.tag !== tags.sequence && value.tag !== tags.set) {
        throw new DerError('a constructed string (BER)', value.offset)
      }
      const base = value.offset + (value.bytes.length - value.content.length)
      for (let at = 0; at < value.content.length;) {
        const child = readAt(value.content, at, value.content.length, base)
        walk(child, depth + 1)
        at += child.bytes.length
      }
    } else checkPrimitive(value)
  }
  walk(readOne(bytes), 1)
}

const checkPrimitive = (value: Tlv): void => {
  const { tag, content, offset } = value
  switch (tag) {
    case tags.boolean:
      if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
        throw new DerError('a boolean is 00 or FF', offset)
      return
    case tags.integer:
    case tags.enumerated:
      checkInteger(value)
      return
    case tags.nul:
      if (content.length !== 0) throw new DerError('NULL with content', offset)
      return
    case tags.oid:
      oidText(value)
      return
    case tags.bitString:
      bitString(value)
      return
    case tags.utcTime:
    case tags.generalizedTime:
      time(value)
      return
    case tags.sequence & ~0x20:
    case tags.set & ~0x20:
      throw new DerError('a primitive SEQUENCE or SET', offset)
  }
}

const checkInteger = ({ content, offset }: Tlv): void => {
  if (content.length === 0) throw new DerError('an empty integer', offset)
  const [first, second] = content
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('an integer with padding', offset)
  }
}

/** The value has this tag, or the message is refused. */
export const expectTag = (value: Tlv | undefined, tag: number, what: string): Tlv => {
  if (value === undefined) throw new DerError(`${what} is missing`, 0)
  if (value.tag !== tag) throw new DerError(`${what} has tag 0x${value.tag.toString(16)}`, value.offset)
  return value
}

export const sequence = (value: Tlv | undefined, what: string): Tlv[] =>
  children(expectTag(value, tags.sequence, what))
export const setOf = (value: Tlv | undefined, what: string): Tlv[] =>
  children(expectTag(value, tags.set, what))
export const octets = (value: Tlv | undefined, what: string): Uint8Array =>
  expectTag(value, tags.octetString, what).content

/** A whole number small enough for arithmetic. */
export const smallInteger = (value: Tlv | undefined, what: string): number => {
  const found = expectTag(value, tags.integer, what)
  checkInteger(found)
  if (found.content.length > 6 || found.content[0]! >= 0x80)
    throw new DerError(`${what} is out of range`, found.offset)
  return found.content.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** A whole number of any size as upper-case hexadecimal without leading zeros of encoding: serials are compared, not computed. */
export const integerHex = (value: Tlv | undefined, what: string): string => {
  const found = expectTag(value, tags.integer, what)
  checkInteger(found)
  return serialHex(found.content)
}

export const serialHex = (content: Uint8Array): string => {
  const bytes = content.length > 1 && content[0] === 0 ? content.subarray(1) : content
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase()
}

/** Longest OID in life is under 20 bytes; a long one is only a way to make us multiply big numbers. */
const maxOidBytes = 64

/** `1.2.398.3.10.1.3.3` */
export const oidText = (value: Tlv | undefined, what = 'object identifier'): string => {
  const { content, offset } = expectTag(value, tags.oid, what)
  if (content.length === 0 || content.length > maxOidBytes)
    throw new DerError(`${what} has ${content.length} bytes`, offset)
  const arcs: number[] = []
  let arc = 0
  for (const [place, byte] of content.entries()) {
    if (arc === 0 && byte === 0x80) throw new DerError(`${what} with padding`, offset)
    arc = arc * 128 + (byte & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER / 256) throw new DerError(`${what} with an arc out of range`, offset)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    } else if (place === content.length - 1) throw new DerError(`${what} ends too early`, offset)
  }
  const [first = 0, ...rest] = arcs
  const root = first < 40 ? 0 : first < 80 ? 1 : 2
  return [root, first - root * 40, ...rest].join('.')
}

/** AlgorithmIdentifier with absent or NULL parameters: both occur; anything else does not belong here. */
export const algorithmOid = (value: Tlv | undefined, what: string): string => {
  const [oid, parameters, ...more] = sequence(value, what)
  if (more.length > 0 || (parameters !== undefined && parameters.tag !== tags.nul)) {
    throw new DerError(`${what} has parameters we do not know`, value!.offset)
  }
  return oidText(oid, what)
}

/**
 * The algorithm of a signature. Parameters other than absent and NULL stay part of the name, so that an algorithm that
 * has them (RSASSA-PSS) is one we do not know, and not a message we cannot read.
 */
export const signatureAlgorithmOid = (value: Tlv | undefined, what: string): string => {
  const [oid, parameters, ...more] = sequence(value, what)
  if (more.length > 0) throw new DerError(`${what} has more than two parts`, value!.offset)
  const name = oidText(oid, what)
  return parameters === undefined || parameters.tag === tags.nul
    ? name
    : `${name} ${Buffer.from(parameters.bytes).toString('hex')}`
}

/** Bytes of a bit string that is made of whole bytes, and how many bits of the last are unused. */
export const bitString = (
  value: Tlv | undefined,
  what = 'bit string',
): { bytes: Uint8Array; unused: number } => {
  const { content, offset } = expectTag(value, tags.bitString, what)
  const unused = content[0]
  if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0))
    throw new DerError(`${what} is malformed`, offset)
  const last = content[content.length - 1]!
  if (content.length > 1 && (last & ((1 << unused) - 1)) !== 0)
    throw new DerError(`${what} has unused bits set`, offset)
  return { bytes: content.subarray(1), unused }
}

/** Bit string of whole bytes. */
export const wholeBits = (value: Tlv | undefined, what: string): Uint8Array => {
  const { bytes, unused } = bitString(value, what)
  if (unused !== 0) throw new DerError(`${what} is not whole bytes`, value?.offset ?? 0)
  return bytes
}

const utcPattern = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const generalizedPattern = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{0,8}[1-9]))?Z$/

/** UTCTime (1950–2049) or GeneralizedTime, always with seconds and `Z`; a moment that exists. */
export const time = (value: Tlv | undefined, what = 'time'): Date => {
  if (value === undefined) throw new DerError(`${what} is missing`, 0)
  const { tag, content, offset } = value
  const text = latin1(content)
  const match =
    tag === tags.utcTime
      ? utcPattern.exec(text)
      : tag === tags.generalizedTime
        ? generalizedPattern.exec(text)
        : null
  if (match === null) throw new DerError(`${what} is not a DER time`, offset)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const fullYear = tag === tags.utcTime ? (year < 50 ? 2000 + year : 1900 + year) : year
  const date = new Date(0)
  date.setUTCFullYear(fullYear, month - 1, day)
  date.setUTCHours(hour, minute, second, Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000))
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!exists) throw new DerError(`${what} names a moment that does not exist`, offset)
  return date
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Text of the string types that occur in names; nothing for other types. */
export const stringText = ({ tag, content, offset }: Tlv): string | undefined => {
  switch (tag) {
    case tags.utf8String:
      try {
        return utf8.decode(content)
      } catch (cause) {
        throw new DerError(`a name is not UTF-8 (${String(cause)})`, offset)
      }
    case tags.printableString:
    case tags.ia5String:
    case tags.teletexString:
      return latin1(content)
    case tags.bmpString:
      if (content.length % 2 !== 0) throw new DerError('a BMPString of odd length', offset)
      return Buffer.from(content).swap16().toString('utf16le')
    default:
      return undefined
  }
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
