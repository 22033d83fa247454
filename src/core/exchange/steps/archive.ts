import type { Clock, Ids, Procedure } from '../../kernel/index.ts'
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
}

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
      signed.push({ id, side, purpose, digest, size: cms.byteLength, signedAt, verdict, signer, report })
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
