/** Reading of short DER structures (keys). Strict: definite minimal lengths, no bytes left over. */

export interface DerElement {
  /** The identifier byte: class, constructed bit and a tag number below 31. */
  tag: number
  content: Uint8Array
}

export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
} as const

/** All elements that stand one after another; nothing when the bytes are not DER. */
export const readDer = (bytes: Uint8Array): DerElement[] | undefined => {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] as number
    const first = bytes[at + 1]
    if (first === undefined || (tag & 0x1f) === 0x1f) return undefined
    at += 2
    let length = first
    if (first >= 0x80) {
      const lengthBytes = first & 0x7f
      if (lengthBytes === 0 || lengthBytes > 4 || at + lengthBytes > bytes.length) return undefined
      length = 0
      for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + (bytes[at + i] as number)
      if (length < 0x80 || bytes[at] === 0) return undefined
      at += lengthBytes
    }
    if (at + length > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return elements
}

/** The elements inside the only element, when it has the wanted tag. */
export const readInside = (bytes: Uint8Array, tag: number): DerElement[] | undefined => {
  const elements = readDer(bytes)
  const [only] = elements ?? []
  return elements?.length === 1 && only?.tag === tag ? readDer(only.content) : undefined
}

/** Dotted text of an object identifier's content; nothing when malformed. */
export const oidText = (content: Uint8Array): string | undefined => {
  const arcs: bigint[] = []
  let value = 0n
  for (const [index, byte] of content.entries()) {
    if (value === 0n && byte === 0x80) return undefined
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(value)
      value = 0n
    } else if (index === content.length - 1) return undefined
  }
  const [first, ...rest] = arcs
  if (first === undefined) return undefined
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

export const encodeDer = (tag: number, ...content: readonly Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(content)
  const length: number[] = []
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest & 255)
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length]
  return new Uint8Array(Buffer.concat([Uint8Array.from(head), body]))
}

export const encodeOid = (oid: string): Uint8Array => {
  const [root = 0n, second = 0n, ...rest] = oid.split('.').map(BigInt)
  const bytes = [root * 40n + second, ...rest].flatMap((arc) => {
    const groups = [Number(arc & 0x7fn)]
    for (let high = arc >> 7n; high > 0n; high >>= 7n) groups.unshift(Number(high & 0x7fn) | 0x80)
    return groups
  })
  return encodeDer(derTag.oid, Uint8Array.from(bytes))
}
