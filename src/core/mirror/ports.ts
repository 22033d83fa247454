import type { Document, DocumentKind, TaxInvoice } from '../document/index.ts'
import type { LocalDate, Result, Tx } from '../kernel/index.ts'
import type {
  InvoiceKey,
  MirrorChange,
  MirrorDeed,
  MirrorLine,
  MirrorRecord,
  PortalError,
  PortalSignatureType,
  SignedInvoice,
} from './mirror-record.ts'

/** What we remember of each invoice at the portal. */
export interface MirrorRecords {
  find(documentId: string): Promise<MirrorRecord | undefined>
  /** Those that are there, in no order. */
  findAll(documentIds: string[]): Promise<MirrorRecord[]>
  /** All invoices of a seller under one key, oldest first: more than one when an earlier one was rejected. */
  byKey(taxId: string, key: InvoiceKey): Promise<MirrorRecord[]>
  /** Keeps a new invoice as `prepared`, with its body and signature. A second one for the same document throws. */
  add(tx: Tx, invoice: SignedInvoice & { taxId: string; at: Date }): Promise<void>
  /**
   * Holds those of the records that are as they were seen, until the end of the transaction; the ids of the ones it
   * got. One that another transaction holds is passed over, not waited for: its change is that worker's.
   */
  hold(tx: Tx, seen: Pick<MirrorRecord, 'documentId' | 'revision'>[]): Promise<Set<string>>
  /**
   * Writes a change with its line of history. Throws `MirrorOutdated` when the record has moved on since
   * `revision`.
   */
  change(
    tx: Tx,
    record: Pick<MirrorRecord, 'documentId' | 'revision'>,
    what: { deed: MirrorDeed; at: Date; change: MirrorChange },
  ): Promise<void>
}

/** Somebody changed the record between reading and writing: read again and decide again. */
export class MirrorOutdated extends Error {
  constructor(documentId: string) {
    super(`the mirror record of document ${documentId} was changed meanwhile`)
    this.name = 'MirrorOutdated'
  }
}

/** Takes several invoices of one seller together, because the portal counts calls, not invoices. */
export interface MirrorBatches {
  /**
   * Marks prepared invoices of a seller `submitting` until `claimedUntil` and returns them signed:
   * `documentId`, then the oldest others signed with the same certificate (an upload carries one), at most
   * `limit` and about `maxBytes` of body. Empty when
   * `documentId` is no longer prepared. Rows another replica holds are passed over, not waited for.
   */
  claimPrepared(
    tx: Tx,
    wanted: {
      taxId: string
      documentId: string
      limit: number
      maxBytes: number
      at: Date
      claimedUntil: Date
    },
  ): Promise<SignedInvoice[]>
  /**
   * Takes invoices of a seller to ask the portal about, and remembers at once that they are being asked about,
   * so that the steps of the others need not ask again: `documentId`, if it was last asked about before
   * `askedBefore`, then the longest unasked of those last asked about before `alongAskedBefore`. Empty when
   * it is not the time of `documentId`.
   *
   * `queued`: in the portal's queue. `unresolved`: `submitting` with a claim that has ended by `at`.
   */
  takeToAsk(
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
  ): Promise<MirrorRecord[]>
  /** The records of a seller under the portal's ids; ids we do not know are left out. */
  byPortalIds(taxId: string, ids: string[]): Promise<MirrorRecord[]>
}

/** For time travel and export: what was sent and what was answered. */
export interface MirrorHistory {
  lines(documentId: string): Promise<MirrorLine[]>
  signed(documentId: string): Promise<SignedInvoice | undefined>
  /** Invoices of a seller by day of issue, for reconciliation and export, ordered by key. */
  between(
    taxId: string,
    range: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ): Promise<MirrorRecord[]>
}

/** How far the portal's stream of changes was read. */
export interface MirrorCursors {
  read(taxId: string, direction: PortalDirection): Promise<UpdatesCursor | undefined>
  write(tx: Tx, taxId: string, direction: PortalDirection, cursor: UpdatesCursor): Promise<void>
}

/** What the portal said about one uploaded invoice. */
export type UploadAnswer =
  /** Put into the portal's queue after the light check. Not registered yet. */
  | { documentId: string; word: 'accepted'; portalId: string }
  /** Failed the light check. */
  | { documentId: string; word: 'declined'; errors: PortalError[] }
  /** The answer does not speak of this invoice, or speaks of it twice: ask by its key. */
  | { documentId: string; word: 'unmentioned' }

/** An invoice as the portal summarises it. Values are raw. */
export interface PortalInvoice {
  portalId: string
  /** Absent where the portal left it out. */
  date?: LocalDate
  number?: string
  status?: string
  cancelReason?: string
  registrationNumber?: string
  updatedAt?: Date
}

/** An invoice with its body, as the portal's lists and updates give it. Day and number are read from the body. */
export interface PortalInvoiceInfo extends PortalInvoice {
  body: string
  signature: string
  certificate: string
  inputAt?: Date
  deliveredAt?: Date
  /** The day the portal names for the buyer's word on a correction or a revocation. */
  deadline?: Date
  /** What the portal itself says about the signature. */
  signatureValid?: boolean
}

/** What we found when we checked the raw signature of an invoice that the portal gave us. */
export interface PortalSignatureCheck {
  /** `unchecked`: the algorithm or the certificate cannot be read here. */
  verdict: 'valid' | 'invalid' | 'unchecked'
  /** One sentence for people. */
  note: string
  /** Who signed, as the certificate says. */
  signer?: { name?: string; iin?: string; bin?: string }
}

/** Checks the raw signature of an invoice against the certificate it came with. */
export interface PortalSignatureVerifier {
  verify(invoice: {
    body: string
    signature: string
    certificate: string
    at?: Date
  }): Promise<PortalSignatureCheck>
}

export type PortalDirection = 'INBOUND' | 'OUTBOUND'

/** Where the portal's stream of changes was left. Both values are the portal's own. */
export interface UpdatesCursor {
  lastEventDate: string
  lastInvoiceId?: string
}

/**
 * The state portal ИС ЭСФ, spoken to in the name of one seller (`taxId`).
 *
 * Throws `UpstreamError`: `busy` (maintenance, budget spent, session being opened), `unreachable` (surely
 * not sent; for questions also: ask again), `unclear` (uploads only: it may have landed), `refused` (access
 * denied, our request is malformed). Never retries an upload by itself. Ids are strings.
 */
export interface StatePortal {
  /** One call for the whole batch; an answer for each invoice, in no order. */
  upload(taxId: string, batch: SignedInvoice[]): Promise<UploadAnswer[]>
  /** Outgoing invoices under the keys; the ones the portal does not know are left out. */
  findByKey(taxId: string, keys: InvoiceKey[]): Promise<PortalInvoice[]>
  statusOf(taxId: string, portalIds: string[]): Promise<PortalInvoice[]>
  errorsOf(taxId: string, portalIds: string[]): Promise<{ portalId: string; errors: PortalError[] }[]>
}

/** Reads invoices with their bodies: to recognise our own, to follow changes, to fetch what others issued. */
export interface PortalReader {
  invoices(taxId: string, portalIds: string[]): Promise<PortalInvoiceInfo[]>
  /** Changes after the cursor, oldest first. `last` is false while more wait. */
  updates(
    taxId: string,
    direction: PortalDirection,
    cursor: UpdatesCursor,
    limit: number,
  ): Promise<{ invoices: PortalInvoiceInfo[]; cursor: UpdatesCursor; last: boolean }>
  /** One page of a seller's invoices by day of issue; the portal refuses ranges longer than a quarter. */
  list(
    taxId: string,
    question: { direction: PortalDirection; from: LocalDate; to: LocalDate; page: number },
  ): Promise<{ invoices: PortalInvoiceInfo[]; page: number; last: boolean }>
}

/** What became of a command about an invoice that is at the portal already. */
export interface CommandAnswer {
  portalId: string
  changed: boolean
  status?: string
  errorCode?: string
}

/** The later life of invoices. Reasons and ids are signed with the company's key where the portal asks for it. */
export interface PortalCommands {
  /** The recipient has seen it: CREATED → DELIVERED. */
  confirm(taxId: string, portalIds: string[]): Promise<CommandAnswer[]>
  decline(taxId: string, invoices: { portalId: string; reason: string }[]): Promise<CommandAnswer[]>
  revoke(taxId: string, invoices: { portalId: string; reason: string }[]): Promise<CommandAnswer[]>
  unrevoke(taxId: string, invoices: { portalId: string; reason: string }[]): Promise<CommandAnswer[]>
  /** Only FAILED ones; frees their number. */
  deleteFailed(taxId: string, portalIds: string[]): Promise<CommandAnswer[]>
}

/** Puts an invoice into the portal's form. Pure: the same invoice always gives the same string. */
export interface InvoiceWriter {
  write(invoice: TaxInvoice): string
}

/** Makes the portal's kind of signature: raw, not CMS, over the exact bytes. */
export interface PortalSigner {
  /**
   * `documentId` is the document the bytes are written from, for the book of key uses.
   * Signature and certificate as base64 in one line. Undefined when the company has given us no key for the
   * portal. Throws `UpstreamError` when the key cannot sign.
   */
  sign(
    taxId: string,
    bytes: Uint8Array,
    documentId: string,
  ): Promise<{ signature: string; certificate: string; signatureType: PortalSignatureType } | undefined>
}

/** Reads the exact bytes of a stored document back into the document language. */
export type ReadDocument = (kind: DocumentKind, bytes: Uint8Array) => Promise<Result<Document>>

/** An open session at the portal: one per user, shared by all replicas. */
export interface PortalSession {
  /** ИИН of the person whose key opened it. */
  user: string
  /** Company it was opened for. */
  taxId: string
  sessionId: string
  openedAt: Date
}

/** The sessions that are open, and when each user last logged in. */
export interface PortalSessions {
  current(user: string): Promise<PortalSession | undefined>
  put(session: PortalSession): Promise<void>
  /** Forgets the session if it is still this one. */
  drop(user: string, sessionId: string): Promise<void>
}

/** The portal's limits, counted over all replicas. */
export interface CallBudget {
  /** Takes one call of the Almaty day `day`; `taken` is false when `perDay` are gone. */
  takeCall(call: { day: LocalDate; kind: string; perDay: number }): Promise<{ taken: boolean; spent: number }>
  /** Takes a login of a user unless the last one is younger than `everyMs`; then says when it may be tried. */
  takeLogin(login: {
    user: string
    now: Date
    everyMs: number
  }): Promise<{ taken: true } | { taken: false; again: Date }>
  /** Gives a login back that never reached the portal, or got no answer: the next one finds what it opened. */
  returnLogin(user: string): Promise<void>
  /** Calls of a day by kind, for the metrics. */
  spent(day: LocalDate): Promise<{ kind: string; calls: number }[]>
}
