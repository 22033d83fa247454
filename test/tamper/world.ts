import { createHash } from 'node:crypto'
import { MemoryArchiveStore } from '../../src/adapters/memory/files.ts'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import { PgArchiveRecords } from '../../src/adapters/postgres/archive-records.ts'
import { PgAuditLog } from '../../src/adapters/postgres/audit-log.ts'
import { PgLedger } from '../../src/adapters/postgres/ledger.ts'
import { PgMeterBook } from '../../src/adapters/postgres/meter-book.ts'
import { PgPackageBook } from '../../src/adapters/postgres/package-book.ts'
import type { PgPool, PgUnitOfWork } from '../../src/adapters/postgres/pool.ts'
import { sealedRows } from '../../src/adapters/postgres/sealed-rows.ts'
import {
  closePackage,
  jsonBytes,
  placeDocuments,
  sealRows,
  type ListedPiece,
  type SealedRow,
} from '../../src/core/archive/index.ts'
import { closeAuditDay, linkAuditLines } from '../../src/core/audit/index.ts'
import { closeMeterDay, linkMeterLines } from '../../src/core/meter/index.ts'
import { anAcceptance, someCompanies } from '../factories/acceptances.ts'
import { testRecordSigner } from '../factories/memory-meter.ts'

/** A store and an archive as they lie: what somebody could lay hands on. */
export interface World {
  rows: SealedRow[]
  files: Map<string, Buffer>
  /** Digests of days and packages that others noted. */
  witnesses: { day: string; digest: string }[]
}

/** Some days of documents of two companies: accepted, counted, archived, looked at, closed. */
export const aWorld = async (
  store: { pool: PgPool; unitOfWork: PgUnitOfWork },
  { days = 3, documentsADay = 6 } = {},
): Promise<World> => {
  const { pool, unitOfWork } = store
  let now = new Date()
  const clock = { now: () => now }
  const hasher = sha256
  const signer = testRecordSigner
  const shelf = new MemoryArchiveStore()
  const files = new Map<string, Buffer>()
  const blobs = {
    put: (digest: string, bytes: Uint8Array) => {
      files.set(`${digest.slice(0, 2)}/${digest.slice(2)}`, Buffer.from(bytes))
      return Promise.resolve()
    },
  }
  const [records, book, meterBook, audit] = [
    new PgArchiveRecords(pool),
    new PgPackageBook(pool),
    new PgMeterBook(pool),
    new PgAuditLog(pool),
  ]
  const ledger = new PgLedger(pool)
  const companies = [await someCompanies(store), await someCompanies(store)]
  for (let day = 0; day < days; day += 1) {
    const date = `2026-05-1${day}`
    for (let at = 0; at < documentsADay; at += 1) {
      now = new Date(`${date}T0${at % 10}:00:00Z`)
      const sides = companies[at % 2]!
      const acceptance = anAcceptance(sides, { receivedAt: now })
      await ledger.enter(acceptance)
      const pieces: ListedPiece[] = []
      for (const [name, bytes] of [
        ['document.xml', acceptance.bytes],
        ['signatures/01-sender-document.p7s', Buffer.from(`signature of ${acceptance.id}`)],
      ] as const) {
        const digest = hasher.digest(bytes)
        await blobs.put(digest, bytes)
        pieces.push({ name, for: 'both', digest, size: bytes.byteLength })
      }
      const manifest = jsonBytes({
        manifest: 'urn:daneker:archive:2',
        document: { id: acceptance.id },
        pieces,
      })
      const manifestDigest = hasher.digest(manifest)
      await blobs.put(manifestDigest, manifest)
      await unitOfWork.run((tx) =>
        records.add(tx, {
          documentId: acceptance.id,
          companyId: sides.companyId,
          kind: 'act',
          number: acceptance.facts.number,
          date: acceptance.facts.date,
          senderTaxId: acceptance.facts.senderTaxId,
          recipientTaxId: acceptance.facts.recipientTaxId,
          manifestDigest,
          at: now,
          size: manifest.byteLength,
          pieces,
        }),
      )
      await audit.add({
        id: uuidIds.next(),
        at: now,
        who: at % 2 === 0 ? 'client' : 'operator',
        actor: 'base',
        deed: 'document.read',
        object: acceptance.id,
        companyId: sides.companyId,
        reason: at % 2 === 0 ? undefined : 'запрос суда',
      })
    }
    now = new Date(`${date}T20:00:00Z`)
    await linkMeterLines({ clock, hasher, unitOfWork, book: meterBook })(1_000, 'whole')
    await closeMeterDay({ clock, hasher, unitOfWork, book: meterBook, signer })()
    await linkAuditLines({ hasher, unitOfWork, book: audit })(1_000)
    await closeAuditDay({ clock, book: audit, signer })()
    await placeDocuments({ hasher, unitOfWork, book })(1_000)
    await closePackage({ clock, hasher, unitOfWork, book, store: blobs, shelf, signer })()
  }
  for (const name of await shelf.names())
    files.set(`named/${name}`, Buffer.from((await shelf.getNamed(name)) ?? []))
  const rows: SealedRow[] = []
  for await (const row of sealRows(sealedRows(pool), { signer, clock }))
    rows.push(JSON.parse(JSON.stringify(row)) as SealedRow)
  const witnesses = rows
    .filter(({ row }) => row === 'meter-day')
    .map(({ day, digest }) => ({ day: String(day), digest: String(digest) }))
  return { rows, files, witnesses }
}

/** Random numbers that a seed repeats. */
export const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 1) | 0
    const bytes = createHash('sha256').update(`${state}`).digest()
    return bytes.readUInt32BE(0) % below
  }
}
