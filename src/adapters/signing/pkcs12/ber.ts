/**
 * Reading of BER as PKCS#12 files use it: indefinite lengths and strings in pieces, which DER forbids.
 * Short of that it is strict; nothing it returns shares state with the input but the bytes themselves.
 */
export interface BerElement {
  /** The identifier byte: class, constructed bit and a tag number below 31. */
  tag: number
  /** The parts of a constructed element; empty for a primitive one. */
  children: BerElement[]
  /** The content of a primitive element. */
  content: Uint8Array
  /** The whole element as it stands in the file. */
  raw: Uint8Array
}

export const berTag = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  /** [0], constructed. */
  context0: 0xa0,
} as const

/** Deeper nesting or more elements than a key file can need. */
const limits = { depth: 32, elements: 20_000 }

export class BerError extends Error {}

interface Read {
  element: BerElement
  next: number
}

/** Reads the first element; bytes after it are ignored, because some makers pad the content with zeros. */
export const readBer = (bytes: Uint8Array): BerElement => {
  let elements = 0

  const read = (at: number, end: number, depth: number): Read => {
    elements += 1
    if (depth > limits.depth || elements > limits.elements)
      throw new BerError('nested too deep or too many elements')
    const tag = bytes[at]
    const first = bytes[at + 1]
    if (tag === undefined || first === undefined || at + 2 > end || (tag & 0x1f) === 0x1f) {
      throw new BerError('an element is cut off')
    }
    let contentAt = at + 2
    const constructed = (tag & 0x20) !== 0
    if (first === 0x80) {
      if (!constructed) throw new BerError('a primitive element without a length')
      const children: BerElement[] = []
      while (!(bytes[contentAt] === 0 && bytes[contentAt + 1] === 0)) {
        const child = read(contentAt, end, depth + 1)
        children.push(child.element)
        contentAt = child.next
      }
      if (contentAt + 2 > end) throw new BerError('an element is cut off')
      return {
        element: { tag, children, content: bytes.subarray(0, 0), raw: bytes.subarray(at, contentAt + 2) },
        next: contentAt + 2,
      }
    }
    let length = first
    if (first > 0x80) {
      const lengthBytes = first & 0x7f
      if (lengthBytes > 4) throw new BerError('a length above four bytes')
      length = 0
      for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + (bytes[contentAt + i] ?? 0)
      contentAt += lengthBytes
    }
    const next = contentAt + length
    if (next > end) throw new BerError('an element is cut off')
    const children: BerElement[] = []
    for (let childAt = contentAt; constructed && childAt < next;) {
      const child = read(childAt, next, depth + 1)
      children.push(child.element)
      childAt = child.next
    }
    return {
      element: {
        tag,
        children,
        content: constructed ? bytes.subarray(0, 0) : bytes.subarray(contentAt, next),
        raw: bytes.subarray(at, next),
      },
      next,
    }
  }

  return read(0, bytes.length, 0).element
}

/** The bytes of an OCTET STRING, whole or in pieces. */
export const octetsOf = (element: BerElement): Uint8Array =>
  (element.tag & 0x20) === 0 ? element.content : Buffer.concat(element.children.map(octetsOf))

/** The child at a place, which must have this tag. */
export const childOf = (element: BerElement | undefined, index: number, tag?: number): BerElement => {
  const child = element?.children[index]
  if (child === undefined || (tag !== undefined && child.tag !== tag)) {
    throw new BerError(`element ${index} is missing or of another kind`)
  }
  return child
}

/** A small not negative INTEGER. */
export const smallInteger = (element: BerElement): number => {
  if (element.tag !== berTag.integer || element.content.length > 5) throw new BerError('not a small number')
  const value = element.content.reduce((sum, byte) => sum * 256 + byte, 0)
  if ((element.content[0] ?? 0) >= 0x80) throw new BerError('a negative number')
  return value
}
