import type { JobRun, JobRuns, Leases } from '../../core/kernel/index.ts'
import type { PgPool } from './pool.ts'

/** Lease rows: one holder at a time over all replicas, until the end it gave itself. */
export class PgLeases implements Leases {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async acquire(
    name: string,
    { holder, now, ttlMs }: { holder: string; now: Date; ttlMs: number },
  ): Promise<{ held: boolean; token: string }> {
    const { rows } = await this.#pool.query<{ token: string }>(
      `insert into lease as l (name, holder, token, expires_at) values ($1, $2, 1, $4)
       on conflict (name) do update
          set holder = $2, expires_at = $4,
              token = case when l.holder = $2 then l.token else l.token + 1 end   -- a new holder fences off the old
        where l.holder = $2 or l.expires_at <= $3
       returning token`,
      [name, holder, now, new Date(now.getTime() + ttlMs)],
    )
    return rows[0] === undefined ? { held: false, token: '' } : { held: true, token: rows[0].token }
  }

  async release(name: string, holder: string): Promise<void> {
    // The row stays, ended: its token must keep growing.
    await this.#pool.query(`update lease set expires_at = '-infinity' where name = $1 and holder = $2`, [
      name,
      holder,
    ])
  }
}

interface JobRunRow {
  job: string
  slot: Date
  holder: string
  started_at: Date
  ended_at: Date | null
  count: number | null
  outcome: string | null
  note: string | null
}

const runOf = (row: JobRunRow): JobRun => ({
  job: row.job,
  slot: row.slot,
  holder: row.holder,
  startedAt: row.started_at,
  endedAt: row.ended_at ?? undefined,
  count: row.count ?? undefined,
  outcome: (row.outcome as JobRun['outcome']) ?? undefined,
  note: row.note ?? undefined,
})

/** Runs of scheduled jobs: the primary key (job, slot) lets one replica in. */
export class PgJobRuns implements JobRuns {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async begin({
    job,
    slot,
    holder,
    now,
    abandonedAfterMs,
  }: {
    job: string
    slot: Date
    holder: string
    now: Date
    abandonedAfterMs: number
  }): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into job_run as r (job, slot, holder, started_at) values ($1, $2, $3, $4)
       on conflict (job, slot) do update set holder = $3, started_at = $4
        where r.ended_at is null and r.started_at <= $5`,
      [job, slot, holder, now, new Date(now.getTime() - abandonedAfterMs)],
    )
    return rowCount === 1
  }

  async end({
    job,
    slot,
    holder,
    now,
    count,
    outcome,
    note,
  }: {
    job: string
    slot: Date
    holder: string
    now: Date
    count: number
    outcome: 'done' | 'failed' | 'interrupted'
    note: string
  }): Promise<void> {
    await this.#pool.query(
      `update job_run set ended_at = $4, count = $5, outcome = $6, note = $7
        where job = $1 and slot = $2 and holder = $3 and ended_at is null`,
      [job, slot, holder, now, count, outcome, note],
    )
  }

  async last(job: string): Promise<JobRun | undefined> {
    const { rows } = await this.#pool.query<JobRunRow & Record<string, unknown>>(
      `select * from job_run where job = $1 order by slot desc limit 1`,
      [job],
    )
    return rows[0] === undefined ? undefined : runOf(rows[0])
  }

  async history(job: string | undefined, limit: number): Promise<JobRun[]> {
    const { rows } = await this.#pool.query<JobRunRow & Record<string, unknown>>(
      `select * from job_run where $1::text is null or job = $1 order by started_at desc, job limit $2`,
      [job ?? null, limit],
    )
    return rows.map(runOf)
  }

  async purge(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with old as materialized (
         select job, slot from job_run r
          where slot < $1 and slot < (select max(slot) from job_run newest where newest.job = r.job)
          limit $2
       )
       delete from job_run using old where job_run.job = old.job and job_run.slot = old.slot`,
      [before, limit],
    )
    return rowCount ?? 0
  }
}
