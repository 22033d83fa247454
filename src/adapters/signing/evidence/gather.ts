import { createHash } from 'node:crypto'
import { UpstreamError } from '../../../core/kernel/index.ts'
import { readSignedMessage, unwrapDer } from '../cms/index.ts'
import { DerError, oids } from '../der/index.ts'
import { tokenInfo } from '../tsp/index.ts'
import { withArchiveTimeStamps } from './archive-stamp.ts'
import { withTimeStamps, withValidationData, type ValidationData } from './extend.ts'
import type { Clock } from '../../../core/kernel/index.ts'
import type {
  DigestName,
  GatheredProof,
  ProofGatherer,
  ProofMaterial,
} from '../../../core/signature/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { AuthorityRevocation } from '../revocation/index.ts'
import type { TimeStamper } from '../sign/index.ts'
import type { TrustStore, TrustUse } from '../trust/index.ts'
import type { Certificate } from '../x509/index.ts'

export interface AuthorityProofsDeps {
  trust: TrustStore
  timeStamper: TimeStamper
  /** The digest the time stamper makes imprints with; Streebog-512 by default, as `TspClient`. */
  digest?: DigestName
  suite: CryptoSuite
  /** Without one the proof says when, and nothing about revocation. */
  revocation?: AuthorityRevocation
  clock: Clock
}

const limits = { maxSigners: 64, maxCertificates: 64 }

/**
 * Lists beyond this stay outside the signature, which then names them by digest: the production list has 20 MB, and
 * one copy a day is enough for everybody. OCSP is asked first and says the same in 2 KB.
 */
const largestListInside = 64 * 1024

/** Gathers proofs from a time-stamping authority and from those who know about revocation. */
export class AuthorityProofs implements ProofGatherer {
  constructor(private readonly deps: AuthorityProofsDeps) {}

  async gather(cms: Uint8Array): Promise<GatheredProof> {
    const { timeStamper } = this.deps
    const stamped = await asked(() => withTimeStamps(unwrapDer(cms), timeStamper))
    const message = readSignedMessage(stamped, limits)
    // After the stamp: an answer that is younger than the stamp speaks for the moment of the stamp.
    const kept = await this.validationData([
      ...leavesOf(message).map((leaf) => ({ leaf, message, use: 'signer' as const })),
      ...stampLeavesOf(message),
    ])
    return {
      extendedCms: withValidationData(stamped, insideOf(kept)),
      ocspResponses: kept.ocspResponses,
      ...listsOf(kept),
      ...stampsOf(message, oids.signatureTimeStampToken),
      ...(kept.warning === undefined ? {} : { warning: kept.warning }),
    }
  }

  async renew(material: ProofMaterial, data: Uint8Array): Promise<GatheredProof> {
    const { suite, timeStamper, digest = 'streebog-512' } = this.deps
    // First what proves the stamps there are, then a stamp over all of it.
    const kept = await this.validationData(stampLeavesOf(readSignedMessage(material.extendedCms, limits)))
    const whole = withValidationData(material.extendedCms, insideOf(kept))
    const extendedCms = await asked(() => withArchiveTimeStamps(whole, data, { suite, timeStamper, digest }))
    const { crlDigests, lists } = listsOf(kept)
    return {
      extendedCms,
      ocspResponses: [...material.ocspResponses, ...kept.ocspResponses],
      crlDigests: [...new Set([...material.crlDigests, ...crlDigests])],
      lists,
      stampedAt: material.stampedAt,
      stampEndsAt: stampsOf(readSignedMessage(extendedCms, limits), oids.archiveTimeStampV3).stampEndsAt,
      ...(kept.warning === undefined ? {} : { warning: kept.warning }),
    }
  }

  /** Chains of all signers up to the pinned anchors, and what their authorities say; everything once. */
  private async validationData(leaves: readonly Leaf[]): Promise<Kept> {
    const { trust, revocation, clock } = this.deps
    const certificates = new Map<string, Certificate>()
    const ocspResponses = new Set<Uint8Array>()
    const lists = new Set<Uint8Array>()
    const asked = new Set<string>()
    const now = clock.now()
    let warning: string | undefined
    for (const { leaf, message, use } of leaves) {
      const { path } = await trust.chainOf(leaf, message.certificates, use)
      for (const [depth, certificate] of path.entries()) {
        certificates.set(certificate.sha256, certificate)
        const issuer = path[depth + 1]
        if (issuer === undefined || revocation === undefined || asked.has(certificate.sha256)) continue
        asked.add(certificate.sha256)
        const answer = await revocation.evidenceOf(certificate, issuer, now)
        if (answer === undefined) continue
        if (answer.status !== 'good')
          warning = `the authority now says “${answer.status}” of certificate ${certificate.serial}`
        if ('ocsp' in answer) ocspResponses.add(answer.ocsp)
        else lists.add(answer.crl)
      }
    }
    return {
      certificates: [...certificates.values()].map(({ der }) => der),
      ocspResponses: [...ocspResponses],
      lists: [...lists],
      warning,
    }
  }
}

/** Somebody whose chain is to be proven, with the message that may carry its authorities. */
interface Leaf {
  leaf: Certificate
  message: SignedMessage
  use: TrustUse
}

interface Kept {
  certificates: Uint8Array[]
  ocspResponses: Uint8Array[]
  lists: Uint8Array[]
  warning?: string
}

const isSmall = (list: Uint8Array): boolean => list.length <= largestListInside

/** What lies inside the copy. */
const insideOf = ({ certificates, ocspResponses, lists }: Kept): ValidationData => ({
  certificates,
  ocspResponses,
  crls: lists.filter(isSmall),
})

const listsOf = ({ lists }: Kept): Pick<GatheredProof, 'crlDigests' | 'lists'> => {
  const digested = lists.map((bytes) => ({ digest: sha256(bytes), bytes }))
  return {
    crlDigests: digested.map(({ digest }) => digest),
    lists: digested.filter(({ bytes }) => !isSmall(bytes)),
  }
}

/** The authorities behind every stamp on the message. */
const stampLeavesOf = (message: SignedMessage): Leaf[] =>
  stampTokensOf(message).flatMap((token) => {
    const stamp = readSignedMessage(token, limits)
    return leavesOf(stamp).map((leaf) => ({ leaf, message: stamp, use: 'time-stamp' as const }))
  })

/** Certificates the signers name. */
const leavesOf = (message: SignedMessage): Certificate[] =>
  message.signers.flatMap(({ identifier }) => {
    const leaf = message.certificates.find((one) =>
      'keyId' in identifier
        ? one.subjectKeyId === identifier.keyId
        : one.serial === identifier.serial && Buffer.compare(one.issuer, identifier.issuer) === 0,
    )
    return leaf === undefined ? [] : [leaf]
  })

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Every stamp on every signer, archive stamps too. */
const stampTokensOf = (message: SignedMessage): Uint8Array[] =>
  message.signers.flatMap(({ unsignedAttributes }) =>
    unsignedAttributes
      .filter(({ type }) => type === oids.signatureTimeStampToken || type === oids.archiveTimeStampV3)
      .flatMap(({ values }) => values.map(({ bytes }) => bytes)),
  )

/** When the signature existed for certain, and until when its stamps can be checked without more. */
const stampsOf = (message: SignedMessage, kind: string): Pick<ProofMaterial, 'stampedAt' | 'stampEndsAt'> => {
  const stamps = message.signers.map(({ unsignedAttributes }) => {
    const tokens = unsignedAttributes
      .filter(({ type }) => type === kind)
      .flatMap(({ values }) => values.map(({ bytes }) => bytes))
    // Any one of a signer's stamps is enough, so the one that lasts longest counts.
    return tokens.map(readStamp).reduce((best, one) => (one.endsAt > best.endsAt ? one : best))
  })
  return {
    stampedAt: new Date(Math.max(...stamps.map(({ at }) => at.getTime()))),
    stampEndsAt: new Date(Math.min(...stamps.map(({ endsAt }) => endsAt.getTime()))),
  }
}

const readStamp = (token: Uint8Array): { at: Date; endsAt: Date } => {
  const [leaf] = leavesOf(readSignedMessage(token, { maxSigners: 1, maxCertificates: 16 }))
  if (leaf === undefined) throw new DerError('the token does not carry the certificate of the authority', 0)
  return { at: tokenInfo(token).genTime, endsAt: leaf.evidence.notAfter }
}

/** An authority that says no to a stamp is out of order, not the signature: its no is never final. */
const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.word !== 'refused') throw error
    throw new UpstreamError('unclear', error.partner, error.message, { cause: error })
  }
}
