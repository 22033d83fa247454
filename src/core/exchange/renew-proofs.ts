import type { Digest } from './document-record.ts'
import { UpstreamError, type Clock, type UnitOfWork } from '../kernel/index.ts'
import type { ProofGatherer, ProofMaterial, Proofs, SignatureProof } from '../signature/index.ts'
import type { Documents, Hasher } from './ports.ts'

export interface RenewProofsDeps {
  clock: Clock
  unitOfWork: UnitOfWork
  documents: Pick<Documents, 'byId' | 'bytes'>
  hasher: Hasher
  /** Where archived proofs lie. */
  store: {
    put(digest: Digest, bytes: Uint8Array): Promise<void>
    /** Files with names, from which all else in the archive is found; a name is written once. */
    putNamed(name: string, bytes: Uint8Array): Promise<void>
  }
  proofs: Proofs
  gatherer: ProofGatherer
}

export interface Renewal {
  renewed: number
  /** Proofs whose document's bytes are gone: nothing can be stamped over them any more. */
  withoutBytes: number
  /** Why the round ended early: an authority did not answer. The rest is found the next time. */
  stoppedBy?: string
}

/**
 * Puts an archive time stamp over every proof whose stamp ends before a moment: at most `limit`, the soonest first.
 * The manifest of an archived document goes on naming the evidence of its day; the renewed copy, which contains all
 * of that, is put beside it in the store, is named by a manifest of its own, and is what the proof's row holds.
 */
export const renewProofs =
  (deps: RenewProofsDeps) =>
  async (endingBefore: Date, limit: number, signal: AbortSignal): Promise<Renewal> => {
    const renewal: Renewal = { renewed: 0, withoutBytes: 0 }
    for (const proof of await deps.proofs.endingBefore(endingBefore, limit)) {
      if (signal.aborted) break
      try {
        if (await renewOne(deps, proof)) renewal.renewed += 1
        else renewal.withoutBytes += 1
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        return { ...renewal, stoppedBy: `${error.partner} ${error.word}: ${error.message}` }
      }
    }
    return renewal
  }

const renewOne = async (deps: RenewProofsDeps, proof: SignatureProof): Promise<boolean> => {
  const record = await deps.documents.byId(proof.documentId)
  const data = record && (await deps.documents.bytes(record.digest))
  if (data === undefined || proof.material === undefined) return false
  const { lists, warning: _warning, ...material } = await deps.gatherer.renew(proof.material, data)
  for (const { digest, bytes } of lists) await deps.store.put(digest, bytes)
  const now = deps.clock.now()
  if (record?.archivedAt !== undefined) {
    for (const bytes of [material.extendedCms, ...material.ocspResponses])
      await deps.store.put(deps.hasher.digest(bytes), bytes)
    await deps.store.putNamed(
      `renewals/${proof.signatureId}-${now.getTime()}.json`,
      renewalManifest(deps.hasher, proof, proof.material, material, now),
    )
  }
  await deps.unitOfWork.run((tx) => deps.proofs.renew(tx, proof, material, now))
  return true
}

/** What replaces what: with it the archive tells its renewals without a database. */
const renewalManifest = (
  hasher: Hasher,
  { documentId, signatureId }: SignatureProof,
  before: ProofMaterial,
  after: ProofMaterial,
  at: Date,
): Uint8Array =>
  new TextEncoder().encode(
    `${JSON.stringify(
      {
        manifest: 'urn:daneker:archive-renewal:1',
        documentId,
        signatureId,
        renewedAt: at.toISOString(),
        replaces: hasher.digest(before.extendedCms),
        extended: { digest: hasher.digest(after.extendedCms), size: after.extendedCms.byteLength },
        ocsp: after.ocspResponses.map((bytes) => hasher.digest(bytes)),
        crlDigests: after.crlDigests,
        stampedAt: after.stampedAt.toISOString(),
        stampEndsAt: after.stampEndsAt.toISOString(),
      },
      null,
      1,
    )}\n`,
  )
