/**
 * What keeps a VALID signature provable for years: a stamp that says when it existed, and what the authorities
 * said about its certificates. Key files live one year; without these two a signature is a claim afterwards.
 */

/**
 * - `pending`: the authorities have not given everything yet; asked for ever.
 * - `complete`: the material is here.
 * - `failed`: a defect of the gateway stands in the way (the dead `prove` task says which); put back by an operator.
 */
export type ProofState = 'pending' | 'complete' | 'failed'

/** The promise of a proof, written in the transaction that records its signature. */
export interface NewProof {
  signatureId: string
  documentId: string
  /** When the signature was recorded: the age of a proof that is still pending counts from here. */
  since: Date
}

/** What the authorities gave. The signature itself stays untouched beside it. */
export interface ProofMaterial {
  /**
   * A copy of the signature with a time stamp over each signer's value (CAdES-T), the certificates of the chain and
   * the answers about revocation (LT): it can be judged without asking anybody.
   */
  extendedCms: Uint8Array
  /** The same OCSP responses (DER) one by one, as they came: leaf first, then its authorities. */
  ocspResponses: Uint8Array[]
  /**
   * Revocation lists that spoke instead of OCSP, by the SHA-256 of their DER. Small ones lie in the copy too; large
   * ones lie in the archive store under this digest, one for everybody.
   */
  crlDigests: string[]
  /** The latest of the stamps: the signature existed by then. */
  stampedAt: Date
  /** When the certificate of the outermost stamp ends, the earliest where there are several. */
  stampEndsAt: Date
}

/** Fresh material, with what an operator should hear of it. */
export interface GatheredProof extends ProofMaterial {
  /** Lists too large for the copy: to be kept under their digests before the material is. */
  lists: { digest: string; bytes: Uint8Array }[]
  /**
   * An authority no longer says "good", although it did when the signature was checked. The answer is kept all the
   * same: a proof is what was said, not what we hoped for.
   */
  warning?: string
}

export interface SignatureProof extends NewProof {
  state: ProofState
  material?: ProofMaterial
  gatheredAt?: Date
  /** The last archive time stamp, when there is one. */
  renewedAt?: Date
}
