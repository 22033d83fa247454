import { Worker } from 'node:worker_threads'
import type { Document } from '../../core/document/index.ts'
import { PrinterBusy, type Printer, type PrintOrder } from '../../core/exchange/index.ts'

export interface PdfPrinterOptions {
  /** The longest a document of a few lines may take; longer ones get more, see `msPerRow`. */
  timeoutMs?: number
  /** Orders that may wait for the thread; more are refused, so that a flood is not a memory leak. */
  maxWaiting?: number
}

/** A row takes 0.5 to 1 ms of one core of the measuring machine. */
const msPerRow = 5

/** The largest documents, 10,000 rows of fifteen columns or 20,000 of eight, take up to 700 MB while they are laid out. */
const heapMb = 1536

/** Loading pdfmake and, from the sources, translating TypeScript on a busy machine. */
const startTimeoutMs = 30_000

/** The file that runs in the thread, beside this one: TypeScript from the sources, JavaScript when built. */
const script = new URL(`./print-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** From the sources (tests, development) a thread needs TypeScript translated, whatever the process itself does. */
const translating = (): string =>
  `import('${import.meta.resolve('tsx/esm/api')}').then((tsx) => {
    tsx.register()
    return import('${script.href}')
  })`

const rowsOf = (document: Document): number => {
  if ('lines' in document) return document.lines?.length ?? 0
  if (document.kind !== 'reconciliation') return 0
  return Math.max(document.organizationSide.rows?.length ?? 0, document.counterpartySide?.rows?.length ?? 0)
}

type FromThread = { ready: true } | { pdf: Uint8Array } | { error: string }

interface Waiting {
  order: PrintOrder
  resolve: (pdf: Uint8Array) => void
  reject: (error: Error) => void
}

/**
 * Prints in a thread of its own, one document after another, so that the gateway never waits for a page to be laid
 * out. The thread starts with the first order and does not keep the process alive; a document that hangs or needs
 * too much memory ends the thread, not the process, and the next order gets a new one.
 */
export class PdfPrinter implements Printer {
  private readonly timeoutMs: number
  private readonly maxWaiting: number
  private readonly queue: Waiting[] = []
  private worker: Worker | undefined
  private current: Waiting | undefined
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor({ timeoutMs = 20_000, maxWaiting = 50 }: PdfPrinterOptions = {}) {
    this.timeoutMs = timeoutMs
    this.maxWaiting = maxWaiting
  }

  async print(order: PrintOrder): Promise<Uint8Array> {
    if (this.stopped) throw new Error('the printer has been stopped')
    if (this.queue.length >= this.maxWaiting) throw new PrinterBusy(this.queue.length)
    return new Promise((resolve, reject) => {
      this.queue.push({ order, resolve, reject })
      this.next()
    })
  }

  /** Ends the thread; what waits is rejected. May be called twice or before any work. */
  async stop(): Promise<void> {
    this.stopped = true
    const { worker } = this
    this.worker = undefined
    const left = [...(this.current === undefined ? [] : [this.current]), ...this.queue.splice(0)]
    this.current = undefined
    clearTimeout(this.timer)
    for (const waiting of left) waiting.reject(new Error('the printer has been stopped'))
    await worker?.terminate()
  }

  private next(): void {
    if (this.current !== undefined) return
    this.current = this.queue.shift()
    if (this.current === undefined) {
      this.worker?.unref()
      return
    }
    if (this.worker === undefined) this.start()
    else this.hand(this.worker)
  }

  /** Begins a thread; the order is handed over when it says that it is ready. */
  private start(): void {
    const fromSources = script.pathname.endsWith('.ts')
    const worker = new Worker(fromSources ? translating() : script, {
      eval: fromSources,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // only what is handed over: no secrets of the process
      env: {},
    })
    this.worker = worker
    worker.on('message', (message: FromThread) => {
      if (this.worker !== worker) return
      if ('ready' in message) this.hand(worker)
      else if ('pdf' in message) this.settle((order) => order.resolve(message.pdf))
      else this.settle((order) => order.reject(new Error(`the document was not printed: ${message.error}`)))
    })
    worker.once('error', (cause) => this.lose(worker, 'the printing thread failed', cause))
    worker.once('exit', () => this.lose(worker, 'the printing thread ended'))
    this.limit(worker, startTimeoutMs)
  }

  private hand(worker: Worker): void {
    if (this.current === undefined) return
    const { document, record, signatures, checkUrl, language } = this.current.order
    // Only what is printed: the CMS and the whole report of a check can be larger than the document.
    const bare = signatures.map((signature) => ({ ...signature, cms: new Uint8Array(), report: {} }))
    worker.ref()
    this.limit(worker, this.timeoutMs + rowsOf(document) * msPerRow)
    const order: PrintOrder = { document, record, signatures: bare, checkUrl, language }
    try {
      worker.postMessage(order)
    } catch (error) {
      // what cannot be copied to another thread did not come from a store
      this.settle(({ reject }) => reject(new Error('the document was not printed', { cause: error })))
    }
  }

  private limit(worker: Worker, timeoutMs: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      void worker.terminate()
      this.lose(worker, `the document was not printed within ${timeoutMs} ms`)
    }, timeoutMs)
  }

  private lose(worker: Worker, why: string, cause?: unknown): void {
    if (this.worker !== worker) return
    this.worker = undefined
    this.settle((order) => order.reject(new Error(why, { cause })))
  }

  private settle(how: (order: Waiting) => void): void {
    clearTimeout(this.timer)
    const { current } = this
    this.current = undefined
    if (current !== undefined) how(current)
    this.next()
  }
}
