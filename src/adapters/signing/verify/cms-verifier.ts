import { judge, keyWeakness } from '../../../core/signature/index.ts'
import { EncodingError, readSignedMessage, SignerCountError, unwrapDer } from '../cms/index.ts'
import { DerError } from '../der/index.ts'
import { collectSignature } from './collect.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { SignedMessage } from '../cms/index.ts'
import type {
  SignatureEvidence,
  SignaturePolicy,
  SignatureReport,
  SignatureVerifier,
  Unreadable,
  VerifyRequest,
} from '../../../core/signature/index.ts'
import type { Clock } from '../../../core/kernel/index.ts'
import type { RevocationChecker } from '../revocation/index.ts'
import type { TrustStore } from '../trust/index.ts'

export interface CmsVerifierDeps {
  suite: CryptoSuite
  trust: TrustStore
  policy: SignaturePolicy
  clock: Clock
  /** Asked only when everything else holds. Without one, revocation is not known. */
  revocation?: RevocationChecker
}

/** Most certificates a message of ours or of Kalkan carries is five per signer. */
const maxCertificates = 64

/**
 * Checks CMS signatures by our own policy over our own strict reading. `pkijs` says "true" for 25 of 49 hostile
 * signatures; here a mathematical "true" is one fact among twenty-odd.
 */
export class CmsVerifier implements SignatureVerifier {
  constructor(private readonly deps: CmsVerifierDeps) {}

  async verify(request: VerifyRequest): Promise<SignatureReport> {
    const { policy, clock } = this.deps
    const context = { policy, now: clock.now(), at: request.at, expected: request.expected }
    const read = this.read(request.cms)
    if ('evidence' in read) return judge(read.evidence, context)

    const { evidence, chains, stamps } = await collectSignature(read.message, request.data, this.deps)
    const { revocation } = this.deps
    const before = judge(evidence, context)
    // A signature that fails anyway must not make us knock at the authority's door.
    if (policy.revocation === 'off' || revocation === undefined || before.verdict === 'INVALID') return before

    for (const signer of evidence.signers) {
      const path = chains[signer.index]?.path ?? []
      for (let depth = 0; depth + 1 < path.length; depth++) {
        const answers = await revocation.check(path[depth]!, path[depth + 1]!, context.now, read.message)
        signer.revocation.push(...answers.map((answer) => ({ ...answer, depth })))
      }
      signer.revocationAsked = true
    }
    for (const { evidence: stamp, path } of stamps) {
      // The leaf alone: its authority is most often the signer's, and asked about there.
      const [leaf, issuer] = path
      if (leaf === undefined || issuer === undefined) continue
      const answers = await revocation.check(leaf, issuer, context.now, read.message)
      stamp.revocation = answers.map((answer) => ({ ...answer, depth: 0 }))
    }
    return judge(evidence, context)
  }

  private read(cms: Uint8Array): { message: SignedMessage } | { evidence: SignatureEvidence } {
    const { maxSignatureBytes, maxSigners } = this.deps.policy
    const unreadable = (step: Unreadable['step'], detail: string): { evidence: SignatureEvidence } => ({
      evidence: { size: cms.length, unreadable: { step, detail }, content: 'detached', signers: [] },
    })
    // Base64 with line ends takes 4/3 and a little; beyond that the DER is too large in any case.
    if (cms.length > maxSignatureBytes * 1.4 + 1024)
      return unreadable('size', `${cms.length} bytes, at most ${maxSignatureBytes}`)
    let der: Uint8Array
    try {
      der = unwrapDer(cms)
    } catch (cause) {
      return unreadable('encoding', wordsOf(cause))
    }
    if (der.length > maxSignatureBytes)
      return unreadable('size', `${der.length} bytes, at most ${maxSignatureBytes}`)
    try {
      return { message: readSignedMessage(der, { maxSigners, maxCertificates }) }
    } catch (cause) {
      if (cause instanceof SignerCountError) return unreadable('signer-count', cause.message)
      return unreadable(cause instanceof EncodingError ? 'encoding' : 'structure', wordsOf(cause))
    }
  }
}

const wordsOf = (cause: unknown): string => {
  if (cause instanceof DerError) return cause.message
  throw cause
}

/** Keys worth computing with under a policy; for the trust store. */
export const computableUnder =
  (policy: SignaturePolicy) =>
  (key: Parameters<typeof keyWeakness>[0]): boolean =>
    keyWeakness(key, policy) === undefined
