import type { Access, Accesses, AccessState, MonthlyLimit } from '../../core/access/index.ts'
import { limitAt, offerVersionAt, type ContractFile, type Publications } from '../../core/contract/index.ts'
import { almatyMonth, systemClock, type Clock } from '../../core/kernel/index.ts'
import { withInstants } from './dated-json.ts'
import type { PgPool } from './pool.ts'

/** How old an access may be when the gate asks: every accepted document asks, and expiry is decided by the clock anyway. */
const freshMs = 2_000
const rememberedAtMost = 50_000

interface Options {
  /** Of which month the documents are counted. */
  clock?: Clock
  limitPolicy?: MonthlyLimit['policy']
  /** Which version of the offer a denial cites. */
  publications?: Publications
}

interface Remembered {
  until: number
  /** The limit belongs to a month, and a period to its days. */
  minute: number
  access: Promise<Access | undefined>
}

/** Access rows in PostgreSQL, remembered for a moment with the month's count: the gate costs no query of its own. */
export class PgAccesses implements Accesses {
  readonly #pool: PgPool
  readonly #options: Options
  readonly #remembered = new Map<string, Remembered>()

  constructor(pool: PgPool, options: Options = {}) {
    this.#pool = pool
    this.#options = options
  }

  of(companyId: string): Promise<Access | undefined> {
    const now = performance.now()
    const at = (this.#options.clock ?? systemClock).now()
    const minute = Math.floor(at.getTime() / 60_000)
    const known = this.#remembered.get(companyId)
    if (known !== undefined && known.until > now && known.minute === minute) return known.access
    if (this.#remembered.size >= rememberedAtMost) this.#remembered.clear()
    const access = this.#read(companyId, at)
    this.#remembered.set(companyId, { until: now + freshMs, minute, access })
    // A failed question must not be the answer for the next two seconds.
    access.catch(() => this.#remembered.delete(companyId))
    return access
  }

  sent(companyId: string): void {
    void this.#remembered.get(companyId)?.access.then(
      (access) => {
        if (access?.limit !== undefined) access.limit.used += 1
      },
      () => {},
    )
  }

  /** A contract was written: what is remembered of it is old. */
  forget(companyId: string): void {
    this.#remembered.delete(companyId)
  }

  async #read(companyId: string, at: Date): Promise<Access | undefined> {
    const { rows } = await this.#pool.query<{
      state: AccessState
      activated_at: Date | null
      expires_at: Date | null
      periods: unknown
      under_notice: boolean | null
    }>(
      `select state, activated_at, expires_at, contents -> 'periods' as periods,
              (contents ->> 'sendsUnderNotice')::boolean as under_notice
         from access where company_id = $1`,
      [companyId],
    )
    const row = rows[0]
    if (row === undefined) return undefined
    const periods = withInstants(row.periods ?? []) as ContractFile['periods']
    const { publications } = this.#options
    return {
      companyId,
      state: row.state,
      activatedAt: row.activated_at ?? undefined,
      expiresAt: row.expires_at ?? undefined,
      offerVersion: publications === undefined ? undefined : offerVersionAt(await publications.all(), at),
      sendsUnderNotice: row.under_notice ?? undefined,
      limit: await this.#limit(companyId, limitAt({ periods }, at), at),
    }
  }

  /** Counts no further than the limit: the question costs as much as the tariff is large, not as the meter is. */
  async #limit(companyId: string, perMonth: number | undefined, at: Date): Promise<MonthlyLimit | undefined> {
    if (perMonth === undefined) return undefined
    const { rows } = await this.#pool.query<{ used: string }>(
      `select count(*) as used
         from (select 1 from meter_line where company_id = $1 and month = $2 limit $3) as counted`,
      [companyId, almatyMonth(at), perMonth],
    )
    return { perMonth, used: Number(rows[0]?.used), policy: this.#options.limitPolicy ?? 'warn' }
  }
}
