import type { ForeignReading, ReadingContext } from '../../core/exchange/index.ts'
import { failed, type Result } from '../../core/kernel/index.ts'
import { WorkerLostError, WorkerPool, WorkerTimeoutError } from '../workers/index.ts'
import type { Mapping } from './mapping.ts'
import type { MappingRequest } from './mapping-worker.ts'
import { readingFault } from './mapping-faults.ts'

/** The file that runs in the thread, beside this one: TypeScript from the sources, JavaScript when built. */
const script = new URL(`./mapping-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** A small file takes 20 ms; this is for machines under load. */
const baseMs = 1_700
/** A megabyte of lines with expressions takes about a second of one core; it may take ten. */
const msPerByte = 10_000 / (1024 * 1024)
/** One expression that does not come back: a regular expression that backtracks cannot be stopped from inside. */
const stuckMs = 1_000
const lookEveryMs = 100

export interface MappingRunnerOptions {
  /** Threads at most. */
  size?: number
  /** Heap of one thread; what needs more is refused. */
  heapMb?: number
}

/**
 * Reads files by mappings in threads of their own: whatever a mapping or a file holds, the gateway goes on. An
 * expression that hangs ends its thread after a second, and the file is refused with the line of the mapping.
 */
export class MappingRunner {
  readonly #pool: WorkerPool

  constructor({ size = 2, heapMb = 512 }: MappingRunnerOptions = {}) {
    this.#pool = new WorkerPool({ script, size, heapMb, timeoutMs: baseMs, maxWaiting: 500 })
  }

  async read(
    mapping: Mapping,
    bytes: Uint8Array,
    context: ReadingContext,
  ): Promise<Result<ForeignReading[]>> {
    const pulse = new Int32Array(new SharedArrayBuffer(8))
    const stuck = new AbortController()
    const watch = watchOver(pulse, stuck)
    const { text, file } = mapping
    const request: MappingRequest = { text, file, bytes, context, pulse }
    try {
      const extraMs = Math.ceil(bytes.byteLength * msPerByte)
      return (await this.#pool.run(request, extraMs, stuck.signal)) as Result<ForeignReading[]>
    } catch (error) {
      const line = Atomics.load(pulse, 0)
      if (error instanceof WorkerTimeoutError || error instanceof WorkerLostError) {
        if (line > 0) return failed(readingFault('MAPPING-46', '', undefined, { rule: `${file}:${line}` }))
        const why = error instanceof WorkerTimeoutError ? tooLong : tooMuch
        return failed(readingFault('MAPPING-57', '', undefined, { mapping: mapping.name, why }))
      }
      throw error
    } finally {
      clearInterval(watch)
    }
  }

  /** Ends the threads. May be called twice or before any work. */
  async stop(): Promise<void> {
    await this.#pool.stop()
  }
}

const watchOver = (pulse: Int32Array, stuck: AbortController): NodeJS.Timeout => {
  let seen = -1
  let sinceMs = performance.now()
  return setInterval(() => {
    const count = Atomics.load(pulse, 1)
    const runs = Atomics.load(pulse, 0) > 0
    if (!runs || count !== seen) {
      seen = count
      sinceMs = performance.now()
    } else if (performance.now() - sinceMs > stuckMs) stuck.abort()
  }, lookEveryMs)
}

const tooLong = { ru: 'слишком долго', kk: 'тым ұзақ', en: 'it took too long' }
const tooMuch = { ru: 'слишком много памяти', kk: 'жад тым көп жұмсалды', en: 'it took too much memory' }
