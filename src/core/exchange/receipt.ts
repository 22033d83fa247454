import type { Document, DocumentKind } from '../document/index.ts'
import type { Fault, Language, LocalDate } from '../kernel/index.ts'
import type { Caller, SigningMode } from '../company/company.ts'
import type { Digest, DocumentRecord, Event, EventName, Origin, ProvenSignature } from './document-record.ts'
import type { Attachment, OpenAttachment } from './attachments.ts'
import type { MirrorState, RecipientState, SenderState } from './states.ts'
import type { DryRun, DryRunQuestion } from './dry-run.ts'
import type { ReadingContext } from './foreign-format.ts'
import type { DocumentFilter } from './ports.ts'
import type { Batch } from './sign-batch.ts'

/** What a door hands in: one document as read, with the bytes it was read from. */
export interface Submission {
  caller: Caller
  document: Document
  /** The bytes as received. */
  raw: Uint8Array
  origin: Origin
  /** `Idempotency-Key`, at most 200 characters. */
  key?: string
  /** Detached CMS over the document's exact bytes, when the sender signed already. */
  signature?: Uint8Array
  /** Overrides the connection's setting. */
  signing?: SigningMode
}

/** What the sender gets for an accepted document; a repeat gets the first one again. */
export interface Receipt {
  documentId: string
  /** The same document was accepted before; nothing was stored, counted or sent again. */
  repeat: boolean
  receivedAt: Date
  digest: Digest
  state: SenderState
  /** What differs but did not stop the document (a tiyn of rounding). */
  notices: Fault[]
}

/** The whole state of a document, as one side may see it. */
export interface Status {
  documentId: string
  side: 'sender' | 'recipient'
  kind: DocumentKind
  guid: string
  version: string
  number: string
  date: LocalDate
  senderTaxId: string
  senderName: string
  recipientTaxId: string
  recipientName: string
  total?: string
  currency?: string
  digest: Digest
  receivedAt: Date
  senderState: SenderState
  recipientState: RecipientState
  mirrorState: MirrorState
  /** Nothing more will happen. */
  final: boolean
  reason?: string
  registrationNumber?: string
  archivedAt?: Date
}

export interface Change {
  cursor: string
  documentId: string
  name: EventName
  at: Date
  status: Status
  details: Record<string, unknown>
}

export interface Changes {
  changes: Change[]
  /** Hand it back next time; equal to the one given when nothing is new. */
  cursor: string
  more: boolean
}

/** One line of the trail, in order of time. */
export interface TrailLine {
  at: Date
  /** `meter`: how the document was counted, for its sender. */
  what: 'event' | 'attempt' | 'signature' | 'meter'
  name: string
  details: Record<string, unknown>
}

/** How far a large file has come. */
export interface FileProgress {
  /** All is checked before anything is entered. */
  phase: 'checking' | 'entering'
  /** Of the file's bytes, 0 to 1. */
  share: number
  /** Documents found, and then entered, in this phase. */
  documents: number
  /** What was read and is no document of ЭДО, by its name in the file. */
  passedOver: Readonly<Record<string, number>>
}

/** Thrown for a fault that a caller meets; the doors turn it into their own form. */
export class Refusal extends Error {
  readonly status: RefusalStatus
  readonly faults: Fault[]
  readonly retryAfterMs: number | undefined
  /** The document a conflict is about. */
  readonly documentId: string | undefined

  constructor(
    status: RefusalStatus,
    faults: Fault[],
    options: { retryAfterMs?: number; documentId?: string } = {},
  ) {
    super(faults.map((f) => f.code).join(', '))
    this.name = 'Refusal'
    this.status = status
    this.faults = faults
    this.retryAfterMs = options.retryAfterMs
    this.documentId = options.documentId
  }
}

/** Why a request was refused, in words that every door can translate: REST to 422, 401, 403, 404, 409, 413, 503; SOAP to a fault. */
export type RefusalStatus =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'too-many'
  | 'unavailable'

/**
 * The powers behind every door. SOAP and REST are two translations of this list and send, sign, answer and
 * read alike; `list` and `trail` are for people, and so REST alone has them: 1C keeps its own lists.
 * All throw `Refusal` for what the caller can fix.
 */
export interface Exchange {
  /** May this company send now, and if not, why (offer 2.1, 4.3)? */
  standing(question: { caller: Caller }): Promise<{ maySend: boolean; why?: Fault }>
  send(submission: Submission): Promise<Receipt>
  /** A foreign file: read by the named format, then sent as one or more documents. */
  sendMessage(message: {
    caller: Caller
    format: string
    fileName: string
    content: Uint8Array
    origin: Omit<Origin, 'format'>
    key?: string
    /** What the format may know beside the file. */
    known?: ReadingContext['known']
  }): Promise<Receipt[]>
  /** What a foreign file would become, explained value by value; nothing is stored, metered or sent. */
  dryRun(question: DryRunQuestion): Promise<DryRun>
  putFilePart(part: { caller: Caller; fileId: string; part: number; bytes: Uint8Array }): Promise<void>
  /**
   * Joins the parts and treats them as `sendMessage` does; formats that read files of any size never have them in
   * memory. A repeat goes on where it stopped.
   */
  putData(message: {
    caller: Caller
    fileId: string
    format: string
    fileName: string
    origin: Omit<Origin, 'format'>
    key?: string
    /** Its parts stay: another file of the same archive is asked for next. */
    keep?: boolean
    /** Told how far a large file has been read. */
    watch?: (progress: FileProgress) => void
  }): Promise<Receipt[]>
  /** Joins the parts of a large file; documents may then name it as their attachment. */
  joinFile(file: { caller: Caller; fileId: string }): Promise<Attachment>
  /** The attachment of a document, to be read part by part. */
  attachment(question: {
    caller: Caller
    documentId: string
  }): Promise<{ attachment: OpenAttachment; status: Status }>
  /** The parts of a file joined, for doors that look into it first. They stay until `discardUpload`. */
  readUpload(file: { caller: Caller; fileId: string }): Promise<Uint8Array>
  discardUpload(file: { caller: Caller; fileId: string }): Promise<void>
  submitSignature(signature: { caller: Caller; documentId: string; cms: Uint8Array }): Promise<Status>
  /** By the gateway's id or by the GUID of the sender's base. */
  status(question: { caller: Caller; documentId: string }): Promise<Status>
  changes(question: { caller: Caller; cursor: string | undefined; limit: number }): Promise<Changes>
  /** The exact bytes; the recipient's first look marks the document viewed. */
  document(question: { caller: Caller; documentId: string }): Promise<{ bytes: Uint8Array; status: Status }>
  /** The originals, each with its proof: the stamped copy that carries its evidence. */
  signatures(question: { caller: Caller; documentId: string }): Promise<ProvenSignature[]>
  /** The visual form as a PDF, with the sheet of signatures. It has no legal force of its own. */
  print(question: {
    caller: Caller
    documentId: string
    language: Language
  }): Promise<{ pdf: Uint8Array; status: Status }>
  answer(answer: {
    caller: Caller
    documentId: string
    answer: 'accept' | 'refuse'
    reason?: string
    signature?: Uint8Array
  }): Promise<Status>
  /** Withdraws what is not delivered yet; asks the recipient to agree when it is. */
  annul(request: { caller: Caller; documentId: string; reason: string }): Promise<Status>
  /** Many documents with the key that is kept here, at one word; each comes to its own end. */
  signBatch(request: { caller: Caller; documentIds: readonly string[] }): Promise<Batch>
  trail(question: { caller: Caller; documentId: string }): Promise<TrailLine[]>
  list(question: { caller: Caller; filter: DocumentFilter }): Promise<Status[]>
}

export type { DocumentRecord, Event }
