import type { LocalDate } from '../kernel/index.ts'

/**
 * Where one tax invoice stands between us and the state portal.
 *
 * ```
 * prepared ──▶ submitting ──▶ queued ──▶ registered
 *    ▲             │  │          │
 *    └─(not sent)──┘  └─(no)──▶ rejected ◀──(FAILED)
 * ```
 * `submitting` is committed before the call. While its claim runs somebody is talking to the portal; when
 * the claim has ended without an answer the outcome is unknown, and the portal is asked by the invoice's
 * own key before anything is sent again.
 */
export type MirrorPhase = 'prepared' | 'submitting' | 'queued' | 'registered' | 'rejected'

/** What identifies an invoice at the portal, per seller: it has no other idempotency key. */
export interface InvoiceKey {
  /** Day of issue. */
  date: LocalDate
  /** Digits only, at most 30. */
  number: string
}

/** A complaint of the portal, kept as it came: its codes are an open list that grows with every release. */
export interface PortalError {
  /** `NOT_UNIQUE_DB_ERROR_MSG`, `FIELD_INVALID` …; empty when the portal gave only text. */
  code: string
  /** The field it is about, in the portal's words; may be empty. */
  property: string
  /** Russian prose of the portal; may be empty. */
  text: string
}

/** `COMPANY`: the head's or the enterprise's key; `OPERATOR`: an employee who is authorised to sign invoices. */
export type PortalSignatureType = 'COMPANY' | 'OPERATOR'

/** One invoice as it goes to the portal: written and signed once, never made again. */
export interface SignedInvoice extends InvoiceKey {
  documentId: string
  /** The exact string that was signed (its UTF-8 bytes) and is sent. */
  body: string
  /** Raw signature, base64: GOST-2015 172 characters, RSA-2048 344. */
  signature: string
  signatureType: PortalSignatureType
  /** The signer's certificate, base64 of DER in one line. */
  certificate: string
}

/** What we know of an invoice at the portal. The signed body lies beside it and is asked for when needed. */
export interface MirrorRecord extends InvoiceKey {
  documentId: string
  /** Grows with every change; a writer that saw an older one must look again. */
  revision: number
  /** БИН/ИИН of the seller, in whose name the portal is spoken to. */
  taxId: string
  phase: MirrorPhase
  /** Until then the one who marked `submitting` may still be talking to the portal. */
  claimedUntil?: Date
  /** The portal's id of the invoice: 17 and more digits, therefore a string. */
  portalId?: string
  /** The portal's status as it came, known to us or not. */
  portalStatus?: string
  registrationNumber?: string
  preparedAt: Date
  /** When the upload that the portal answered was made. */
  submittedAt?: Date
  /** When the portal was last asked about it. */
  askedAt?: Date
  registeredAt?: Date
  /** Why it was rejected, or what the portal last complained about. */
  errors: PortalError[]
}

/** What a step learnt; fields that are left out stay. `null` clears. */
export interface MirrorChange {
  phase?: MirrorPhase
  claimedUntil?: Date | null
  portalId?: string | null
  portalStatus?: string | null
  registrationNumber?: string
  submittedAt?: Date
  askedAt?: Date
  registeredAt?: Date
  errors?: PortalError[]
}

/** What happened to the record; with the change that it caused, enough to rebuild any past minute. */
export type MirrorDeed =
  | 'prepared'
  | 'claimed'
  | 'not-sent'
  | 'outcome-unknown'
  | 'accepted'
  | 'declined'
  | 'asked'
  | 'found'
  | 'not-found'
  | 'registered'
  | 'rejected'
  | 'status-changed'

/** One line of an invoice's history with the portal. */
export interface MirrorLine {
  documentId: string
  at: Date
  deed: MirrorDeed
  /** The change as it was written: phase, id, status, errors. */
  change: MirrorChange
}
