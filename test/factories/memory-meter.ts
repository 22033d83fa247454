import { DerivedRecordSigner } from '../../src/adapters/host/record-signer.ts'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { MemoryMeter } from '../../src/adapters/memory/meter.ts'
import { systemClock } from '../../src/core/kernel/index.ts'
import { openMeterDesk, type MeterDesk } from '../../src/core/meter/index.ts'

/** The installation key of tests. */
export const testRecordSigner = new DerivedRecordSigner(new Uint8Array(32).fill(7))

/** The questions of the meter over memory. */
export const memoryMeterDesk = (meter = new MemoryMeter()): MeterDesk =>
  openMeterDesk({
    clock: systemClock,
    hasher: sha256,
    meter,
    book: meter,
    signer: testRecordSigner,
    companies: { byTaxId: () => Promise.resolve(undefined) },
  })
