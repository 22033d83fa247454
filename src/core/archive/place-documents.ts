import { headOf, leafOf, recordText } from '../chain/index.ts'
import type { Digest, Hasher } from '../exchange/index.ts'
import type { UnitOfWork } from '../kernel/index.ts'
import type { ArchivedDocument, ArchiveLink, PackageBook } from './ports.ts'

/** The text of a place in the archive; documented in docs/archive.md. */
export const placeText = ({
  place,
  documentId,
  manifestDigest,
  at,
}: {
  place: number
  documentId: string
  manifestDigest: Digest
  at: Date
}): string => recordText('urn:daneker:archive-place:1', [place, documentId, manifestDigest, at.toISOString()])

/** Gives archived documents their places in the chain, at most `limit`; returns how many. */
export const placeDocuments =
  ({ hasher, unitOfWork, book }: { hasher: Hasher; unitOfWork: UnitOfWork; book: PackageBook }) =>
  (limit: number): Promise<number> =>
    unitOfWork.run(async (tx) => {
      await book.lock(tx)
      const documents = await book.unplaced(tx, limit)
      if (documents.length > 0) await book.place(tx, linked(hasher, documents, await book.end(tx)))
      return documents.length
    })

const linked = (
  hasher: Hasher,
  documents: readonly ArchivedDocument[],
  end: { place: number; head: Digest },
): ArchiveLink[] => {
  let { place, head } = end
  return documents.map((document) => {
    place += 1
    const leaf = leafOf(hasher, placeText({ ...document, place }))
    head = headOf(hasher, head, leaf)
    return { place, documentId: document.documentId, leaf, head }
  })
}
