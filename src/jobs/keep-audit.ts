import type { closeAuditDay, linkAuditLines } from '../core/audit/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

const linksAtOnce = 2_000

/** Chains the lines of the audit log. */
export const linkAudit = (
  { link, close }: { link: ReturnType<typeof linkAuditLines>; close: ReturnType<typeof closeAuditDay> },
  { cron = '* * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'link-audit',
  about: 'Chains the audit log; once a day its end is signed and stamped',
  cron,
  run: async ({ signal }) => {
    const count = await inBatches(signal, linksAtOnce, (limit) => link(limit))
    const day = signal.aborted ? undefined : await close()
    return {
      count,
      note: `${count} lines chained${day === undefined ? '' : `, ${day.day} closed at line ${day.last}`}`,
    }
  },
})
