import type { Attachment, Attachments } from '../../core/exchange/index.ts'
import type { MemoryUploads } from './files.ts'

interface Kept extends Attachment {
  companyId: string
  at: Date
  bytes: Uint8Array[]
}

/** Twin of the tables of attachments; documents tell it which ones they name. */
export class MemoryAttachments implements Attachments {
  readonly #uploads: MemoryUploads
  readonly #kept = new Map<string, Kept>()
  readonly #named = new Map<string, string>()

  constructor(uploads: MemoryUploads) {
    this.#uploads = uploads
  }

  async keep(
    { connectionId, fileId, untouchedSince }: Parameters<Attachments['keep']>[0],
    attachment: Parameters<Attachments['keep']>[1],
  ): Promise<boolean> {
    const found = await this.#uploads.read(connectionId, fileId)
    const changed = this.#uploads.changedSince(connectionId, fileId, untouchedSince)
    if (found?.parts !== attachment.parts || found.size !== attachment.size || changed) return false
    const bytes: Uint8Array[] = []
    for (let part = 1; part <= found.parts; part += 1) {
      bytes.push((await this.#uploads.part(connectionId, fileId, part)) ?? new Uint8Array())
    }
    const key = keyOf(attachment.companyId, attachment.digest)
    const known = this.#kept.get(key)
    this.#kept.set(key, known === undefined ? { ...attachment, bytes } : { ...known, at: attachment.at })
    await this.#uploads.discard(connectionId, fileId)
    return true
  }

  /** A document was entered that names it. */
  name(documentId: string, companyId: string, digest: string): void {
    if (!this.#kept.has(keyOf(companyId, digest))) throw new Error(`no attachment ${digest} of ${companyId}`)
    this.#named.set(documentId, keyOf(companyId, digest))
  }

  of(companyId: string, digest: string): Promise<Attachment | undefined> {
    const kept = this.#kept.get(keyOf(companyId, digest))
    return Promise.resolve(kept && { digest: kept.digest, size: kept.size, parts: kept.parts })
  }

  ofDocument(documentId: string): Promise<(Attachment & { companyId: string }) | undefined> {
    const kept = this.#kept.get(this.#named.get(documentId) ?? '')
    return Promise.resolve(
      kept && { companyId: kept.companyId, digest: kept.digest, size: kept.size, parts: kept.parts },
    )
  }

  part(companyId: string, digest: string, part: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#kept.get(keyOf(companyId, digest))?.bytes[part - 1])
  }

  purgeUnused(before: Date, limit: number): Promise<number> {
    const used = new Set(this.#named.values())
    const unused = [...this.#kept].filter(([key, { at }]) => at < before && !used.has(key)).slice(0, limit)
    for (const [key] of unused) this.#kept.delete(key)
    return Promise.resolve(unused.length)
  }
}

const keyOf = (companyId: string, digest: string): string => `${companyId} ${digest}`
