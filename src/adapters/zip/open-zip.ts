import { Readable } from 'node:stream'
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import { failed, ok, type Result } from '../../core/kernel/index.ts'
import { isSafe, mayUnpack, refusedName, type ZipLimits } from './read-zip.ts'
import { brokenZip, encryptedZip, unsafeZipName, zipTooLarge } from './zip-faults.ts'

/** Bytes that lie somewhere else and are fetched as they are needed. */
export interface ZipSource {
  size: number
  slice(from: number, length: number): Promise<Uint8Array>
}

/** An archive that is never in memory as a whole, packed or unpacked. */
export interface ZipContents {
  /** Names of its files, all safe; folders are left out. */
  readonly names: readonly string[]
  /** The unpacked bytes of one file; the last piece is a fault when the archive is broken or unpacks to too much. */
  pieces(name: string): AsyncIterable<Result<Uint8Array>>
  close(): void
}

/** Bytes fetched at one time. */
const pieceBytes = 256 * 1024
/** Below this size a good ratio is no sign of malice. */
const freeBytes = 16 * 1024 * 1024

class SourceReader extends RandomAccessReader {
  readonly #source: ZipSource

  constructor(source: ZipSource) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#range(start, end), { objectMode: false })
  }

  async *#range(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += pieceBytes)
      yield await this.#source.slice(at, Math.min(pieceBytes, end - at))
  }
}

/**
 * Opens an archive for reading file by file. A size that it states is never trusted: what is really unpacked counts,
 * over all files read.
 * @param limits `maxRatio`: unpacked to packed, beyond 16 MiB
 */
export const openZip = async (
  source: ZipSource,
  limits: ZipLimits & { maxRatio: number },
): Promise<Result<ZipContents>> => {
  const maxBytes = Math.min(limits.maxBytes, Math.max(source.size * limits.maxRatio, freeBytes))
  const tooLarge = () => zipTooLarge(Math.round(maxBytes / 1024 / 1024))
  let zip: ZipFile
  try {
    zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      strictFileNames: false,
      autoClose: false,
    })
  } catch {
    return failed(brokenZip())
  }
  const entries = new Map<string, Entry>()
  const refuse = (fault: ReturnType<typeof brokenZip>): Result<never> => {
    zip.close()
    return failed(fault)
  }
  if (zip.entryCount > limits.maxEntries) return refuse(tooLarge())
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      if (!isSafe(entry.fileName)) return refuse(unsafeZipName(entry.fileName))
      if (!mayUnpack(entry)) return refuse(encryptedZip())
      entries.set(entry.fileName, entry)
    }
  } catch (error) {
    return refuse(
      refusedName.test(error instanceof Error ? error.message : '') ? unsafeZipName('') : brokenZip(),
    )
  }
  let left = maxBytes
  return ok({
    names: [...entries.keys()],
    close: () => zip.close(),
    pieces: async function* (name) {
      const entry = entries.get(name)
      if (entry === undefined) throw new Error(`the archive has no entry of this name`)
      if (entry.uncompressedSize > left) {
        yield failed(tooLarge())
        return
      }
      try {
        for await (const piece of await zip.openReadStreamPromise(entry)) {
          left -= (piece as Buffer).byteLength
          if (left < 0) {
            yield failed(tooLarge())
            return
          }
          yield ok(piece as Buffer)
        }
      } catch {
        yield failed(brokenZip())
      }
    },
  })
}
