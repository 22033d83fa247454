import { Worker } from 'node:worker_threads'

/** The job took longer than it may; its worker is gone, a new one takes the next job. */
export class WorkerTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`the worker gave no answer within ${timeoutMs} ms`)
    this.name = 'WorkerTimeoutError'
  }
}

/** The worker ended under the job: out of memory, or a defect. */
export class WorkerLostError extends Error {
  constructor(cause?: unknown) {
    super('the worker ended before it answered', { cause })
    this.name = 'WorkerLostError'
  }
}

export interface WorkerPoolOptions {
  /** The worker's file; it listens with `answerCalls` of `worker-side.ts`. */
  script: URL
  /** How many threads at most; each starts when it is first needed. */
  size?: number
  /** The longest one call may take. */
  timeoutMs?: number
  /** Work that waits for a free thread; more is refused, so that a flood does not become a memory leak. */
  maxWaiting?: number
  /** Heap of one thread. What grows beyond it ends the thread, not the process. */
  heapMb?: number
}

/**
 * Asks the worker one thing. `extraMs` is time on top of the pool's, for work that is known to be long; `stuck` ends
 * the thread before that when somebody sees that it hangs.
 */
export type WorkerCall = (request: unknown, extraMs?: number, stuck?: AbortSignal) => Promise<unknown>

/** Loading a worker may take long on a busy machine, with TypeScript to be translated; it is no fault of a job. */
const startTimeoutMs = 30_000

type FromWorker =
  { ready: true } | { id: number; answer: unknown } | { id: number; error: { name: string; message: string } }

/** From the sources (tests, development) a thread needs TypeScript translated, whatever the process itself does. */
const translating = (script: URL): string =>
  `import('${import.meta.resolve('tsx/esm/api')}').then((tsx) => {
    tsx.register()
    return import('${script.href}')
  })`

/** One thread and the question it is working on. */
class Thread {
  private readonly worker: Worker
  private readonly started: Promise<void>
  private lost: WorkerLostError | undefined
  private lastId = 0
  private waiting:
    { id: number; resolve: (answer: unknown) => void; reject: (error: Error) => void } | undefined

  constructor(script: URL, heapMb: number) {
    const fromSources = script.pathname.endsWith('.ts')
    this.worker = new Worker(fromSources ? translating(script) : script, {
      eval: fromSources,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // only what is handed over: no secrets of the process
      env: {},
    })
    this.worker.unref()
    this.started = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromWorker) => {
        if ('ready' in message) resolve()
        else this.settle(message)
      })
      const end = (cause?: unknown): void => {
        this.lost ??= new WorkerLostError(cause)
        reject(this.lost)
        this.waiting?.reject(this.lost)
        this.waiting = undefined
      }
      this.worker.once('error', end)
      this.worker.once('exit', () => end())
    })
    // the call that waits for the start reports it
    this.started.catch(() => undefined)
  }

  get usable(): boolean {
    return this.lost === undefined
  }

  async call(request: unknown, timeoutMs: number, stuck?: AbortSignal): Promise<unknown> {
    // a thread at work keeps the process alive, an idle one does not
    this.worker.ref()
    try {
      await this.within(startTimeoutMs, this.started)
      if (this.lost !== undefined) throw this.lost
      const id = (this.lastId += 1)
      const answer = new Promise<unknown>((resolve, reject) => {
        this.waiting = { id, resolve, reject }
      })
      this.worker.postMessage({ id, request })
      return await this.within(timeoutMs, answer, stuck)
    } finally {
      this.waiting = undefined
      this.worker.unref()
    }
  }

  async stop(): Promise<void> {
    this.lost ??= new WorkerLostError()
    await this.worker.terminate()
  }

  private settle(message: Exclude<FromWorker, { ready: true }>): void {
    if (this.waiting?.id !== message.id) return
    // classes do not travel between threads; the name does
    if ('error' in message)
      this.waiting.reject(Object.assign(new Error(message.error.message), message.error))
    else this.waiting.resolve(message.answer)
  }

  private async within<T>(timeoutMs: number, promise: Promise<T>, stuck?: AbortSignal): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    let end = (): void => undefined
    const timeout = new Promise<never>((_, reject) => {
      end = () => {
        reject(new WorkerTimeoutError(timeoutMs))
        void this.stop()
      }
      timer = setTimeout(end, timeoutMs)
      stuck?.addEventListener('abort', end, { once: true })
    })
    try {
      return await Promise.race([promise, timeout])
    } finally {
      clearTimeout(timer)
      stuck?.removeEventListener('abort', end)
    }
  }
}

/**
 * A few threads that share one queue. One thread does one job at a time; a job that hangs is ended with its
 * thread. Nothing starts before the first job, and idle threads do not keep the process alive.
 */
export class WorkerPool {
  private readonly options: Required<WorkerPoolOptions>
  private readonly idle: Thread[] = []
  private readonly all = new Set<Thread>()
  private readonly queue: { resolve: (thread: Thread) => void; reject: (error: Error) => void }[] = []
  private stopped = false

  constructor(options: WorkerPoolOptions) {
    this.options = { size: 2, timeoutMs: 2_000, maxWaiting: 10_000, heapMb: 256, ...options }
  }

  /** Threads that live now. */
  get threads(): number {
    return this.all.size
  }

  /** One question, one answer. Rejects with the worker's error, or when the worker hangs or dies. */
  async run(request: unknown, extraMs = 0, stuck?: AbortSignal): Promise<unknown> {
    return this.use((call) => call(request, extraMs, stuck))
  }

  /** Keeps one thread for several questions that belong together. */
  async use<T>(work: (call: WorkerCall) => Promise<T>): Promise<T> {
    const thread = await this.take()
    try {
      return await work((request, extraMs = 0, stuck) =>
        thread.call(request, this.options.timeoutMs + extraMs, stuck),
      )
    } finally {
      this.giveBack(thread)
    }
  }

  /** Ends every thread; work that waits is refused. May be called twice. */
  async stop(): Promise<void> {
    this.stopped = true
    for (const { reject } of this.queue.splice(0)) reject(new Error('the workers have been stopped'))
    await Promise.all([...this.all].map((thread) => thread.stop()))
    this.all.clear()
    this.idle.length = 0
  }

  private take(): Promise<Thread> {
    if (this.stopped) return Promise.reject(new Error('the workers have been stopped'))
    const free = this.idle.pop()
    if (free?.usable) return Promise.resolve(free)
    if (free !== undefined) this.all.delete(free)
    if (this.all.size < this.options.size) return Promise.resolve(this.start())
    if (this.queue.length >= this.options.maxWaiting) {
      return Promise.reject(new Error(`${this.queue.length} jobs are waiting already`))
    }
    return new Promise((resolve, reject) => this.queue.push({ resolve, reject }))
  }

  private start(): Thread {
    const thread = new Thread(this.options.script, this.options.heapMb)
    this.all.add(thread)
    return thread
  }

  private giveBack(thread: Thread): void {
    if (this.stopped) return
    if (!thread.usable) this.all.delete(thread)
    const next = this.queue.shift()
    if (next !== undefined) next.resolve(thread.usable ? thread : this.start())
    else if (thread.usable) this.idle.push(thread)
  }
}
