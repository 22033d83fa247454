import type { closePackage, placeDocuments, stampPackages } from '../core/archive/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

const placesAtOnce = 1_000

interface Deps {
  place: ReturnType<typeof placeDocuments>
  close: ReturnType<typeof closePackage>
  stamp: ReturnType<typeof stampPackages>
}

/** Gives what was archived yesterday its places, lists it in a package, and chains, signs and stamps that. */
export const packArchive = (
  { place, close, stamp }: Deps,
  { cron = '40 0 * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'pack-archive',
  about: "Closes yesterday's package of the archive: listed, chained, signed, stamped",
  cron,
  limitMs: 3_600_000,
  run: async ({ signal }) => {
    await inBatches(signal, placesAtOnce, (limit) => place(limit))
    const made = signal.aborted ? undefined : await close(signal)
    const { stamped, stoppedBy } = await stamp()
    const closed =
      made === undefined
        ? 'nothing to pack'
        : `package ${made.number} of ${made.day}: ${made.documents} documents, ${made.digest.slice(0, 16)}`
    return {
      count: made?.documents ?? 0,
      note: `${closed}; ${stamped} stamps${stoppedBy === undefined ? '' : `, stopped by ${stoppedBy}`}`,
    }
  },
})
