import type { Document, FormLanguage } from '../document/index.ts'
import type { Attempt, LocalDate, NewTask, Tx } from '../kernel/index.ts'
import type { NewProof } from '../signature/index.ts'
import type {
  Digest,
  DocumentFacts,
  DocumentRecord,
  Event,
  NewEvent,
  Origin,
  SignatureRecord,
  Stamp,
} from './document-record.ts'
import type { MirrorState, RecipientState, SenderState } from './states.ts'

/** Everything that is written when a document is accepted: all of it in one transaction, or nothing. */
export interface Acceptance {
  id: string
  receivedAt: Date
  companyId: string
  connectionId: string
  facts: DocumentFacts
  /** The exact bytes and their digest. */
  bytes: Uint8Array
  digest: Digest
  /** What the door received, before anything read it. */
  raw: Uint8Array
  rawDigest: Digest
  origin: Origin
  /** The client's idempotency key, when it sent one. */
  key?: string
  senderState: SenderState
  mirrorState: MirrorState
  signature?: SignatureRecord
  /** Written with the signature when that one needs a proof. */
  proof?: NewProof
  /** The attachment that the document names, one of its company's. */
  attachment?: Digest
  tasks: NewTask[]
  events: NewEvent[]
  /** Almaty month of the meter line. */
  month: string
}

/** What became of an acceptance. `firstId` is the document that was there before. */
export type Entry =
  | { outcome: 'new'; id: string; receivedAt: Date }
  /** Same key or same content id, and the same content: the first receipt stands. */
  | { outcome: 'repeat'; id: string; receivedAt: Date }
  /** Same key, or same GUID and version, but other content: the first is untouched. */
  | { outcome: 'conflict'; id: string; on: 'key' | 'content-id' }

/** What became of the documents of one file. In a conflict none of them was entered. */
export type PackageEntry =
  | { outcome: 'entered'; entries: Exclude<Entry, { outcome: 'conflict' }>[] }
  | { outcome: 'conflict'; conflicts: Conflict[] }

/** Which of several acceptances met another document under its name; `id` is the first one. */
export interface Conflict {
  index: number
  id: string
  on: 'key' | 'content-id'
}

/** Where documents are entered, exactly once. */
export interface Ledger {
  /**
   * Resolves once durable. Calls in flight share commits. A commit whose answer was lost is looked up
   * by the acceptance's own id before anything is written again, so `new` stays `new`.
   */
  enter(acceptance: Acceptance): Promise<Entry>
  /**
   * All of one file in one transaction, or nothing: half a file is never there. What was entered before, by an
   * earlier attempt at the same file, is a repeat. No two may share a key or a content id. Bytes under one
   * `rawDigest` are kept once.
   */
  enterTogether(acceptances: Acceptance[]): Promise<PackageEntry>
  /** What `enter` would meet: the same document, another under its key or name, or nothing. Writes nothing. */
  find(acceptance: Acceptance): Promise<Entry | undefined>
}

/** What a step or an answer changes about a document. */
export interface DocumentChange {
  documentId: string
  /** The revision the decision was made on; another writer in between makes `record` throw `Outdated`. */
  revision: number
  senderState?: SenderState
  recipientState?: RecipientState
  mirrorState?: MirrorState
  recipientCompanyId?: string
  /** `null` clears it. */
  reason?: string | null
  stamp?: Stamp
  archivedAt?: Date
  signature?: SignatureRecord
  /** Written with the signature when that one needs a proof. */
  proof?: NewProof
  /** Written with the change when a key kept by the gateway was used for it. */
  keyUse?: KeyUse
  events?: NewEvent[]
  tasks?: NewTask[]
}

/** A company's key was used by the gateway: one line for each time it signed, never changed. */
export interface KeyUse {
  companyId: string
  /** Absent where no document of ours is signed: a ticket of the portal, a question to it. */
  documentId?: string
  /** Absent where no signature was kept: it did not pass the check, or it is the portal's. */
  signatureId?: string
  /** What was signed: the SHA-256 of the document's exact bytes, or of whatever else it was. */
  digest: Digest
  /** Serial number of the key's certificate, upper-case hexadecimal. */
  serial: string
  /**
   * On whose word: `task:…` of a step, `connection:…` of the company's base that answered, with ` batch:…` behind it
   * for many documents at one word, `operator:…`, `portal`.
   */
  by: string
  /** `document`: a CMS over a document; `portal`: raw, for the state portal. */
  purpose: 'document' | 'portal'
  at: Date
}

/** The book of key uses. Those that come with a document's change are written by `Documents.record`. */
export interface KeyUses {
  add(tx: Tx, use: KeyUse): Promise<void>
  /** Of one company, the newest first. */
  of(companyId: string, limit: number): Promise<KeyUse[]>
}

/** Somebody changed the document between reading and writing: read again and decide again. */
export class Outdated extends Error {
  constructor(documentId: string) {
    super(`document ${documentId} was changed meanwhile`)
    this.name = 'Outdated'
  }
}

export interface Documents {
  byId(id: string): Promise<DocumentRecord | undefined>
  byIds(ids: string[]): Promise<Map<string, DocumentRecord>>
  /** The newest version of a document of the company's own bases. */
  byGuid(companyId: string, guid: string): Promise<DocumentRecord | undefined>
  /** The exact bytes under a digest; undefined when purged. */
  bytes(digest: Digest): Promise<Uint8Array | undefined>
  signatures(documentId: string): Promise<SignatureRecord[]>
  /** Uses of kept keys for this document, oldest first. */
  keyUses(documentId: string): Promise<KeyUse[]>
  attempts(documentId: string): Promise<Attempt[]>
  events(documentId: string): Promise<Event[]>
  /**
   * Writes states, signature with its proof and key use, events and tasks together; events also ring the webhooks of their company.
   * A document that has become final by it gets its archive task in the same transaction: none is forgotten.
   */
  record(tx: Tx, change: DocumentChange): Promise<void>
  list(companyId: string, filter: DocumentFilter): Promise<DocumentRecord[]>
  /** Final documents that are not archived and have no archive task, oldest first. */
  awaitingArchive(limit: number): Promise<DocumentRecord[]>
}

/** Documents that were read from foreign files, with the bytes of those files. */
export interface FileDocuments {
  /** Of one format, received on or after `since`, oldest first, after an id; `raw` is undefined when purged. */
  ofFormat(filter: {
    format: string
    since: Date
    after?: string
    limit: number
  }): Promise<{ record: DocumentRecord; rawDigest: Digest; raw: Uint8Array | undefined }[]>
}

export interface DocumentFilter {
  box: 'outbox' | 'inbox'
  /** Ids after this one (ids sort by time). */
  after?: string
  limit: number
  kind?: string
  number?: string
  partnerTaxId?: string
}

/** The ordered feed of one company. A cursor stays good for ever. */
export interface Feed {
  /** Whether a text can be a cursor of ours at all. */
  isCursor(text: string): boolean
  /** The event a webhook task is about. */
  one(seq: string): Promise<Event | undefined>
  /** Events after `cursor` (from the beginning when undefined), oldest first; no event is ever skipped or reordered. */
  after(companyId: string, cursor: string | undefined, limit: number): Promise<Event[]>
}

/** A file as far as it has arrived. */
export interface Upload {
  parts: number
  size: number
  /** The first number that is not there. */
  missing?: number
  /** Bytes of each part that is there, in their order. */
  sizes: number[]
}

/** Large files that arrive in parts. Parts may come twice and in any order. */
export interface Uploads {
  /** False, and nothing kept, when the connection has `atMost` parts of unfinished files and this is one more. */
  put(part: {
    connectionId: string
    fileId: string
    part: number
    bytes: Uint8Array
    at: Date
    atMost: number
  }): Promise<boolean>
  /** What there is of a file; undefined when there is nothing. */
  read(connectionId: string, fileId: string): Promise<Upload | undefined>
  /** One part; undefined when it is not there. */
  part(connectionId: string, fileId: string, part: number): Promise<Uint8Array | undefined>
  discard(connectionId: string, fileId: string): Promise<void>
  /** Uploads nobody finished, older than `before`; returns how many parts went. */
  purge(before: Date): Promise<number>
}

/** Whether there is room for what the gateway has to keep. */
export interface DiskRoom {
  /** True while a disk the gateway writes to has less free than the operator wants it to have. */
  isShort(): boolean
}

/** What goes on paper: a document as read from its exact bytes, and what is known of it. */
export interface PrintOrder {
  document: Document
  record: DocumentRecord
  signatures: SignatureRecord[]
  /** The public page that checks the document; becomes the QR. */
  checkUrl: string
  language: FormLanguage
}

/** Makes the visual form of a document, its official form with the sheet of signatures behind it. */
export interface Printer {
  /**
   * A PDF. The same order gives the same bytes. Rejects with `PrinterBusy` when too many wait, with another error
   * when it cannot be made in time; printing again is safe.
   */
  print(order: PrintOrder): Promise<Uint8Array>
}

/** So many documents wait to be printed that another one would wait too long. */
export class PrinterBusy extends Error {
  constructor(waiting: number) {
    super(`${waiting} documents are waiting to be printed already`)
    this.name = 'PrinterBusy'
  }
}

/** Takes the fingerprint of bytes (SHA-256). */
export interface Hasher {
  digest(bytes: Uint8Array): Digest
}

/** Takes the fingerprint of what comes in pieces (SHA-256). */
export interface RunningHasher {
  begin(): { add(bytes: Uint8Array): void; end(): Digest }
}

/** Reaches people and systems that are not polling: e-mail to the unconnected, webhooks to those who asked. */
export interface Courier {
  /**
   * Sends a one-document link to an address. Resolves once the mail server took it; the message id makes a
   * repeat visible to the recipient's server. Throws UpstreamError.
   */
  mailLink(mail: {
    documentId: string
    to: string
    link: string
    record: DocumentRecord
    expiresAt: Date
  }): Promise<{ messageId: string }>
  /**
   * Asks a person to sign: the active URL of one document or one package. `request` names the request, so that a
   * repeat is visible to the recipient's server. Throws UpstreamError.
   */
  mailSigningLink(mail: {
    request: string
    to: string
    link: string
    records: readonly DocumentRecord[]
    about: Pick<Link, 'expiresAt' | 'askedBy' | 'signBy' | 'note'>
  }): Promise<{ messageId: string }>
}

/** What a link opens and why: one document, or a package of several for one signatory. */
export interface Link {
  /** In the order they are shown; at least one. */
  documentIds: readonly string[]
  purpose: 'receive' | 'sign'
  expiresAt: Date
  sentTo: string
  /** Who asks, in words for the person behind the link. */
  askedBy?: string
  /** The day by which the asker wants it signed; the link itself may open longer. */
  signBy?: LocalDate
  note?: string
}

/** Links for those who are not connected: 256-bit token, only its hash is kept. */
export interface Links {
  /** Makes a new link; the token is returned once. With `asker` it counts against that company. */
  make(tx: Tx, link: Link, asker?: { companyId: string; at: Date }): Promise<{ token: string }>
  /** Undefined for wrong and expired alike. */
  byToken(token: string, now: Date): Promise<Link | undefined>
  /** How many links a company has asked for since a moment: in all, and those that open this document. */
  asked(companyId: string, documentId: string, since: Date): Promise<{ all: number; document: number }>
}

/** A company's own endpoint for its events (Standard Webhooks). */
export interface WebhookEndpoint {
  id: string
  companyId: string
  url: string
  /** `whsec_…`; kept encrypted, given to the courier only. */
  secret: string
  disabledAt?: Date
  disabledReason?: string
}

export interface Webhooks {
  add(tx: Tx, endpoint: WebhookEndpoint): Promise<void>
  byId(id: string): Promise<WebhookEndpoint | undefined>
  of(companyId: string): Promise<WebhookEndpoint[]>
  remove(tx: Tx, companyId: string, id: string): Promise<boolean>
  disable(tx: Tx, id: string, reason: string, at: Date): Promise<void>
}

/** Sends one event to one endpoint. Throws UpstreamError; `refused` with code WEBHOOK-410 disables the endpoint. */
export interface WebhookSender {
  send(
    endpoint: WebhookEndpoint,
    message: { id: string; at: Date; body: Record<string, unknown> },
  ): Promise<void>
}
