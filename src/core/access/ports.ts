import type { Access } from './access.ts'

/** What the gate asks about a company, once for every document. */
export interface Accesses {
  /** May be up to two seconds old: expiry is decided by the clock, a restriction takes that long to bite. */
  of(companyId: string): Promise<Access | undefined>
  /** An outgoing document was entered: what is remembered of the month's count grows by one. */
  sent(companyId: string): void
}
