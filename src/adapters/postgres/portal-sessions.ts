import type { CallBudget, PortalSession, PortalSessions } from '../../core/mirror/index.ts'
import type { Querier } from './pool.ts'

/** The open sessions at the portal, one row a user. */
export class PgPortalSessions implements PortalSessions {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async current(user: string) {
    const { rows } = await this.#db.query<{ tax_id: string; session_id: string; opened_at: Date }>(
      `select tax_id, session_id, opened_at from portal_session where portal_user = $1`,
      [user],
    )
    const [row] = rows
    return row === undefined
      ? undefined
      : { user, taxId: row.tax_id, sessionId: row.session_id, openedAt: row.opened_at }
  }

  async put(session: PortalSession) {
    await this.#db.query(
      `insert into portal_session (portal_user, tax_id, session_id, opened_at) values ($1, $2, $3, $4)
       on conflict (portal_user) do update
         set tax_id = excluded.tax_id, session_id = excluded.session_id, opened_at = excluded.opened_at`,
      [session.user, session.taxId, session.sessionId, session.openedAt],
    )
  }

  async drop(user: string, sessionId: string) {
    await this.#db.query(`delete from portal_session where portal_user = $1 and session_id = $2`, [
      user,
      sessionId,
    ])
  }
}

/** The row that holds the sum of a day over all kinds, so that one lock decides about the limit. */
const total = ''

/** Calls and logins, counted over all replicas. */
export class PgCallBudget implements CallBudget {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async takeCall({ day, kind, perDay }: { day: string; kind: string; perDay: number }) {
    const { rows } = await this.#db.query<{ calls: number }>(
      `with taken as (
         insert into portal_call as c (day, kind, calls)
         select $1::date, '${total}', 1 where $3::int > 0
         on conflict (day, kind) do update set calls = c.calls + 1
          where c.calls < $3::int              -- no row comes back when the day is spent
         returning calls
       ), counted as (
         insert into portal_call as c (day, kind, calls)
         select $1::date, $2, 1 from taken
         on conflict (day, kind) do update set calls = c.calls + 1
       )
       select calls from taken`,
      [day, kind, perDay],
    )
    const [row] = rows
    return row === undefined ? { taken: false, spent: perDay } : { taken: true, spent: row.calls }
  }

  async takeLogin({ user, now, everyMs }: { user: string; now: Date; everyMs: number }) {
    const { rowCount } = await this.#db.query(
      `insert into portal_login_turn as l (portal_user, at) values ($1, $2)
       on conflict (portal_user) do update set at = excluded.at
        where l.at <= $3`,
      [user, now, new Date(now.getTime() - everyMs)],
    )
    if (rowCount === 1) return { taken: true as const }
    const { rows } = await this.#db.query<{ at: Date }>(
      `select at from portal_login_turn where portal_user = $1`,
      [user],
    )
    return { taken: false as const, again: new Date((rows[0]?.at ?? now).getTime() + everyMs) }
  }

  async returnLogin(user: string) {
    await this.#db.query(`delete from portal_login_turn where portal_user = $1`, [user])
  }

  async spent(day: string) {
    const { rows } = await this.#db.query<{ kind: string; calls: number }>(
      `select kind, calls from portal_call where day = $1 and kind <> '${total}' order by kind`,
      [day],
    )
    return rows
  }
}
