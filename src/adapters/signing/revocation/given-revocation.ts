import { weighLists } from './authority-revocation.ts'
import { weighOcspResponse } from './ocsp.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { Certificate } from '../x509/index.ts'
import type { RevocationAnswer, RevocationChecker } from './checker.ts'

/** Lists and OCSP responses (DER) somebody kept. */
export interface KeptAnswers {
  crls: readonly Uint8Array[]
  ocspResponses: readonly Uint8Array[]
}

/**
 * Reads what was kept about a certificate, then asks another checker. For checks without a network, and for
 * archives: each answer is proven by its authority's signature, wherever it came from.
 */
export class GivenRevocation implements RevocationChecker {
  constructor(
    private readonly suite: CryptoSuite,
    private readonly kept: KeptAnswers,
    private readonly next: RevocationChecker,
  ) {}

  async check(
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
    message?: SignedMessage,
  ): Promise<RevocationAnswer[]> {
    const answers: RevocationAnswer[] = []
    for (const response of this.kept.ocspResponses)
      answers.push(await weighOcspResponse(response, { certificate, issuer }, this.suite))
    for (const list of this.kept.crls)
      answers.push(await weighLists(list, undefined, certificate, issuer, this.suite))
    // Answers about other certificates are no answers.
    const about = answers.filter(({ status }) => status !== 'unusable' && status !== 'unavailable')
    return [...about, ...(await this.next.check(certificate, issuer, now, message))]
  }
}
