import type { Document, DocumentKind } from '../document/index.ts'
import type { LocalDate } from '../kernel/index.ts'
import type { SignatureProof } from '../signature/index.ts'
import type { MirrorState, RecipientState, SenderState } from './states.ts'

/** SHA-256 as 64 lowercase hex characters. */
export type Digest = string

/** Where a document came from, kept for ever with it. */
export interface Origin {
  /** `soap`, `rest`, `enterprisedata` … the adapter's folder name. */
  door: string
  /** Format of the raw bytes: `daneker-soap`, `daneker-json`, `commerceml-2` … */
  format: string
  /** Name and version of the mapping that read a foreign file: `enterprisedata@3`. */
  mapping?: string
  /** Id of the request in the logs, from intake to archive. */
  requestId: string
}

/** A document as the gateway remembers it. The content itself is immutable and lies under `digest`. */
export interface DocumentRecord {
  id: string
  /** Grows with every change; a step that saw an older one must look again. */
  revision: number
  kind: DocumentKind
  /** Sender; undefined where he is no client of ours: an invoice that the state portal brought. */
  companyId?: string
  /** The base it came from; undefined with the sender. */
  connectionId?: string
  senderTaxId: string
  senderName: string
  recipientTaxId: string
  recipientName: string
  /** Address for those who are not connected. */
  recipientEmail?: string
  /** Set once delivered to a connected company. */
  recipientCompanyId?: string
  /** Identity in the sender's base: with the connection, the content id. */
  guid: string
  version: string
  number: string
  date: LocalDate
  /** Total with VAT where the kind has one. */
  total?: string
  currency?: string
  /** Digest of the exact bytes: what is signed. */
  digest: Digest
  size: number
  receivedAt: Date
  senderState: SenderState
  recipientState: RecipientState
  mirrorState: MirrorState
  /** Reason of a refusal, of an annulment asked for, or of being stuck. */
  reason?: string
  /** Registration at the state portal. */
  stamp?: Stamp
  archivedAt?: Date
  origin: Origin
}

/** What the state portal put on an invoice. */
export interface Stamp {
  registrationNumber: string
  portalId: string
  registeredAt: Date
}

/** A signature as it came, untouched, with what we found when we checked it. */
export interface SignatureRecord {
  id: string
  documentId: string
  side: 'sender' | 'recipient'
  /** `document` signs the exact bytes; `refusal` and `annulment` sign the reason. */
  purpose: 'document' | 'refusal' | 'annulment'
  /** The CMS bytes exactly as received or made. */
  cms: Uint8Array
  signedAt: Date
  verdict: 'VALID' | 'INVALID' | 'INDETERMINATE'
  /** Who signed, for people: common name, tax ids, role. */
  signer: Record<string, unknown>
  /** The whole report of the check. */
  report: Record<string, unknown>
}

/** A signature with what proves it for years, where something does or will. */
export interface ProvenSignature extends SignatureRecord {
  proof?: SignatureProof
}

/** A line of the document's life. Seen by the side it belongs to; without a side, only in the trail. */
export interface NewEvent {
  documentId: string
  /** Whose feed it is in; undefined: in nobody's feed, only in the trail. */
  companyId?: string
  name: EventName
  at: Date
  details?: Record<string, unknown>
}

/** Stable names of events, `noun.verb-in-past`: machines read them in the feed. */
export type EventName =
  | 'document.received'
  | 'document.signature-awaited'
  | 'document.signed'
  /** A person was asked to sign behind a link. */
  | 'signature.requested'
  /** The person who was asked to sign will not, and says why; the document still waits. */
  | 'signature.declined'
  /** A signature that came through a link was not good; in the trail only. */
  | 'signature.refused'
  | 'document.delivered'
  | 'document.arrived'
  | 'document.viewed'
  | 'document.accepted'
  | 'document.refused'
  /** Nobody answered an act of access in its three working days: accepted in full (offer 4.2). */
  | 'document.deemed-accepted'
  | 'document.completed'
  | 'document.failed'
  | 'document.put-back'
  | 'document.withdrawn'
  | 'document.annulment-requested'
  | 'document.annulment-declined'
  | 'document.annulled'
  | 'document.archived'
  | 'mirror.submitted'
  | 'mirror.registered'
  | 'mirror.rejected'
  /** The portal's status of a registered invoice moved: delivered, revoked, cancelled. */
  | 'mirror.status-changed'
  /** A corrected or additional invoice waits for the buyer's word (rule of 2026). */
  | 'mirror.confirmation-awaited'
  /** A side has commanded something about its invoice at the portal, and what became of it. */
  | 'mirror.commanded'
  | 'mirror.command-done'
  | 'mirror.command-refused'
  | 'notice.sent'
  /** A mail could not be sent, and will not be tried again. */
  | 'notice.failed'

export interface Event extends NewEvent {
  /** Position in a company's feed; opaque to clients, ordered. */
  cursor: string
}

/** The facts about a document that its stored row keeps outside the bytes. */
export type DocumentFacts = Pick<
  DocumentRecord,
  | 'kind'
  | 'senderTaxId'
  | 'senderName'
  | 'recipientTaxId'
  | 'recipientName'
  | 'recipientEmail'
  | 'guid'
  | 'version'
  | 'number'
  | 'date'
  | 'total'
  | 'currency'
>

export type { Document }
