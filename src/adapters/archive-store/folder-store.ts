import { constants } from 'node:fs'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { ArchiveStore, Digest } from '../../core/exchange/index.ts'

const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/**
 * The archive in a folder: `ab/cdef…` by digest. A file appears whole or not at all (written aside, synced,
 * then linked into place) and is read-only from then on.
 */
export class FolderArchiveStore implements ArchiveStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const { folder, path } = this.#place(digest)
    await mkdir(folder, { recursive: true })
    const aside = join(folder, `.${randomUUID()}`)
    const file = await open(aside, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o440)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    try {
      // link() never replaces: what is archived stays what it was.
      await link(aside, path)
      await syncFolder(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      await unlink(aside)
    }
  }

  async get(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#place(digest).path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  #place(digest: Digest): { folder: string; path: string } {
    // A name made of anything but a digest could lead out of the folder.
    if (!isDigest(digest)) throw new RangeError('not a digest')
    const folder = join(this.#root, digest.slice(0, 2))
    return { folder, path: join(folder, digest.slice(2)) }
  }
}

/** The name of a new file is durable only once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
