import { keyWeakness } from '../../../core/signature/index.ts'
import { digestOfOid, labelOfSignature, signatureAlgorithmOfOid } from '../algorithms/index.ts'
import { sameBytes } from '../der/index.ts'
import { collectAttributes } from './attributes.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { SignedMessage, SignerIdentifier, SignerInfo } from '../cms/index.ts'
import type { DigestName, SignaturePolicy, SignerEvidence } from '../../../core/signature/index.ts'
import type { BuiltChain, TrustStore, TrustUse } from '../trust/index.ts'
import type { Certificate } from '../x509/index.ts'

export interface CollectContext {
  suite: CryptoSuite
  trust: TrustStore
  policy: SignaturePolicy
}

/** Digests of one byte string, each computed once however many signers ask. */
export class DigestsOf {
  private readonly made = new Map<DigestName, Promise<Uint8Array>>()

  constructor(
    private readonly data: Uint8Array,
    private readonly suite: CryptoSuite,
  ) {}

  by(name: DigestName): Promise<Uint8Array> {
    let digest = this.made.get(name)
    if (digest === undefined) this.made.set(name, (digest = this.suite.digest(name, this.data)))
    return digest
  }
}

type SignerCore = Pick<
  SignerEvidence,
  | 'certificate'
  | 'digest'
  | 'digestLabel'
  | 'refusedAlgorithm'
  | 'algorithmsAgree'
  | 'attributes'
  | 'signature'
> & {
  chain: BuiltChain | undefined
}

/** What signers of documents and of time stamps have in common. */
export const collectSignerCore = async (
  message: SignedMessage,
  signer: SignerInfo,
  digests: DigestsOf,
  use: TrustUse,
  { suite, trust, policy }: CollectContext,
): Promise<SignerCore> => {
  const certificate = certificateOf(signer.identifier, message.certificates)
  const family = certificate?.key.evidence.family
  const digest = digestOfOid(signer.digestOid)
  const algorithm = signatureAlgorithmOfOid(signer.signatureOid)
  // Only pairs somebody accepts are computed: no MD5, no key so large that one check takes seconds.
  const worthwhile =
    certificate !== undefined &&
    digest !== undefined &&
    keyWeakness(certificate.key.evidence, policy) === undefined &&
    policy.algorithms.some((one) => one.key === family && one.digest === digest) &&
    family !== undefined &&
    family !== 'unsupported' &&
    suite.supports(family, digest)
  const attributes = await collectAttributes(signer.signedAttributes, {
    suite,
    digest: worthwhile ? await digests.by(digest) : undefined,
    certificate,
    acceptSha1Binding: use === 'time-stamp',
  })
  const algorithmsAgree =
    algorithm !== undefined &&
    algorithm.key === family &&
    (algorithm.digest === undefined || algorithm.digest === digest)
  let signature: SignerCore['signature'] = 'not-checked'
  if (worthwhile && algorithmsAgree && signer.signedAttributes !== undefined) {
    signature = (await suite.verify(
      certificate.key,
      digest,
      signer.signedAttributes.signedBytes,
      signer.signature,
    ))
      ? 'holds'
      : 'broken'
  }
  return {
    certificate: certificate?.evidence,
    digest: digest ?? 'unsupported',
    digestLabel: digest ?? signer.digestOid,
    ...(algorithm === undefined ? { refusedAlgorithm: labelOfSignature(signer.signatureOid) } : {}),
    algorithmsAgree,
    attributes,
    signature,
    chain: certificate && (await trust.chainOf(certificate, message.certificates, use)),
  }
}

/** The one certificate the signer names; none when two fit, for then nobody knows which was meant. */
const certificateOf = (
  identifier: SignerIdentifier,
  certificates: readonly Certificate[],
): Certificate | undefined => {
  const fitting = certificates.filter((one) =>
    'keyId' in identifier
      ? one.subjectKeyId === identifier.keyId
      : one.serial === identifier.serial && sameBytes(one.issuer, identifier.issuer),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}
