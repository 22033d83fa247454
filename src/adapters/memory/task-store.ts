import { LeaseLost, taskKinds } from '../../core/kernel/index.ts'
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
import { onRollback } from './unit-of-work.ts'

interface Row extends Task {
  state: 'due' | 'done' | 'dead'
  rungAt?: Date
  holder?: string
  leasedUntil?: Date
  settledAt?: Date
  reason?: string
}

/** Twin of the task table. */
export class MemoryTaskStore implements TaskStore {
  /** The trail, oldest first. */
  readonly attempts: Attempt[] = []
  private readonly rows = new Map<string, Row>()
  private readonly keys = new Map<string, string>()

  async add(tx: Tx, tasks: NewTask[]) {
    for (const task of tasks) {
      const key = keyOf(task)
      if (this.keys.has(key)) continue
      this.keys.set(key, task.id)
      this.rows.set(task.id, { ...task, attempts: 0, state: 'due' })
      onRollback(tx, () => {
        this.keys.delete(key)
        this.rows.delete(task.id)
      })
    }
  }

  /** Whether a task is there, in whatever state. */
  has(task: Pick<NewTask, 'documentId' | 'kind' | 'subject'>): boolean {
    return this.keys.has(keyOf(task))
  }

  async takeToRing(options: { now: Date; limit: number; aheadMs: number; rungAgainAfterMs: number }) {
    const horizon = options.now.getTime() + options.aheadMs
    const unheard = (row: Row) =>
      row.rungAt === undefined ||
      Math.max(row.rungAt.getTime(), row.dueAt.getTime()) + options.rungAgainAfterMs <= options.now.getTime()
    const taken = [...this.rows.values()]
      .filter((row) => row.state === 'due' && row.leasedUntil === undefined)
      .filter((row) => row.dueAt.getTime() <= horizon && unheard(row))
      .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
      .slice(0, options.limit)
    for (const row of taken) row.rungAt = options.now
    return taken.map(({ id, kind, dueAt }) => ({ id, kind, dueAt }))
  }

  async unring(ids: string[]) {
    for (const id of ids) delete this.rows.get(id)?.rungAt
  }

  async claim(id: string, options: { now: Date; leaseMs: number; holder: string }) {
    const row = this.rows.get(id)
    if (row?.state !== 'due' || row.dueAt > options.now) return undefined
    if (row.leasedUntil !== undefined && row.leasedUntil > options.now) return undefined
    row.attempts += 1
    row.holder = options.holder
    row.leasedUntil = new Date(options.now.getTime() + options.leaseMs)
    return taskOf(row)
  }

  async claimableAt(id: string) {
    const row = this.rows.get(id)
    if (row?.state !== 'due') return undefined
    return row.leasedUntil !== undefined && row.leasedUntil > row.dueAt ? row.leasedUntil : row.dueAt
  }

  async prolong(id: string, options: { now: Date; leaseMs: number; holder: string }) {
    const row = this.rows.get(id)
    if (row?.state !== 'due' || row.holder !== options.holder) return false
    row.leasedUntil = new Date(options.now.getTime() + options.leaseMs)
    return true
  }

  async settle(tx: Tx, task: Task, attempt: Attempt, settlement: Settlement, holder: string) {
    const row = this.rows.get(task.id)
    if (row?.state !== 'due' || row.holder !== holder) throw new LeaseLost(task.id)
    const before = { ...row }
    onRollback(tx, () => {
      this.rows.set(task.id, before)
      this.attempts.splice(this.attempts.indexOf(attempt), 1)
    })
    this.attempts.push(attempt)
    delete row.holder
    delete row.leasedUntil
    delete row.rungAt
    const endedAt = new Date(attempt.startedAt.getTime() + attempt.durationMs)
    if (settlement.state === 'due') {
      row.dueAt = settlement.dueAt
      if (!settlement.countsAttempt) row.attempts -= 1
      return
    }
    row.state = settlement.state
    row.settledAt = endedAt
    if (settlement.state === 'dead') row.reason = settlement.reason
  }

  async rescue(now: Date) {
    const stuck = [...this.rows.values()].filter(
      (row) => row.state === 'due' && row.leasedUntil !== undefined && row.leasedUntil <= now,
    )
    for (const row of stuck) {
      delete row.holder
      delete row.leasedUntil
      delete row.rungAt
    }
    return stuck.length
  }

  async dead(options: { limit: number; after?: string }): Promise<DeadTask[]> {
    return [...this.rows.values()]
      .filter((row) => row.state === 'dead' && (options.after === undefined || row.id > options.after))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, options.limit)
      .map((row) => ({ ...taskOf(row), reason: row.reason ?? '', diedAt: row.settledAt ?? row.dueAt }))
  }

  async putBack(ids: string[], options: { now: Date; by: string }) {
    const back = ids.filter((id) => this.rows.get(id)?.state === 'dead')
    for (const id of back) {
      const row = this.rows.get(id)!
      this.rows.set(id, { ...newTaskOf(row), dueAt: options.now, attempts: 0, state: 'due' })
    }
    return back
  }

  async purge(before: Date, limit: number) {
    const gone = [...this.rows.values()]
      .filter((row) => row.state === 'done' && row.settledAt !== undefined && row.settledAt < before)
      .slice(0, limit)
    for (const row of gone) {
      this.rows.delete(row.id)
      this.keys.delete(keyOf(row))
    }
    return gone.length
  }

  async census(now: Date) {
    const found: { kind: TaskKind; state: 'due' | 'leased' | 'dead'; count: number; oldestMs: number }[] = []
    for (const kind of taskKinds) {
      for (const state of ['due', 'leased', 'dead'] as const) {
        const rows = [...this.rows.values()].filter((row) => row.kind === kind && stateOf(row) === state)
        if (rows.length === 0) continue
        const oldestMs = Math.max(0, ...rows.map((row) => now.getTime() - row.dueAt.getTime()))
        found.push({ kind, state, count: rows.length, oldestMs })
      }
    }
    return found
  }
}

const stateOf = (row: Row) => (row.state === 'due' && row.leasedUntil !== undefined ? 'leased' : row.state)

const keyOf = (task: Pick<NewTask, 'documentId' | 'kind' | 'subject'>) =>
  JSON.stringify([task.documentId, task.kind, task.subject])

const newTaskOf = ({ id, kind, documentId, subject, dueAt, details }: Row): NewTask => ({
  id,
  kind,
  documentId,
  subject,
  dueAt,
  ...(details === undefined ? {} : { details }),
})

const taskOf = (row: Row): Task => ({ ...newTaskOf(row), attempts: row.attempts })
