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
