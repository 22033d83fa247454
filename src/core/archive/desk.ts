import type { Caller } from '../company/index.ts'
import { noSuchDocument, Refusal, type Documents } from '../exchange/index.ts'
import { bundleOf, type BundleDeps } from './bundle.ts'
import { ArchiveBroken } from './faults.ts'
import type { ArchivedDocument, ArchiveQuestion, ArchiveRecords } from './ports.ts'

/** What clients and the operator ask of the archive. Throws `Refusal`; `ArchiveBroken` when the store is not whole. */
export interface ArchiveDesk {
  search(question: ArchiveQuestion): Promise<ArchivedDocument[]>
  count(question: Omit<ArchiveQuestion, 'after' | 'limit'>): Promise<{ documents: number; bytes: number }>
  /** The ASiC-E container of a document; of a side, or of everything for the operator (no caller). */
  bundle(caller: Pick<Caller, 'companyId'> | undefined, documentId: string): Promise<Uint8Array>
}

export interface ArchiveDeskDeps extends BundleDeps {
  documents: BundleDeps['documents'] & Pick<Documents, 'byGuid'>
  records: ArchiveRecords
}

export const openArchiveDesk = (deps: ArchiveDeskDeps): ArchiveDesk => {
  const bundle = bundleOf(deps)
  return {
    search: (question) => deps.records.search(question),
    count: (question) => deps.records.count(question),
    bundle: async (caller, documentId) => {
      const known = isUuid(documentId) ? await deps.documents.byId(documentId.toLowerCase()) : undefined
      const record =
        known ??
        (caller === undefined ? undefined : await deps.documents.byGuid(caller.companyId, documentId))
      const audience =
        record === undefined
          ? undefined
          : caller === undefined
            ? 'operator'
            : record.companyId === caller.companyId
              ? 'sender'
              : record.recipientCompanyId === caller.companyId
                ? 'recipient'
                : undefined
      if (record === undefined || audience === undefined) throw new Refusal('not-found', [noSuchDocument()])
      try {
        return await bundle(record, audience)
      } catch (error) {
        // Said in words, with a code: the reader is not to blame, and waiting does not help.
        if (error instanceof ArchiveBroken) throw new Refusal('unavailable', error.faults)
        throw error
      }
    },
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
