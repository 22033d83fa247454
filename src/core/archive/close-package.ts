import {
  emptyHead,
  knotsOf,
  leafOf,
  recordText,
  rootOf,
  type RecordSigner,
  type RecordStamper,
} from '../chain/index.ts'
import { startOfAlmatyDay } from '../deadline/index.ts'
import type { Digest, Hasher } from '../exchange/index.ts'
import { addDays, almatyDate, UpstreamError, type Clock, type UnitOfWork } from '../kernel/index.ts'
import { jsonBytes } from './pieces.ts'
import type { ArchivePackage, ArchiveShelf, ArchiveStore, PackageBook } from './ports.ts'

export interface ClosePackageDeps {
  clock: Clock
  hasher: Hasher
  unitOfWork: UnitOfWork
  book: PackageBook
  store: Pick<ArchiveStore, 'put'>
  shelf: Pick<ArchiveShelf, 'putNamed'>
  signer: RecordSigner
  stamper?: RecordStamper
}

/** Documents listed in one sheet: a few megabytes of JSON lines. */
export const sheetSize = 10_000

export const packageText = ({
  number,
  day,
  first,
  last,
  documents,
  bytes,
  root,
  head,
  sheets,
  previous,
}: Omit<ArchivePackage, 'digest' | 'signature' | 'knots' | 'closedAt' | 'stamp'>): string =>
  recordText('urn:daneker:archive-package:1', [
    number,
    day,
    first,
    last,
    documents,
    bytes,
    root,
    head,
    previous,
    ...sheets,
  ])

/** Name of a package's header on the shelf; sorts by number. */
export const packageName = ({ number, day }: Pick<ArchivePackage, 'number' | 'day'>): string =>
  `packages/${String(number).padStart(8, '0')}-${day}.json`

/** The header as it lies on the shelf: with it and the blobs alone the whole archive can be read and checked. */
export const packageHeader = (made: ArchivePackage, publicKey: string) => ({
  format: 'urn:daneker:archive-package:1',
  number: made.number,
  day: made.day,
  first: made.first,
  last: made.last,
  documents: made.documents,
  bytes: made.bytes,
  root: made.root,
  head: made.head,
  sheets: made.sheets,
  previous: made.previous,
  digest: made.digest,
  signature: base64(made.signature),
  publicKey,
})

/** One line of a sheet. */
export interface SheetLine {
  place: number
  documentId: string
  kind: string
  number: string
  date: string
  sender: string
  recipient: string
  archivedAt: string
  manifest: Digest
  pieces: [digest: Digest, size: number][]
}

/**
 * Packs what was archived until the end of yesterday, unless that is done. Sheets and header are written before the
 * row: dying in between leaves files that the next run writes again, byte for byte. After an outage one package holds
 * everything that gathered. Undefined when there was nothing to do.
 */
export const closePackage =
  (deps: ClosePackageDeps) =>
  async (signal?: AbortSignal): Promise<ArchivePackage | undefined> => {
    const { clock, hasher, unitOfWork, book, signer, store, shelf } = deps
    const now = clock.now()
    const today = almatyDate(now)
    const day = addDays(today, -1)
    const previous = await book.lastPackage()
    if (previous !== undefined && previous.day >= day) return undefined
    const first = (previous?.last ?? 0) + 1
    const end = await book.lastPlaceBefore(startOfAlmatyDay(today), first - 1)
    if (end === undefined) return undefined

    const leaves: Digest[] = []
    const sheets: Digest[] = []
    let bytes = 0
    for (let start = first; start <= end.place; start += sheetSize) {
      if (signal?.aborted === true) return undefined
      const listed = await book.listed(start, Math.min(start + sheetSize - 1, end.place))
      const sheet = sheetOf(listed)
      const digest = hasher.digest(sheet)
      await store.put(digest, sheet)
      sheets.push(digest)
      for (const { leaf, size } of listed) {
        leaves.push(leaf)
        bytes += size
      }
    }
    const knots = knotsOf(hasher, leaves)
    const facts = {
      number: (previous?.number ?? 0) + 1,
      day,
      first,
      last: end.place,
      documents: leaves.length,
      bytes,
      root: rootOf(hasher, knots),
      head: end.head,
      sheets,
      previous: previous?.digest ?? emptyHead,
    }
    const text = packageText(facts)
    const made: ArchivePackage = {
      ...facts,
      digest: leafOf(hasher, text),
      signature: signer.sign(text),
      knots,
      closedAt: now,
    }
    await shelf.putNamed(packageName(made), jsonBytes(packageHeader(made, signer.publicKey)))
    return unitOfWork.run(async (tx) => {
      await book.lock(tx)
      // Another replica that thought this one dead was faster: its package is the same.
      if (((await book.lastPackage(tx))?.number ?? 0) >= made.number) return undefined
      await book.close(tx, made)
      return made
    })
  }

const sheetOf = (listed: Awaited<ReturnType<PackageBook['listed']>>): Uint8Array => {
  const lines = listed.map((one): SheetLine => ({
    place: one.place,
    documentId: one.documentId,
    kind: one.kind,
    number: one.number,
    date: one.date,
    sender: one.senderTaxId,
    recipient: one.recipientTaxId,
    archivedAt: one.at.toISOString(),
    manifest: one.manifestDigest,
    pieces: one.pieces.map(({ digest, size }) => [digest, size]),
  }))
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** Stamps packages that have no stamp yet. An authority that is silent is asked again by the next run. */
export const stampPackages =
  ({ book, shelf, stamper }: Pick<ClosePackageDeps, 'book' | 'shelf' | 'stamper'>) =>
  async (): Promise<{ stamped: number; stoppedBy?: string }> => {
    if (stamper === undefined) return { stamped: 0 }
    let stamped = 0
    for (const made of await book.unstamped(100)) {
      try {
        const token = await stamper.stamp(new TextEncoder().encode(packageText(made)))
        await shelf.putNamed(packageName(made).replace(/json$/, 'tst'), token)
        await book.stamp(made.number, token)
        stamped += 1
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        return { stamped, stoppedBy: `${error.partner} ${error.word}` }
      }
    }
    return { stamped }
  }

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
