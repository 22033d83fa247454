import { failed, ok } from '../../core/kernel/index.ts'
import type { Fault, Result } from '../../core/kernel/index.ts'
import { readerFault } from './reader-faults.ts'
import { XmlDecoder } from './decode.ts'
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

/** Bytes decoded at one time. */
const pieceBytes = 256 * 1024

/** One-based line and column of a position. */
const placeOf = ({ text, begins }: XmlScanner, at: number): { line: number; column: number } => {
  let { line, column } = begins
  let start = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', start)) {
    line++
    column = 1
    start = next + 1
  }
  return { line, column: column + at - start }
}

/** What a listener or a scanner threw, as faults. What we did not foresee goes on. */
const faultsOf = (error: unknown, scanner: XmlScanner): Fault[] => {
  if (error instanceof Unreadable) return error.faults
  if (error instanceof NotXml)
    return [readerFault(error.trouble, { ...placeOf(scanner, error.at), limit: error.limit })]
  throw error
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
    while (!scanner.advance(turnLength)) await aTurn()
    return ok(undefined)
  } catch (error) {
    return failed(...faultsOf(error, scanner))
  }
}

const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Asked to keep an element as it is written, at its `open`, and to hand it over, at its `close`. */
export type XmlKeeper = Pick<XmlScanner, 'keep' | 'kept'>

/** Told what a message in pieces holds, and asked to take its time between two turns of reading. */
export interface XmlStreamListener extends XmlListener {
  /** Once, before anything else. */
  begin?(keeper: XmlKeeper): void
  /** After each turn. The reading waits. */
  turn(): Promise<void>
}

/**
 * As `readXml` for a message of any length that comes in pieces: a turn of it is held at a time, or one element where
 * the listener keeps it. The listener hears of what it holds before the whole is known to be good.
 */
export const readXmlPieces = async (
  pieces: AsyncIterable<Uint8Array>,
  listener: XmlStreamListener,
  limits: Partial<XmlLimits> = {},
): Promise<Result<void>> => {
  const scanner = XmlScanner.inPieces(listener, { ...defaultXmlLimits, ...limits })
  const decoder = new XmlDecoder()
  listener.begin?.(scanner)
  const take = async (piece: Uint8Array, isLast: boolean): Promise<Result<void>> => {
    const text = decoder.decode(piece, isLast)
    if (!text.ok) return text
    scanner.extend(text.value, isLast)
    for (;;) {
      const waitsFor = scanner.pump(turnLength)
      await listener.turn()
      if (waitsFor !== 'turn') return ok(undefined)
      await aTurn()
    }
  }
  try {
    for await (const piece of pieces) {
      for (let from = 0; from < piece.byteLength; from += pieceBytes) {
        const taken = await take(piece.subarray(from, from + pieceBytes), false)
        if (!taken.ok) return taken
        await aTurn()
      }
    }
    return await take(new Uint8Array(), true)
  } catch (error) {
    return failed(...faultsOf(error, scanner))
  }
}
