import type {
  ForeignFile,
  ForeignFormat,
  ForeignReading,
  ReadingContext,
} from '../../../core/exchange/index.ts'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import { readXmlPieces, Unreadable } from '../../xml/index.ts'
import { openZip, type ZipContents } from '../../zip/index.ts'
import { noSuchEntry } from './cml-faults.ts'
import { PackageListener, type Taken } from './package-listener.ts'

/** A file of 200 MB has some ten million elements; one document in it is bounded by itself. */
const noLimit = { maxNodes: Number.MAX_SAFE_INTEGER, maxDepth: 64, maxAttributes: 64 }

/** An archive unpacks to at most a gigabyte, and to at most 250 times its size: XML of 1C packs 20 to 40 times. */
const zipLimits = { maxBytes: 1024 * 1024 * 1024, maxEntries: 20_000, maxRatio: 250 }

const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b

/** CommerceML of any version, by itself or in a zip; `name` chooses the entry where it is the name of one. */
export const commerceMl: ForeignFormat = {
  name: 'commerceml',
  mayHoldNoDocuments: true,
  read: async (bytes, fileName, context) => {
    const readings: ForeignReading[] = []
    const read = await readFile(fileOf(bytes, fileName), context, (taken) => {
      if ('reading' in taken) readings.push(taken.reading)
      return Promise.resolve()
    })
    return read.ok ? ok(readings) : read
  },
  readLarge: (file, context, take) =>
    readFile(file, context, (taken) =>
      take('reading' in taken ? { ...taken.reading, raw: new TextEncoder().encode(taken.raw) } : taken),
    ),
}

const fileOf = (bytes: Uint8Array, name: string): ForeignFile => ({
  name,
  size: bytes.byteLength,
  pieces: async function* () {
    yield await Promise.resolve(bytes)
  },
  slice: (from, length) => Promise.resolve(bytes.subarray(from, from + length)),
})

const readFile = async (
  file: ForeignFile,
  context: ReadingContext,
  take: (taken: Taken) => Promise<void>,
): Promise<Result<void>> => {
  if (!isZip(await file.slice(0, 2))) return readPieces(file.pieces(), context, take)
  const zip = await openZip(file, zipLimits)
  if (!zip.ok) return zip
  try {
    return await readArchive(zip.value, file.name, context, take)
  } finally {
    zip.value.close()
  }
}

const readArchive = async (
  zip: ZipContents,
  name: string,
  context: ReadingContext,
  take: (taken: Taken) => Promise<void>,
): Promise<Result<void>> => {
  const xml = zip.names.filter((one) => one.toLowerCase().endsWith('.xml'))
  const wanted = name.toLowerCase().endsWith('.xml') ? xml.filter((one) => one === name) : xml
  if (wanted.length === 0) return failed(noSuchEntry(name))
  for (const one of wanted) {
    const read = await readPieces(contents(zip, one), context, take)
    if (!read.ok) return read
  }
  return ok(undefined)
}

const contents = async function* (zip: ZipContents, name: string): AsyncIterable<Uint8Array> {
  for await (const piece of zip.pieces(name)) {
    if (!piece.ok) throw new Unreadable(...piece.faults)
    yield piece.value
  }
}

const readPieces = async (
  pieces: AsyncIterable<Uint8Array>,
  context: ReadingContext,
  take: (taken: Taken) => Promise<void>,
): Promise<Result<void>> => {
  const listener = new PackageListener(context, take)
  const read = await readXmlPieces(pieces, listener, noLimit)
  if (read.ok) await listener.end()
  return read
}
