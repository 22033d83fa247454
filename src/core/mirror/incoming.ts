import type { TaxInvoice } from '../document/index.ts'
import type { DocumentFacts, NewEvent, Stamp } from '../exchange/index.ts'
import type { LocalDate, Result, Tx } from '../kernel/index.ts'
import type { PortalSignatureCheck } from './ports.ts'

/** An invoice that the portal keeps for one of our companies as its buyer. */
export interface IncomingRecord {
  /** БИН/ИИН and company of the buyer. */
  taxId: string
  companyId: string
  portalId: string
  /** The document it is in the buyer's box; one that another client sent through us is that client's document. */
  documentId: string
  /** False when the document was sent through us: it has been in the box already. */
  brought: boolean
  date: LocalDate
  number: string
  senderTaxId: string
  status?: string
  /** When the portal moved it there, as far as it says. */
  statusSince?: Date
  registrationNumber?: string
  /** The day the portal has named for the buyer's word. */
  deadline?: Date
  fetchedAt: Date
}

/** The portal's own bytes of an incoming invoice, with the signature it came under. */
export interface IncomingOriginal {
  body: string
  signature: string
  certificate: string
  check: PortalSignatureCheck
}

/** An incoming invoice that becomes a document of the buyer. */
export interface Arrival {
  record: IncomingRecord
  original: IncomingOriginal
  facts: DocumentFacts
  /** Exact bytes of the document in the ЭДО format. */
  bytes: Uint8Array
  digest: string
  rawDigest: string
  requestId: string
  mirrorState: 'submitted' | 'registered' | 'rejected'
  /** Of a registered one. */
  stamp?: Stamp
  events: NewEvent[]
  /** Of the task that takes it to the archive once it is final. */
  archiveTaskId: string
}

/** Invoices that others have issued to our companies. */
export interface IncomingInvoices {
  find(taxId: string, portalIds: string[]): Promise<IncomingRecord[]>
  byDocument(documentId: string): Promise<IncomingRecord | undefined>
  original(taxId: string, portalId: string): Promise<IncomingOriginal | undefined>
  /** Makes the document with its bytes, events and original; nothing, and false, when the buyer has it already. */
  arrive(tx: Tx, arrival: Arrival): Promise<boolean>
  /** Remembers that an invoice at the portal is a document the buyer has had all along; nothing when remembered already. */
  link(tx: Tx, record: IncomingRecord): Promise<void>
  /** Writes where it stands now. */
  change(
    tx: Tx,
    key: Pick<IncomingRecord, 'taxId' | 'portalId'>,
    change: Pick<IncomingRecord, 'status' | 'statusSince' | 'registrationNumber' | 'deadline'>,
  ): Promise<void>
  /** By day of issue, ordered by portal id, for reconciliation. */
  between(
    taxId: string,
    range: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ): Promise<IncomingRecord[]>
}

/** One quarter of a request for history: the portal lists no longer ranges. */
export interface FetchRange {
  id: string
  taxId: string
  from: LocalDate
  to: LocalDate
  /** The next page to ask for, in the portal's own count. */
  page: number
  /** Invoices seen, and those that were new to us. */
  seen: number
  brought: number
  /** Those that could not be read; they are named in the log. */
  unread: number
  requestedAt: Date
  doneAt?: Date
}

/** What was asked for, and how far it is. */
export interface FetchRanges {
  /** Adds ranges; one that is open already for the same days stays as it is. */
  add(tx: Tx, ranges: FetchRange[]): Promise<void>
  /** The newest `limit` of a company, latest first. */
  of(taxId: string, limit: number): Promise<FetchRange[]>
  /** Open ranges, the oldest request first, latest days first: the newest invoices are wanted soonest. */
  open(taxId: string): Promise<FetchRange[]>
  progress(
    tx: Tx,
    id: string,
    change: Pick<FetchRange, 'page' | 'seen' | 'brought' | 'unread' | 'doneAt'>,
  ): Promise<void>
  /** Companies with open ranges. */
  waiting(): Promise<string[]>
}

/** Reads the portal's form into the document language. Pure. */
export interface InvoiceReader {
  read(body: string, identity: { guid: string }): Result<TaxInvoice>
}
