import type {
  Arrival,
  CommandRecord,
  CommandRecords,
  FetchRange,
  FetchRanges,
  IncomingInvoices,
  IncomingOriginal,
  IncomingRecord,
} from '../../core/mirror/index.ts'
import type { LocalDate, Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

const put = <K, V>(tx: Tx, map: Map<K, V>, key: K, value: V): void => {
  const before = map.get(key)
  map.set(key, value)
  onRollback(tx, () => {
    if (before === undefined) map.delete(key)
    else map.set(key, before)
  })
}

const isOpen = ({ state }: CommandRecord): boolean => state === 'waiting' || state === 'sending'

/** Twin of the table of commands. */
export class MemoryCommandRecords implements CommandRecords {
  private readonly rows = new Map<string, CommandRecord>()

  async add(tx: Tx, command: CommandRecord) {
    const open = [...this.rows.values()].find(
      (one) =>
        isOpen(one) &&
        one.documentId === command.documentId &&
        one.companyId === command.companyId &&
        one.kind === command.kind,
    )
    if (open !== undefined) return structuredClone(open)
    put(tx, this.rows, command.id, { ...structuredClone(command), state: 'waiting' })
    return structuredClone(command)
  }

  async byId(id: string) {
    return structuredClone(this.rows.get(id))
  }

  async ofDocument(documentId: string) {
    return structuredClone([...this.rows.values()].filter((one) => one.documentId === documentId)).sort(
      (a, b) => a.requestedAt.getTime() - b.requestedAt.getTime(),
    )
  }

  async claim(tx: Tx, { id, limit, claimedUntil }: { id: string; limit: number; claimedUntil: Date }) {
    const first = this.rows.get(id)
    if (first?.state !== 'waiting') return []
    const others = [...this.rows.values()]
      .filter((one) => one.id !== id && one.state === 'waiting')
      .filter((one) => one.taxId === first.taxId && one.kind === first.kind)
      .sort((a, b) => a.requestedAt.getTime() - b.requestedAt.getTime())
    return [first, ...others].slice(0, limit).map((one) => {
      const claimed: CommandRecord = { ...one, state: 'sending', claimedUntil }
      put(tx, this.rows, one.id, claimed)
      return structuredClone(claimed)
    })
  }

  async change(
    tx: Tx,
    id: string,
    {
      state,
      status,
      errorCode,
      settledAt,
    }: Pick<CommandRecord, 'state' | 'status' | 'errorCode' | 'settledAt'>,
  ) {
    const before = this.rows.get(id)
    if (before?.state !== 'sending') return false
    const after: CommandRecord = { ...before, state }
    delete after.claimedUntil
    if (status !== undefined) after.status = status
    if (errorCode !== undefined) after.errorCode = errorCode
    if (settledAt !== undefined) after.settledAt = settledAt
    put(tx, this.rows, id, after)
    return true
  }
}

/** What the twin of incoming invoices writes beside its own rows: the documents they become. */
interface Arrivals {
  arriveFromPortal(tx: Tx, arrival: Arrival): Promise<void>
}

/** Twin of the incoming invoices; the documents go where the other documents are. */
export class MemoryIncomingInvoices implements IncomingInvoices {
  private readonly rows = new Map<string, IncomingRecord>()
  private readonly originals = new Map<string, IncomingOriginal>()
  private readonly documents: Arrivals

  constructor(documents: Arrivals) {
    this.documents = documents
  }

  async find(taxId: string, portalIds: string[]) {
    return this.pick((one) => one.taxId === taxId && portalIds.includes(one.portalId))
  }

  async byDocument(documentId: string) {
    return this.pick((one) => one.documentId === documentId)[0]
  }

  async original(taxId: string, portalId: string) {
    return structuredClone(this.originals.get(`${taxId} ${portalId}`))
  }

  async arrive(tx: Tx, arrival: Arrival) {
    const { record } = arrival
    const key = `${record.taxId} ${record.portalId}`
    if (this.rows.has(key)) return false
    await this.documents.arriveFromPortal(tx, arrival)
    put(tx, this.rows, key, structuredClone(record))
    put(tx, this.originals, key, structuredClone(arrival.original))
    return true
  }

  async link(tx: Tx, record: IncomingRecord) {
    const key = `${record.taxId} ${record.portalId}`
    if (!this.rows.has(key)) put(tx, this.rows, key, structuredClone(record))
  }

  async change(
    tx: Tx,
    { taxId, portalId }: Pick<IncomingRecord, 'taxId' | 'portalId'>,
    change: Pick<IncomingRecord, 'status' | 'statusSince' | 'registrationNumber' | 'deadline'>,
  ) {
    const key = `${taxId} ${portalId}`
    const before = this.rows.get(key)
    if (before === undefined) return
    const after: IncomingRecord = { ...before }
    delete after.deadline
    for (const [name, value] of Object.entries(change) as [keyof typeof change, never][]) {
      if (value !== undefined) after[name] = value
    }
    put(tx, this.rows, key, after)
  }

  async between(
    taxId: string,
    { from, to, after, limit }: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ) {
    return this.pick((one) => one.taxId === taxId && one.date >= from && one.date <= to)
      .filter(({ portalId }) => after === undefined || portalId > after)
      .sort((a, b) => (a.portalId < b.portalId ? -1 : 1))
      .slice(0, limit)
  }

  private pick(wanted: (record: IncomingRecord) => boolean): IncomingRecord[] {
    return structuredClone([...this.rows.values()].filter(wanted))
  }
}

/** Twin of the requests for history. */
export class MemoryFetchRanges implements FetchRanges {
  private readonly rows = new Map<string, FetchRange>()

  async add(tx: Tx, ranges: FetchRange[]) {
    for (const range of ranges) {
      const isThere = [...this.rows.values()].some(
        (one) =>
          one.doneAt === undefined &&
          one.taxId === range.taxId &&
          one.from === range.from &&
          one.to === range.to,
      )
      if (!isThere) put(tx, this.rows, range.id, structuredClone(range))
    }
  }

  async of(taxId: string, limit: number) {
    return this.pick((one) => one.taxId === taxId)
      .sort((a, b) => b.requestedAt.getTime() - a.requestedAt.getTime() || (a.from < b.from ? 1 : -1))
      .slice(0, limit)
  }

  async open(taxId: string) {
    return this.pick((one) => one.taxId === taxId && one.doneAt === undefined).sort(
      (a, b) => a.requestedAt.getTime() - b.requestedAt.getTime() || (a.from < b.from ? 1 : -1),
    )
  }

  async progress(
    tx: Tx,
    id: string,
    change: Pick<FetchRange, 'page' | 'seen' | 'brought' | 'unread' | 'doneAt'>,
  ) {
    const before = this.rows.get(id)
    if (before !== undefined) put(tx, this.rows, id, { ...before, ...change })
  }

  async waiting() {
    return [...new Set(this.pick(({ doneAt }) => doneAt === undefined).map(({ taxId }) => taxId))].sort()
  }

  private pick(wanted: (range: FetchRange) => boolean): FetchRange[] {
    return structuredClone([...this.rows.values()].filter(wanted))
  }
}
