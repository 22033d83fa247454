import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock, TaskKind, TaskQueue, TaskStore } from '../../core/kernel/index.ts'

export interface MetricsDeps {
  tasks: Pick<TaskStore, 'census'>
  queue: Pick<TaskQueue, 'healthy'>
  clock: Clock
  /** When the relay's last round ended well, if this process has one. */
  relayLastRoundAt?: () => Date | undefined
  /** Connections of the store's pool. */
  storeLoad?: () => { total: number; idle: number; waiting: number }
  /** Free on the fullest disk that this process writes to. */
  freeDiskBytes?: () => number
  /** Since when the oldest proof of a signature is pending, where proofs are gathered. */
  oldestPendingProof?: () => Promise<Date | undefined>
}

export interface Metrics {
  /** What `/metrics` shows; other adapters may add theirs. */
  registry: Registry
  /** To be told of every attempt; the worker's `onAttempt`. */
  attempted(attempt: { kind: TaskKind; word: string; settled: string; durationMs: number }): void
  /** To be told what became of raw exchanges: kept, dropped, bodies dropped. */
  exchanged(outcome: string, count: number): void
  stop(): void
}

/** Two scrapes within this share one look at the task table. */
const censusKeptMs = 5_000

/** The figures an operator watches: is work going on, is it late, is anything stuck. */
export const openMetrics = (deps: MetricsDeps): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'daneker_' })
  const registers = [registry]

  const attempts = new Counter({
    name: 'daneker_task_attempts_total',
    help: 'Attempts at tasks, by how they ended and what became of the task.',
    labelNames: ['kind', 'outcome', 'state'] as const,
    registers,
  })
  const exchanges = new Counter({
    name: 'daneker_exchanges_total',
    help: 'Exchanges with bases by what became of their raw bytes. Alarm on dropped.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const durations = new Histogram({
    name: 'daneker_task_attempt_seconds',
    help: 'How long attempts took.',
    labelNames: ['kind'] as const,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  })

  let census: { at: number; lines: ReturnType<TaskStore['census']> } | undefined
  const look = () => {
    if (census === undefined || performance.now() - census.at > censusKeptMs) {
      // A store that is away leaves gaps in two figures, and the others are shown.
      const lines = deps.tasks.census(deps.clock.now()).catch(() => [])
      census = { at: performance.now(), lines }
    }
    return census.lines
  }
  new Gauge({
    name: 'daneker_tasks',
    help: 'Tasks that are due, being worked on, or dead.',
    labelNames: ['kind', 'state'] as const,
    registers,
    async collect() {
      const lines = await look()
      this.reset()
      for (const { kind, state, count } of lines) this.set({ kind, state }, count)
    },
  })
  new Gauge({
    name: 'daneker_task_oldest_seconds',
    help: 'How long the oldest task of its kind and state has been due. Alarm on due ones.',
    labelNames: ['kind', 'state'] as const,
    registers,
    async collect() {
      const lines = await look()
      this.reset()
      for (const { kind, state, oldestMs } of lines) this.set({ kind, state }, oldestMs / 1_000)
    },
  })
  new Gauge({
    name: 'daneker_queue_healthy',
    help: '1 while the queue takes and brings bells.',
    registers,
    collect() {
      this.set(deps.queue.healthy() ? 1 : 0)
    },
  })
  const { relayLastRoundAt, storeLoad, oldestPendingProof, freeDiskBytes } = deps
  if (freeDiskBytes !== undefined) {
    new Gauge({
      name: 'daneker_disk_free_bytes',
      help: 'Free on the fullest disk the gateway writes to. Alarm at twice store.minFreeMiB: below it intake stops.',
      registers,
      collect() {
        this.set(freeDiskBytes())
      },
    })
  }
  if (oldestPendingProof !== undefined) {
    new Gauge({
      name: 'daneker_proof_pending_seconds',
      help: 'Age of the oldest proof that is still pending. Alarm above 15 minutes: intake stops at signature.proofGrace.',
      registers,
      async collect() {
        const now = deps.clock.now().getTime()
        // A store that is away leaves a gap.
        const oldest = await oldestPendingProof().catch(() => undefined)
        this.set(oldest === undefined ? 0 : Math.max(0, now - oldest.getTime()) / 1_000)
      },
    })
  }
  if (relayLastRoundAt !== undefined) {
    new Gauge({
      name: 'daneker_relay_idle_seconds',
      help: 'Since the relay last looked at the task table. Alarm above a minute.',
      registers,
      collect() {
        const at = relayLastRoundAt()
        if (at !== undefined) this.set(Math.max(0, deps.clock.now().getTime() - at.getTime()) / 1_000)
      },
    })
  }
  if (storeLoad !== undefined) {
    new Gauge({
      name: 'daneker_store_connections',
      help: 'Connections to the store, and callers waiting for one.',
      labelNames: ['state'] as const,
      registers,
      collect() {
        const { total, idle, waiting } = storeLoad()
        this.set({ state: 'busy' }, total - idle)
        this.set({ state: 'idle' }, idle)
        this.set({ state: 'waiting' }, waiting)
      },
    })
  }

  return {
    registry,
    attempted: ({ kind, word, settled, durationMs }) => {
      attempts.inc({ kind, outcome: word, state: settled })
      durations.observe({ kind }, durationMs / 1_000)
    },
    exchanged: (outcome, count) => exchanges.inc({ outcome }, count),
    stop: () => registry.clear(),
  }
}
