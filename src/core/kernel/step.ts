import type { Task, TaskKind } from './task.ts'
import type { Tx } from './unit-of-work.ts'

/**
 * What one attempt at a task came to. The worker that ran it writes attempt, outcome and everything
 * `record` does in one transaction; until then nothing has changed but the lease.
 */
export type StepOutcome =
  /** The step is done. `record` writes the new state, the events and the tasks that follow. */
  | { word: 'done'; note: string; record: (tx: Tx) => Promise<void> }
  /**
   * Not yet: they are working on it, or it is not our turn. Costs no attempt. `record`, when given,
   * writes what was learnt so far (an id to ask about, a status that moved).
   */
  | { word: 'waiting'; note: string; askAgainInMs: number; record?: (tx: Tx) => Promise<void> }
  /** An explicit no that repeating cannot change. `record` moves the document to the state that shows it. */
  | { word: 'refused'; note: string; record: (tx: Tx) => Promise<void> }

/**
 * Carries out one kind of task. Runs outside any transaction, may be run again after a crash at any
 * line, and throws `UpstreamError` for what the world answered when that is not a plain yes or no.
 */
export type Step = (task: Task) => Promise<StepOutcome>

/** Everything the worker knows about one kind of task. */
export interface Procedure {
  step: Step
  /**
   * The task is given up without a word of the step itself: attempts used up, or an explicit no thrown as
   * `UpstreamError`. Reads what it needs and returns what to write, in the transaction that buries the
   * task, so that the document shows why it is stuck.
   */
  onDead?(task: Task, reason: string): Promise<(tx: Tx) => Promise<void>>
}

/** The procedures a worker carries out; kinds that are missing are left to other workers. */
export type Procedures = Partial<Record<TaskKind, Procedure>>
