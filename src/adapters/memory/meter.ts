import type { Digest } from '../../core/exchange/index.ts'
import { almatyMonth, type LocalDate, type Tx } from '../../core/kernel/index.ts'
import type {
  ChainEnd,
  MeterBook,
  MeterDay,
  MeterLine,
  MeterLink,
  MeterReader,
  MeterSeal,
} from '../../core/meter/index.ts'
import { onRollback } from './unit-of-work.ts'

type Difference = Awaited<ReturnType<MeterReader['differences']>>[number]

/** Twin of the meter's book and of its reader. */
export class MemoryMeter implements MeterBook, MeterReader {
  readonly #lines: MeterLine[] = []
  #links: MeterLink[] = []
  #seals: MeterSeal[] = []
  #days: MeterDay[] = []

  /** What the ledger does in the accept transaction. */
  count(line: MeterLine): void {
    this.#lines.push(line)
    this.#lines.sort((a, b) => (a.documentId < b.documentId ? -1 : 1))
  }

  lock(): Promise<void> {
    return Promise.resolve()
  }

  unlinked(_tx: Tx, limit: number): Promise<MeterLine[]> {
    const linked = new Set(this.#links.map(({ documentId }) => documentId))
    return Promise.resolve(this.#lines.filter(({ documentId }) => !linked.has(documentId)).slice(0, limit))
  }

  ends(_tx: Tx, companyIds: readonly string[]): Promise<Map<string, ChainEnd>> {
    const ends = new Map<string, ChainEnd>()
    for (const { companyId, number, head } of this.#links)
      if (companyIds.includes(companyId)) ends.set(companyId, { number, head })
    return Promise.resolve(ends)
  }

  append(tx: Tx, links: readonly MeterLink[]): Promise<void> {
    const before = this.#links
    this.#links = [...before, ...links]
    onRollback(tx, () => (this.#links = before))
    return Promise.resolve()
  }

  lastDay(): Promise<MeterDay | undefined> {
    return Promise.resolve(this.#days.at(-1))
  }

  async unsealed(
    _tx: Tx,
    before: Date,
  ): Promise<{ companyId: string; taxId: string; first: number; last: number; head: Digest }[]> {
    const companies = [...new Set(this.#links.map(({ companyId }) => companyId))]
    return companies.flatMap((companyId) => {
      const upto = this.#seals.filter((seal) => seal.companyId === companyId).at(-1)?.last ?? 0
      const left = this.#linksOf(companyId).filter(({ number }) => number > upto)
      const late = left.findIndex(({ receivedAt }) => receivedAt >= before)
      const last = (late === -1 ? left : left.slice(0, late)).at(-1)
      return last === undefined
        ? []
        : [{ companyId, taxId: last.taxId, first: upto + 1, last: last.number, head: last.head }]
    })
  }

  leaves(companyId: string, first: number, last: number): Promise<Digest[]> {
    const links = this.#linksOf(companyId).filter(({ number }) => number >= first && number <= last)
    return Promise.resolve(links.map(({ leaf }) => leaf))
  }

  close(tx: Tx, day: MeterDay, seals: readonly MeterSeal[]): Promise<void> {
    const before = { days: this.#days, seals: this.#seals }
    this.#days = [...before.days, day]
    this.#seals = [...before.seals, ...seals]
    onRollback(tx, () => {
      this.#days = before.days
      this.#seals = before.seals
    })
    return Promise.resolve()
  }

  stamp(day: LocalDate, stamp: Uint8Array): Promise<void> {
    this.#days = this.#days.map((one) =>
      one.day === day && one.stamp === undefined ? { ...one, stamp } : one,
    )
    return Promise.resolve()
  }

  unstamped(limit: number): Promise<MeterDay[]> {
    return Promise.resolve(this.#days.filter(({ stamp }) => stamp === undefined).slice(0, limit))
  }

  months(companyId: string): Promise<{ month: string; count: number; linked: number }[]> {
    const own = this.#lines.filter((line) => line.companyId === companyId)
    const months = [...new Set(own.map(({ month }) => month))].sort().reverse()
    return Promise.resolve(
      months.map((month) => ({
        month,
        count: own.filter((line) => line.month === month).length,
        linked: this.#linksOf(companyId).filter((link) => link.month === month).length,
      })),
    )
  }

  linksOfMonth(companyId: string, month: string): Promise<MeterLink[]> {
    const own = this.#linksOf(companyId)
    const numbers = own.filter((link) => link.month === month).map(({ number }) => number)
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
    return Promise.resolve(own.filter(({ number }) => number >= first && number <= last))
  }

  async openLines(companyId: string, month: string): Promise<MeterLine[]> {
    const linked = new Set(this.#links.map(({ documentId }) => documentId))
    return this.#lines.filter(
      (line) => line.companyId === companyId && line.month === month && !linked.has(line.documentId),
    )
  }

  link(documentId: string): Promise<MeterLink | undefined> {
    return Promise.resolve(this.#links.find((link) => link.documentId === documentId))
  }

  linkAt(companyId: string, number: number): Promise<MeterLink | undefined> {
    return Promise.resolve(this.#linksOf(companyId).find((link) => link.number === number))
  }

  seals(companyId: string, first: number, last: number): Promise<MeterSeal[]> {
    return Promise.resolve(
      this.#seals.filter((seal) => seal.companyId === companyId && seal.last >= first && seal.first <= last),
    )
  }

  days(days: readonly LocalDate[]): Promise<MeterDay[]> {
    return Promise.resolve(this.#days.filter(({ day }) => days.includes(day)))
  }

  allDays(): Promise<MeterDay[]> {
    return Promise.resolve(this.#days)
  }

  sealsOfDay(day: LocalDate): Promise<MeterSeal[]> {
    const seals = this.#seals.filter((seal) => seal.day === day)
    return Promise.resolve(seals.sort((a, b) => (a.taxId < b.taxId ? -1 : 1)))
  }

  linksAfter(after: { companyId: string; number: number } | undefined, limit: number): Promise<MeterLink[]> {
    const sorted = [...this.#links].sort((a, b) =>
      a.companyId === b.companyId ? a.number - b.number : a.companyId < b.companyId ? -1 : 1,
    )
    const from = sorted.filter(
      ({ companyId, number }) =>
        after === undefined ||
        companyId > after.companyId ||
        (companyId === after.companyId && number > after.number),
    )
    return Promise.resolve(from.slice(0, limit))
  }

  differences(limit: number): Promise<Difference[]> {
    const wrong = this.#lines.filter(({ month, receivedAt }) => almatyMonth(receivedAt) !== month)
    return Promise.resolve(
      wrong.map(({ documentId }): Difference => ({ what: 'wrong-month', documentId })).slice(0, limit),
    )
  }

  #linksOf(companyId: string): MeterLink[] {
    return this.#links.filter((link) => link.companyId === companyId)
  }
}
