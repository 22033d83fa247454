import type { Access } from './access.ts'
import type { Tx } from '../kernel/index.ts'

/** The access rows of companies. */
export interface Accesses {
  /** May be up to a few seconds old: expiry is decided by the clock, a restriction takes that long to bite. */
  of(companyId: string): Promise<Access | undefined>
  grant(tx: Tx, access: Access): Promise<void>
  /** Closes sending for accesses that ended before `now`, at most `limit`; returns the companies. Reading stays open. */
  restrictExpired(now: Date, limit: number): Promise<string[]>
}

/** One counted document. Append-only; one line for each accepted outgoing document, never for a retry (offer 2.11). */
export interface MeterLine {
  companyId: string
  documentId: string
  /** Almaty month, `YYYY-MM`. */
  month: string
}

export interface Meter {
  /** How many documents the company has sent in an Almaty month. */
  count(companyId: string, month: string): Promise<number>
}
