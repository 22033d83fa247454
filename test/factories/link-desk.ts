import { createHash, randomBytes } from 'node:crypto'
import { MemoryUnitOfWork } from '../../src/adapters/memory/unit-of-work.ts'
import { readExactBytes } from '../../src/adapters/xml/index.ts'
import { recipientOf, senderOf, writeDocumentXml, type Document } from '../../src/core/document/index.ts'
import {
  openLinkVisits,
  Outdated,
  type DocumentChange,
  type DocumentRecord,
  type Documents,
  type LinkPurpose,
  type Links,
  type LinkVisits,
  type SignatureRecord,
} from '../../src/core/exchange/index.ts'
import type { SignatureVerifier } from '../../src/core/signature/index.ts'
import { testNow } from './test-ca.ts'

/** Documents and links in memory, enough for what a person behind a link can do. */
export interface LinkDesk {
  visits: LinkVisits
  documents: Documents
  links: Links
  clock: { now(): Date }
  /** The moment the desk lives in. */
  at(now: Date): void
  /** A document as it is after delivery by mail; a test states what differs. */
  put(document: Document, overrides?: Partial<DocumentRecord>): DocumentRecord
  link(record: DocumentRecord, purpose?: LinkPurpose, expiresAt?: Date): Promise<string>
  record(id: string): DocumentRecord
  /** Every change that was written, oldest first. */
  changes: DocumentChange[]
  purge(record: DocumentRecord): void
  /** Runs before the next change is written: another writer in between. */
  beforeNextChange(work: () => Promise<unknown>): void
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

export const aLinkDesk = (verifier: SignatureVerifier): LinkDesk => {
  const records = new Map<string, DocumentRecord>()
  const blobs = new Map<string, Uint8Array>()
  const signatures = new Map<string, SignatureRecord[]>()
  const links = new Map<
    string,
    { documentId: string; purpose: LinkPurpose; sentTo: string; expiresAt: Date }
  >()
  const changes: DocumentChange[] = []
  let now = testNow
  let before: (() => Promise<unknown>) | undefined
  let made = 0

  const notAsked = (): never => {
    throw new Error('a link asks for nothing of that')
  }
  const documents: Documents = {
    byId: async (id) => records.get(id),
    byIds: notAsked,
    byGuid: async (_companyId, guid) => [...records.values()].find((record) => record.guid === guid),
    bytes: async (digest) => blobs.get(digest),
    signatures: async (id) => signatures.get(id) ?? [],
    attempts: notAsked,
    events: notAsked,
    list: notAsked,
    awaitingArchive: notAsked,
    async record(_tx, change) {
      const work = before
      before = undefined
      await work?.()
      const record = records.get(change.documentId)
      if (record?.revision !== change.revision) throw new Outdated(change.documentId)
      const { senderState, recipientState, signature, reason } = change
      records.set(record.id, {
        ...record,
        revision: record.revision + 1,
        ...(senderState !== undefined && { senderState }),
        ...(recipientState !== undefined && { recipientState }),
        ...(reason !== undefined && { reason: reason ?? undefined }),
      })
      if (signature !== undefined)
        signatures.set(record.id, [...(signatures.get(record.id) ?? []), signature])
      changes.push(change)
    },
  }
  const desk: Links = {
    async make(_tx, link) {
      const token = randomBytes(32).toString('base64url')
      links.set(sha256(token), link)
      return { token }
    },
    byToken: async (token, at) => {
      const link = links.get(sha256(token))
      return link !== undefined && link.expiresAt > at ? link : undefined
    },
  }
  const clock = { now: () => now }
  const unitOfWork = new MemoryUnitOfWork()
  return {
    visits: openLinkVisits({
      clock,
      ids: { next: () => `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}` },
      unitOfWork,
      documents,
      verifier,
      links: desk,
      readDocument: readExactBytes,
    }),
    documents,
    links: desk,
    clock,
    at: (moment) => {
      now = moment
    },
    put(document, overrides = {}) {
      const bytes = writeDocumentXml(document)
      const digest = sha256(bytes)
      blobs.set(digest, bytes)
      const sender = senderOf(document)
      const recipient = recipientOf(document)
      const record: DocumentRecord = {
        id: `00000000-0000-7000-9000-${String(++made).padStart(12, '0')}`,
        revision: 1,
        kind: document.kind,
        companyId: 'company-1',
        connectionId: 'connection-1',
        senderTaxId: sender.taxId ?? '',
        senderName: sender.name,
        recipientTaxId: recipient.taxId ?? '',
        recipientName: recipient.name,
        recipientEmail: 'buhgalter@example.kz',
        guid: document.guid,
        version: document.version,
        number: document.number ?? '',
        date: document.date,
        digest,
        size: bytes.length,
        receivedAt: testNow,
        senderState: 'delivered',
        recipientState: 'arrived',
        mirrorState: 'none',
        origin: { door: 'test', format: 'test', requestId: 'r' },
        ...overrides,
      }
      records.set(record.id, record)
      return record
    },
    async link(record, purpose = 'receive', expiresAt = new Date(testNow.getTime() + 86_400_000)) {
      const { token } = await unitOfWork.run((tx) =>
        desk.make(tx, { documentId: record.id, purpose, expiresAt, sentTo: 'buhgalter@example.kz' }),
      )
      return token
    },
    record: (id) => records.get(id) ?? notAsked(),
    changes,
    purge: (record) => {
      blobs.delete(record.digest)
    },
    beforeNextChange: (work) => {
      before = work
    },
  }
}
