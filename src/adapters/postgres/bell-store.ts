import type { Bell, BellStore, TakenBell, TaskKind } from '../../core/kernel/index.ts'
import type { PgPool } from './pool.ts'
import { takeBells } from './sql/take-bells.ts'

/** The bells of the table queue, in a table. One statement a call, whatever the number of bells. */
export class PgBellStore implements BellStore {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async add(bells: (Bell & { dueAt: Date })[]): Promise<void> {
    if (bells.length === 0) return
    await this.#pool.query({
      name: 'add-bells',
      text: `insert into bell (task_id, kind, visible_at)
             select * from unnest($1::text[], $2::text[], $3::timestamptz[])`,
      values: [bells.map((b) => b.taskId), bells.map((b) => b.kind), bells.map((b) => b.dueAt)],
    })
  }

  async takeDue(options: {
    kinds: readonly TaskKind[]
    now: Date
    limit: number
    leaseMs: number
  }): Promise<TakenBell[]> {
    const { rows } = await this.#pool.query<TakenRow>(takeBells(options))
    return rows.map(({ id, task_id, kind, deliveries }) => ({ id, taskId: task_id, kind, deliveries }))
  }

  async remove(ids: string[]): Promise<void> {
    await this.#pool.query({
      name: 'remove-bells',
      text: `delete from bell where id = any($1::bigint[])`,
      values: [ids],
    })
  }

  async giveBack(bells: { id: string; dueAt: Date; heard: boolean }[]): Promise<void> {
    await this.#pool.query({
      name: 'give-back-bells',
      text: `update bell
                set visible_at = back.due_at,
                    deliveries = case when back.heard then 0 else deliveries end
               from unnest($1::bigint[], $2::timestamptz[], $3::boolean[]) as back (id, due_at, heard)
              where bell.id = back.id and bell.buried_at is null`,
      values: [bells.map((b) => b.id), bells.map((b) => b.dueAt), bells.map((b) => b.heard)],
    })
  }

  async bury(ids: string[], reason: string, now: Date): Promise<void> {
    await this.#pool.query({
      name: 'bury-bells',
      text: `update bell set buried_at = $2, reason = $3 where id = any($1::bigint[])`,
      values: [ids, now, reason],
    })
  }

  async buried(limit: number): Promise<(Bell & { reason: string; buriedAt: Date })[]> {
    const { rows } = await this.#pool.query<BuriedRow>({
      name: 'buried-bells',
      text: `select task_id, kind, reason, buried_at from bell
              where buried_at is not null order by buried_at desc, id limit $1`,
      values: [limit],
    })
    return rows.map(({ task_id, kind, reason, buried_at }) => ({
      taskId: task_id,
      kind,
      reason,
      buriedAt: buried_at,
    }))
  }
}

interface TakenRow {
  /** bigint: a string. */
  id: string
  task_id: string
  kind: TaskKind
  deliveries: number
}

interface BuriedRow {
  task_id: string
  kind: TaskKind
  reason: string
  buried_at: Date
}
