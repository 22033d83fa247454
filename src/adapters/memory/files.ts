import { createHash, randomBytes } from 'node:crypto'
import type { ArchiveShelf, ArchiveStore } from '../../core/archive/index.ts'
import type { Digest, Link, Links, Upload, Uploads } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

interface Part {
  bytes: Uint8Array
  at: Date
}

/** Twin of the uploaded parts. */
export class MemoryUploads implements Uploads {
  readonly #files = new Map<string, Map<number, Part>>()

  put({
    connectionId,
    fileId,
    part,
    bytes,
    at,
    atMost,
  }: {
    connectionId: string
    fileId: string
    part: number
    bytes: Uint8Array
    at: Date
    atMost: number
  }): Promise<boolean> {
    const key = keyOf(connectionId, fileId)
    const file = this.#files.get(key) ?? new Map<number, Part>()
    const own = [...this.#files].filter(([other]) => other.startsWith(keyOf(connectionId, '')))
    const kept = own.reduce((sum, [, { size }]) => sum + size, 0)
    if (kept >= atMost && !file.has(part)) return Promise.resolve(false)
    file.set(part, { bytes, at })
    this.#files.set(key, file)
    return Promise.resolve(true)
  }

  read(connectionId: string, fileId: string): Promise<Upload | undefined> {
    const file = this.#files.get(keyOf(connectionId, fileId))
    if (file === undefined || file.size === 0) return Promise.resolve(undefined)
    const last = Math.max(...file.keys())
    const missing = Array.from({ length: last }, (_, index) => index + 1).find((part) => !file.has(part))
    const size = [...file.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    const sizes = [...file].sort(([a], [b]) => a - b).map(([, { bytes }]) => bytes.byteLength)
    return Promise.resolve({ parts: file.size, size, missing, sizes })
  }

  /** Whether a part came or changed after a moment. */
  changedSince(connectionId: string, fileId: string, moment: Date): boolean {
    return [...(this.#files.get(keyOf(connectionId, fileId))?.values() ?? [])].some(({ at }) => at > moment)
  }

  part(connectionId: string, fileId: string, part: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#files.get(keyOf(connectionId, fileId))?.get(part)?.bytes)
  }

  discard(connectionId: string, fileId: string): Promise<void> {
    this.#files.delete(keyOf(connectionId, fileId))
    return Promise.resolve()
  }

  purge(before: Date): Promise<number> {
    let gone = 0
    for (const file of this.#files.values()) {
      for (const [part, { at }] of file) {
        if (at >= before) continue
        file.delete(part)
        gone += 1
      }
    }
    return Promise.resolve(gone)
  }
}

const keyOf = (connectionId: string, fileId: string): string => `${connectionId} ${fileId}`

type Asker = { companyId: string; at: Date }

/** Twin of the links. */
export class MemoryLinks implements Links {
  readonly #links = new Map<string, { link: Link; asker?: Asker }>()

  make(tx: Tx, link: Link, asker?: Asker): Promise<{ token: string }> {
    const token = randomBytes(32).toString('base64url')
    const hash = hashOf(token)
    this.#links.set(hash, { link, asker })
    onRollback(tx, () => this.#links.delete(hash))
    return Promise.resolve({ token })
  }

  byToken(token: string, now: Date): Promise<Link | undefined> {
    const link = this.#links.get(hashOf(token))?.link
    return Promise.resolve(link !== undefined && link.expiresAt > now ? link : undefined)
  }

  asked(companyId: string, documentId: string, since: Date): Promise<{ all: number; document: number }> {
    const own = [...this.#links.values()].filter(
      ({ asker }) => asker?.companyId === companyId && asker.at > since,
    )
    const document = own.filter(({ link }) => link.documentIds.includes(documentId)).length
    return Promise.resolve({ all: own.length, document })
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Twin of the archive folder. */
export class MemoryArchiveStore implements ArchiveStore, ArchiveShelf {
  readonly #blobs = new Map<Digest, Uint8Array>()
  readonly #named = new Map<string, Uint8Array>()

  put(digest: Digest, bytes: Uint8Array): Promise<void> {
    // Write-once: what is there stays what it was, unless it is not what it was.
    const there = this.#blobs.get(digest)
    if (there === undefined || createHash('sha256').update(there).digest('hex') !== digest)
      this.#blobs.set(digest, Uint8Array.from(bytes))
    return Promise.resolve()
  }

  get(digest: Digest): Promise<Uint8Array | undefined> {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new RangeError('not a digest')
    return Promise.resolve(this.#blobs.get(digest))
  }

  remove(digest: Digest): Promise<void> {
    this.#blobs.delete(digest)
    return Promise.resolve()
  }

  putNamed(name: string, bytes: Uint8Array): Promise<void> {
    if (!this.#named.has(name)) this.#named.set(name, Uint8Array.from(bytes))
    return Promise.resolve()
  }

  getNamed(name: string): Promise<Uint8Array | undefined> {
    if (name.includes('..')) throw new RangeError('not a name of the archive')
    return Promise.resolve(this.#named.get(name))
  }

  names(): Promise<string[]> {
    return Promise.resolve([...this.#named.keys()].sort())
  }
}
