import { silentLog, UpstreamError } from '../core/kernel/index.ts'
import type { Log } from '../core/kernel/index.ts'
import type { ScheduledJob } from './scheduler.ts'

/** Companies that work with the portal, and what to do for each. */
interface Portal {
  taxIds: () => Promise<string[]>
  follow: (taxId: string) => Promise<{ moved: number }>
  log?: Log
}

/**
 * Reads what happened to invoices at the portal after their registration: delivered, revoked, declined,
 * cancelled by an official. Hourly, because each company costs one of the day's calls to the portal; what is
 * still in its queue is asked about by the invoices' own steps.
 */
export const followPortal = (
  { taxIds, follow, log = silentLog }: Portal,
  { cron = '17 * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'follow-portal',
  about: 'Reads what changed at the state portal after invoices were registered',
  cron,
  run: async ({ signal }) => {
    let count = 0
    let silent = 0
    for (const taxId of await taxIds()) {
      if (signal.aborted) break
      try {
        count += (await follow(taxId)).moved
      } catch (error) {
        // One company's key or a portal that is down must not keep the others from being read.
        if (!(error instanceof UpstreamError)) throw error
        silent += 1
        log.warn({ partner: error.partner, outcome: error.word, error: error.message }, 'portal.not-read')
      }
    }
    return { count, note: `${count} invoices moved${silent === 0 ? '' : `, ${silent} companies not read`}` }
  },
})
