import { leafOf, recordText } from '../chain/index.ts'
import type { Digest, Hasher } from '../exchange/index.ts'
import type { LocalDate } from '../kernel/index.ts'

/** One accepted outgoing document, as the accept transaction counted it (offer 2.11). */
export interface MeterLine {
  documentId: string
  companyId: string
  taxId: string
  /** Of the document's exact bytes: the same as in the client's receipt. */
  digest: Digest
  receivedAt: Date
  /** Almaty month, `YYYY-MM`. */
  month: string
}

/** A line with its place in the company's chain. Numbers run from 1 without a gap. */
export interface MeterLink extends MeterLine {
  number: number
  leaf: Digest
  /** Covers this line and all before it. */
  head: Digest
}

/** The links of one company that were closed with a day: `first` to `last`, none between two seals. */
export interface MeterSeal {
  companyId: string
  taxId: string
  day: LocalDate
  first: number
  last: number
  /** Of the tree over the leaves `first` to `last`. */
  root: Digest
  /** The company's chain at `last`. */
  head: Digest
  /** Roots of each 256 leaves of the tree, in order. */
  knots: Digest[]
}

/** All companies' seals of a day under one root. Days are chained: each names the digest of the one before. */
export interface MeterDay {
  day: LocalDate
  number: number
  companies: number
  documents: number
  /** Of the tree over the seals, in the order of tax ids. */
  root: Digest
  previous: Digest
  /** Of the day's record: what is signed, stamped, and handed to every client. */
  digest: Digest
  /** Ed25519 by the installation's own key over the day's record. */
  signature: Uint8Array
  closedAt: Date
  /** RFC 3161 token over the digest; absent where no authority stamps, or not yet. */
  stamp?: Uint8Array
}

/** The text of a line; documented in docs/meter.md, for anybody who wants to compute it himself. */
export const lineText = ({
  taxId,
  number,
  documentId,
  digest,
  receivedAt,
  month,
}: Omit<MeterLink, 'leaf' | 'head' | 'companyId'>): string =>
  recordText('urn:daneker:meter-line:1', [taxId, number, documentId, digest, receivedAt.toISOString(), month])

export const sealText = ({
  taxId,
  day,
  first,
  last,
  root,
  head,
}: Omit<MeterSeal, 'companyId' | 'knots'>): string =>
  recordText('urn:daneker:meter-seal:1', [taxId, day, first, last, root, head])

export const dayText = ({
  day,
  number,
  companies,
  documents,
  root,
  previous,
}: Pick<MeterDay, 'day' | 'number' | 'companies' | 'documents' | 'root' | 'previous'>): string =>
  recordText('urn:daneker:meter-day:1', [day, number, companies, documents, root, previous])

export const sealLeaf = (hasher: Hasher, seal: Omit<MeterSeal, 'companyId' | 'knots'>): Digest =>
  leafOf(hasher, sealText(seal))
