import { Outdated } from '../core/exchange/index.ts'
import { LeaseLost, silentLog, taskKinds } from '../core/kernel/index.ts'
import type {
  Attempt,
  Bell,
  Clock,
  Heard,
  Ids,
  Log,
  Procedures,
  Settlement,
  Step,
  Task,
  TaskKind,
  TaskQueue,
  TaskStore,
  Tx,
  UnitOfWork,
} from '../core/kernel/index.ts'
import { dispose, isPoison, patience, type AttemptWord, type Disposition } from './disposition.ts'

export interface WorkerOptions {
  /** Attempts at once, for each kind. One slow partner never takes the places of another kind. */
  concurrency: Readonly<Record<TaskKind, number>>
  /** A worker that died is missed after this; living ones prolong. */
  leaseMs: number
  /** Three chances to prolong before the lease ends. */
  heartbeatMs: number
  /** How long `stop` waits for attempts in progress; what is left then comes again when its lease ends. */
  stopWithinMs: number
}

export const workerDefaults: WorkerOptions = {
  concurrency: { sign: 4, invite: 4, prove: 8, deliver: 16, mirror: 8, command: 4, notify: 16, archive: 4 },
  leaseMs: 30_000,
  heartbeatMs: 10_000,
  stopWithinMs: 20_000,
}

interface Deps {
  tasks: TaskStore
  queue: TaskQueue
  unitOfWork: UnitOfWork
  procedures: Procedures
  clock: Clock
  ids: Ids
  log?: Log
  /** Called after a commit that may have added tasks: the relay's `nudge` when it lives in this process. */
  nudge?: () => void
  /** Told of every attempt, for the metrics. */
  onAttempt?(attempt: {
    kind: TaskKind
    word: AttemptWord
    settled: Settlement['state']
    durationMs: number
  }): void
  /** In [0, 1); tests bring their own. */
  random?(): number
}

/** How often a step is run anew within one attempt because its document was changed meanwhile. */
const looksAgainAtMost = 3

/** The database is away or a commit was lost: look at the task again after this. */
const afterSurpriseMs = 5_000

/**
 * Listens to bells and carries tasks out: claim, act, record.
 *
 * 1. A short transaction claims the row with a lease.
 * 2. Outside any transaction the step speaks to the world; a heartbeat prolongs the lease.
 * 3. One transaction writes attempt, settlement and whatever the step learnt.
 *
 * Killed at 1 or 2, the lease ends and the task comes again; killed at 3, all of it is written or nothing.
 */
export class Worker {
  private readonly options: WorkerOptions
  private readonly log: Log
  private readonly running = new Set<Promise<unknown>>()
  private readonly leases = new Map<string, string>()
  private heartbeat: NodeJS.Timeout | undefined
  private state: 'idle' | 'running' | 'stopped' = 'idle'

  constructor(
    private readonly deps: Deps,
    options: Partial<WorkerOptions> = {},
  ) {
    this.options = { ...workerDefaults, ...options }
    this.log = deps.log ?? silentLog
  }

  /** Resolves once bells of every kind we have a procedure for are listened to. */
  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'running'
    this.heartbeat = setInterval(() => void this.prolongAll(), this.options.heartbeatMs)
    for (const kind of taskKinds) {
      const step = this.deps.procedures[kind]?.step
      if (step === undefined) continue
      await this.deps.queue.listen([kind], { prefetch: this.options.concurrency[kind] }, (bell) =>
        this.track(this.hear(bell, step)),
      )
    }
  }

  /** Takes no new task, lets the running ones end (at most `stopWithinMs`). */
  async stop(): Promise<void> {
    this.state = 'stopped'
    let timer: NodeJS.Timeout | undefined
    const patienceIsOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.stopWithinMs)
    })
    await Promise.race([Promise.allSettled([...this.running]), patienceIsOver])
    clearTimeout(timer)
    clearInterval(this.heartbeat)
  }

  /** Attempts in progress. */
  get busy(): number {
    return this.running.size
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work)
    try {
      return await work
    } finally {
      this.running.delete(work)
    }
  }

  private async hear(bell: Bell, step: Step): Promise<Heard> {
    // Somebody else will take it; a throw would count against the bell.
    if (this.state !== 'running') return { ringAgainInMs: 1_000 }
    const { tasks, clock, ids } = this.deps
    // A holder of its own for each claim: a second bell for the same task in this process is another holder.
    const holder = ids.next()
    try {
      const task = await tasks.claim(bell.taskId, {
        now: clock.now(),
        leaseMs: this.options.leaseMs,
        holder,
      })
      if (task === undefined) return await this.whenToLookAgain(bell)
      this.leases.set(holder, task.id)
      return await this.attempt(task, step, holder)
    } catch (error) {
      this.log.error({ err: error, task: bell.taskId, kind: bell.kind }, 'task.attempt-lost')
      return { ringAgainInMs: afterSurpriseMs }
    } finally {
      this.leases.delete(holder)
    }
  }

  private async whenToLookAgain(bell: Bell): Promise<Heard> {
    const at = await this.deps.tasks.claimableAt(bell.taskId)
    // Done, dead or never heard of: the bell was one too many.
    if (at === undefined) return 'done'
    // A tenth of a second at least: claim and question may straddle the moment.
    return { ringAgainInMs: Math.max(100, at.getTime() - this.deps.clock.now().getTime()) }
  }

  private async attempt(task: Task, step: Step, holder: string): Promise<Heard> {
    const startedAt = this.deps.clock.now()
    const started = performance.now()
    for (let look = 1; ; look += 1) {
      const { disposition, record } = await this.act(task, step, look)
      const durationMs = Math.round(performance.now() - started)
      const attempt: Attempt = {
        taskId: task.id,
        documentId: task.documentId,
        kind: task.kind,
        number: task.attempts,
        startedAt,
        durationMs,
        outcome: disposition.word,
        note: disposition.note,
      }
      try {
        await this.deps.unitOfWork.run(async (tx) => {
          await record?.(tx)
          await this.deps.tasks.settle(tx, task, attempt, disposition.settlement, holder)
        })
      } catch (error) {
        if (error instanceof Outdated && look <= looksAgainAtMost) continue
        if (error instanceof LeaseLost) {
          // Whoever took it records what happens; our finding is rolled back with the transaction.
          this.log.warn({ task: task.id, document: task.documentId, durationMs }, 'task.lease-lost')
          return await this.whenToLookAgain({ taskId: task.id, kind: task.kind })
        }
        throw error
      }
      this.tell(task, attempt, disposition)
      return 'done'
    }
  }

  /** One go at the step, and what is to be written about it. */
  private async act(
    task: Task,
    step: Step,
    look: number,
  ): Promise<{ disposition: Disposition; record?: (tx: Tx) => Promise<void> }> {
    const at = () => ({ now: this.deps.clock.now(), random: (this.deps.random ?? Math.random)() })
    if (isPoison(task)) return this.giveUp(task, poisoned(task))
    if (look > looksAgainAtMost) {
      const note = 'the document kept changing while the step worked'
      const outcome = { word: 'waiting', note, askAgainInMs: 1_000 } as const
      return { disposition: dispose(task, { outcome }, at()) }
    }
    try {
      const outcome = await withinLimit(step(task), patience[task.kind].limitMs)
      return {
        disposition: dispose(task, { outcome }, at()),
        record: outcome.record === undefined ? undefined : (tx) => outcome.record!(tx),
      }
    } catch (thrown) {
      const disposition = dispose(task, { thrown }, at())
      if (disposition.word === 'broken') {
        this.log.error(
          { err: thrown, task: task.id, kind: task.kind, document: task.documentId },
          'step.broken',
        )
      }
      return disposition.givenUp ? this.giveUp(task, disposition) : { disposition }
    }
  }

  private async giveUp(task: Task, disposition: Disposition) {
    const { settlement } = disposition
    const reason = settlement.state === 'dead' ? settlement.reason : disposition.note
    const record = await this.deps.procedures[task.kind]?.onDead?.(task, reason)
    return { disposition, record }
  }

  private tell(task: Task, attempt: Attempt, { word, settlement, partner }: Disposition) {
    this.log.info(
      {
        document: task.documentId,
        task: task.id,
        kind: task.kind,
        attempt: attempt.number,
        of: patience[task.kind].maxAttempts,
        partner,
        durationMs: attempt.durationMs,
        outcome: word,
        state: settlement.state,
        dueAt: settlement.state === 'due' ? settlement.dueAt.toISOString() : undefined,
      },
      'task.attempted',
    )
    this.deps.onAttempt?.({
      kind: task.kind,
      word,
      settled: settlement.state,
      durationMs: attempt.durationMs,
    })
    this.deps.nudge?.()
  }

  private async prolongAll() {
    const { tasks, clock } = this.deps
    const { leaseMs } = this.options
    const outcomes = await Promise.allSettled(
      [...this.leases].map(async ([holder, id]) => ({
        id,
        held: await tasks.prolong(id, { now: clock.now(), leaseMs, holder }),
      })),
    )
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        this.log.warn({ err: outcome.reason as unknown }, 'lease.prolong-failed')
    }
  }
}

const poisoned = (task: Task): Disposition => {
  const reason = `each of its ${task.attempts - 1} attempts ended with its worker: it is not tried again`
  return { word: 'broken', settlement: { state: 'dead', reason }, note: reason, givenUp: true }
}

/** The step did not end in time. It may still be running; nothing it returns is recorded. */
class OverLimit extends Error {
  constructor(limitMs: number) {
    super(`the step did not end within ${limitMs} ms`)
    this.name = 'OverLimit'
  }
}

const withinLimit = async <T>(work: Promise<T>, limitMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OverLimit(limitMs)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
