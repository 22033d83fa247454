import { silentLog } from '../core/kernel/index.ts'
import type { Clock, Log, TaskQueue, TaskStore } from '../core/kernel/index.ts'

export interface RelayOptions {
  /** Task rows taken at once; one confirm window of the queue. */
  batch: number
  /** How often to look when nobody nudges. */
  pollMs: number
  /** Tasks due within this time are rung ahead, with a delay that the queue keeps. */
  aheadMs: number
  /** A bell that nobody heard for this long is rung again. */
  rungAgainAfterMs: number
  /** How often expired leases are freed; with the lease (30 s) it bounds how long a killed worker's task rests. */
  rescueEveryMs: number
}

export const relayDefaults: RelayOptions = {
  batch: 500,
  pollMs: 1_000,
  aheadMs: 60_000,
  rungAgainAfterMs: 30_000,
  rescueEveryMs: 10_000,
}

interface Deps {
  tasks: TaskStore
  queue: TaskQueue
  clock: Clock
  log?: Log
}

/**
 * Rings the bell for every task that is due: many rows at a time, one wait for all confirms. It may die on
 * any line: rows taken and not rung are rung again, rows rung twice are claimed once.
 * Any number of relays may run; the store never gives two of them the same row.
 */
export class Relay {
  /** When the last round ended well; readiness and metrics show its age. */
  lastRoundAt: Date | undefined
  private readonly options: RelayOptions
  private readonly log: Log
  private state: 'idle' | 'running' | 'stopped' = 'idle'
  private loop: Promise<void> = Promise.resolve()
  private nudged = false
  private wake: () => void = () => {}
  private rescuedAt = Number.NEGATIVE_INFINITY
  private failures = 0

  constructor(
    private readonly deps: Deps,
    options: Partial<RelayOptions> = {},
  ) {
    this.options = { ...relayDefaults, ...options }
    this.log = deps.log ?? silentLog
  }

  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'running'
    this.loop = this.run()
  }

  /** A task was committed in this process: look at once instead of at the next poll. */
  nudge(): void {
    this.nudged = true
    this.wake()
  }

  /** Resolves once the round in progress has ended. */
  async stop(): Promise<void> {
    this.state = 'stopped'
    this.wake()
    await this.loop
  }

  private async run() {
    while (this.state === 'running') {
      this.nudged = false
      let more = false
      try {
        await this.rescue()
        more = (await this.round()) >= this.options.batch
        this.failures = 0
        this.lastRoundAt = this.deps.clock.now()
      } catch (error) {
        this.failures += 1
        // The first failure of a row is news, the hundredth is not: 1, 2, 4, 8 …
        if (Number.isInteger(Math.log2(this.failures))) {
          this.log.warn({ err: error, failures: this.failures }, 'relay.round-failed')
        }
      }
      if (!more) await this.rest()
    }
  }

  /** Takes one batch and rings it; returns how many. Throws when the queue did not confirm. */
  private async round(): Promise<number> {
    const { tasks, queue, clock } = this.deps
    const { batch, aheadMs, rungAgainAfterMs } = this.options
    // A queue that cannot take bells costs the rows nothing: they are not even marked.
    if (!queue.healthy()) return 0
    const now = clock.now()
    const taken = await tasks.takeToRing({ now, limit: batch, aheadMs, rungAgainAfterMs })
    if (taken.length === 0) return 0
    const bells = taken.map(({ id, kind, dueAt }) => ({
      taskId: id,
      kind,
      delayMs: Math.max(0, dueAt.getTime() - now.getTime()),
    }))
    try {
      await queue.ring(bells)
    } catch (error) {
      // Some may have been rung: they ring twice, which a claim tells apart. A failure here too is
      // healed by `rungAgainAfterMs`.
      await tasks.unring(taken.map(({ id }) => id))
      throw error
    }
    this.log.debug({ count: bells.length }, 'bells.rung')
    return bells.length
  }

  private async rescue() {
    // Not the wall clock: a jump of it must not stop rescuing.
    if (performance.now() - this.rescuedAt < this.options.rescueEveryMs) return
    this.rescuedAt = performance.now()
    const count = await this.deps.tasks.rescue(this.deps.clock.now())
    if (count > 0) this.log.warn({ count }, 'tasks.rescued')
  }

  private async rest() {
    if (this.state !== 'running') return
    // After failures wait longer, up to 16 polls, and let no nudge shorten it: the store or the broker is
    // down and every request would otherwise knock at it.
    const pauseMs = this.options.pollMs * Math.min(2 ** this.failures, 16)
    if (this.nudged && this.failures === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      this.wake = () => {
        if (this.state === 'running' && this.failures > 0) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = () => {}
  }
}
