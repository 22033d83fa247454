import type { PortalSignatureType } from '../../core/mirror/index.ts'

/** The key with which a company works at the portal: since 2023 one key for logging in and for signing. */
export interface PortalKey {
  /** Base64 of the certificate's DER in one line. */
  certificate: string
  signatureType: PortalSignatureType
  /** Raw signature over the bytes, base64: GOST-2015 128 bytes, RSA-2048 256. */
  signRaw(bytes: Uint8Array, documentId?: string): Promise<string>
  /** Enveloped XMLDSig inside the root element of a ticket. */
  signTicket(ticketXml: string): Promise<string>
}

/** A company's access to the portal. */
export interface PortalAccount {
  /** БИН/ИИН of the company in whose name the session is opened. */
  taxId: string
  /** ИИН of the person who owns the key: the user of the portal. */
  user: string
  /** Password of this person's cabinet. */
  password: string
  /** `ticket` for every key since 2023; `certificate` is the old way, for RSA test keys. */
  login: 'ticket' | 'certificate'
  /** `ADMIN_ENTERPRISE`, `USER` …; needed where one person has several roles. */
  profile?: string
  key: PortalKey
}

/** Which companies work with the portal, and how. */
export interface PortalAccounts {
  byTaxId(taxId: string): Promise<PortalAccount | undefined>
  all(): Promise<PortalAccount[]>
}
