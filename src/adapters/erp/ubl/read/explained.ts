import type { ValueSource } from '../../../../core/exchange/index.ts'
import type { ExactDecimal, Fault } from '../../../../core/kernel/index.ts'
import { badNumber } from '../ubl-faults.ts'
import { numberIn } from './number.ts'
import type { Element } from './tree.ts'

/** Collects where each value came from, and what could not be read, while a document is put together. */
export class Explained {
  readonly sources: ValueSource[] = []
  readonly faults: Fault[] = []

  /** A value made of an element's text by a rule; undefined when the element is not there or says nothing. */
  take<T>(
    path: string,
    element: Element | undefined,
    rule: string,
    make: (text: string) => T | undefined,
    dictionary?: string,
  ): T | undefined {
    const text = element?.text.trim() ?? ''
    if (element === undefined || text === '') return undefined
    element.unread = false
    const value = make(text)
    if (value !== undefined) {
      this.sources.push({ path, source: element.place, found: text.slice(0, 200), rule, dictionary })
    }
    return value
  }

  text(path: string, element: Element | undefined): string | undefined {
    return this.take(path, element, 'text', (text) => text)
  }

  decimal(path: string, element: Element | undefined): ExactDecimal | undefined {
    return this.take(path, element, 'decimal', (text) => {
      const number = numberIn(text)
      if (number === undefined) this.faults.push(badNumber(path, text, element?.place))
      return number
    })
  }

  /** A value that no element says: a constant of the format, a setting of the connection, a sum of others. */
  made<T>(path: string, rule: string, value: T, from?: Element): T {
    this.sources.push({ path, source: from?.place, rule })
    return value
  }
}
