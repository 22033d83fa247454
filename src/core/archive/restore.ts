import type { Digest, Hasher } from '../exchange/index.ts'
import type { SheetLine } from './close-package.ts'
import type { ArchiveShelf, ArchiveStore } from './ports.ts'

export interface RestoreDeps {
  hasher: Hasher
  /** A copy of the archive; whatever in it is altered is told and not taken. */
  from: Pick<ArchiveStore, 'get'> & Pick<ArchiveShelf, 'getNamed' | 'names'>
  /** What lies here right stays; what is missing or altered is put. */
  to: ArchiveStore & ArchiveShelf
}

export interface Restored {
  packages: number
  documents: number
  files: number
  /** What the copy lacks or has altered, with its place. */
  problems: string[]
}

/**
 * Puts documents back from a copy of the archive: one, those of a day's package, or all, with the headers of their
 * packages. Needs no database; every file is checked against its digest before it is put. Safe to repeat.
 */
export const restoreArchive = async (
  { hasher, from, to }: RestoreDeps,
  { documentId, day }: { documentId?: string; day?: string } = {},
): Promise<Restored> => {
  const restored: Restored = { packages: 0, documents: 0, files: 0, problems: [] }
  const take = async (digest: Digest, where: string): Promise<Uint8Array | undefined> => {
    const bytes = await from.get(digest)
    if (bytes === undefined || hasher.digest(bytes) !== digest) {
      restored.problems.push(
        `${where}: ${digest} is ${bytes === undefined ? 'missing' : 'altered'} in the copy`,
      )
      return undefined
    }
    await to.put(digest, bytes)
    restored.files += 1
    return bytes
  }
  const names = await from.names()
  for (const name of names.filter((one) => one.startsWith('packages/') && one.endsWith('.json'))) {
    const header = await from.getNamed(name)
    if (header === undefined || (day !== undefined && !name.endsWith(`-${day}.json`))) continue
    const { sheets } = JSON.parse(new TextDecoder().decode(header)) as { sheets: Digest[] }
    let taken = 0
    for (const digest of sheets) {
      const sheet = await take(digest, name)
      for (const text of new TextDecoder().decode(sheet).split('\n').filter(Boolean)) {
        const line = JSON.parse(text) as SheetLine
        if (documentId !== undefined && line.documentId !== documentId) continue
        for (const piece of [line.manifest, ...line.pieces.map(([one]) => one)])
          await take(piece, `${name}, document ${line.documentId}`)
        taken += 1
      }
    }
    if (taken === 0) continue
    for (const one of [name, name.replace(/json$/, 'tst')]) {
      const bytes = await from.getNamed(one)
      if (bytes !== undefined) await to.putNamed(one, bytes)
    }
    restored.packages += 1
    restored.documents += taken
  }
  return restored
}
