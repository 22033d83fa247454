import { silentLog, type Log } from '../core/kernel/index.ts'
import type { ExchangeEntry, ExchangeLine, ExchangeLog, Hasher, RawSide } from '../core/exchange/index.ts'

/** One side as a door hands it in; digests and what is kept are found out later, away from the request. */
export interface DraftSide {
  head: Record<string, string>
  /** The bytes that were read or written; undefined when nobody has them whole. */
  bytes?: Uint8Array
  /** Said by who has no bytes. */
  size?: number
  /** The bytes hold a secret made for this one answer: nothing of them is kept. */
  isSecret?: boolean
}

export type DraftExchange = Omit<ExchangeLine, 'request' | 'response'> & {
  request: DraftSide
  response: DraftSide
}

export interface RecorderOptions {
  /** Larger bodies are cut. */
  maxBodyBytes: number
  /** What lines that are not written yet may hold in memory; beyond it bodies stay out, beyond `maxLines` lines too. */
  maxBufferedBytes: number
  maxLines: number
  /** Lines written together. Hashing a batch must not keep the event loop from its work. */
  batch: number
  /** How long a line waits for others. */
  flushMs: number
  /** How long a stop waits for the last lines. */
  stopWithinMs: number
}

export const recorderDefaults: RecorderOptions = {
  maxBodyBytes: 2 * 1024 * 1024,
  maxBufferedBytes: 32 * 1024 * 1024,
  maxLines: 5_000,
  batch: 128,
  flushMs: 500,
  stopWithinMs: 5_000,
}

/** The store was away: the batch is tried again after so long, and given up after a minute. */
const retryMs = 1_000
const triesAtMost = 60

/**
 * Writes the raw log beside the work: `record` only remembers, batches are hashed, blotted and written later. Memory
 * is bounded; what does not fit is counted and gone. A crash loses what was remembered and not written: at most the
 * last half second, while the store keeps up.
 */
export class ExchangeRecorder {
  readonly #log: ExchangeLog
  readonly #hasher: Hasher
  readonly #options: RecorderOptions
  readonly #lines: Log
  readonly #counted: (what: 'kept' | 'dropped' | 'bodies-dropped', count: number) => void
  #waiting: DraftExchange[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #stopped = false

  constructor(
    deps: {
      log: ExchangeLog
      hasher: Hasher
      lines?: Log
      counted?: (what: 'kept' | 'dropped' | 'bodies-dropped', count: number) => void
    },
    options: Partial<RecorderOptions> = {},
  ) {
    this.#log = deps.log
    this.#hasher = deps.hasher
    this.#lines = deps.lines ?? silentLog
    this.#counted = deps.counted ?? (() => {})
    this.#options = { ...recorderDefaults, ...options }
  }

  /** Never throws, never waits. */
  record(draft: DraftExchange): void {
    if (this.#stopped || this.#waiting.length >= this.#options.maxLines) {
      this.#counted('dropped', 1)
      return
    }
    for (const side of [draft.request, draft.response]) this.#hold(side)
    this.#waiting.push(draft)
    if (this.#waiting.length >= this.#options.batch) this.#write()
    else this.#timer ??= setTimeout(() => this.#write(), this.#options.flushMs).unref()
  }

  /** Resolves once the last lines are written, or when it has taken too long. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#write()
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.stopWithinMs)
    })
    await Promise.race([this.#writing, patience])
    clearTimeout(timer)
  }

  /** Everything remembered so far is written when this resolves; for who wants to read it at once. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#write()
    await this.#writing
  }

  #hold(side: DraftSide): void {
    if (side.bytes === undefined) return
    side.size = side.bytes.byteLength
    if (this.#bytes + side.size <= this.#options.maxBufferedBytes) {
      this.#bytes += side.size
      return
    }
    delete side.bytes
    this.#counted('bodies-dropped', 1)
  }

  #write(): void {
    this.#timer = undefined
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined
      if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#write(), 0)
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const drafts = this.#waiting.slice(0, this.#options.batch)
      const entries = drafts.map((draft) => this.#entryOf(draft))
      let isWritten = await this.#written(entries)
      for (let tries = 1; !isWritten && tries < triesAtMost && !this.#stopped; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref())
        isWritten = await this.#written(entries)
      }
      this.#waiting.splice(0, drafts.length)
      for (const { request, response } of drafts)
        for (const { bytes, size = 0 } of [request, response]) if (bytes !== undefined) this.#bytes -= size
      this.#counted(isWritten ? 'kept' : 'dropped', entries.length)
      // Requests between two batches.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #entryOf(draft: DraftExchange): ExchangeEntry {
    const request = this.#sideOf(draft.request)
    const response = this.#sideOf(draft.response)
    const isAccepted = draft.documentId !== undefined && draft.status < 300 && draft.direction === 'in'
    // Raw bytes of an accepted document lie with it already, under the same digest: the log finds out.
    if (isAccepted && request.side.kept === 'whole' && !request.side.blotted) request.side.kept = 'document'
    return {
      line: { ...draft, request: request.side, response: response.side },
      request: request.bytes,
      response: response.bytes,
    }
  }

  #sideOf({ head, bytes, size = 0, isSecret = false }: DraftSide): { side: RawSide; bytes?: Uint8Array } {
    if (bytes === undefined || isSecret) {
      const digest = this.#hasher.digest(new Uint8Array())
      return { side: { head, size, digest, kept: 'none', blotted: isSecret } }
    }
    const isWhole = size <= this.#options.maxBodyBytes
    const part = isWhole ? bytes : bytes.slice(0, this.#options.maxBodyBytes)
    const clean = blotted(part)
    const kept = isWhole ? 'whole' : 'cut'
    return {
      side: { head, size, digest: this.#hasher.digest(bytes), kept, blotted: clean !== part },
      bytes: clean,
    }
  }

  async #written(entries: ExchangeEntry[]): Promise<boolean> {
    try {
      await this.#log.append(entries)
      return true
    } catch (error) {
      this.#lines.warn({ err: error, lines: entries.length }, 'exchanges.not-written')
      return false
    }
  }
}

/** What begins a secret of ours: an API key, the secret of a webhook. */
const beginnings = [Buffer.from('dnk_'), Buffer.from('whsec_')]

const blotted = (bytes: Uint8Array): Uint8Array => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!beginnings.some((beginning) => text.includes(beginning))) return bytes
  const copy = Buffer.from(text)
  for (const beginning of beginnings) {
    for (let at = copy.indexOf(beginning); at >= 0; at = copy.indexOf(beginning, at + 1)) {
      for (let here = at + beginning.length; isSecretLetter(copy[here]); here += 1) copy[here] = 0x2a
    }
  }
  return copy
}

/** Letters, digits, `+`, `/`, `=`, `_`. */
const isSecretLetter = (code: number | undefined): boolean =>
  code !== undefined && /[A-Za-z0-9+/=_]/.test(String.fromCharCode(code))
