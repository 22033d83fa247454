import type { Digest, DocumentRecord } from '../exchange/index.ts'
import type { LocalDate, Tx } from '../kernel/index.ts'

/** A tax invoice as it went to the portal, and how it stands there. */
export interface PortalInvoice {
  /** Character for character what was signed and sent. */
  body: string
  signature: string
  certificate: string
  registrationNumber?: string
  portalId?: string
  status?: string
  history: { at: string; deed: string }[]
}

/** The archive store: blobs under their SHA-256, written once. */
export interface ArchiveStore {
  /**
   * Writes a blob under its digest; the same again is success. A blob that lies there altered is put aside and written
   * anew. Throws `UpstreamError` (`busy`) when the store is full or away: nothing half-written stays.
   */
  put(digest: Digest, bytes: Uint8Array): Promise<void>
  /** The bytes as they lie; whether they are what was put, the reader checks. */
  get(digest: Digest): Promise<Uint8Array | undefined>
  /** For purging alone; a blob that is not there is success. */
  remove(digest: Digest): Promise<void>
}

/** The few files of the archive that have names: the headers of packages, from which all else is found. */
export interface ArchiveShelf {
  /** Writes once: a name that is taken keeps what it has. */
  putNamed(name: string, bytes: Uint8Array): Promise<void>
  getNamed(name: string): Promise<Uint8Array | undefined>
  /** Names in order. */
  names(): Promise<string[]>
}

/** A document in the archive, by what people look for. */
export interface ArchivedDocument {
  documentId: string
  /** The sender, when it is a client of ours. */
  companyId?: string
  recipientCompanyId?: string
  kind: DocumentRecord['kind']
  number: string
  date: LocalDate
  senderTaxId: string
  recipientTaxId: string
  manifestDigest: Digest
  at: Date
  /** Bytes of manifest and pieces together. */
  size: number
  /** Place in the chain of the archive; absent until chained. */
  place?: number
  purgedAt?: Date
}

export interface NewArchiveRecord extends Omit<ArchivedDocument, 'place' | 'purgedAt'> {
  pieces: { digest: Digest; size: number }[]
}

/** What people look for. Company: seen as a side of the document; without it everything (the operator). */
export interface ArchiveQuestion {
  companyId?: string
  /** БИН/ИИН of the other side, or for the operator of any side. */
  partner?: string
  kind?: string
  number?: string
  from?: LocalDate
  to?: LocalDate
  /** Ids after this one. */
  after?: string
  limit: number
}

/** Which documents are archived, and as what. */
export interface ArchiveRecords {
  /** A repeat of the archive step changes nothing. */
  add(tx: Tx, record: NewArchiveRecord): Promise<void>
  byDocument(documentId: string): Promise<ArchivedDocument | undefined>
  search(question: ArchiveQuestion): Promise<ArchivedDocument[]>
  count(question: Omit<ArchiveQuestion, 'after' | 'limit'>): Promise<{ documents: number; bytes: number }>
}

/** A record with its place: numbers from 1 without a gap, over all companies. */
export interface ArchiveLink {
  place: number
  documentId: string
  leaf: Digest
  head: Digest
}

/** The documents of a day, closed: listed in sheets, one root over them, chained to the package before. */
export interface ArchivePackage {
  number: number
  day: LocalDate
  first: number
  last: number
  documents: number
  bytes: number
  /** Of the tree over the leaves `first` to `last`. */
  root: Digest
  /** The chain of the archive at `last`. */
  head: Digest
  /** Blobs that list the documents, in order. */
  sheets: Digest[]
  previous: Digest
  digest: Digest
  signature: Uint8Array
  knots: Digest[]
  closedAt: Date
  stamp?: Uint8Array
}

/** The book of packages. */
export interface PackageBook {
  lock(tx: Tx): Promise<void>
  /** Archived documents without a place, oldest first. */
  unplaced(tx: Tx, limit: number): Promise<ArchivedDocument[]>
  end(tx?: Tx): Promise<{ place: number; head: Digest }>
  place(tx: Tx, links: readonly ArchiveLink[]): Promise<void>
  /** The last place whose document was archived before a moment, counted from the front without a gap. */
  lastPlaceBefore(moment: Date, after: number): Promise<{ place: number; head: Digest } | undefined>
  /** Documents `first` to `last` with their pieces, in order. */
  listed(
    first: number,
    last: number,
  ): Promise<
    (ArchivedDocument & { place: number; leaf: Digest; pieces: { digest: Digest; size: number }[] })[]
  >
  leaves(first: number, last: number): Promise<Digest[]>
  lastPackage(tx?: Tx): Promise<ArchivePackage | undefined>
  close(tx: Tx, made: ArchivePackage): Promise<void>
  packageOf(place: number): Promise<ArchivePackage | undefined>
  packages(after: number, limit: number): Promise<ArchivePackage[]>
  stamp(number: number, stamp: Uint8Array): Promise<void>
  unstamped(limit: number): Promise<ArchivePackage[]>
}
