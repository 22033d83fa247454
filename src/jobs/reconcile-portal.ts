import { addDays, almatyDate, silentLog, UpstreamError } from '../core/kernel/index.ts'
import type { LocalDate, Log } from '../core/kernel/index.ts'
import type { Difference } from '../core/mirror/index.ts'
import type { ScheduledJob } from './scheduler.ts'

interface Portal {
  taxIds: () => Promise<string[]>
  reconcile: (
    taxId: string,
    range: { from: LocalDate; to: LocalDate },
  ) => Promise<{ compared: number; differences: Difference[] }>
  log?: Log
}

/**
 * Compares every night what we sent with what the portal has, both directions. Each difference is one line in the
 * log with its cause and what can be done; the count is in the list of jobs.
 */
export const reconcilePortal = (
  { taxIds, reconcile, log = silentLog }: Portal,
  { cron = '40 2 * * *', days = 30 }: { cron?: string; days?: number } = {},
): ScheduledJob => ({
  name: 'reconcile-portal',
  about: `Compares the invoices of the last ${days} days with the state portal, both directions`,
  cron,
  limitMs: 60 * 60_000,
  run: async ({ now, signal }) => {
    const to = almatyDate(now)
    const from = addDays(to, -days)
    let count = 0
    let compared = 0
    let silent = 0
    for (const taxId of await taxIds()) {
      if (signal.aborted) break
      try {
        const result = await reconcile(taxId, { from, to })
        compared += result.compared
        count += result.differences.length
        for (const difference of result.differences) log.warn({ ...difference }, 'portal.differs')
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        silent += 1
        log.warn({ partner: error.partner, outcome: error.word, error: error.message }, 'portal.not-read')
      }
    }
    return {
      count,
      note: `${compared} compared, ${count} differences${silent === 0 ? '' : `, ${silent} companies not read`}`,
    }
  },
})
