import type { Accesses } from '../access/index.ts'
import type { Companies, ConnectionProfiles } from '../company/index.ts'
import type { Clock, Fault, Ids, UnitOfWork } from '../kernel/index.ts'
import type { Proofs, SignatureVerifier, Signer } from '../signature/index.ts'
import type { PrintDeps } from './print.ts'
import type { DocumentRecord } from './document-record.ts'
import type { Attachments } from './attachments.ts'
import type { ForeignFormat } from './foreign-format.ts'
import type { DiskRoom, Documents, Feed, Hasher, KeyUse, Ledger, RunningHasher, Uploads } from './ports.ts'
import type { Proving } from './proving.ts'

/** Whose key signs: looked up by company. */
export interface CompanySigners {
  /** Undefined when the company has no key in the gateway, from the moment its key is removed. */
  of(companyId: string): Promise<Signer | undefined>
  /** Notes a use that leaves no change of a document behind; the others go with their change. */
  noteUse(use: KeyUse): Promise<void>
}

/** What the use cases of this room need from the world. */
export interface ExchangeDeps {
  clock: Clock
  ids: Ids
  hasher: Hasher & RunningHasher
  unitOfWork: UnitOfWork
  ledger: Ledger
  documents: Documents
  feed: Feed
  uploads: Uploads
  attachments: Attachments
  companies: Companies
  profiles: ConnectionProfiles
  accesses: Accesses
  verifier: SignatureVerifier
  signers: CompanySigners
  /** Absent where no authority stamps: signatures are then kept as they came. */
  proving?: Proving
  proofs: Pick<Proofs, 'byDocument'>
  printing: PrintDeps
  room: DiskRoom
  /** A warning about a recipient, from the register of bad-faith participants; it stops nothing. */
  warningAbout?(taxId: string): Promise<Fault | undefined>
  /** Why a document cannot be refused any more, or not in these words; asked before a refusal is taken. */
  refusalDenial?(record: DocumentRecord, reason: string | undefined): Promise<Fault | undefined>
  /** Somebody of this company fetched something (offer 3.4.8). Never throws. */
  pickedUp?(companyId: string, at: Date): Promise<void>
  /** By name; those of the ERP adapters. */
  formats: ReadonlyMap<string, ForeignFormat>
}
