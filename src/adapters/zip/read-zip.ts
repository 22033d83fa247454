import { buffer } from 'node:stream/consumers'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { failed, ok, type Result } from '../../core/kernel/index.ts'
import { brokenZip, encryptedZip, unsafeZipName, zipTooLarge } from './zip-faults.ts'

export interface ZipLimits {
  /** Bytes of all entries together, unpacked. */
  maxBytes: number
  maxEntries: number
}

export interface ZipEntry {
  /** Slash-separated, relative, without `..`: safe to use as a name. */
  name: string
  bytes: Uint8Array
}

const stored = 0
const deflated = 8

/** How the library says that it will not have a name. */
export const refusedName = /^(invalid characters in fileName|invalid relative path|absolute path)/

class TooLarge extends Error {}

/**
 * Unpacks an archive in memory. Never writes a file, never trusts a size that the archive states: the limit
 * counts what was really unpacked. Names are UTF-8 or CP437 as the entry says; folders are left out.
 */
export const readZip = async (bytes: Uint8Array, limits: ZipLimits): Promise<Result<ZipEntry[]>> => {
  let zip: ZipFile
  try {
    zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      lazyEntries: true,
      strictFileNames: false,
    })
  } catch {
    return failed(brokenZip())
  }
  const tooLarge = () => failed(zipTooLarge(Math.round(limits.maxBytes / 1024 / 1024)))
  if (zip.entryCount > limits.maxEntries) return tooLarge()
  const entries: ZipEntry[] = []
  let left = limits.maxBytes
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      if (!isSafe(entry.fileName)) return failed(unsafeZipName(entry.fileName))
      if (!mayUnpack(entry)) return failed(encryptedZip())
      if (entry.uncompressedSize > left) return tooLarge()
      const content = await contentOf(zip, entry, left)
      left -= content.byteLength
      entries.push({ name: entry.fileName, bytes: content })
    }
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge()
    const said = error instanceof Error ? error.message : ''
    return failed(refusedName.test(said) ? unsafeZipName('') : brokenZip())
  } finally {
    zip.close()
  }
  return ok(entries)
}

/** Unpacked until the limit: an entry may state less than it unpacks to. */
const contentOf = async (zip: ZipFile, entry: Entry, limit: number): Promise<Buffer> => {
  const stream = await zip.openReadStreamPromise(entry)
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.byteLength
    if (size > limit) stream.destroy(new TooLarge())
  })
  return buffer(stream)
}

export const mayUnpack = (entry: Entry): boolean =>
  !entry.isEncrypted() && [stored, deflated].includes(entry.compressionMethod)

/** No absolute name, no drive, no `..`, no backslash, no control character. */
export const isSafe = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 255 &&
  !/^[/\\]|^[A-Za-z]:|\\|\p{Cc}/u.test(name) &&
  !name.split('/').some((part) => part === '..' || part === '.' || part === '')
