import type { Tx } from '../kernel/index.ts'
import type { GatheredProof, ProofMaterial, SignatureProof } from './proof.ts'
import type { SignatureReport } from './report.ts'

/** What the signature is expected to be: whose, and under which kind of document. */
export interface ExpectedSigner {
  /** БИН or ИИН (12 digits) of the party that must have signed. */
  taxId?: string
  /** Kind in the document language (`invoice`, `act` …); decides which roles may sign. */
  documentKind?: string
}

export interface VerifyRequest {
  /** The signature as received: DER, PEM with any label, or base64 of DER. */
  cms: Uint8Array
  /** The bytes that we stored and that must have been signed. */
  data: Uint8Array
  expected?: ExpectedSigner
  /** A moment that our own records prove: the signature existed by then. Without it a time stamp or now decides. */
  at?: Date
}

/** Checks a detached or embedded CMS signature against our bytes and our policy. */
export interface SignatureVerifier {
  /**
   * Always resolves with a report: hostile input is INVALID, a silent authority is INDETERMINATE.
   * Asks the authorities only when everything else holds. Never repeats by itself.
   */
  verify(request: VerifyRequest): Promise<SignatureReport>
}

export interface SignOptions {
  /** What the signer's clock says, default now. Written into the signature, proves nothing. */
  signingTime?: Date
  /** Ask the time-stamping authority, when one is configured. Default true. */
  timeStamp?: boolean
}

/** Makes detached CMS signatures with one key. */
export interface Signer {
  /** Serial number of the key's certificate, upper-case hexadecimal. */
  readonly serial: string
  /**
   * Resolves with the detached CMS (DER). Signing the same bytes twice gives two different, equally good signatures.
   * Throws `UpstreamError`: `refused` when the key may not sign (ended, wrong usage), `unreachable` and `busy`
   * when a remote signer or the time-stamping authority does not answer. Never retries.
   */
  sign(data: Uint8Array, options?: SignOptions): Promise<{ cms: Uint8Array }>
}

/** Asks the authorities for what proves a signature later. */
export interface ProofGatherer {
  /**
   * Stamps a VALID signature and asks about its certificates. Safe to repeat: every call may bring another, equally
   * good stamp. Throws `UpstreamError` while an authority does not answer or gives an answer that must not be believed.
   */
  gather(cms: Uint8Array): Promise<GatheredProof>
  /**
   * Puts an archive time stamp over the whole of a proof, before the certificate of its stamp ends. `data` is what
   * was signed. Throws as `gather` does.
   */
  renew(material: ProofMaterial, data: Uint8Array): Promise<GatheredProof>
}

/**
 * The proofs of signatures. A pending one is written with its signature: by `Ledger.enter` and `Documents.record`,
 * from the `proof` of an acceptance or a change.
 */
export interface Proofs {
  bySignature(signatureId: string): Promise<SignatureProof | undefined>
  byDocument(documentId: string): Promise<SignatureProof[]>
  /** Since when the oldest pending one waits; undefined when none does. Failed ones do not count. */
  oldestPending(): Promise<Date | undefined>
  /** Keeps the first material of a proof; a second one, of an attempt that lost its lease, changes nothing. */
  complete(tx: Tx, signatureId: string, material: ProofMaterial, at: Date): Promise<void>
  /** Marks a pending proof as failed. */
  fail(tx: Tx, signatureId: string): Promise<void>
  /** Complete ones whose stamp ends before a moment, the soonest first. */
  endingBefore(moment: Date, limit: number): Promise<SignatureProof[]>
  /** Replaces the material by the renewed one, unless somebody renewed it meanwhile. */
  renew(
    tx: Tx,
    proof: Pick<SignatureProof, 'signatureId' | 'renewedAt'>,
    material: ProofMaterial,
    at: Date,
  ): Promise<void>
}
