import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { archiveFull, type ArchiveShelf, type ArchiveStore } from '../../core/archive/index.ts'
import type { Digest, Hasher } from '../../core/exchange/index.ts'
import { UpstreamError } from '../../core/kernel/index.ts'
import { checkDigest, checkName } from './places.ts'

/**
 * The archive in a folder: `ab/cdef…` by digest, `named/…` by name. A file appears whole or not at all (written aside,
 * synced, then linked into place) and is read-only from then on.
 */
export class FolderArchiveStore implements ArchiveStore, ArchiveShelf {
  readonly #root: string
  readonly #hasher: Hasher

  constructor(root: string, hasher: Hasher) {
    this.#root = root
    this.#hasher = hasher
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const path = this.#placeOf(digest)
    if (await writeOnce(path, bytes)) return
    const there = await readFile(path)
    if (this.#hasher.digest(there) === digest) return
    // What lies there is not what was put: kept as evidence, and the right bytes take its place.
    await rename(path, `${path}.altered-${randomUUID()}`)
    await writeOnce(path, bytes)
  }

  get(digest: Digest): Promise<Uint8Array | undefined> {
    return readIfThere(this.#placeOf(digest))
  }

  async remove(digest: Digest): Promise<void> {
    try {
      await unlink(this.#placeOf(digest))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }

  async putNamed(name: string, bytes: Uint8Array): Promise<void> {
    await writeOnce(this.#named(name), bytes)
  }

  getNamed(name: string): Promise<Uint8Array | undefined> {
    return readIfThere(this.#named(name))
  }

  async names(): Promise<string[]> {
    try {
      const entries = await readdir(join(this.#root, 'named'), { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => join(entry.parentPath, entry.name).slice(join(this.#root, 'named').length + 1))
        .map((name) => name.replaceAll('\\', '/'))
        .sort()
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  }

  #placeOf(digest: Digest): string {
    checkDigest(digest)
    return join(this.#root, digest.slice(0, 2), digest.slice(2))
  }

  #named(name: string): string {
    checkName(name)
    return join(this.#root, 'named', name)
  }
}

/** False when something lies there already. Nothing half-written stays, whatever goes wrong. */
const writeOnce = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  const folder = dirname(path)
  const aside = join(folder, `.${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true })
    try {
      const file = await open(aside, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o440)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      // link() never replaces: what is archived stays what it was.
      await link(aside, path)
    } finally {
      await unlink(aside).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
    }
    await syncFolder(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (['ENOSPC', 'EDQUOT', 'EROFS'].includes(codeOf(error) ?? ''))
      throw new UpstreamError('busy', 'archive', 'the archive store is full or read-only', {
        cause: error,
        faults: [archiveFull()],
        retryAfterMs: 60_000,
      })
    throw error
  }
}

const readIfThere = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
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

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
