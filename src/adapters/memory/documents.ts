import {
  isFinal,
  Outdated,
  type Acceptance,
  type Conflict,
  type Digest,
  type DocumentChange,
  type DocumentFilter,
  type DocumentRecord,
  type Documents,
  type Entry,
  type Event,
  type Feed,
  type FileDocuments,
  type KeyUse,
  type KeyUses,
  type Ledger,
  type NewEvent,
  type PackageEntry,
  type SignatureRecord,
} from '../../core/exchange/index.ts'
import type { Attempt, Ids, Tx, UnitOfWork } from '../../core/kernel/index.ts'
import type { Arrival } from '../../core/mirror/index.ts'
import type { MemoryAttachments } from './attachments.ts'
import type { MemoryProofs } from './proofs.ts'
import type { MemoryTaskStore } from './task-store.ts'
import { onRollback } from './unit-of-work.ts'
import type { MemoryWebhooks } from './webhooks.ts'

interface Deps {
  ids: Ids
  unitOfWork: UnitOfWork
  tasks: MemoryTaskStore
  webhooks: MemoryWebhooks
  /** Where promises of proofs go, for those who look at them. */
  proofs?: MemoryProofs
  /** Where documents say which attachment they name, for those who look at them. */
  attachments?: MemoryAttachments
}

/**
 * Twin of the tables around a document: ledger, documents and feed see the same rows, as they do in
 * PostgreSQL.
 */
export class MemoryDocuments implements Documents, Ledger, Feed, FileDocuments {
  readonly #deps: Deps
  readonly #records = new Map<string, DocumentRecord>()
  readonly #blobs = new Map<Digest, Uint8Array>()
  /** By document: the digest of the file it came from. */
  readonly #files = new Map<string, Digest>()
  readonly #keys = new Map<string, string>()
  readonly #signatures = new Map<string, SignatureRecord>()
  readonly #events: Event[] = []
  readonly #keyUses: KeyUse[] = []
  /** The same book, for those who write it without a document. */
  readonly uses: KeyUses = {
    add: (tx, use) => {
      this.#keyUses.push(use)
      onRollback(tx, () => this.#keyUses.splice(this.#keyUses.indexOf(use), 1))
      return Promise.resolve()
    },
    of: (companyId, limit) =>
      Promise.resolve(
        this.#keyUses
          .filter((one) => one.companyId === companyId)
          .slice(-limit)
          .reverse(),
      ),
  }
  /** One line for each accepted document. */
  readonly meter: { companyId: string; documentId: string; month: string }[] = []
  #sequence = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async enter(acceptance: Acceptance): Promise<Entry> {
    const { connectionId, key, facts } = acceptance
    const there = this.#entryOf(acceptance)
    if (there !== undefined) {
      if (there.outcome !== 'conflict' && key !== undefined)
        this.#keys.set(`${connectionId} ${key}`, there.id)
      return there
    }
    this.#records.set(acceptance.id, {
      ...facts,
      id: acceptance.id,
      revision: 1,
      companyId: acceptance.companyId,
      connectionId,
      digest: acceptance.digest,
      size: acceptance.bytes.byteLength,
      receivedAt: acceptance.receivedAt,
      senderState: acceptance.senderState,
      recipientState: 'none',
      mirrorState: acceptance.mirrorState,
      origin: acceptance.origin,
    })
    this.#blobs.set(acceptance.digest, acceptance.bytes)
    this.#blobs.set(acceptance.rawDigest, acceptance.raw)
    this.#files.set(acceptance.id, acceptance.rawDigest)
    if (key !== undefined) this.#keys.set(`${connectionId} ${key}`, acceptance.id)
    if (acceptance.signature !== undefined)
      this.#signatures.set(acceptance.signature.id, acceptance.signature)
    if (acceptance.attachment !== undefined)
      this.#deps.attachments?.name(acceptance.id, acceptance.companyId, acceptance.attachment)
    if (acceptance.proof !== undefined) this.#deps.proofs?.promise(acceptance.proof)
    this.meter.push({ companyId: acceptance.companyId, documentId: acceptance.id, month: acceptance.month })
    await this.#deps.unitOfWork.run(async (tx) => {
      await this.#tell(tx, acceptance.events)
      await this.#deps.tasks.add(tx, acceptance.tasks)
    })
    return { outcome: 'new', id: acceptance.id, receivedAt: acceptance.receivedAt }
  }

  ofFormat({
    format,
    since,
    after = '',
    limit,
  }: Parameters<FileDocuments['ofFormat']>[0]): ReturnType<FileDocuments['ofFormat']> {
    const found = [...this.#records.values()]
      .filter(({ id, origin, receivedAt }) => origin.format === format && receivedAt >= since && id > after)
      .filter(({ origin }) => origin.mapping !== undefined)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
    return Promise.resolve(
      found.map((record) => {
        const rawDigest = this.#files.get(record.id) ?? ''
        return { record, rawDigest, raw: this.#blobs.get(rawDigest) }
      }),
    )
  }

  find(acceptance: Acceptance): Promise<Entry | undefined> {
    return Promise.resolve(this.#entryOf(acceptance))
  }

  #entryOf(acceptance: Acceptance): Entry | undefined {
    const { connectionId, key, facts } = acceptance
    const keyed =
      key === undefined ? undefined : this.#records.get(this.#keys.get(`${connectionId} ${key}`) ?? '')
    if (keyed !== undefined) return entryFor(acceptance, keyed, 'key')
    const same = [...this.#records.values()].find(
      (known) =>
        known.connectionId === connectionId && known.guid === facts.guid && known.version === facts.version,
    )
    return same && entryFor(acceptance, same, 'content-id')
  }

  async enterTogether(acceptances: Acceptance[]): Promise<PackageEntry> {
    const conflicts: Conflict[] = []
    for (const [index, acceptance] of acceptances.entries()) {
      const entry = this.#entryOf(acceptance)
      if (entry?.outcome === 'conflict') conflicts.push({ index, id: entry.id, on: entry.on })
    }
    if (conflicts.length > 0) return { outcome: 'conflict', conflicts }
    const entries = []
    for (const acceptance of acceptances) {
      const entry = await this.enter(acceptance)
      if (entry.outcome === 'conflict') throw new Error('two documents of a package under one name')
      entries.push(entry)
    }
    return { outcome: 'entered', entries }
  }

  /** An invoice that the portal brought: no sender of ours, no key, no meter line. */
  async arriveFromPortal(tx: Tx, arrival: Arrival): Promise<void> {
    const { record, facts, original, stamp } = arrival
    this.#records.set(record.documentId, {
      ...facts,
      id: record.documentId,
      revision: 1,
      recipientCompanyId: record.companyId,
      digest: arrival.digest,
      size: arrival.bytes.byteLength,
      receivedAt: record.fetchedAt,
      senderState: 'completed',
      recipientState: 'settled',
      mirrorState: arrival.mirrorState,
      stamp,
      origin: { door: 'portal', format: 'esf', requestId: arrival.requestId },
    })
    onRollback(tx, () => this.#records.delete(record.documentId))
    this.#blobs.set(arrival.digest, arrival.bytes)
    this.#blobs.set(arrival.rawDigest, new TextEncoder().encode(original.body))
    await this.#tell(tx, arrival.events)
    if (arrival.mirrorState === 'submitted') return
    await this.#deps.tasks.add(tx, [
      {
        id: arrival.archiveTaskId,
        kind: 'archive',
        documentId: record.documentId,
        subject: '',
        dueAt: record.fetchedAt,
      },
    ])
  }

  byId(id: string): Promise<DocumentRecord | undefined> {
    return Promise.resolve(this.#records.get(id))
  }

  byIds(ids: string[]): Promise<Map<string, DocumentRecord>> {
    return Promise.resolve(
      new Map(
        ids.flatMap((id) => (this.#records.has(id) ? [[id, this.#records.get(id) as DocumentRecord]] : [])),
      ),
    )
  }

  byGuid(companyId: string, guid: string): Promise<DocumentRecord | undefined> {
    return Promise.resolve(
      this.#newestFirst().find((known) => known.companyId === companyId && known.guid === guid),
    )
  }

  bytes(digest: Digest): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#blobs.get(digest))
  }

  signatures(documentId: string): Promise<SignatureRecord[]> {
    return Promise.resolve([...this.#signatures.values()].filter((one) => one.documentId === documentId))
  }

  keyUses(documentId: string): Promise<KeyUse[]> {
    return Promise.resolve(this.#keyUses.filter((one) => one.documentId === documentId))
  }

  attempts(documentId: string): Promise<Attempt[]> {
    return Promise.resolve(this.#deps.tasks.attempts.filter((attempt) => attempt.documentId === documentId))
  }

  events(documentId: string): Promise<Event[]> {
    return Promise.resolve(this.#events.filter((event) => event.documentId === documentId))
  }

  async record(tx: Tx, change: DocumentChange): Promise<void> {
    const before = this.#records.get(change.documentId)
    if (before?.revision !== change.revision) throw new Outdated(change.documentId)
    const after: DocumentRecord = {
      ...before,
      revision: before.revision + 1,
      senderState: change.senderState ?? before.senderState,
      recipientState: change.recipientState ?? before.recipientState,
      mirrorState: change.mirrorState ?? before.mirrorState,
      recipientCompanyId: change.recipientCompanyId ?? before.recipientCompanyId,
      reason: change.reason === undefined ? before.reason : (change.reason ?? undefined),
      stamp: change.stamp ?? before.stamp,
      archivedAt: change.archivedAt ?? before.archivedAt,
    }
    this.#records.set(before.id, after)
    onRollback(tx, () => this.#records.set(before.id, before))
    const { signature } = change
    if (signature !== undefined) {
      const old = this.#signatures.get(signature.id)
      this.#signatures.set(signature.id, signature)
      onRollback(tx, () => {
        if (old === undefined) this.#signatures.delete(signature.id)
        else this.#signatures.set(signature.id, old)
      })
    }
    const { proof, keyUse } = change
    if (proof !== undefined) {
      this.#deps.proofs?.promise(proof)
      onRollback(tx, () => this.#deps.proofs?.forget(proof.signatureId))
    }
    if (keyUse !== undefined) await this.uses.add(tx, keyUse)
    await this.#tell(tx, change.events ?? [])
    const tasks = [...(change.tasks ?? [])]
    if (after.archivedAt === undefined && isFinal({ sender: after.senderState, mirror: after.mirrorState })) {
      const dueAt = change.events?.at(-1)?.at ?? new Date()
      tasks.push({ id: this.#deps.ids.next(), kind: 'archive', documentId: before.id, subject: '', dueAt })
    }
    await this.#deps.tasks.add(tx, tasks)
  }

  list(companyId: string, filter: DocumentFilter): Promise<DocumentRecord[]> {
    const own = (known: DocumentRecord) =>
      filter.box === 'outbox' ? known.companyId === companyId : known.recipientCompanyId === companyId
    const partner = (known: DocumentRecord) =>
      filter.box === 'outbox' ? known.recipientTaxId : known.senderTaxId
    return Promise.resolve(
      this.#newestFirst()
        .reverse()
        .filter(own)
        .filter(({ id }) => filter.after === undefined || id > filter.after)
        .filter(({ kind }) => filter.kind === undefined || kind === filter.kind)
        .filter(({ number }) => filter.number === undefined || number === filter.number)
        .filter((known) => filter.partnerTaxId === undefined || partner(known) === filter.partnerTaxId)
        .slice(0, filter.limit),
    )
  }

  awaitingArchive(limit: number): Promise<DocumentRecord[]> {
    return Promise.resolve(
      this.#newestFirst()
        .reverse()
        .filter((known) => known.archivedAt === undefined)
        .filter((known) => isFinal({ sender: known.senderState, mirror: known.mirrorState }))
        .filter(({ id }) => !this.#deps.tasks.has({ kind: 'archive', documentId: id, subject: '' }))
        .slice(0, limit),
    )
  }

  isCursor(text: string): boolean {
    return /^\d+$/.test(text)
  }

  after(companyId: string, cursor: string | undefined, limit: number): Promise<Event[]> {
    const from = Number(cursor ?? 0)
    return Promise.resolve(
      this.#events
        .filter((event) => event.companyId === companyId && Number(event.cursor) > from)
        .slice(0, limit),
    )
  }

  one(seq: string): Promise<Event | undefined> {
    return Promise.resolve(this.#events.find((event) => event.cursor === seq))
  }

  #newestFirst(): DocumentRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  }

  /** Writes events, and a `notify` task for each webhook of the company an event belongs to. */
  async #tell(tx: Tx, events: NewEvent[]): Promise<void> {
    for (const event of events) {
      const seq = String((this.#sequence += 1))
      const told: Event = { ...event, cursor: seq }
      this.#events.push(told)
      onRollback(tx, () => this.#events.splice(this.#events.indexOf(told), 1))
      if (event.companyId === undefined) continue
      for (const endpoint of await this.#deps.webhooks.of(event.companyId)) {
        if (endpoint.disabledAt !== undefined) continue
        await this.#deps.tasks.add(tx, [
          {
            id: this.#deps.ids.next(),
            kind: 'notify',
            documentId: event.documentId,
            subject: `webhook:${endpoint.id}:${seq}`,
            dueAt: event.at,
            details: { endpointId: endpoint.id, seq, name: event.name },
          },
        ])
      }
    }
  }
}

const entryFor = (acceptance: Acceptance, there: DocumentRecord, on: 'key' | 'content-id'): Entry => {
  if (there.id === acceptance.id) return { outcome: 'new', id: there.id, receivedAt: there.receivedAt }
  return there.digest === acceptance.digest
    ? { outcome: 'repeat', id: there.id, receivedAt: there.receivedAt }
    : { outcome: 'conflict', id: there.id, on }
}
