import type { ExchangeEntry, ExchangeFilter, ExchangeLine, ExchangeLog } from '../../core/exchange/index.ts'

/** The twin of the raw log. `documents` has the raw bytes of accepted documents under their digests. */
export class MemoryExchangeLog implements ExchangeLog {
  readonly #entries = new Map<string, ExchangeEntry>()
  readonly #documents: ReadonlyMap<string, Uint8Array>

  constructor(documents: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#documents = documents
  }

  append(entries: readonly ExchangeEntry[]): Promise<void> {
    for (const entry of entries) {
      if (this.#entries.has(entry.line.id)) continue
      const { request } = entry.line
      const lacks = request.kept === 'document' && !this.#documents.has(request.digest)
      const kept = lacks ? (entry.request === undefined ? 'none' : 'whole') : request.kept
      this.#entries.set(entry.line.id, {
        ...entry,
        line: { ...entry.line, durationMs: Math.round(entry.line.durationMs), request: { ...request, kept } },
      })
    }
    return Promise.resolve()
  }

  search(filter: ExchangeFilter): Promise<ExchangeLine[]> {
    const wanted = ({ line }: ExchangeEntry): boolean =>
      (filter.connectionId === undefined || line.connectionId === filter.connectionId) &&
      (filter.companyId === undefined || line.companyId === filter.companyId) &&
      (filter.door === undefined || line.door === filter.door) &&
      (filter.operation === undefined || line.operation === filter.operation) &&
      (filter.direction === undefined || line.direction === filter.direction) &&
      (filter.code === undefined || line.codes.includes(filter.code)) &&
      (filter.refused === undefined || line.codes.length > 0 === filter.refused) &&
      (filter.documentId === undefined || line.documentId === filter.documentId) &&
      (filter.requestId === undefined || line.requestId === filter.requestId) &&
      (filter.from === undefined || line.at >= filter.from) &&
      (filter.until === undefined || line.at < filter.until) &&
      (filter.before === undefined || line.id < filter.before)
    const found = [...this.#entries.values()].filter(wanted).map(({ line }) => line)
    return Promise.resolve(found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, filter.limit))
  }

  byId(id: string): Promise<ExchangeLine | undefined> {
    return Promise.resolve(this.#entries.get(id)?.line)
  }

  bytes(id: string, side: 'request' | 'response'): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(id)
    const lies = side === 'request' && entry?.line.request.kept === 'document'
    return Promise.resolve(lies ? this.#documents.get(entry.line.request.digest) : entry?.[side])
  }

  purge(before: Date, limit: number): Promise<number> {
    const old = [...this.#entries.values()].filter(({ line }) => timeOf(line.id) < before.getTime())
    for (const { line } of old.slice(0, limit)) this.#entries.delete(line.id)
    return Promise.resolve(Math.min(old.length, limit))
  }
}

/** The first 48 bits of an id of version 7 are its time. */
const timeOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16)
