import type { Event, Feed } from '../../core/exchange/index.ts'
import { eventOf, type EventRow } from './event-rows.ts'
import type { PgPool } from './pool.ts'

/** `<transaction>.<sequence>`; the beginning when there is none. */
const positionOf = (cursor: string | undefined): [string, string] => {
  const match = cursor === undefined ? null : /^(\d{1,20})\.(\d{1,19})$/.exec(cursor)
  return match === null ? ['0', '0'] : [match[1] as string, match[2] as string]
}

/** The feed of a company in PostgreSQL. */
export class PgFeed implements Feed {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  isCursor(text: string): boolean {
    return /^\d{1,19}\.\d{1,18}$/.test(text)
  }

  async after(companyId: string, cursor: string | undefined, limit: number): Promise<Event[]> {
    const [tx, seq] = positionOf(cursor)
    const { rows } = await this.#pool.query<EventRow & Record<string, unknown>>(
      `select tx, seq, document_id, company_id, name, at, details from event
        where company_id = $1
          and (tx, seq) > ($2::xid8, $3::bigint)
          -- Nothing of a transaction that may still be followed by an older one: a reader that has passed
          -- a position never has to look back.
          and tx < pg_snapshot_xmin(pg_current_snapshot())
        order by tx, seq
        limit $4`,
      [companyId, tx, seq, limit],
    )
    return rows.map(eventOf)
  }

  async one(seq: string): Promise<Event | undefined> {
    const { rows } = await this.#pool.query<EventRow & Record<string, unknown>>(
      `select tx, seq, document_id, company_id, name, at, details from event where seq = $1`,
      [seq],
    )
    return rows[0] === undefined ? undefined : eventOf(rows[0])
  }
}
