import type {
  Attempt,
  DeadTask,
  NewTask,
  Settlement,
  Task,
  TaskKind,
  TaskStore,
  Tx,
} from '../../core/kernel/index.ts'
import { LeaseLost } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'
import { addTasks } from './sql/add-tasks.ts'

interface TaskRow {
  id: string
  kind: string
  document_id: string
  subject: string
  due_at: Date
  attempts: number
  details: Record<string, unknown> | null
}

const taskOf = (row: TaskRow): Task => ({
  id: row.id,
  kind: row.kind as TaskKind,
  documentId: row.document_id,
  subject: row.subject,
  dueAt: row.due_at,
  attempts: row.attempts,
  details: row.details ?? undefined,
})

const taskColumns = 'id, kind, document_id, subject, due_at, attempts, details'

/** Task rows in PostgreSQL. Instants are the caller's: a test clock drives them as well as a real one. */
export class PgTaskStore implements TaskStore {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  add(tx: Tx, tasks: NewTask[]): Promise<void> {
    return addTasks(clientOf(tx), tasks)
  }

  async takeToRing({
    now,
    limit,
    aheadMs,
    rungAgainAfterMs,
  }: {
    now: Date
    limit: number
    aheadMs: number
    rungAgainAfterMs: number
  }): Promise<{ id: string; kind: TaskKind; dueAt: Date }[]> {
    const { rows } = await this.#pool.query<TaskRow & Record<string, unknown>>(
      `with fresh as (
         select id from task
          where state = 'due' and rung_at is null and due_at <= $2
          order by due_at limit $4
          for update skip locked                -- another relay has it; do not wait
       ), unheard as (
         select id from task
          where state = 'due' and rung_at is not null and greatest(rung_at, due_at) <= $3
          order by rung_at limit $4
          for update skip locked
       ), to_ring as (
         select id from fresh union all select id from unheard
       )
       update task set rung_at = $1 from to_ring where task.id = to_ring.id
       returning task.id, task.kind, task.due_at`,
      [now, new Date(now.getTime() + aheadMs), new Date(now.getTime() - rungAgainAfterMs), limit],
    )
    return rows.map((row) => ({ id: row.id, kind: row.kind as TaskKind, dueAt: row.due_at }))
  }

  async unring(ids: string[]): Promise<void> {
    await this.#pool.query(`update task set rung_at = null where id = any($1::uuid[]) and state = 'due'`, [
      ids,
    ])
  }

  async claim(
    id: string,
    { now, leaseMs, holder }: { now: Date; leaseMs: number; holder: string },
  ): Promise<Task | undefined> {
    const { rows } = await this.#pool.query<TaskRow & Record<string, unknown>>(
      `update task
          set state = 'leased', lease_until = $3, lease_holder = $4, attempts = attempts + 1
        where id = $1
          and ((state = 'due' and due_at <= $2) or (state = 'leased' and lease_until <= $2))
        returning ${taskColumns}`,
      [id, now, new Date(now.getTime() + leaseMs), holder],
    )
    return rows[0] === undefined ? undefined : taskOf(rows[0])
  }

  async claimableAt(id: string): Promise<Date | undefined> {
    const { rows } = await this.#pool.query<{ at: Date }>(
      `select case state when 'due' then due_at else lease_until end as at
         from task where id = $1 and state in ('due', 'leased')`,
      [id],
    )
    return rows[0]?.at
  }

  async prolong(
    id: string,
    { now, leaseMs, holder }: { now: Date; leaseMs: number; holder: string },
  ): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update task set lease_until = $2 where id = $1 and state = 'leased' and lease_holder = $3`,
      [id, new Date(now.getTime() + leaseMs), holder],
    )
    return rowCount === 1
  }

  async settle(tx: Tx, task: Task, attempt: Attempt, settlement: Settlement, holder: string): Promise<void> {
    const db = clientOf(tx)
    const at = new Date(attempt.startedAt.getTime() + attempt.durationMs)
    const snoozed = settlement.state === 'due' && !settlement.countsAttempt
    const { rowCount } = await db.query(
      `update task
          set state = $3,
              due_at = coalesce($4, due_at),
              attempts = attempts - $5,
              reason = $6,
              settled_at = $7,
              rung_at = null, lease_until = null, lease_holder = null
        where id = $1 and state = 'leased' and lease_holder = $2`,
      [
        task.id,
        holder,
        settlement.state,
        settlement.state === 'due' ? settlement.dueAt : null,
        snoozed ? 1 : 0,
        settlement.state === 'dead' ? settlement.reason : null,
        settlement.state === 'due' ? null : at,
      ],
    )
    if (rowCount !== 1) throw new LeaseLost(task.id)
    await db.query(
      `insert into attempt (task_id, document_id, kind, number, started_at, duration_ms, outcome, note)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        task.id,
        task.documentId,
        task.kind,
        attempt.number,
        attempt.startedAt,
        Math.round(attempt.durationMs),
        attempt.outcome,
        attempt.note,
      ],
    )
  }

  async rescue(now: Date): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `update task set state = 'due', rung_at = null, lease_until = null, lease_holder = null
        where state = 'leased' and lease_until <= $1`,
      [now],
    )
    return rowCount ?? 0
  }

  async dead({ limit, after }: { limit: number; after?: string }): Promise<DeadTask[]> {
    const { rows } = await this.#pool.query<
      TaskRow & { reason: string; settled_at: Date } & Record<string, unknown>
    >(
      `select ${taskColumns}, reason, settled_at from task
        where state = 'dead' and ($2::uuid is null or id > $2)
        order by id limit $1`,
      [limit, after ?? null],
    )
    return rows.map((row) => ({ ...taskOf(row), reason: row.reason, diedAt: row.settled_at }))
  }

  async putBack(ids: string[], { now }: { now: Date; by: string }): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `update task set state = 'due', due_at = $2, attempts = 0, rung_at = null, reason = null, settled_at = null
        where id = any($1::uuid[]) and state = 'dead'
        returning id`,
      [ids, now],
    )
    return rows.map(({ id }) => id)
  }

  async purge(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with settled as materialized (
         select id from task where state = 'done' and settled_at < $1 order by settled_at limit $2
       )
       delete from task using settled where task.id = settled.id`,
      [before, limit],
    )
    return rowCount ?? 0
  }

  async census(
    now: Date,
  ): Promise<{ kind: TaskKind; state: 'due' | 'leased' | 'dead'; count: number; oldestMs: number }[]> {
    const { rows } = await this.#pool.query<{ kind: string; state: string; count: string; oldest: Date }>(
      `select kind, state, count(*) as count, min(due_at) as oldest
         from task where state in ('due', 'leased', 'dead') group by kind, state`,
    )
    return rows.map((row) => ({
      kind: row.kind as TaskKind,
      state: row.state as 'due' | 'leased' | 'dead',
      count: Number(row.count),
      oldestMs: Math.max(0, now.getTime() - row.oldest.getTime()),
    }))
  }
}
