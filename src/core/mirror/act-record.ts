import type { Act } from '../document/index.ts'
import type { LocalDate, Tx } from '../kernel/index.ts'
import type { MirrorPhase, PortalError, PortalSignatureType } from './mirror-record.ts'

/** When a company's acts go to the portal's АВР service: once it has signed them, or once both sides have. */
export type ActUpload = 'signed' | 'completed'

/** One act as it goes to the portal: written and signed once, never made again. */
export interface SignedAct {
  documentId: string
  date: LocalDate
  number: string
  /** The exact string that was signed and is sent. */
  body: string
  signature: string
  signatureType: PortalSignatureType
  certificate: string
  /** Name of the person who signed, which the live portal wants beside the signature. */
  signerName: string
}

/** Where an act stands between us and the portal; the phases are those of an invoice. */
export interface ActRecord {
  documentId: string
  revision: number
  taxId: string
  date: LocalDate
  number: string
  phase: MirrorPhase
  claimedUntil?: Date
  portalId?: string
  /** The portal's word: NOT_VIEWED, DELIVERED, CONFIRMED, DECLINED … */
  status?: string
  registrationNumber?: string
  preparedAt: Date
  submittedAt?: Date
  registeredAt?: Date
  errors: PortalError[]
}

export type ActChange = Partial<
  Pick<
    ActRecord,
    'phase' | 'portalId' | 'status' | 'registrationNumber' | 'submittedAt' | 'registeredAt' | 'errors'
  >
> & { claimedUntil?: Date | null }

/** The acts that go to the portal. */
export interface ActRecords {
  find(documentId: string): Promise<ActRecord | undefined>
  signed(documentId: string): Promise<SignedAct | undefined>
  /** Keeps a new act as `prepared`. A second one for the same document throws. */
  add(tx: Tx, act: SignedAct & { taxId: string; at: Date }): Promise<void>
  /** Throws `MirrorOutdated` when the record has moved on. */
  change(tx: Tx, record: Pick<ActRecord, 'documentId' | 'revision'>, change: ActChange): Promise<void>
  /** The records of a company under the portal's ids; ids we do not know are left out. */
  byPortalIds(taxId: string, ids: string[]): Promise<ActRecord[]>
  /** Registered acts of a company whose status may still move, the least lately registered first. */
  moving(taxId: string, limit: number): Promise<ActRecord[]>
}

/** Which companies have chosen to send their acts, and when. */
export interface ActChoices {
  /** `undefined` ends it. Acts received before `since` stay at home. */
  choose(companyId: string, upload: ActUpload | undefined, since: Date): Promise<void>
  of(companyId: string): Promise<ActUpload | undefined>
  /** Acts that the choice of their company sends to the portal and that have no task yet, oldest first. */
  due(limit: number): Promise<string[]>
}

/** An act as the portal shows it. */
export interface PortalAct {
  portalId: string
  status?: string
  registrationNumber?: string
  updatedAt?: Date
  /** Only where the whole act was asked for. */
  body?: string
}

export type ActAnswer =
  | { documentId: string; word: 'accepted'; portalId: string }
  | { documentId: string; word: 'declined'; errors: PortalError[] }
  | { documentId: string; word: 'unmentioned' }

/**
 * The portal's service for acts (АВР). Throws as `StatePortal` does. It has no question by number: what became of an
 * upload without an answer is looked for among what changed since.
 */
export interface ActPortal {
  uploadAct(taxId: string, act: SignedAct): Promise<ActAnswer>
  actStatuses(taxId: string, portalIds: string[]): Promise<PortalAct[]>
  /** Acts of the company that changed since a moment, with their bodies, oldest first. */
  actsSince(taxId: string, since: Date, limit: number): Promise<PortalAct[]>
}

/** Puts an act into the portal's form. Pure: the same act always gives the same string. */
export interface ActWriter {
  write(act: Act): string
}
