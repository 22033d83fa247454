import type { renewProofs as renewProofsUseCase } from '../core/exchange/index.ts'
import type { ScheduledJob } from './scheduler.ts'

interface Deps {
  renew: ReturnType<typeof renewProofsUseCase>
}

const day = 86_400_000

/** One round; a stamp takes a tenth of a second, so a round stays within its limit. */
const roundSize = 500

/**
 * Stamps proofs again before their stamp's certificate ends. Certificates of НУЦ РК's time-stamping authority last
 * three years; half a year leaves room for any outage.
 */
export const renewProofs = (
  { renew }: Deps,
  { cron = '10 3 * * *', aheadDays = 180 }: { cron?: string; aheadDays?: number } = {},
): ScheduledJob => ({
  name: 'renew-proofs',
  about: `Stamps the proofs of signatures again whose stamp ends within ${aheadDays} days`,
  cron,
  limitMs: 3_600_000,
  run: async ({ now, signal }) => {
    let count = 0
    while (!signal.aborted) {
      const { renewed, withoutBytes, stoppedBy } = await renew(
        new Date(now.getTime() + aheadDays * day),
        roundSize,
        signal,
      )
      count += renewed
      const left = withoutBytes === 0 ? '' : `, ${withoutBytes} whose documents are purged`
      if (stoppedBy !== undefined) return { count, note: `${count} proofs${left}; stopped by ${stoppedBy}` }
      if (renewed === 0 || renewed + withoutBytes < roundSize)
        return { count, note: `${count} proofs${left}` }
    }
    return { count, note: `${count} proofs` }
  },
})
