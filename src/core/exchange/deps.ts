import type { Accesses } from '../access/index.ts'
import type { Companies, ConnectionProfiles } from '../company/index.ts'
import type { Clock, Ids, UnitOfWork } from '../kernel/index.ts'
import type { SignatureVerifier, Signer } from '../signature/index.ts'
import type { PrintDeps } from './print.ts'
import type { ForeignFormat } from './foreign-format.ts'
import type { Documents, Feed, Hasher, Ledger, Uploads } from './ports.ts'
import type { Proving } from './proving.ts'

/** Whose key signs: looked up by company, undefined when it has none in the gateway. */
export interface CompanySigners {
  of(companyId: string): Promise<Signer | undefined>
}

/** What the use cases of this room need from the world. */
export interface ExchangeDeps {
  clock: Clock
  ids: Ids
  hasher: Hasher
  unitOfWork: UnitOfWork
  ledger: Ledger
  documents: Documents
  feed: Feed
  uploads: Uploads
  companies: Companies
  profiles: ConnectionProfiles
  accesses: Accesses
  verifier: SignatureVerifier
  signers: CompanySigners
  /** Absent where no authority stamps: signatures are then kept as they came. */
  proving?: Proving
  printing: PrintDeps
  /** By name; those of the ERP adapters. */
  formats: ReadonlyMap<string, ForeignFormat>
}
