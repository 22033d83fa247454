import { meterDoor } from '../adapters/console-api/index.ts'
import { DerivedRecordSigner } from '../adapters/host/record-signer.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import { PgMeterBook } from '../adapters/postgres/meter-book.ts'
import { PgMeterReader } from '../adapters/postgres/meter-reader.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import type { Companies } from '../core/company/index.ts'
import type { Clock, UnitOfWork } from '../core/kernel/index.ts'
import {
  closeMeterDay,
  linkMeterLines,
  openMeterDesk,
  stampMeterDays,
  type RecordStamper,
} from '../core/meter/index.ts'
import { closeMeter, linkMeter } from '../jobs/index.ts'

interface EvidenceDeps {
  clock: Clock
  pool: PgPool
  unitOfWork: UnitOfWork
  companies: Companies
  masterKey: Uint8Array
  stamper: RecordStamper | undefined
}

/** What the gateway proves with: the meter's chains and days. */
export const openEvidence = ({ clock, pool, unitOfWork, companies, masterKey, stamper }: EvidenceDeps) => {
  const signer = new DerivedRecordSigner(masterKey)
  const book = new PgMeterBook(pool)
  const meter = openMeterDesk({
    clock,
    hasher: sha256,
    meter: new PgMeterReader(pool),
    book,
    signer,
    companies,
  })
  const link = linkMeterLines({ clock, hasher: sha256, unitOfWork, book })
  return {
    meter,
    doors: [meterDoor(meter)],
    jobs: [
      linkMeter({ link }),
      closeMeter({
        link,
        close: closeMeterDay({ clock, hasher: sha256, unitOfWork, book, signer }),
        stamp: stampMeterDays({ book, stamper }),
      }),
    ],
  }
}
