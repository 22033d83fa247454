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

/** A bell in the hands of a listener. */
export interface TakenBell extends Bell {
  id: string
  /** How often it was handed out, this time included. */
  deliveries: number
}

/**
 * Where the table queue keeps its bells when there is no broker. A taken bell that is neither removed nor
 * given back comes again when its lease ends.
 */
export interface BellStore {
  /** Durable when it resolves. */
  add(bells: (Bell & { dueAt: Date })[]): Promise<void>
  /** Hands out due bells of these kinds, oldest first; nobody else gets them for `leaseMs`. */
  takeDue(options: {
    kinds: readonly TaskKind[]
    now: Date
    limit: number
    leaseMs: number
  }): Promise<TakenBell[]>
  remove(ids: string[]): Promise<void>
  /** Puts bells back for later. `heard` starts their count of deliveries anew. */
  giveBack(bells: { id: string; dueAt: Date; heard: boolean }[]): Promise<void>
  /** Lays bells aside, visible with their reason, never to be handed out again. */
  bury(ids: string[], reason: string, now: Date): Promise<void>
  buried(limit: number): Promise<(Bell & { reason: string; buriedAt: Date })[]>
}
