import type { TaskKind } from './task.ts'

/** The bell: which task to look at. Never more than that. */
export interface Bell {
  taskId: string
  kind: TaskKind
}

/** What the listener wants done with the message after looking at the task. */
export type Heard = 'done' | { ringAgainInMs: number }

/**
 * Carries bells from the relay to workers on any number of machines. At least once, in no order.
 * One conformance suite for every driver (`test/conformance/task-queue.ts`).
 */
export interface TaskQueue {
  start(): Promise<void>
  /** Resolves once every bell is durable with the driver; rejects when unknown (the relay rings again). */
  ring(bells: (Bell & { delayMs: number })[]): Promise<void>
  /**
   * Calls `listener` for each bell, at most `prefetch` at once. A bell is gone when the listener
   * resolves, comes again when the listener throws or the process dies, and after `maxDeliveries`
   * lands with the unreadable ones in the dead-letter place.
   */
  listen(
    kinds: readonly TaskKind[],
    options: { prefetch: number },
    listener: (bell: Bell) => Promise<Heard>,
  ): Promise<void>
  /** Stops listening, lets running listeners end, closes. May be called twice or before `start`. */
  stop(): Promise<void>
  /** False while the driver cannot take or bring bells; readiness shows it, intake does not depend on it. */
  healthy(): boolean
}
