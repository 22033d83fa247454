import { MirrorOutdated } from '../../core/mirror/index.ts'
import type {
  InvoiceKey,
  MirrorBatches,
  MirrorChange,
  MirrorCursors,
  MirrorDeed,
  MirrorHistory,
  MirrorLine,
  MirrorRecord,
  MirrorRecords,
  PortalDirection,
  SignedInvoice,
  UpdatesCursor,
} from '../../core/mirror/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Twin of the mirror's tables. */
export class MemoryMirrorRecords implements MirrorRecords, MirrorBatches, MirrorHistory {
  private readonly records = new Map<string, MirrorRecord>()
  private readonly bodies = new Map<string, SignedInvoice>()
  private readonly history: MirrorLine[] = []

  async find(documentId: string) {
    const record = this.records.get(documentId)
    return record === undefined ? undefined : structuredClone(record)
  }

  async findAll(documentIds: string[]) {
    return this.pick(({ documentId }) => documentIds.includes(documentId))
  }

  async byKey(taxId: string, { date, number }: InvoiceKey) {
    return this.pick((record) => record.taxId === taxId && record.date === date && record.number === number)
  }

  async add(tx: Tx, invoice: SignedInvoice & { taxId: string; at: Date }) {
    const { taxId, at, ...signed } = invoice
    const { documentId, date, number } = signed
    const standing = this.pick(
      (record) => record.taxId === taxId && record.date === date && record.number === number,
    )
    if (this.records.has(documentId) || standing.some(({ phase }) => phase !== 'rejected')) {
      throw new Error(`document ${documentId} or its number is at the mirror already`)
    }
    this.records.set(documentId, {
      documentId,
      revision: 1,
      taxId,
      date,
      number,
      phase: 'prepared',
      preparedAt: at,
      errors: [],
    })
    this.bodies.set(documentId, signed)
    this.addLine(tx, { documentId, at, deed: 'prepared', change: { phase: 'prepared' } })
    onRollback(tx, () => {
      this.records.delete(documentId)
      this.bodies.delete(documentId)
    })
  }

  async hold(_tx: Tx, seen: Pick<MirrorRecord, 'documentId' | 'revision'>[]) {
    return new Set(
      seen
        .filter(({ documentId, revision }) => this.records.get(documentId)?.revision === revision)
        .map(({ documentId }) => documentId),
    )
  }

  async change(
    tx: Tx,
    seen: Pick<MirrorRecord, 'documentId' | 'revision'>,
    what: { deed: MirrorDeed; at: Date; change: MirrorChange },
  ) {
    this.changeNow(tx, seen, what)
  }

  async claimPrepared(
    tx: Tx,
    wanted: {
      taxId: string
      documentId: string
      limit: number
      maxBytes: number
      at: Date
      claimedUntil: Date
    },
  ) {
    const prepared = this.pick((record) => record.taxId === wanted.taxId && record.phase === 'prepared')
    const first = prepared.find(({ documentId }) => documentId === wanted.documentId)
    if (first === undefined) return []
    const certificateOf = ({ documentId }: MirrorRecord) => this.bodies.get(documentId)?.certificate
    const others = prepared
      .filter(({ documentId }) => documentId !== wanted.documentId)
      .filter((record) => certificateOf(record) === certificateOf(first))
      .sort((a, b) => a.preparedAt.getTime() - b.preparedAt.getTime())
    const batch: SignedInvoice[] = []
    let bytes = 0
    for (const record of [first, ...others].slice(0, wanted.limit)) {
      const signed = this.bodies.get(record.documentId)
      if (signed === undefined) continue
      bytes += Buffer.byteLength(signed.body)
      if (batch.length > 0 && bytes > wanted.maxBytes) break
      this.changeNow(tx, record, {
        deed: 'claimed',
        at: wanted.at,
        change: { phase: 'submitting', claimedUntil: wanted.claimedUntil },
      })
      batch.push({ ...signed })
    }
    return batch
  }

  async takeToAsk(
    tx: Tx,
    wanted: {
      taxId: string
      documentId: string
      which: 'queued' | 'unresolved'
      askedBefore: Date
      alongAskedBefore: Date
      limit: number
      at: Date
    },
  ) {
    const lastAsked = ({ askedAt }: MirrorRecord): number => askedAt?.getTime() ?? -Infinity
    const isWanted = (record: MirrorRecord): boolean =>
      wanted.which === 'queued'
        ? record.phase === 'queued'
        : record.phase === 'submitting' && !((record.claimedUntil?.getTime() ?? 0) > wanted.at.getTime())
    const due = this.pick(
      (record) =>
        record.taxId === wanted.taxId &&
        isWanted(record) &&
        lastAsked(record) <
          (record.documentId === wanted.documentId ? wanted.askedBefore : wanted.alongAskedBefore).getTime(),
    ).sort((a, b) => lastAsked(a) - lastAsked(b))
    const first = due.find(({ documentId }) => documentId === wanted.documentId)
    if (first === undefined) return []
    const taken = [first, ...due.filter((record) => record !== first)]
      .slice(0, wanted.limit)
      .map((record) => ({ ...record, askedAt: wanted.at }))
    for (const record of taken) this.put(tx, structuredClone(record))
    return taken
  }

  async byPortalIds(taxId: string, ids: string[]) {
    return this.pick(
      (record) => record.taxId === taxId && record.portalId !== undefined && ids.includes(record.portalId),
    )
  }

  async lines(documentId: string) {
    return structuredClone(this.history.filter((line) => line.documentId === documentId))
  }

  async signed(documentId: string) {
    const signed = this.bodies.get(documentId)
    return signed === undefined ? undefined : { ...signed }
  }

  async between(
    taxId: string,
    { from, to, after, limit }: { from: string; to: string; after?: string; limit: number },
  ) {
    return this.pick((record) => record.taxId === taxId && record.date >= from && record.date <= to)
      .filter(({ documentId }) => after === undefined || documentId > after)
      .sort((a, b) => (a.documentId < b.documentId ? -1 : 1))
      .slice(0, limit)
  }

  private changeNow(
    tx: Tx,
    seen: Pick<MirrorRecord, 'documentId' | 'revision'>,
    { deed, at, change }: { deed: MirrorDeed; at: Date; change: MirrorChange },
  ) {
    const before = this.records.get(seen.documentId)
    if (before?.revision !== seen.revision) throw new MirrorOutdated(seen.documentId)
    const after = structuredClone(before)
    after.revision += 1
    for (const [name, value] of Object.entries(change) as [keyof MirrorRecord, never][]) {
      if (value === null) delete after[name]
      else if (value !== undefined) after[name] = value
    }
    this.put(tx, after)
    this.addLine(tx, { documentId: seen.documentId, at, deed, change })
  }

  private pick(wanted: (record: MirrorRecord) => boolean): MirrorRecord[] {
    return structuredClone([...this.records.values()].filter(wanted))
  }

  private put(tx: Tx, record: MirrorRecord) {
    const before = this.records.get(record.documentId)
    this.records.set(record.documentId, record)
    onRollback(tx, () => {
      if (before === undefined) this.records.delete(record.documentId)
      else this.records.set(record.documentId, before)
    })
  }

  private addLine(tx: Tx, line: MirrorLine) {
    const kept = structuredClone(line)
    this.history.push(kept)
    onRollback(tx, () => {
      this.history.splice(this.history.indexOf(kept), 1)
    })
  }
}

/** Twin of the cursor table. */
export class MemoryMirrorCursors implements MirrorCursors {
  private readonly rows = new Map<string, UpdatesCursor>()

  async read(taxId: string, direction: PortalDirection) {
    return this.rows.get(`${taxId} ${direction}`)
  }

  async write(tx: Tx, taxId: string, direction: PortalDirection, cursor: UpdatesCursor) {
    const key = `${taxId} ${direction}`
    const before = this.rows.get(key)
    this.rows.set(key, cursor)
    onRollback(tx, () => {
      if (before === undefined) this.rows.delete(key)
      else this.rows.set(key, before)
    })
  }
}
