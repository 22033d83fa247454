import cron, { type ScheduledTask } from 'node-cron'
import { silentLog } from '../core/kernel/index.ts'
import type { Clock, JobRun, JobRuns, Log } from '../core/kernel/index.ts'
import { checkSchedule, slotBefore, zone } from './slots.ts'

/**
 * Something that happens by the calendar. It works in batches, may be interrupted between any two of them
 * and may run again: what it settled stays settled, the rest is found the next time.
 */
export interface ScheduledJob {
  /** Kebab-case; what `daneker jobs` calls it. */
  name: string
  /** One sentence for the operator. */
  about: string
  /** Five or six cron fields, Asia/Almaty. */
  cron: string
  /** A run that lasts longer is asked to stop, and may be taken over by another replica a minute later; default 10 min. */
  limitMs?: number
  /** Returns what it settled. Looks at `signal` between batches and returns early when it is aborted. */
  run(context: { now: Date; signal: AbortSignal }): Promise<{ count: number; note: string }>
}

export interface SchedulerOptions {
  /** How often to look for slots that nobody ran: the machine slept, every replica was down, a run was abandoned. */
  sweepMs: number
  /** A slot is missed when nobody began it for so long; until then the replica that is on its way may. */
  graceMs: number
  /** How long `stop` waits for a job that was asked to stop. */
  stopWithinMs: number
}

export const schedulerDefaults: SchedulerOptions = { sweepMs: 60_000, graceMs: 15_000, stopWithinMs: 20_000 }

const defaultLimitMs = 600_000

/** Between being asked to stop and being taken over by another replica. */
const takeoverMs = 60_000

interface Deps {
  runs: JobRuns
  clock: Clock
  /** Who runs: unique to this process. */
  holder: string
  log?: Log
}

/** A job as `daneker jobs list` shows it. */
export interface JobOverview {
  name: string
  about: string
  cron: string
  nextAt: Date | undefined
  last: JobRun | undefined
}

/**
 * Runs jobs by their schedules, each slot once over any number of replicas: all of them wake, the unique
 * row (job, slot) lets one in. Slots missed while nobody was there are caught up once, not one by one:
 * every job settles all that has gathered.
 */
export class Scheduler {
  private readonly options: SchedulerOptions
  private readonly log: Log
  private readonly jobs: readonly ScheduledJob[]
  private readonly tasks = new Map<string, ScheduledTask>()
  private readonly running = new Map<string, { work: Promise<unknown>; abort: AbortController }>()
  private sweeper: NodeJS.Timeout | undefined
  private sweeping: Promise<void> = Promise.resolve()
  private state: 'idle' | 'running' | 'stopped' = 'idle'

  /** Throws when a schedule is not one or two jobs share a name. */
  constructor(
    private readonly deps: Deps,
    jobs: readonly ScheduledJob[],
    options: Partial<SchedulerOptions> = {},
  ) {
    this.options = { ...schedulerDefaults, ...options }
    this.log = deps.log ?? silentLog
    this.jobs = jobs
    if (new Set(jobs.map(({ name }) => name)).size < jobs.length) throw new Error('two jobs share a name')
    for (const job of jobs) checkSchedule(job.name, job.cron)
  }

  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'running'
    for (const job of this.jobs) {
      const task = cron.schedule(job.cron, ({ date }) => this.runSlot(job, date), {
        name: job.name,
        timezone: zone,
        noOverlap: true,
        logger: this.cronLog(job.name),
        suppressMissedWarning: true,
      })
      this.tasks.set(job.name, task)
    }
    this.sweeper = setInterval(() => this.sweepSoon(), this.options.sweepMs)
    this.sweepSoon()
  }

  /** Asks running jobs to stop and waits for them, at most `stopWithinMs`. */
  async stop(): Promise<void> {
    this.state = 'stopped'
    clearInterval(this.sweeper)
    for (const task of this.tasks.values()) await task.destroy()
    this.tasks.clear()
    for (const { abort } of this.running.values()) abort.abort(new Error('the gateway is stopping'))
    let timer: NodeJS.Timeout | undefined
    const patienceIsOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.stopWithinMs)
    })
    const ended = Promise.allSettled([this.sweeping, ...[...this.running.values()].map(({ work }) => work)])
    await Promise.race([ended, patienceIsOver])
    clearTimeout(timer)
  }

  /** Every job with its next and its last run. */
  async list(): Promise<JobOverview[]> {
    return Promise.all(
      this.jobs.map(async ({ name, about, cron: expression }) => ({
        name,
        about,
        cron: expression,
        nextAt: this.tasks.get(name)?.getNextRun() ?? undefined,
        last: await this.deps.runs.last(name),
      })),
    )
  }

  /**
   * Runs a job now, on an operator's word, in a slot of its own. Undefined when there is no such job; a job
   * that is running already is waited for instead.
   */
  async run(name: string): Promise<{ count: number; note: string; outcome: JobRun['outcome'] } | undefined> {
    const job = this.jobs.find((one) => one.name === name)
    if (job === undefined) return undefined
    const running = this.running.get(name)
    if (running === undefined) await this.runSlot(job, this.deps.clock.now())
    else await running.work
    const last = await this.deps.runs.last(name)
    return { count: last?.count ?? 0, note: last?.note ?? '', outcome: last?.outcome }
  }

  /** Runs that were, newest first. */
  history(name: string | undefined, limit: number): Promise<JobRun[]> {
    return this.deps.runs.history(name, limit)
  }

  /** Begins the slot if nobody has, and runs the job. Never throws: a job that failed says so in its run. */
  private async runSlot(job: ScheduledJob, slot: Date): Promise<void> {
    // One run of a job at a time in this process, whether by schedule, sweep or hand.
    if (this.state === 'stopped' || this.running.has(job.name)) return
    const abort = new AbortController()
    const work = this.begun(job, slot, abort.signal).catch((error: unknown) => {
      this.log.error({ err: error, job: job.name, slot: slot.toISOString() }, 'job.lost')
    })
    const limit = setTimeout(
      () => abort.abort(new Error('the job ran too long')),
      job.limitMs ?? defaultLimitMs,
    )
    this.running.set(job.name, { work, abort })
    await work
    clearTimeout(limit)
    this.running.delete(job.name)
  }

  private async begun(job: ScheduledJob, slot: Date, signal: AbortSignal) {
    const { runs, clock, holder } = this.deps
    const abandonedAfterMs = (job.limitMs ?? defaultLimitMs) + takeoverMs
    const key = { job: job.name, slot, holder }
    if (!(await runs.begin({ ...key, now: clock.now(), abandonedAfterMs }))) return

    const started = performance.now()
    let count = 0
    let note: string
    let outcome: 'done' | 'failed' | 'interrupted'
    try {
      const result = await job.run({ now: clock.now(), signal })
      count = result.count
      note = result.note
      outcome = signal.aborted ? 'interrupted' : 'done'
    } catch (error) {
      outcome = signal.aborted ? 'interrupted' : 'failed'
      note = error instanceof Error ? error.name : 'failed'
      this.log.error({ err: error, job: job.name }, 'job.broken')
    }
    const line = {
      job: job.name,
      slot: slot.toISOString(),
      count,
      outcome,
      note,
      durationMs: Math.round(performance.now() - started),
    }
    if (outcome === 'failed') this.log.warn(line, 'job.ran')
    else this.log.info(line, 'job.ran')
    await runs.end({ ...key, now: clock.now(), count, outcome, note })
  }

  private sweepSoon() {
    this.sweeping = this.sweeping.then(() => this.sweep())
  }

  /** Runs what was missed, each job once, for the newest slot that should have run. */
  private async sweep() {
    for (const job of this.jobs) {
      if (this.state !== 'running') return
      try {
        const slot = await this.missedSlot(job)
        if (slot === undefined) continue
        this.log.info({ job: job.name, slot: slot.toISOString() }, 'job.caught-up')
        await this.runSlot(job, slot)
      } catch (error) {
        this.log.warn({ err: error, job: job.name }, 'job.sweep-failed')
      }
    }
  }

  private async missedSlot(job: ScheduledJob): Promise<Date | undefined> {
    const { runs, clock } = this.deps
    const last = await runs.last(job.name)
    // A job that never ran has missed nothing: it is new here.
    if (last === undefined) return undefined
    const now = clock.now().getTime()
    const slot = slotBefore(job.cron, new Date(now - this.options.graceMs))
    if (slot !== undefined && slot > last.slot) return slot
    const abandoned =
      last.endedAt === undefined &&
      last.startedAt.getTime() + (job.limitMs ?? defaultLimitMs) + takeoverMs <= now
    return abandoned ? last.slot : undefined
  }

  private cronLog(job: string) {
    const tell = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string | Error) =>
      this.log[level]({ job, ...(message instanceof Error ? { err: message } : { message }) }, 'cron.said')
    return { debug: tell('debug'), info: tell('debug'), warn: tell('warn'), error: tell('error') }
  }
}

/**
 * Calls `batch` until it settles less than `size`, or the job is asked to stop; returns how many were
 * settled. The shape of every job that clears something away.
 */
export const inBatches = async (
  signal: AbortSignal,
  size: number,
  batch: (limit: number) => Promise<number>,
): Promise<number> => {
  let total = 0
  while (!signal.aborted) {
    const count = await batch(size)
    total += count
    if (count < size) break
  }
  return total
}
