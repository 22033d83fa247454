import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FolderArchiveStore } from '../adapters/archive-store/folder-store.ts'
import { archiveDoor, auditDoor, meterDoor, watched } from '../adapters/console-api/index.ts'
import { DerivedRecordSigner } from '../adapters/host/record-signer.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import { PgAttachments } from '../adapters/postgres/attachments.ts'
import { PgAuditLog } from '../adapters/postgres/audit-log.ts'
import { PgArchiveRecords } from '../adapters/postgres/archive-records.ts'
import type { PgDocuments } from '../adapters/postgres/documents.ts'
import { PgMeterBook } from '../adapters/postgres/meter-book.ts'
import { PgMeterReader } from '../adapters/postgres/meter-reader.ts'
import { PgMirrorRecords } from '../adapters/postgres/mirror-records.ts'
import { originalOf } from '../adapters/postgres/originals.ts'
import { PgPackageBook } from '../adapters/postgres/package-book.ts'
import { sealedRows } from '../adapters/postgres/sealed-rows.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import { writeZip } from '../adapters/zip/index.ts'
import {
  archiveStep,
  closePackage,
  openArchiveDesk,
  placeDocuments,
  sealRows,
  stampPackages,
  type ContainerSealer,
  type PortalInvoice,
} from '../core/archive/index.ts'
import { auditing, checkAudit, closeAuditDay, linkAuditLines } from '../core/audit/index.ts'
import type { RecordStamper } from '../core/chain/index.ts'
import type { Companies } from '../core/company/index.ts'
import type { Clock, Ids, UnitOfWork } from '../core/kernel/index.ts'
import {
  closeMeterDay,
  linkMeterLines,
  meterProof,
  openMeterDesk,
  stampMeterDays,
} from '../core/meter/index.ts'
import type { Proofs } from '../core/signature/index.ts'
import { closeMeter, linkAudit, linkMeter, packArchive } from '../jobs/index.ts'

interface EvidenceDeps {
  clock: Clock
  ids: Ids
  pool: PgPool
  unitOfWork: UnitOfWork
  companies: Companies
  documents: PgDocuments
  proofs: Proofs
  masterKey: Uint8Array
  archiveFolder: string
  calendarFolder: string
  stamper: RecordStamper | undefined
}

/** What the gateway proves with: the meter's chains and days, the archive with its packages, the bundle. */
export const openEvidence = (deps: EvidenceDeps) => {
  const { clock, ids, pool, unitOfWork, companies, documents, proofs, masterKey, stamper } = deps
  const hasher = sha256
  const signer = new DerivedRecordSigner(masterKey)

  const meterBook = new PgMeterBook(pool)
  const meterReader = new PgMeterReader(pool)
  const meter = openMeterDesk({ clock, hasher, meter: meterReader, book: meterBook, signer, companies })
  const link = linkMeterLines({ clock, hasher, unitOfWork, book: meterBook })

  const store = new FolderArchiveStore(deps.archiveFolder, hasher)
  const records = new PgArchiveRecords(pool)
  const book = new PgPackageBook(pool)
  const pieces = {
    documents,
    hasher,
    proofs,
    list: (digest: string) => store.get(digest),
    original: originalOf(pool),
    attachments: new PgAttachments(pool),
    portalInvoice: portalInvoiceOf(new PgMirrorRecords(pool)),
    calendarFile: calendarFileIn(deps.calendarFolder),
  }
  const archive = openArchiveDesk({
    ...pieces,
    store,
    records,
    book,
    meterProof: meterProof({ hasher, meter: meterReader, signer }),
    signer,
    sealer: stamper && stampSealer(stamper),
    packer: {
      pack: ([mimetype, ...files], at) =>
        writeZip([...(mimetype === undefined ? [] : [{ ...mimetype, stored: true }]), ...files], at),
    },
  })
  const log = new PgAuditLog(pool)
  const audit = auditing({ clock, ids, log })
  return {
    audit,
    /** The operator's doors with every call written down. */
    watched: watched({ clock, ids, log }),
    meter,
    archive: audit.archive(archive),
    store,
    archiveStep: archiveStep({ ...pieces, clock, store, records }),
    doors: [
      meterDoor(meter),
      archiveDoor({
        archive,
        companyOf: meter.companyOf,
        rows: () => sealRows(sealedRows(pool), { signer, clock }),
      }),
      auditDoor({ book: log, check: checkAudit({ hasher, book: log }) }),
    ],
    jobs: [
      linkMeter({ link }),
      linkAudit({
        link: linkAuditLines({ hasher, unitOfWork, book: log }),
        close: closeAuditDay({ clock, book: log, signer, stamper }),
      }),
      closeMeter({
        link,
        close: closeMeterDay({ clock, hasher, unitOfWork, book: meterBook, signer }),
        stamp: stampMeterDays({ book: meterBook, stamper }),
      }),
      packArchive({
        place: placeDocuments({ hasher, unitOfWork, book }),
        close: closePackage({ clock, hasher, unitOfWork, book, store, shelf: store, signer }),
        stamp: stampPackages({ book, shelf: store, stamper }),
      }),
    ],
  }
}

const portalInvoiceOf =
  (records: PgMirrorRecords) =>
  async (documentId: string): Promise<PortalInvoice | undefined> => {
    const [record, signed] = [await records.find(documentId), await records.signed(documentId)]
    if (record === undefined || signed === undefined) return undefined
    const { body, signature, certificate } = signed
    return {
      body,
      signature,
      certificate,
      registrationNumber: record.registrationNumber,
      portalId: record.portalId,
      status: record.portalStatus,
      history: (await records.lines(documentId)).map(({ at, deed }) => ({ at: at.toISOString(), deed })),
    }
  }

const calendarFileIn =
  (folder: string) =>
  (year: string): Uint8Array | undefined => {
    try {
      return readFileSync(join(folder, `kz-${year}.yaml`))
    } catch {
      // A year nobody counted by has no file; a bundle does not need it.
      return undefined
    }
  }

/** A time stamp over the container's manifest; a silent authority leaves the bundle with the record key's mark. */
const stampSealer = (stamper: RecordStamper): ContainerSealer => ({
  seal: async (manifestOf) => {
    try {
      return { kind: 'time-stamp', bytes: await stamper.stamp(manifestOf('time-stamp')) }
    } catch {
      return undefined
    }
  },
})
