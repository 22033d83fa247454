import { readFileSync } from 'node:fs'
import type { ForeignReading, ReadingContext } from '../../core/exchange/index.ts'
import { failed, type Result } from '../../core/kernel/index.ts'
import { WorkerLostError, WorkerPool, WorkerTimeoutError } from '../workers/index.ts'
import type { Mapping } from './mapping.ts'
import type { MappingRequest } from './mapping-worker.ts'
import { readingFault } from './mapping-faults.ts'

/** The file that runs in the thread, beside this one: TypeScript from the sources, JavaScript when built. */
const script = new URL(`./mapping-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

const perMiB = (ms: number, bytes: number): number => (ms * bytes) / (1024 * 1024)

/** Work of one thread, not time on the clock: a busy machine makes nobody's file wrong. A small file takes 20 ms. */
const fileMs = (bytes: number): number => 1_800 + perMiB(10_000, bytes)
/** One expression that does not come back. */
const expressionMs = (bytes: number): number => Math.min(10_000, 1_600 + perMiB(4_000, bytes))
/** A regular expression that backtracks, by the clock: a whole one takes a thousandth of this on any machine. */
const matchMs = 1_000
/** How much longer than its work a file may take on the clock. */
const patience = 6
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
    this.#pool = new WorkerPool({ script, size, heapMb, timeoutMs: patience * fileMs(0), maxWaiting: 500 })
  }

  async read(
    mapping: Mapping,
    bytes: Uint8Array,
    context: ReadingContext,
  ): Promise<Result<ForeignReading[]>> {
    const pulse = new Int32Array(new SharedArrayBuffer(20))
    const stuck = new AbortController()
    const watch = watchOver(pulse, stuck, bytes.byteLength)
    const { text, file } = mapping
    const request: MappingRequest = { text, file, bytes, context, pulse }
    try {
      const extraMs = Math.ceil(patience * (fileMs(bytes.byteLength) - fileMs(0)))
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

const watchOver = (pulse: Int32Array, stuck: AbortController, bytes: number): NodeJS.Timeout => {
  let seen = -1
  let expressionSince = 0
  let fileSince: number | undefined
  let match = -1
  let matchSince = 0
  return setInterval(() => {
    const thread = Atomics.load(pulse, 2)
    // Not begun: the thread still starts.
    if (fileSince === undefined && Atomics.load(pulse, 1) === 0 && thread === 0) return
    const now = workOf(thread)
    fileSince ??= now
    const matches = Atomics.load(pulse, 3)
    if (Atomics.load(pulse, 4) === 0 || matches !== match) {
      match = matches
      matchSince = performance.now()
    } else if (performance.now() - matchSince > matchMs) stuck.abort()
    const count = Atomics.load(pulse, 1)
    const isSame = Atomics.load(pulse, 0) > 0 && count === seen
    if (!isSame) {
      seen = count
      expressionSince = now
    }
    if (now - fileSince > fileMs(bytes) || (isSame && now - expressionSince > expressionMs(bytes)))
      stuck.abort()
  }, lookEveryMs)
}

/** The kernel counts in hundredths of a second. */
const tickMs = 10

/** What a thread has worked until now; the clock where the system does not tell. */
const workOf = (thread: number): number => {
  if (thread > 0) {
    try {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
      // After the name in brackets, which may hold anything: state, then eleven numbers, then user and system time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) * tickMs
    } catch {
      // The thread has ended.
    }
  }
  return performance.now()
}

const tooLong = { ru: 'слишком долго', kk: 'тым ұзақ', en: 'it took too long' }
const tooMuch = { ru: 'слишком много памяти', kk: 'жад тым көп жұмсалды', en: 'it took too much memory' }
