import type { Accesses } from '../core/access/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

/**
 * Closes sending for accesses that ended (offer 4.3). Sending is refused from the very moment of expiry by
 * the clock at the gate; this makes the state say so. Reading, signing and the archive stay open.
 */
export const restrictExpiredAccess = (
  { accesses }: { accesses: Accesses },
  { cron = '*/10 * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'restrict-expired-access',
  about: 'Closes sending for accesses that ended; reading stays open (offer 4.3)',
  cron,
  run: async ({ now, signal }) => {
    const count = await inBatches(
      signal,
      200,
      async (limit) => (await accesses.restrictExpired(now, limit)).length,
    )
    return { count, note: `${count} accesses restricted` }
  },
})
