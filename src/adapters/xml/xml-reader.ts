import { failed, ok } from '../../core/kernel/index.ts'
import type { Fault, Result } from '../../core/kernel/index.ts'
import { readerFault } from './reader-faults.ts'
import { NotXml, XmlScanner } from './xml-scanner.ts'
import type { XmlLimits, XmlListener } from './xml-scanner.ts'

export type { XmlAttribute, XmlElement, XmlLimits, XmlListener, XmlPlace } from './xml-scanner.ts'

/** What one message may cost. The defaults stop every known bomb well under 50 ms. */
export const defaultXmlLimits: XmlLimits = { maxDepth: 64, maxAttributes: 256, maxNodes: 50_000 }

/** An act may have 10 000 lines of up to 15 fields; only a proved caller may send as much. */
export const documentXmlLimits: Partial<XmlLimits> = { maxNodes: 250_000 }

/** Ends the reading from inside a listener, with the faults to answer with. */
export class Unreadable extends Error {
  readonly faults: Fault[]

  constructor(...faults: Fault[]) {
    super(faults.map((f) => f.code).join(', '))
    this.name = 'Unreadable'
    this.faults = faults
  }
}

/** Letters read before other requests get their turn: a few milliseconds of dense markup. */
const turnLength = 128 * 1024

/** One-based line and column of a position. */
const placeOf = (text: string, at: number): { line: number; column: number } => {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', start)) {
    line++
    start = next + 1
  }
  return { line, column: at - start + 1 }
}

/**
 * Reads XML strictly: well-formed with namespaces, one root and nothing after it, no DOCTYPE, no processing
 * instructions, no entities but the five of XML and numeric ones. Long text is read in turns so that one
 * sender never blocks the others. Never throws for what the sender wrote.
 */
export const readXml = async (
  text: string,
  listener: XmlListener,
  limits: Partial<XmlLimits> = {},
): Promise<Result<void>> => {
  const scanner = new XmlScanner(text, listener, { ...defaultXmlLimits, ...limits })
  try {
    while (!scanner.advance(turnLength)) await new Promise<void>((resolve) => setImmediate(resolve))
    return ok(undefined)
  } catch (error) {
    if (error instanceof Unreadable) return failed(...error.faults)
    if (error instanceof NotXml)
      return failed(readerFault(error.trouble, { ...placeOf(scanner.text, error.at), limit: error.limit }))
    throw error
  }
}
