import type { Attachments, Uploads } from '../core/exchange/index.ts'
import type { ScheduledJob } from './scheduler.ts'

const batch = 50

/** Clears away parts of files that nobody finished sending, and joined files that no document came to name. */
export const purgeUploads = (
  {
    uploads,
    attachments,
  }: { uploads: Pick<Uploads, 'purge'>; attachments: Pick<Attachments, 'purgeUnused'> },
  { cron = '40 * * * *', keepHours = 24 }: { cron?: string; keepHours?: number } = {},
): ScheduledJob => ({
  name: 'purge-uploads',
  about: `Clears away parts of files that were not finished, and files no document names, after ${keepHours} hours`,
  cron,
  run: async ({ now, signal }) => {
    const before = new Date(now.getTime() - keepHours * 3_600_000)
    const parts = await uploads.purge(before)
    let files = 0
    for (let gone = batch; gone === batch && !signal.aborted; files += gone) {
      gone = await attachments.purgeUnused(before, batch)
    }
    return { count: parts + files, note: `${parts} parts, ${files} files` }
  },
})
