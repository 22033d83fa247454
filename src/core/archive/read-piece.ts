import type { Digest, Hasher } from '../exchange/index.ts'
import { ArchiveBroken, blobAltered, blobMissing } from './faults.ts'
import type { ArchiveStore } from './ports.ts'

/** A blob as it was put. Throws `ArchiveBroken` when it is missing or altered: nobody gets altered bytes. */
export const readBlob = async (
  { store, hasher }: { store: Pick<ArchiveStore, 'get'>; hasher: Hasher },
  digest: Digest,
): Promise<Uint8Array> => {
  const bytes = await store.get(digest)
  if (bytes === undefined) throw new ArchiveBroken(blobMissing(digest))
  if (hasher.digest(bytes) !== digest) throw new ArchiveBroken(blobAltered(digest))
  return bytes
}
