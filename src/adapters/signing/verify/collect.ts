import { oids, sameBytes } from '../der/index.ts'
import { collectSignerCore, DigestsOf } from './collect-signer.ts'
import { collectTimeStamp } from './time-stamp.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { SignatureEvidence, SignerEvidence } from '../../../core/signature/index.ts'
import type { BuiltChain } from '../trust/index.ts'
import type { CollectContext } from './collect-signer.ts'

/** Evidence together with the certificates it speaks of, for asking about revocation afterwards. */
export interface Collected {
  evidence: SignatureEvidence
  chains: BuiltChain[]
}

/** More stamps on one signature than anybody needs; the rest would only cost time. */
const maxTimeStamps = 4

/** Takes every measurement of a message against the bytes it should cover. */
export const collectSignature = async (
  message: SignedMessage,
  data: Uint8Array,
  context: CollectContext,
): Promise<Collected> => {
  const digests = new DigestsOf(data, context.suite)
  const chains: BuiltChain[] = []
  const signers: SignerEvidence[] = []
  for (const [index, signer] of message.signers.entries()) {
    const { chain, ...core } = await collectSignerCore(message, signer, digests, 'signer', context)
    const tokens = signer.unsignedAttributes
      .filter((one) => one.type === oids.signatureTimeStampToken)
      .flatMap((one) => one.values)
    const timeStamps = []
    for (const token of tokens.slice(0, maxTimeStamps))
      timeStamps.push(await collectTimeStamp(token.bytes, signer.signature, context))
    if (chain !== undefined) chains[index] = chain
    signers.push({
      index,
      ...core,
      chain: chain?.evidence ?? { path: [], problem: 'there is no certificate' },
      timeStamps,
      revocation: [],
      revocationAsked: false,
    })
  }
  return {
    chains,
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
