import type { Tx } from './unit-of-work.ts'

/**
 * One step that a document still has to take. A task is a row written in the transaction of the fact
 * that caused it; the broker only rings the bell with its id.
 */
export type TaskKind = 'sign' | 'invite' | 'prove' | 'deliver' | 'mirror' | 'command' | 'notify' | 'archive'

export const taskKinds: readonly TaskKind[] = [
  'sign',
  'invite',
  'prove',
  'deliver',
  'mirror',
  'command',
  'notify',
  'archive',
]

export interface NewTask {
  id: string
  kind: TaskKind
  /** The document the step belongs to. */
  documentId: string
  /**
   * What makes the step one: the same kind and subject twice for one document is the same task, so
   * writing it again changes nothing. Empty where a document has only one (`sign`, `deliver`, `mirror`).
   */
  subject: string
  dueAt: Date
  /** What the step needs to know beside the document; small, no secrets, no bodies. */
  details?: Record<string, unknown>
}

export interface Task extends NewTask {
  /** Attempts made so far, the running one included. */
  attempts: number
}

/** How an attempt ended for the task row. Written by the worker, decided by `jobs/disposition.ts`. */
export type Settlement =
  | { state: 'done' }
  /** Due again; `countsAttempt` is false for a snooze. */
  | { state: 'due'; dueAt: Date; countsAttempt: boolean }
  /** Given up or refused: stays visible with its reason until an operator puts it back. */
  | { state: 'dead'; reason: string }

/** One attempt as the trail shows it. */
export interface Attempt {
  taskId: string
  documentId: string
  kind: TaskKind
  /** Which attempt it was. A snooze costs none, so the attempt after it bears the same number. */
  number: number
  startedAt: Date
  durationMs: number
  /** `done`, `waiting`, `refused`, or the upstream word: `busy`, `unreachable`, `unclear`, or `broken` for a defect of ours. */
  outcome: string
  /** One sentence for the operator; no bodies, no secrets. */
  note: string
}

export interface DeadTask extends Task {
  reason: string
  diedAt: Date
}

/**
 * The task rows. Rows are the truth: a bell may be lost, doubled or late, and the row still decides.
 */
export interface TaskStore {
  /** Adds tasks within the transaction of their cause; a task that is already there (document, kind, subject) is left alone. */
  add(tx: Tx, tasks: NewTask[]): Promise<void>
  /**
   * Takes tasks that are due within `aheadMs` and whose bell has not been rung, marks them rung, and
   * returns them with the delay left. A rung task whose bell was lost comes again `rungAgainAfterMs` after
   * it was rung or due, whichever is later. Leased tasks are left alone. Two relays never take the same one.
   */
  takeToRing(options: {
    now: Date
    limit: number
    aheadMs: number
    rungAgainAfterMs: number
  }): Promise<{ id: string; kind: TaskKind; dueAt: Date }[]>
  /** The bell could not be rung: take the mark back so that the next round tries again. */
  unring(ids: string[]): Promise<void>
  /**
   * Claims a due task for `leaseMs`. Undefined when it is done, dead, leased by another, or not yet due.
   * An expired lease is claimed as if it were free.
   */
  claim(id: string, options: { now: Date; leaseMs: number; holder: string }): Promise<Task | undefined>
  /** When a task that cannot be claimed now can be: due, or the end of its lease. Undefined when done, dead or unknown. */
  claimableAt(id: string): Promise<Date | undefined>
  /** Prolongs a lease that is still ours; false when another has taken it. */
  prolong(id: string, options: { now: Date; leaseMs: number; holder: string }): Promise<boolean>
  /**
   * Writes the attempt and settles the task, in the transaction that records what the attempt did.
   * Throws `LeaseLost` when the lease is no longer ours, so that the transaction rolls back.
   */
  settle(tx: Tx, task: Task, attempt: Attempt, settlement: Settlement, holder: string): Promise<void>
  /** Frees tasks whose lease ended without a settlement, so that their bell is rung again; returns how many. */
  rescue(now: Date): Promise<number>
  dead(options: { limit: number; after?: string }): Promise<DeadTask[]>
  /** Makes dead tasks due now with a fresh count of attempts; returns those that were dead. */
  putBack(ids: string[], options: { now: Date; by: string }): Promise<string[]>
  /** Removes done tasks settled before `before`, at most `limit`; returns how many. */
  purge(before: Date, limit: number): Promise<number>
  /** For metrics: how many tasks of each kind are due, leased and dead, and the age of the oldest due one. */
  census(
    now: Date,
  ): Promise<{ kind: TaskKind; state: 'due' | 'leased' | 'dead'; count: number; oldestMs: number }[]>
}

/** The lease of a task was taken by another worker while we worked. */
export class LeaseLost extends Error {
  constructor(taskId: string) {
    super(`the lease of task ${taskId} was lost`)
    this.name = 'LeaseLost'
  }
}
