import { silentLog } from '../../core/kernel/index.ts'
import type {
  Bell,
  BellStore,
  Clock,
  Heard,
  Log,
  TakenBell,
  TaskKind,
  TaskQueue,
} from '../../core/kernel/index.ts'

export interface TableQueueOptions {
  /** How often to look when nothing in this process rang; other processes' bells are found by this. */
  pollMs: number
  /** A bell in the hands of a process that died comes again after this. */
  leaseMs: number
  /** Handed out so often without being heard, a bell is laid aside. */
  maxDeliveries: number
  /** How soon a bell whose listener threw comes again. */
  afterThrowMs: number
}

export const tableQueueDefaults: TableQueueOptions = {
  pollMs: 1_000,
  leaseMs: 30_000,
  maxDeliveries: 20,
  afterThrowMs: 1_000,
}

interface Listening {
  kinds: readonly TaskKind[]
  free: number
  listener: (bell: Bell) => Promise<Heard>
}

/** How long listeners may take to end; workers have waited longer before they let the queue stop. */
const lastWordsMs = 10_000

/** Longest delay a timer of Node keeps; bells further away are found by the poll. */
const longestTimerMs = 2 ** 31 - 1

/**
 * The task queue without a broker: bells are rows of a table. Within one process a ring is heard at once;
 * between processes within `pollMs`. Removals and returns of one turn of the event loop share a statement.
 */
export class TableQueue implements TaskQueue {
  private readonly options: TableQueueOptions
  private readonly log: Log
  private readonly listenings: Listening[] = []
  private readonly running = new Set<Promise<void>>()
  private readonly alarms = new Set<NodeJS.Timeout>()
  private state: 'idle' | 'running' | 'stopped' = 'idle'
  private loop: Promise<void> = Promise.resolve()
  private nudged = false
  private wake: () => void = () => {}
  private heard: { remove: string[]; giveBack: { id: string; dueAt: Date; heard: boolean }[] } | undefined
  private flushing: Promise<void> = Promise.resolve()
  private storeAnswers = true

  constructor(
    private readonly deps: { bells: BellStore; clock: Clock; log?: Log },
    options: Partial<TableQueueOptions> = {},
  ) {
    this.options = { ...tableQueueDefaults, ...options }
    this.log = deps.log ?? silentLog
  }

  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'running'
    this.loop = this.run()
  }

  async ring(bells: (Bell & { delayMs: number })[]): Promise<void> {
    if (this.state !== 'running') throw new Error('the table queue is not running')
    const now = this.deps.clock.now().getTime()
    await this.deps.bells.add(
      bells.map(({ taskId, kind, delayMs }) => ({ taskId, kind, dueAt: new Date(now + delayMs) })),
    )
    // One alarm for the soonest of each second is enough: whoever wakes takes all that are due.
    const seconds = new Map<number, number>()
    for (const { delayMs } of bells) {
      const second = Math.ceil(delayMs / 1_000)
      seconds.set(second, Math.max(delayMs, seconds.get(second) ?? 0))
    }
    for (const delayMs of seconds.values()) this.nudgeIn(delayMs)
  }

  async listen(
    kinds: readonly TaskKind[],
    options: { prefetch: number },
    listener: (bell: Bell) => Promise<Heard>,
  ): Promise<void> {
    this.listenings.push({ kinds, free: options.prefetch, listener })
    this.nudge()
  }

  async stop(): Promise<void> {
    this.state = 'stopped'
    for (const alarm of this.alarms) clearTimeout(alarm)
    this.alarms.clear()
    this.wake()
    await this.loop
    let timer: NodeJS.Timeout | undefined
    const lastWords = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, lastWordsMs)
    })
    await Promise.race([Promise.all([...this.running]), lastWords])
    clearTimeout(timer)
    await this.flushing
  }

  healthy(): boolean {
    return this.state === 'running' && this.storeAnswers
  }

  private nudge() {
    this.nudged = true
    this.wake()
  }

  private nudgeIn(delayMs: number) {
    if (delayMs <= 0) return this.nudge()
    if (delayMs > longestTimerMs || this.state !== 'running') return
    const alarm = setTimeout(() => {
      this.alarms.delete(alarm)
      this.nudge()
    }, delayMs)
    this.alarms.add(alarm)
  }

  private async run() {
    while (this.state === 'running') {
      this.nudged = false
      let more = false
      try {
        more = await this.round()
        this.storeAnswers = true
      } catch (error) {
        if (this.storeAnswers) this.log.warn({ err: error }, 'bells.store-lost')
        this.storeAnswers = false
      }
      if (!more) await this.rest()
      // Listeners that end in the same turn of the event loop free their hands for one statement.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Hands out what is due to whoever has a free hand; true when there may be more. */
  private async round(): Promise<boolean> {
    let more = false
    for (const listening of this.listenings) {
      if (listening.free === 0 || this.state !== 'running') continue
      const limit = listening.free
      const { kinds } = listening
      const { leaseMs } = this.options
      const now = this.deps.clock.now()
      const taken = await this.deps.bells.takeDue({ kinds, now, limit, leaseMs })
      for (const bell of taken) this.handOut(bell, listening)
      more ||= taken.length === limit && listening.free > 0
    }
    return more
  }

  private handOut(bell: TakenBell, listening: Listening) {
    listening.free -= 1
    const work = this.ask(bell, listening).finally(() => {
      this.running.delete(work)
      listening.free += 1
      this.nudge()
    })
    this.running.add(work)
  }

  private async ask(bell: TakenBell, { listener }: Listening) {
    const { maxDeliveries, afterThrowMs } = this.options
    const { id, taskId, kind, deliveries } = bell
    if (deliveries > maxDeliveries) {
      const now = this.deps.clock.now()
      await this.deps.bells
        .bury([id], `not heard in ${maxDeliveries} deliveries`, now)
        .catch((error: unknown) => {
          this.log.warn({ err: error, task: taskId }, 'bell.bury-failed')
        })
      this.log.error({ task: taskId, kind, deliveries: deliveries - 1 }, 'bell.buried')
      return
    }
    try {
      const heard = await listener({ taskId, kind })
      if (heard === 'done') this.pending().remove.push(id)
      else this.giveBack(id, heard.ringAgainInMs, true)
    } catch (error) {
      this.log.warn({ err: error, task: taskId, kind, deliveries }, 'bell.not-heard')
      this.giveBack(id, afterThrowMs, false)
    }
  }

  private giveBack(id: string, delayMs: number, heard: boolean) {
    const dueAt = new Date(this.deps.clock.now().getTime() + delayMs)
    this.pending().giveBack.push({ id, dueAt, heard })
    this.nudgeIn(delayMs)
  }

  /** What this turn of the event loop has to tell the store. */
  private pending() {
    if (this.heard === undefined) {
      this.heard = { remove: [], giveBack: [] }
      this.flushing = this.flushing.then(
        () => new Promise((resolve) => setImmediate(() => void this.flush().then(resolve))),
      )
    }
    return this.heard
  }

  private async flush() {
    if (this.heard === undefined) return
    const { remove, giveBack } = this.heard
    this.heard = undefined
    try {
      if (remove.length > 0) await this.deps.bells.remove(remove)
      if (giveBack.length > 0) await this.deps.bells.giveBack(giveBack)
    } catch (error) {
      // Their leases end and they come again; the task rows know better.
      this.log.warn({ err: error, count: remove.length + giveBack.length }, 'bells.flush-failed')
    }
  }

  private async rest() {
    if (this.state !== 'running' || this.nudged) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.options.pollMs)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = () => {}
  }
}
