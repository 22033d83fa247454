import type { RevocationEvidence } from '../../../core/signature/index.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { Certificate } from '../x509/index.ts'

export type RevocationAnswer = Omit<RevocationEvidence, 'depth'>

/** Knows where to ask whether a certificate is revoked. */
export interface RevocationChecker {
  /**
   * Every answer that was found about `certificate`; an empty or `unavailable` one when nobody knows.
   * Never throws for the network or for a bad answer. `message` may carry answers of its own.
   */
  check(
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
    message?: SignedMessage,
  ): Promise<RevocationAnswer[]>
}
