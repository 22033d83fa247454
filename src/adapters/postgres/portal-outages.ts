import type { PortalOutage, PortalOutages, PortalProbe } from '../../core/mirror/index.ts'
import type { Querier } from './pool.ts'

interface OutageRow {
  id: string
  kind: PortalOutage['kind']
  from_at: Date
  until_at: Date | null
  note: string
  by: string
  reported_at: Date
}

/** The portal's outages and probes. */
export class PgPortalOutages implements PortalOutages {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async add(outage: PortalOutage) {
    await this.#db.query(
      `insert into portal_outage (id, kind, from_at, until_at, note, by, reported_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict do nothing                    -- another replica has found the same outage
      `,
      [outage.id, outage.kind, outage.from, outage.until ?? null, outage.note, outage.by, outage.reportedAt],
    )
  }

  async end(id: string, until: Date) {
    const { rowCount } = await this.#db.query(
      `update portal_outage set until_at = $2 where id = $1 and from_at <= $2`,
      [id, until],
    )
    return rowCount === 1
  }

  async between(from: Date, to: Date): Promise<PortalOutage[]> {
    const { rows } = await this.#db.query<OutageRow>(
      `select id, kind, from_at, until_at, note, by, reported_at from portal_outage
        where from_at <= $2 and (until_at is null or until_at >= $1)
        order by from_at desc, id desc`,
      [from, to],
    )
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      from: row.from_at,
      ...(row.until_at === null ? {} : { until: row.until_at }),
      note: row.note,
      by: row.by,
      reportedAt: row.reported_at,
    }))
  }

  async noteProbe({ at, ok, ms, note }: PortalProbe) {
    await this.#db.query(`insert into portal_probe (at, ok, ms, note) values ($1, $2, $3, $4)`, [
      at,
      ok,
      ms,
      note,
    ])
  }

  async probes(limit: number): Promise<PortalProbe[]> {
    const { rows } = await this.#db.query<{ at: Date; ok: boolean; ms: number; note: string }>(
      `select at, ok, ms, note from portal_probe order by at desc limit $1`,
      [limit],
    )
    return rows.map(({ at, ok, ms, note }) => ({ at, ok, ms, note }))
  }

  async purgeProbes(before: Date) {
    const { rowCount } = await this.#db.query(`delete from portal_probe where at < $1`, [before])
    return rowCount ?? 0
  }
}
