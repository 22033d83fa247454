import type { SignerRole } from './report.ts'

/** Keys of which world are accepted. Test keys of the authority must never sign a real document. */
export type TrustEnvironment = 'production' | 'test'

/** How a public key signs, without the digest. */
export type KeyFamily = 'gost-2015-512' | 'gost-2015-256' | 'gost-2004' | 'rsa' | 'ec'

export type DigestName =
  'streebog-512' | 'streebog-256' | 'gost-34311' | 'sha-256' | 'sha-384' | 'sha-512' | 'sha-1' | 'md5'

/** A pair of key family and digest that we accept, perhaps only for signatures made before a day. */
export interface AcceptedAlgorithm {
  key: KeyFamily
  digest: DigestName
  /** Signatures proven to be older than this are accepted; newer ones are not. */
  until?: Date
}

export interface KeyFloors {
  rsaMinBits: number
  /** More bits cost the checker more than they give; 16 Ki-bit keys are a way to burn our processor. */
  rsaMaxBits: number
  rsaMinExponent: number
  ecCurves: readonly string[]
}

/**
 * - `required`: no answer about revocation leaves the verdict INDETERMINATE.
 * - `if-available`: an answer is obeyed, no answer is a warning. For trials and for reading old archives.
 * - `off`: not asked.
 */
export type RevocationDemand = 'required' | 'if-available' | 'off'

export interface SignaturePolicy {
  /** Changes whenever a rule or a default changes; stored with every verdict. */
  version: string
  environment: TrustEnvironment
  maxSignatureBytes: number
  maxSigners: number
  algorithms: readonly AcceptedAlgorithm[]
  keys: KeyFloors
  /** Without signingCertificateV2 the certificate of a signature can be swapped; Order 500/НҚ p. 8 demands it. */
  signingCertificate: 'required' | 'if-present'
  /**
   * Certificate policies of НУЦ РК under which documents may be signed; a certificate needs one of them or a
   * branch below one. Empty: not checked.
   */
  certificatePolicies: readonly string[]
  /** Policies that are for logging in, not for signing, although they lie below an accepted one. */
  refusedCertificatePolicies: readonly string[]
  /** Who may sign a kind of document that is not in `rolesByKind`. */
  defaultRoles: readonly SignerRole[]
  rolesByKind: Readonly<Record<string, readonly SignerRole[]>>
  /** Test certificates of НУЦ РК carry numbers that fail the check digit, so by default it only warns. */
  taxIdCheckDigit: 'required' | 'warn'
  revocation: RevocationDemand
  /** An answer of OCSP without nextUpdate is good for so long (reliability: 3600 s). */
  revocationFreshnessSeconds: number
  /**
   * Revoked after the trusted time: `by-reason` forgives only reasons that say nothing against the key
   * (affiliation changed, superseded, cessation); `forgive` all but a compromised key; `refuse` none.
   */
  lateRevocation: 'by-reason' | 'forgive' | 'refuse'
  /** A signature without a time stamp is judged at the moment of the check; demand one where it must last. */
  timeStamp: 'required' | 'if-present'
  /**
   * The certificate of a stamp's authority has ended and no archive time stamp was put over it in time. The law asks
   * for a stamp that was good at its moment (`if-present`); who wants it provable today demands renewal (`required`).
   */
  stampRenewal: 'required' | 'if-present'
  /** How far other clocks may be ahead of ours (TSP: now + 2 min). */
  clockSkewSeconds: number
}

/** The head and whoever holds the right to sign; a person signs for himself. An employee needs a proxy. */
const whoSigns: readonly SignerRole[] = ['head', 'signing-right', 'person']
const whoSignsMoney: readonly SignerRole[] = [...whoSigns, 'financial-right']

/** Keys of GOST 34.310-2004 are no longer issued; their last user certificates ended with the old authority. */
const lastDayOfGost2004 = new Date('2025-07-27T00:00:00Z')

/**
 * The rules as we understand Order 500/НҚ of 21.08.2026 and reliability 2.3. Which roles may sign what is our
 * proposal: no legal text ties them together, so an operator may set them.
 */
export const defaultSignaturePolicy: SignaturePolicy = {
  version: '2026-11-23',
  environment: 'production',
  maxSignatureBytes: 1_048_576,
  maxSigners: 16,
  algorithms: [
    { key: 'gost-2015-512', digest: 'streebog-512' },
    { key: 'gost-2015-256', digest: 'streebog-256' },
    { key: 'gost-2004', digest: 'gost-34311', until: lastDayOfGost2004 },
    { key: 'rsa', digest: 'sha-256' },
    { key: 'rsa', digest: 'sha-384' },
    { key: 'rsa', digest: 'sha-512' },
    { key: 'ec', digest: 'sha-256' },
    { key: 'ec', digest: 'sha-384' },
    { key: 'ec', digest: 'sha-512' },
  ],
  keys: { rsaMinBits: 2048, rsaMaxBits: 8192, rsaMinExponent: 65_537, ecCurves: ['P-256', 'P-384', 'P-521'] },
  signingCertificate: 'required',
  // 1.2.398.3.3.2 is the signing policy of НУЦ РК; .1 to .4 below it tell legal/person and sign/auth apart.
  certificatePolicies: ['1.2.398.3.3.2'],
  refusedCertificatePolicies: ['1.2.398.3.3.2.2', '1.2.398.3.3.2.4'],
  defaultRoles: whoSigns,
  rolesByKind: {
    'payment-invoice': whoSignsMoney,
    act: whoSignsMoney,
    waybill: whoSignsMoney,
    'tax-invoice': whoSignsMoney,
    reconciliation: whoSignsMoney,
    'power-of-attorney': whoSigns,
    contract: whoSigns,
  },
  taxIdCheckDigit: 'warn',
  revocation: 'required',
  revocationFreshnessSeconds: 3600,
  lateRevocation: 'by-reason',
  timeStamp: 'if-present',
  stampRenewal: 'if-present',
  clockSkewSeconds: 120,
}

/** The default rules with an operator's changes. */
export const signaturePolicy = (changes: Partial<SignaturePolicy> = {}): SignaturePolicy => ({
  ...defaultSignaturePolicy,
  ...changes,
})
