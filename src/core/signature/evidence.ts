import type { DigestName, KeyFamily, TrustEnvironment } from './policy.ts'
import type { SignerRole } from './report.ts'

/**
 * What an adapter found when it took a signature apart: observations, no opinions.
 * Everything cryptographic is already computed here, so that judging is pure and can be repeated years later.
 */
export interface SignatureEvidence {
  /** A CMS message unless it says otherwise: an XML document with enveloped XMLDSig has other things to look at. */
  form?: 'cms' | 'xml'
  /** Bytes of the DER form. */
  size: number
  /** Present when the message could not be taken apart; then `signers` is empty. */
  unreadable?: Unreadable
  /** Version of SignedData; 1 and 3 occur in life. */
  version?: number
  /** Content inside the message: none (detached), the very bytes we expected, or others. */
  content: 'detached' | 'embedded-equal' | 'embedded-different'
  contentType?: string
  signers: SignerEvidence[]
}

export interface Unreadable {
  /** Which step it failed. */
  step: 'size' | 'encoding' | 'structure' | 'signer-count'
  detail: string
}

export interface KeyEvidence {
  family: KeyFamily | 'unsupported'
  /** For people: `RSA-2048`, `EC-P-256`, `GOST-2015-512`, or the OID of what we do not support. */
  label: string
  rsaBits?: number
  rsaExponent?: number
  curve?: string
}

export type CertificateUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

export interface CertificateEvidence {
  sha256: string
  serial: string
  subject: string
  issuer: string
  notBefore: Date
  notAfter: Date
  key: KeyEvidence
  /** Digest of the signature on the certificate itself. */
  signatureDigest?: DigestName
  /** What that signature is called when it is one we do not take. */
  signatureLabel?: string
  isAuthority: boolean
  pathLength?: number
  /** Absent when the extension is absent. */
  usages?: CertificateUsage[]
  /** Extended key usages by OID; absent when the extension is absent. */
  purposes?: string[]
  purposesCritical: boolean
  policies: string[]
  unknownCriticalExtensions: string[]
  /** Every `IIN…` and every `BIN…` found in the subject, digits only. */
  iins: string[]
  bins: string[]
  /** Values that begin like a tax id and are none. */
  malformedTaxIds: number
  commonName?: string
  organization?: string
  roles: SignerRole[]
}

export interface ChainEvidence {
  /** From the leaf (first) to the pinned anchor (last). Without an anchor: as far as it went. */
  path: CertificateEvidence[]
  /** The pinned anchor the path ends at; absent when none was reached. */
  anchor?: { name: string; environment: TrustEnvironment }
  /** Why no anchor was reached, or which link's signature does not hold. */
  problem?: string
}

export interface AttributeEvidence {
  present: boolean
  /** The set is DER: sorted, no attribute type twice. */
  ordered: boolean
  repeated: string[]
  /** Values of contentType. */
  contentTypes: string[]
  /** How many values messageDigest has; must be exactly one. */
  messageDigestCount: number
  messageDigestMatches: boolean
  signingTime?: Date
  signingTimeUnreadable?: boolean
  signingCertificate: 'absent' | 'matches' | 'differs'
}

export interface SignerEvidence {
  index: number
  /** Absent when the message does not carry the certificate the signer names. */
  certificate?: CertificateEvidence
  digest: DigestName | 'unsupported'
  digestLabel: string
  /** What the signature algorithm is called when it is one we do not take: RSASSA-PSS, Ed25519 … */
  refusedAlgorithm?: string
  /** The signature algorithm in the message fits the key and the digest. */
  algorithmsAgree: boolean
  attributes: AttributeEvidence
  /** `not-checked`: the algorithm or key is one we refuse to compute with. */
  signature: 'holds' | 'broken' | 'not-checked'
  chain: ChainEvidence
  timeStamps: TimeStampEvidence[]
  /** Stamps over the signature with all its evidence, put there before the stamps below would end. */
  archiveStamps?: TimeStampEvidence[]
  /** XML only: what the reference covers; absent when the algorithms are refused. */
  coverage?: XmlCoverage
  /** What the authorities say about the leaf (0), its issuer (1) …, the anchor excluded. Empty when not asked. */
  revocation: RevocationEvidence[]
  /** False while the authorities have not been asked at all. */
  revocationAsked: boolean
}

/** What an enveloped signature covers: always the whole document, comments perhaps not. */
export interface XmlCoverage {
  /** Comments that anybody may add or remove; those inside a text make some readers see half of it. */
  loose: { comments: number; insideText: number }
  digestMatches: boolean
}

export interface TimeStampEvidence {
  /** Present when the token could not be taken apart. */
  unreadable?: string
  genTime?: Date
  policy?: string
  digest: DigestName | 'unsupported'
  /** The imprint is the digest of this very signature value. */
  imprintMatches: boolean
  /** Signature of the token, its signed attributes and its certificate binding, all computed. */
  signature: 'holds' | 'broken' | 'not-checked'
  attributes?: AttributeEvidence
  algorithmsAgree: boolean
  certificate?: CertificateEvidence
  signerCount: number
  contentTypeIsTstInfo: boolean
  chain: ChainEvidence
  /** What was said about the authority's own certificate; absent while nobody was asked. */
  revocation?: RevocationEvidence[]
}

export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise'

/** One answer about one certificate, or the lack of one. */
export interface RevocationEvidence {
  /** Place in the path: 0 is the signer's certificate. */
  depth: number
  source: 'ocsp' | 'crl' | 'none'
  /** `unavailable`: nobody answered. `unusable`: an answer came that must not be believed. */
  status: 'good' | 'revoked' | 'unknown' | 'unavailable' | 'unusable'
  detail: string
  thisUpdate?: Date
  nextUpdate?: Date
  revokedAt?: Date
  reason?: RevocationReason
}
