import { digestOfOid } from '../algorithms/index.ts'
import { readSignedMessage } from '../cms/index.ts'
import { DerError, oids, sameBytes } from '../der/index.ts'
import { readTstInfo } from '../tsp/tst-info.ts'
import { collectSignerCore, DigestsOf } from './collect-signer.ts'
import type { CollectContext } from './collect-signer.ts'
import type { Certificate } from '../x509/index.ts'
import type { TimeStampEvidence } from '../../../core/signature/index.ts'

const nothing: TimeStampEvidence = {
  digest: 'unsupported',
  imprintMatches: false,
  signature: 'not-checked',
  algorithmsAgree: false,
  signerCount: 0,
  contentTypeIsTstInfo: false,
  chain: { path: [], problem: 'there is no certificate' },
}

/** A measured stamp with the certificates behind it, for asking about revocation afterwards. */
export interface CollectedTimeStamp {
  evidence: TimeStampEvidence
  path: Certificate[]
}

/** Measures a time-stamp token against the bytes it should cover: for signatures, the signature value. */
export const collectTimeStamp = async (
  token: Uint8Array,
  covered: Uint8Array,
  context: CollectContext,
): Promise<TimeStampEvidence> => (await collectTimeStampWithPath(token, covered, context)).evidence

/** A stamp that covers nothing we have. */
export const idleTimeStamp = (problem: string): CollectedTimeStamp => ({
  evidence: { ...nothing, unreadable: problem },
  path: [],
})

export const collectTimeStampWithPath = async (
  token: Uint8Array,
  covered: Uint8Array,
  context: CollectContext,
): Promise<CollectedTimeStamp> => {
  try {
    const message = readSignedMessage(token, { maxSigners: 1, maxCertificates: 16 })
    const contentTypeIsTstInfo = message.contentType === oids.tstInfo
    if (!contentTypeIsTstInfo || message.content === undefined)
      return { evidence: { ...nothing, signerCount: message.signers.length }, path: [] }
    const info = readTstInfo(message.content)
    const imprintDigest = digestOfOid(info.imprintOid)
    const computable = imprintDigest !== undefined && imprintDigest !== 'md5'
    const expected = computable ? await context.suite.digest(imprintDigest, covered) : undefined
    const { chain, ...core } = await collectSignerCore(
      message,
      message.signers[0]!,
      new DigestsOf(message.content, context.suite),
      'time-stamp',
      context,
    )
    const evidence: TimeStampEvidence = {
      genTime: info.genTime,
      policy: info.policy,
      digest: imprintDigest ?? 'unsupported',
      imprintMatches: expected !== undefined && sameBytes(info.imprint, expected),
      signature: core.signature,
      attributes: core.attributes,
      algorithmsAgree: core.algorithmsAgree,
      certificate: core.certificate,
      signerCount: message.signers.length,
      contentTypeIsTstInfo,
      chain: chain?.evidence ?? nothing.chain,
    }
    return { evidence, path: chain?.path ?? [] }
  } catch (cause) {
    if (cause instanceof DerError) return idleTimeStamp(cause.message)
    throw cause
  }
}
