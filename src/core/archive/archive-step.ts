import { eventFor } from '../exchange/change.ts'
import { isFinal, type Documents, type Hasher } from '../exchange/index.ts'
import { nothingToDo } from '../exchange/steps/outcomes.ts'
import type { Clock, Procedure } from '../kernel/index.ts'
import { manifestBytes, type ListedPiece } from './manifest.ts'
import { eachPiece, type PieceDeps } from './pieces.ts'
import type { ArchiveRecords, ArchiveStore } from './ports.ts'

export interface ArchiveStepDeps extends PieceDeps {
  clock: Clock
  documents: PieceDeps['documents'] & Pick<Documents, 'byId' | 'record'>
  hasher: Hasher
  store: Pick<ArchiveStore, 'put'>
  records: Pick<ArchiveRecords, 'add'>
}

/** A missing proof is looked for again after half the time it has been missing, within these bounds. */
const lookAgain = { soonestMs: 1_000, latestMs: 10 * 60_000 }

/**
 * Puts a final document into the archive store with all that belongs to it, each under its digest, and a
 * manifest that names them. The blobs are written first and the row last: a crash in between leaves blobs
 * that the next attempt finds already there.
 */
export const archiveStep = (deps: ArchiveStepDeps): Procedure => ({
  async step(task) {
    const record = await deps.documents.byId(task.documentId)
    if (record === undefined || record.archivedAt !== undefined)
      return nothingToDo(record, 'waiting for the archive')
    if (!isFinal({ sender: record.senderState, mirror: record.mirrorState }))
      return nothingToDo(record, 'final')
    const proofs = await deps.proofs.byDocument(record.id)
    const missing = proofs.filter(({ state }) => state !== 'complete')
    if (missing.length > 0) {
      const oldest = Math.min(...missing.map(({ since }) => since.getTime()))
      const waitedMs = deps.clock.now().getTime() - oldest
      return {
        word: 'waiting',
        note: `${missing.length} signatures have no proof yet`,
        askAgainInMs: Math.min(lookAgain.latestMs, Math.max(lookAgain.soonestMs, waitedMs / 2)),
      }
    }
    const pieces: ListedPiece[] = []
    for await (const { name, for: whom, bytes } of eachPiece(deps, record)) {
      const digest = deps.hasher.digest(bytes)
      await deps.store.put(digest, bytes)
      pieces.push({ name, for: whom, digest, size: bytes.byteLength })
    }
    const now = deps.clock.now()
    const manifest = manifestBytes(record, pieces, now)
    const manifestDigest = deps.hasher.digest(manifest)
    await deps.store.put(manifestDigest, manifest)
    return {
      word: 'done',
      note: `archived as ${manifestDigest.slice(0, 16)}`,
      record: async (tx) => {
        await deps.records.add(tx, {
          documentId: record.id,
          companyId: record.companyId,
          recipientCompanyId: record.recipientCompanyId,
          kind: record.kind,
          number: record.number,
          date: record.date,
          senderTaxId: record.senderTaxId,
          recipientTaxId: record.recipientTaxId,
          manifestDigest,
          at: now,
          size: pieces.reduce((sum, { size }) => sum + size, manifest.byteLength),
          pieces: pieces.map(({ digest, size }) => ({ digest, size })),
        })
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
