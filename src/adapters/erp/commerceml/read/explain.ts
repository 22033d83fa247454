import type { ReadingContext, ValueSource } from '../../../../core/exchange/index.ts'
import type { Fault } from '../../../../core/kernel/index.ts'
import type { Place } from '../tree.ts'

/** How numbers look in this file, where its root says so. */
export interface NumberFormat {
  decimal: string | undefined
  group: string | undefined
}

/** A document under construction, in the words of the document language. */
export type Draft = Record<string, unknown>

/** The reading of one document: every value goes through here, so that each can be explained. */
export class Explained {
  readonly sources: ValueSource[] = []
  readonly faults: Fault[] = []
  readonly context: ReadingContext
  readonly numbers: NumberFormat

  constructor(context: ReadingContext, numbers: NumberFormat) {
    this.context = context
    this.numbers = numbers
  }

  /** Puts a value where it belongs and remembers where it came from; nothing when there is none. */
  put(
    draft: Draft,
    path: string,
    value: unknown,
    { source, found, rule, dictionary }: Omit<ValueSource, 'path'>,
  ): void {
    if (value === undefined) return
    draft[lastName(path)] = value
    this.sources.push({
      path,
      ...(source === undefined ? {} : { source }),
      ...(found === undefined ? {} : { found: found.slice(0, 200) }),
      rule,
      ...(dictionary === undefined ? {} : { dictionary }),
    })
  }

  /** A text as it stands. */
  text(draft: Draft, path: string, place: Place | undefined, rule = 'text'): string | undefined {
    const found = place?.take()
    if (place !== undefined && found !== undefined)
      this.put(draft, path, found, { source: place.path, found, rule })
    return found
  }

  attribute(draft: Draft, path: string, place: Place, name: string, rule = 'text'): string | undefined {
    const found = place.takeAttribute(name)
    if (found !== undefined) this.put(draft, path, found, { source: `${place.path}/@${name}`, found, rule })
    return found
  }

  /** Where a group of values is kept, so that a fault about one that is missing still names a place. */
  record(path: string, source: string): void {
    this.sources.push({ path, source, rule: 'record' })
  }

  fault(fault: Fault): void {
    this.faults.push(fault)
  }
}

/** `lines[0].price` → `price`. */
const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
