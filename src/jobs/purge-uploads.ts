import type { Uploads } from '../core/exchange/index.ts'
import type { ScheduledJob } from './scheduler.ts'

/** Clears away parts of files that nobody finished sending. */
export const purgeUploads = (
  { uploads }: { uploads: Uploads },
  { cron = '40 * * * *', keepHours = 24 }: { cron?: string; keepHours?: number } = {},
): ScheduledJob => ({
  name: 'purge-uploads',
  about: `Clears away parts of files that were not finished within ${keepHours} hours`,
  cron,
  run: async ({ now }) => {
    const count = await uploads.purge(new Date(now.getTime() - keepHours * 3_600_000))
    return { count, note: `${count} parts` }
  },
})
