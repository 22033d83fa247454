import type { FactName } from './fact-words.ts'

/**
 * What we say about a signature.
 * `INDETERMINATE` is not a soft yes: something that had to be known is not known (the authority was silent,
 * the certificate has ended and nothing proves when the signature was made). It is asked again, never used.
 */
export type Verdict = 'VALID' | 'INVALID' | 'INDETERMINATE'

/**
 * `failed` makes the signature INVALID, `unknown` makes it INDETERMINATE, `warning` is told and changes nothing.
 */
export type FactOutcome = 'passed' | 'failed' | 'unknown' | 'warning'

/** One step of the check and what it found. What the step asks, in three languages, is in `factWords`. */
export interface Fact {
  name: FactName
  outcome: FactOutcome
  /** What was found, for an engineer and for the archive; English, without tax ids and key material. */
  detail: string
  /** Which signer it is about, from 0; absent when it is about the whole message. */
  signer?: number
}

/** What the certificate lets its owner do (EKU 1.2.398.3.3.4.1.*). */
export type SignerRole =
  /** A person who signs for himself, sole traders included (.1 without a БИН). */
  | 'person'
  /** The head of a legal entity (.2.1). */
  | 'head'
  /** May sign any document of the legal entity (.2.2). */
  | 'signing-right'
  /** May sign financial documents (.2.3). */
  | 'financial-right'
  /** Personnel department (.2.4). */
  | 'personnel'
  /** Works there; no right to sign follows from it (.2.5). */
  | 'employee'
  /** An information system of a legal entity (.2.6) or of a person (.1.1). */
  | 'system'
  /** Treasury client; not valid anywhere else (1.2.398.5.19.1.2.2.1). */
  | 'treasury'

/** Who signed, as the certificate says. Every field is a claim of the certificate until the verdict is VALID. */
export interface SignerReport {
  index: number
  verdict: Verdict
  /** 12 digits, without the prefix `IIN`. */
  iin?: string
  /** 12 digits, without the prefix `BIN`. */
  bin?: string
  /** Surname and name, or the name of the information system. */
  commonName?: string
  organization?: string
  roles: SignerRole[]
  /** `GOST-2015-512`, `RSA-2048`, `EC-P-256` … */
  keyAlgorithm?: string
  /** Serial number of the certificate, upper-case hexadecimal. */
  serial?: string
  /** SHA-256 of the certificate (DER), lower-case hexadecimal. */
  certificateSha256?: string
  notBefore?: Date
  notAfter?: Date
  /** What the signer's clock said; proves nothing. */
  signingTime?: Date
  /** The moment the signature is judged at, and where it comes from. */
  trustedTime?: Date
  trustedTimeSource?: TrustedTimeSource
}

export type TrustedTimeSource =
  /** A time stamp that passed every check. */
  | 'time-stamp'
  /** Our own receipt, told by the caller. */
  | 'receipt'
  /** The moment of the check: nothing older is proven. */
  | 'now'

export interface SignatureReport {
  verdict: Verdict
  facts: Fact[]
  signers: SignerReport[]
  /** What the first signer's clock said. */
  signingTime?: Date
  /** The moment the first signer's signature is judged at. */
  trustedTime?: Date
  /** When this check was made. */
  checkedAt: Date
  /** Names the rules that were applied; stored with the evidence, for the rules will change. */
  policyVersion: string
}

/** No yes while anything failed or is not known. */
export const verdictOf = (facts: readonly Fact[]): Verdict => {
  if (facts.some((fact) => fact.outcome === 'failed')) return 'INVALID'
  if (facts.length === 0 || facts.some((fact) => fact.outcome === 'unknown')) return 'INDETERMINATE'
  return 'VALID'
}

/** The facts that keep the signature from being VALID: what a person is shown first. */
export const obstacles = (report: SignatureReport): Fact[] =>
  report.facts.filter((fact) => fact.outcome === 'failed' || fact.outcome === 'unknown')
