import type { Access, Accesses } from '../../core/access/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

/** How old an access may be when the gate asks: every accepted document asks, and expiry is decided by the clock anyway. */
const freshMs = 2_000
const rememberedAtMost = 50_000

/** Access rows in PostgreSQL, remembered for a moment. */
export class PgAccesses implements Accesses {
  readonly #pool: PgPool
  readonly #remembered = new Map<string, { until: number; access: Promise<Access | undefined> }>()

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  of(companyId: string): Promise<Access | undefined> {
    const now = performance.now()
    const known = this.#remembered.get(companyId)
    if (known !== undefined && known.until > now) return known.access
    if (this.#remembered.size >= rememberedAtMost) this.#remembered.clear()
    const access = this.#read(companyId)
    this.#remembered.set(companyId, { until: now + freshMs, access })
    // A failed question must not be the answer for the next two seconds.
    access.catch(() => this.#remembered.delete(companyId))
    return access
  }

  async #read(companyId: string): Promise<Access | undefined> {
    const { rows } = await this.#pool.query<{ state: string; activated_at: Date; expires_at: Date }>(
      `select state, activated_at, expires_at from access where company_id = $1`,
      [companyId],
    )
    const row = rows[0]
    return row === undefined
      ? undefined
      : {
          companyId,
          state: row.state as Access['state'],
          activatedAt: row.activated_at,
          expiresAt: row.expires_at,
        }
  }

  async grant(tx: Tx, access: Access): Promise<void> {
    this.#remembered.delete(access.companyId)
    await clientOf(tx).query(
      `insert into access (company_id, state, activated_at, expires_at) values ($1, $2, $3, $4)
       on conflict (company_id) do update
          set state = excluded.state, activated_at = excluded.activated_at, expires_at = excluded.expires_at`,
      [access.companyId, access.state, access.activatedAt, access.expiresAt],
    )
  }

  async restrictExpired(now: Date, limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ company_id: string }>(
      `with expired as materialized (
         select company_id from access where state = 'ACTIVE' and expires_at <= $1
          order by expires_at limit $2
            for update skip locked
       )
       update access set state = 'RESTRICTED'
         from expired
        where access.company_id = expired.company_id
       returning access.company_id`,
      [now, limit],
    )
    for (const { company_id } of rows) this.#remembered.delete(company_id)
    return rows.map((row) => row.company_id)
  }
}
