import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

export interface NewZipEntry {
  /** Slash-separated and relative; Cyrillic is written as UTF-8. */
  name: string
  bytes: Uint8Array
  /** Put in as it is; a container's `mimetype` must be. */
  stored?: boolean
}

/**
 * Packs entries in the order given. The same entries with the same moment give the same bytes.
 * @param at written as the time of every entry
 */
export const writeZip = async (entries: readonly NewZipEntry[], at: Date): Promise<Buffer> => {
  const zip = new ZipFile()
  for (const { name, bytes, stored = false } of entries) {
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name, {
      compress: !stored,
      mtime: at,
      mode: 0o100644,
      // Extra fields would stand between a container's first bytes and its `mimetype`.
      forceDosTimestamp: true,
    })
  }
  zip.end()
  return buffer(zip.outputStream)
}
