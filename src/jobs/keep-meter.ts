import type { closeMeterDay, linkMeterLines, stampMeterDays } from '../core/meter/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

const linksAtOnce = 2_000

/** Chains what the meter counted since the last minute. The counts themselves are written when a document is accepted. */
export const linkMeter = (
  { link }: { link: ReturnType<typeof linkMeterLines> },
  { cron = '* * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'link-meter',
  about: 'Chains the counted documents of every company (offer 2.11)',
  cron,
  run: async ({ signal }) => {
    const count = await inBatches(signal, linksAtOnce, (limit) => link(limit))
    return { count, note: `${count} counts chained` }
  },
})

/** Twenty minutes after midnight: nothing that was accepted yesterday is still being committed. */
export const closeMeter = (
  {
    link,
    close,
    stamp,
  }: {
    link: ReturnType<typeof linkMeterLines>
    close: ReturnType<typeof closeMeterDay>
    stamp: ReturnType<typeof stampMeterDays>
  },
  { cron = '20 0 * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'close-meter-day',
  about: 'Closes the day of the meter: one root over all companies, signed and stamped',
  cron,
  run: async ({ signal }) => {
    await inBatches(signal, linksAtOnce, (limit) => link(limit, 'whole'))
    if (signal.aborted) return { count: 0, note: 'interrupted before closing' }
    const day = await close()
    const { stamped, stoppedBy } = await stamp()
    const closed =
      day === undefined
        ? 'closed before'
        : `${day.day}: ${day.documents} documents, ${day.digest.slice(0, 16)}`
    return {
      count: day === undefined ? 0 : 1,
      note: `${closed}; ${stamped} stamps${stoppedBy === undefined ? '' : `, stopped by ${stoppedBy}`}`,
    }
  },
})
