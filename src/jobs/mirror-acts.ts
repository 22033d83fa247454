import { silentLog, UpstreamError } from '../core/kernel/index.ts'
import type { Log } from '../core/kernel/index.ts'
import type { ScheduledJob } from './scheduler.ts'

interface Acts {
  send: () => Promise<number>
}

/** Sends acts of companies that have chosen it on their way to the portal. Without any it costs one small question. */
export const sendActs = ({ send }: Acts, { cron = '* * * * *' }: { cron?: string } = {}): ScheduledJob => ({
  name: 'send-acts',
  about: 'Sends acts of work to the state portal for companies that have chosen it',
  cron,
  run: async () => {
    const count = await send()
    return { count, note: `${count} acts on their way` }
  },
})

/** What became of acts at the portal: confirmed, declined, terminated. One call a company and hour, where it has any. */
export const followActs = (
  {
    taxIds,
    follow,
    log = silentLog,
  }: { taxIds: () => Promise<string[]>; follow: (taxId: string) => Promise<number>; log?: Log },
  { cron = '33 * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'follow-acts',
  about: 'Reads what became of acts of work at the state portal',
  cron,
  run: async ({ signal }) => {
    let count = 0
    for (const taxId of await taxIds()) {
      if (signal.aborted) break
      try {
        count += await follow(taxId)
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        log.warn({ partner: error.partner, outcome: error.word, error: error.message }, 'portal.not-read')
      }
    }
    return { count, note: `${count} acts moved` }
  },
})
