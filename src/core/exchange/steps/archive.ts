import type { Clock, Ids, Procedure } from '../../kernel/index.ts'
import type { Proofs, SignatureProof } from '../../signature/index.ts'
import { eventFor } from '../change.ts'
import type { ArchiveRecords, ArchiveStore, Documents, Hasher } from '../ports.ts'
import { isFinal } from '../states.ts'
import { bytesOf } from '../submit-signature.ts'
import { nothingToDo } from './outcomes.ts'

export interface ArchiveDeps {
  clock: Clock
  ids: Ids
  documents: Documents
  hasher: Hasher
  store: ArchiveStore
  records: ArchiveRecords
  proofs: Pick<Proofs, 'byDocument'>
}

/** A missing proof is looked for again after half the time it has been missing, within these bounds. */
const lookAgain = { soonestMs: 1_000, latestMs: 10 * 60_000 }

/**
 * Puts a final document into the archive store with all that belongs to it, each under its digest, and a
 * manifest that names them. The blobs are written first and the row last: a crash in between leaves blobs
 * that the next attempt finds already there.
 */
export const archiveStep = (deps: ArchiveDeps): Procedure => ({
  async step(task) {
    const record = await deps.documents.byId(task.documentId)
    if (record === undefined || record.archivedAt !== undefined)
      return nothingToDo(record, 'waiting for the archive')
    if (!isFinal({ sender: record.senderState, mirror: record.mirrorState }))
      return nothingToDo(record, 'final')
    const proofs = new Map((await deps.proofs.byDocument(record.id)).map((one) => [one.signatureId, one]))
    const missing = [...proofs.values()].filter(({ state }) => state !== 'complete')
    if (missing.length > 0) {
      const oldest = Math.min(...missing.map(({ since }) => since.getTime()))
      const waitedMs = deps.clock.now().getTime() - oldest
      return {
        word: 'waiting',
        note: `${missing.length} signatures have no proof yet`,
        askAgainInMs: Math.min(lookAgain.latestMs, Math.max(lookAgain.soonestMs, waitedMs / 2)),
      }
    }
    const [bytes, signatures, events] = await Promise.all([
      bytesOf(deps, record),
      deps.documents.signatures(record.id),
      deps.documents.events(record.id),
    ])
    await deps.store.put(record.digest, bytes)
    const signed = []
    for (const { id, side, purpose, cms, signedAt, verdict, signer, report } of signatures) {
      const digest = deps.hasher.digest(cms)
      await deps.store.put(digest, cms)
      const proof = await putProof(deps, proofs.get(id))
      const size = cms.byteLength
      signed.push({ id, side, purpose, digest, size, signedAt, verdict, signer, report, proof })
    }
    const manifest = new TextEncoder().encode(
      JSON.stringify(
        {
          manifest: 'urn:daneker:archive:1',
          document: { ...record, revision: undefined },
          content: { digest: record.digest, size: record.size },
          signatures: signed,
          events: events.map(({ name, at, details, companyId }) => ({ name, at, companyId, details })),
        },
        null,
        1,
      ),
    )
    const manifestDigest = deps.hasher.digest(manifest)
    await deps.store.put(manifestDigest, manifest)
    const now = deps.clock.now()
    return {
      word: 'done',
      note: `archived as ${manifestDigest.slice(0, 16)}`,
      record: async (tx) => {
        await deps.records.add(tx, { documentId: record.id, manifestDigest, at: now })
        await deps.documents.record(tx, {
          documentId: record.id,
          revision: record.revision,
          archivedAt: now,
          events: [eventFor(record, 'sender', 'document.archived', now)],
        })
      },
    }
  },
})

/** Puts what proves a signature beside it; the manifest names it by digest. */
const putProof = async (
  { store, hasher }: Pick<ArchiveDeps, 'store' | 'hasher'>,
  proof: SignatureProof | undefined,
): Promise<Record<string, unknown> | undefined> => {
  if (proof?.material === undefined) return undefined
  const put = async (bytes: Uint8Array) => {
    const digest = hasher.digest(bytes)
    await store.put(digest, bytes)
    return { digest, size: bytes.byteLength }
  }
  const { extendedCms, ocspResponses, crlDigests, stampedAt, stampEndsAt } = proof.material
  const { gatheredAt, renewedAt } = proof
  const ocsp = []
  for (const response of ocspResponses) ocsp.push(await put(response))
  return { extended: await put(extendedCms), ocsp, crlDigests, stampedAt, stampEndsAt, gatheredAt, renewedAt }
}
