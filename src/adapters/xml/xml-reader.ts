import { SaxesParser } from 'saxes'
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes'
import { failed, ok } from '../../core/kernel/index.ts'
import type { Fault, Result } from '../../core/kernel/index.ts'
import { readerFault } from './reader-faults.ts'
import type { ReaderFaultCode } from './reader-faults.ts'

/** What one message may cost. The defaults stop every known bomb well under 50 ms. */
export interface XmlLimits {
  maxDepth: number
  maxAttributes: number
  /** Elements, attributes, comments and CDATA sections together. */
  maxNodes: number
}

export const defaultXmlLimits: XmlLimits = { maxDepth: 64, maxAttributes: 256, maxNodes: 50_000 }

export type XmlAttribute = Pick<SaxesAttributeNS, 'name' | 'prefix' | 'local' | 'uri' | 'value'>

export interface XmlElement {
  /** Empty when the element is in no namespace. */
  readonly uri: string
  readonly local: string
  /** On an object without prototype: an attribute named `__proto__` is an attribute. */
  readonly attributes: Readonly<Record<string, XmlAttribute>>
}

/** Where the reader is and what a prefix means there. */
export interface XmlPlace {
  readonly line: number
  readonly column: number
  resolve(prefix: string): string | undefined
}

/** Told what the reader meets, in order. A listener that has seen enough throws `Unreadable`. */
export interface XmlListener {
  open(element: XmlElement, place: XmlPlace): void
  /** Text of any length, entities and CDATA resolved. May come in several pieces. */
  text(text: string): void
  close(): void
}

/** Ends the reading from inside a listener, with the faults to answer with. */
export class Unreadable extends Error {
  readonly faults: Fault[]

  constructor(...faults: Fault[]) {
    super(faults.map((f) => f.code).join(', '))
    this.name = 'Unreadable'
    this.faults = faults
  }
}

/** Characters read before other requests get their turn: about 1 ms of dense markup. */
const turnLength = 64 * 1024

/**
 * True when something other than comments, white space and the XML declaration stands before the root:
 * a DOCTYPE in whatever spelling. It is refused before the parser sees a single character.
 */
const hasDoctype = (text: string): boolean => {
  let at = 0
  for (;;) {
    at = text.indexOf('<', at)
    if (at === -1) return false
    if (text.startsWith('<?', at)) {
      const end = text.indexOf('?>', at)
      if (end === -1) return false
      at = end + 2
    } else if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4)
      if (end === -1) return false
      at = end + 3
    } else return text.startsWith('<!', at)
  }
}

/**
 * Reads XML strictly: well-formed with namespaces, one root and nothing after it, no DOCTYPE, no processing
 * instructions, no entities but the five of XML and numeric ones. Long text is read in turns so that one
 * sender never blocks the others. Never throws for what the sender wrote, never repeats a library's words.
 */
export const readXml = async (
  text: string,
  listener: XmlListener,
  limits: Partial<XmlLimits> = {},
): Promise<Result<void>> => {
  if (hasDoctype(text)) return failed(readerFault('XML-02'))
  const { maxDepth, maxAttributes, maxNodes } = { ...defaultXmlLimits, ...limits }

  // forceXMLVersion: XML 1.1 lets control characters through.
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' })
  let depth = 0
  let nodes = 0
  let attributes = 0
  let sawRoot = false

  const stop = (code: ReaderFaultCode, limit = 0): never => {
    throw new Unreadable(readerFault(code, { line: parser.line, column: parser.column + 1, limit }))
  }
  const count = (): void => {
    if (++nodes > maxNodes) stop('XML-06', maxNodes)
  }

  parser.on('error', () => stop(sawRoot || text.trim() !== '' ? 'XML-01' : 'XML-07'))
  parser.on('doctype', () => stop('XML-02'))
  parser.on('processinginstruction', () => stop('XML-03'))
  parser.on('comment', count)
  parser.on('attribute', () => {
    if (++attributes > maxAttributes) stop('XML-05', maxAttributes)
    count()
  })
  parser.on('opentag', (tag: SaxesTagNS) => {
    sawRoot = true
    attributes = 0
    count()
    if (++depth > maxDepth) stop('XML-04', maxDepth)
    listener.open(tag, parser)
  })
  parser.on('text', (chunk) => {
    if (depth > 0) listener.text(chunk)
  })
  parser.on('cdata', (chunk) => {
    count()
    listener.text(chunk)
  })
  parser.on('closetag', () => {
    depth--
    listener.close()
  })

  try {
    if (text.length <= turnLength) parser.write(text)
    else
      for (let at = 0; at < text.length; at += turnLength) {
        parser.write(text.slice(at, at + turnLength))
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    parser.close()
    return ok(undefined)
  } catch (error) {
    if (error instanceof Unreadable) return failed(...error.faults)
    throw error
  }
}
