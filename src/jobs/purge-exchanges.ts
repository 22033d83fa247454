import type { ExchangeLog } from '../core/exchange/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

/** Clears away old lines of the raw log. Documents keep their raw bytes for as long as they are kept themselves. */
export const purgeExchanges = (
  { exchanges }: { exchanges: Pick<ExchangeLog, 'purge'> },
  { cron = '50 2 * * *', keepDays = 30 }: { cron?: string; keepDays?: number } = {},
): ScheduledJob => ({
  name: 'purge-exchanges',
  about: `Clears away raw exchanges with bases older than ${keepDays} days`,
  cron,
  limitMs: 3_600_000,
  run: async ({ now, signal }) => {
    const before = new Date(now.getTime() - keepDays * 86_400_000)
    const count = await inBatches(signal, 1_000, (limit) => exchanges.purge(before, limit))
    return { count, note: `${count} exchanges` }
  },
})
