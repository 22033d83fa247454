import type { Digest } from './document-record.ts'

/**
 * How much of the bytes of one side is kept. `whole` and `cut` (the first part): here. `document`: whole, as the raw
 * bytes of an accepted document. `none`: only size and digest, because there was no room or nobody read them.
 */
export type KeptBytes = 'whole' | 'cut' | 'document' | 'none'

/** One direction of an exchange. */
export interface RawSide {
  /** Headers that say how to read the bytes; never those that carry secrets. */
  head: Record<string, string>
  /** Bytes as they were on the wire, unpacked. */
  size: number
  digest: Digest
  kept: KeptBytes
  /** Secrets that stood in the bytes were blotted out, letter for letter. */
  blotted: boolean
}

/** One exchange with an accounting base, through whichever door. */
export interface ExchangeLine {
  /** Sorts by time. */
  id: string
  at: Date
  durationMs: number
  /** `in`: the base called us; `out`: we called the base. */
  direction: 'in' | 'out'
  door: string
  /** The operation in the door's own words; empty when the exchange ended before it was known. */
  operation: string
  /** Undefined when nobody was proved. */
  connectionId?: string
  companyId?: string
  requestId: string
  method: string
  /** Path and query as called, secrets blotted out. */
  target: string
  /** HTTP status; 0: no answer. */
  status: number
  /** Codes of the faults in the answer. */
  codes: readonly string[]
  documentId?: string
  request: RawSide
  response: RawSide
}

/** A line with the bytes that go into the log with it; `document` and `none` have none. */
export interface ExchangeEntry {
  line: ExchangeLine
  request?: Uint8Array
  response?: Uint8Array
}

export interface ExchangeFilter {
  connectionId?: string
  companyId?: string
  door?: string
  operation?: string
  direction?: 'in' | 'out'
  /** Only those that ended in faults. */
  refused?: boolean
  code?: string
  documentId?: string
  requestId?: string
  from?: Date
  until?: Date
  /** Lines older than this one. */
  before?: string
  limit: number
}

/** Every exchange with every base, raw. Written beside the work, never in its way: the last second may be missing after a crash. */
export interface ExchangeLog {
  /** Durable when it resolves. The same line again is written once. */
  append(entries: readonly ExchangeEntry[]): Promise<void>
  /** Newest first. */
  search(filter: ExchangeFilter): Promise<ExchangeLine[]>
  byId(id: string): Promise<ExchangeLine | undefined>
  /** The bytes of one side; undefined when none are kept. */
  bytes(id: string, side: 'request' | 'response'): Promise<Uint8Array | undefined>
  /** Removes lines older than `before`, at most `limit`; returns how many. */
  purge(before: Date, limit: number): Promise<number>
}
