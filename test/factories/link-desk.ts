import { MemoryAttachments } from '../../src/adapters/memory/attachments.ts'
import { createHash } from 'node:crypto'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import { MemoryDocuments } from '../../src/adapters/memory/documents.ts'
import { MemoryLinks, MemoryUploads } from '../../src/adapters/memory/files.ts'
import { MemoryTaskStore } from '../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../src/adapters/memory/unit-of-work.ts'
import { MemoryWebhooks } from '../../src/adapters/memory/webhooks.ts'
import { readExactBytes } from '../../src/adapters/xml/index.ts'
import { recipientOf, senderOf, writeDocumentXml, type Document } from '../../src/core/document/index.ts'
import {
  openLinkVisits,
  type DocumentChange,
  type DocumentRecord,
  type LinkPurpose,
  type LinkVisits,
} from '../../src/core/exchange/index.ts'
import type { Tx, UnitOfWork } from '../../src/core/kernel/index.ts'
import type { SignatureVerifier } from '../../src/core/signature/index.ts'
import { testNow } from './test-ca.ts'

/** Documents and links in memory, with what a person behind a link can do to them. */
export interface LinkDesk {
  visits: LinkVisits
  documents: MemoryDocuments
  links: MemoryLinks
  unitOfWork: UnitOfWork
  clock: { now(): Date }
  /** The moment the desk lives in. */
  at(now: Date): void
  /** A document as it is after delivery by mail; a test states what differs. */
  put(document: Document, overrides?: Partial<DocumentRecord>): Promise<DocumentRecord>
  link(record: DocumentRecord, purpose?: LinkPurpose, expiresAt?: Date): Promise<string>
  record(id: string): Promise<DocumentRecord>
  /** Every change that visitors made, oldest first. */
  changes: DocumentChange[]
  purge(record: DocumentRecord): void
  /** Runs before the next change is written: another writer in between. */
  beforeNextChange(work: () => Promise<unknown>): void
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Documents whose bytes may be purged and whose changes are watched. */
class WatchedDocuments extends MemoryDocuments {
  readonly changes: DocumentChange[] = []
  readonly purged = new Set<string>()
  before: (() => Promise<unknown>) | undefined

  override async bytes(digest: string): Promise<Uint8Array | undefined> {
    return this.purged.has(digest) ? undefined : super.bytes(digest)
  }

  override async record(tx: Tx, change: DocumentChange): Promise<void> {
    const work = this.before
    this.before = undefined
    await work?.()
    await super.record(tx, change)
    this.changes.push(change)
  }
}

export const aLinkDesk = (verifier: SignatureVerifier): LinkDesk => {
  const unitOfWork = new MemoryUnitOfWork()
  const tasks = new MemoryTaskStore()
  const documents = new WatchedDocuments({ ids: uuidIds, unitOfWork, tasks, webhooks: new MemoryWebhooks() })
  const links = new MemoryLinks()
  let now = testNow
  const clock = { now: () => now }
  const record = async (id: string): Promise<DocumentRecord> => {
    const found = await documents.byId(id)
    if (found === undefined) throw new Error(`no document ${id}`)
    return found
  }
  return {
    visits: openLinkVisits({
      clock,
      ids: uuidIds,
      unitOfWork,
      documents,
      attachments: new MemoryAttachments(new MemoryUploads()),
      verifier,
      links,
      readDocument: readExactBytes,
    }),
    documents,
    links,
    unitOfWork,
    clock,
    at: (moment) => {
      now = moment
    },
    async put(document, overrides = {}) {
      const bytes = writeDocumentXml(document)
      const [sender, recipient] = [senderOf(document), recipientOf(document)]
      const { senderState = 'delivered', recipientState = 'arrived', recipientCompanyId, reason } = overrides
      const id = uuidIds.next()
      await documents.enter({
        id,
        receivedAt: testNow,
        companyId: 'company-1',
        connectionId: 'connection-1',
        facts: {
          kind: overrides.kind ?? document.kind,
          senderTaxId: sender.taxId ?? '',
          senderName: sender.name,
          recipientTaxId: recipient.taxId ?? '',
          recipientName: recipient.name,
          recipientEmail: 'buhgalter@example.kz',
          // The same document may be put twice.
          guid: id,
          version: document.version,
          number: document.number ?? '',
          date: document.date,
        },
        bytes,
        digest: sha256(bytes),
        raw: bytes,
        rawDigest: sha256(bytes),
        origin: { door: 'test', format: 'test', requestId: 'r' },
        senderState,
        mirrorState: 'none',
        tasks: [],
        events: [],
        month: '2026-11',
      })
      await unitOfWork.run((tx) =>
        documents.record(tx, { documentId: id, revision: 1, recipientState, recipientCompanyId, reason }),
      )
      documents.changes.length = 0
      return record(id)
    },
    async link(of, purpose = 'receive', expiresAt = new Date(testNow.getTime() + 86_400_000)) {
      const { token } = await unitOfWork.run((tx) =>
        links.make(tx, { documentIds: [of.id], purpose, expiresAt, sentTo: 'buhgalter@example.kz' }),
      )
      return token
    },
    record,
    changes: documents.changes,
    purge: ({ digest }) => {
      documents.purged.add(digest)
    },
    beforeNextChange: (work) => {
      documents.before = work
    },
  }
}
