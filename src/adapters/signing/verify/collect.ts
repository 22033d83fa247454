import { oids, sameBytes } from '../der/index.ts'
import { collectSignerCore, DigestsOf } from './collect-signer.ts'
import { archiveTimeStampsOf } from '../evidence/archive-stamp.ts'
import { collectTimeStampWithPath, idleTimeStamp, type CollectedTimeStamp } from './time-stamp.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { SignatureEvidence, SignerEvidence } from '../../../core/signature/index.ts'
import type { BuiltChain } from '../trust/index.ts'
import type { CollectContext } from './collect-signer.ts'

/** Evidence together with the certificates it speaks of, for asking about revocation afterwards. */
export interface Collected {
  evidence: SignatureEvidence
  chains: BuiltChain[]
  /** Every stamp of every signer; the evidence is the very object in `evidence`. */
  stamps: CollectedTimeStamp[]
}

/** More stamps on one signature than anybody needs; the rest would only cost time. */
const maxTimeStamps = 4

/** Archive time stamps by signer; a message without any is not taken apart a second time. */
const collectArchiveStamps = async (
  message: SignedMessage,
  data: Uint8Array,
  context: CollectContext,
): Promise<Map<number, CollectedTimeStamp[]>> => {
  const bySigner = new Map<number, CollectedTimeStamp[]>()
  const has = message.signers.some(({ unsignedAttributes }) =>
    unsignedAttributes.some(({ type }) => type === oids.archiveTimeStampV3),
  )
  if (!has) return bySigner
  for (const { signer, token, covered, problem } of await archiveTimeStampsOf(
    message.der,
    data,
    context.suite,
  )) {
    const stamp =
      covered === undefined
        ? idleTimeStamp(problem ?? 'it covers nothing')
        : await collectTimeStampWithPath(token, covered, context)
    bySigner.set(signer, [...(bySigner.get(signer) ?? []), stamp])
  }
  return bySigner
}

/** Takes every measurement of a message against the bytes it should cover. */
export const collectSignature = async (
  message: SignedMessage,
  data: Uint8Array,
  context: CollectContext,
): Promise<Collected> => {
  const digests = new DigestsOf(data, context.suite)
  const chains: BuiltChain[] = []
  const stamps: CollectedTimeStamp[] = []
  const archive = await collectArchiveStamps(message, data, context)
  const signers: SignerEvidence[] = []
  for (const [index, signer] of message.signers.entries()) {
    const { chain, ...core } = await collectSignerCore(message, signer, digests, 'signer', context)
    const tokens = signer.unsignedAttributes
      .filter((one) => one.type === oids.signatureTimeStampToken)
      .flatMap((one) => one.values)
    const timeStamps: CollectedTimeStamp[] = []
    for (const token of tokens.slice(0, maxTimeStamps))
      timeStamps.push(await collectTimeStampWithPath(token.bytes, signer.signature, context))
    const archiveStamps = archive.get(index) ?? []
    stamps.push(...timeStamps, ...archiveStamps)
    if (chain !== undefined) chains[index] = chain
    signers.push({
      index,
      ...core,
      chain: chain?.evidence ?? { path: [], problem: 'there is no certificate' },
      timeStamps: timeStamps.map(({ evidence }) => evidence),
      archiveStamps: archiveStamps.map(({ evidence }) => evidence),
      revocation: [],
      revocationAsked: false,
    })
  }
  return {
    chains,
    stamps,
    evidence: {
      size: message.der.length,
      version: message.version,
      content:
        message.content === undefined
          ? 'detached'
          : sameBytes(message.content, data)
            ? 'embedded-equal'
            : 'embedded-different',
      contentType: message.contentType,
      signers,
    },
  }
}
