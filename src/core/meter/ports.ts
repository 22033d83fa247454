import type { Digest } from '../exchange/index.ts'
import type { LocalDate, Tx } from '../kernel/index.ts'
import type { MeterDay, MeterLine, MeterLink, MeterSeal } from './records.ts'

/** Where a company's chain stands. */
export interface ChainEnd {
  number: number
  head: Digest
}

/**
 * The book of the meter. Lines are written by the ledger in the accept transaction; everything here is written
 * afterwards, from lines that are committed, and nothing is ever changed or removed.
 */
export interface MeterBook {
  /** Whoever writes links or closes a day holds this until the end of the transaction: one at a time, everywhere. */
  lock(tx: Tx): Promise<void>
  /**
   * Lines without a link, oldest first. The quick look goes back an hour behind the newest link; the whole one finds
   * also what a transaction that hung for longer has left.
   */
  unlinked(tx: Tx, limit: number, look: 'quick' | 'whole'): Promise<MeterLine[]>
  /** Ends of these companies' chains; a company without links is left out. */
  ends(tx: Tx, companyIds: readonly string[]): Promise<Map<string, ChainEnd>>
  append(tx: Tx, links: readonly MeterLink[], at: Date): Promise<void>
  lastDay(tx?: Tx): Promise<MeterDay | undefined>
  /**
   * Companies with links that no seal holds, and which: up to the last link before the first one received at or after
   * `before`.
   */
  unsealed(
    tx: Tx,
    before: Date,
  ): Promise<{ companyId: string; taxId: string; first: number; last: number; head: Digest }[]>
  /** Leaves `first` to `last` of a company, in order. */
  leaves(companyId: string, first: number, last: number, tx?: Tx): Promise<Digest[]>
  close(tx: Tx, day: MeterDay, seals: readonly MeterSeal[]): Promise<void>
  /** Puts the stamp on a day that has none. */
  stamp(day: LocalDate, stamp: Uint8Array): Promise<void>
  unstamped(limit: number): Promise<MeterDay[]>
}

/** Questions about the meter. */
export interface MeterReader {
  /** Months with their counts, newest first. */
  months(companyId: string): Promise<{ month: string; count: number; linked: number }[]>
  /** Links from the first to the last of a month: also what of another month lies between. */
  linksOfMonth(companyId: string, month: string): Promise<MeterLink[]>
  /** Lines of a month that have no link yet. */
  openLines(companyId: string, month: string): Promise<MeterLine[]>
  link(documentId: string): Promise<MeterLink | undefined>
  linkAt(companyId: string, number: number): Promise<MeterLink | undefined>
  /** Leaves `first` to `last` of a company, in order. */
  leaves(companyId: string, first: number, last: number): Promise<Digest[]>
  /** Seals that hold any of these numbers, in order. */
  seals(companyId: string, first: number, last: number): Promise<MeterSeal[]>
  days(days: readonly LocalDate[]): Promise<MeterDay[]>
  allDays(): Promise<MeterDay[]>
  /** Every company's seal of a day, by tax id. */
  sealsOfDay(day: LocalDate): Promise<MeterSeal[]>
  /** A piece of all chains, by company and number, for the operator's own check. */
  linksAfter(after: { companyId: string; number: number } | undefined, limit: number): Promise<MeterLink[]>
  /** Where lines and documents differ: documents without a line, lines without a document, other months. */
  differences(
    limit: number,
  ): Promise<{ what: 'uncounted' | 'nothing-counted' | 'wrong-month'; documentId: string }[]>
}
