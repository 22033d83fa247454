import { silentLog, UpstreamError } from '../core/kernel/index.ts'
import type { Log } from '../core/kernel/index.ts'
import type { ScheduledJob } from './scheduler.ts'

interface Fetched {
  seen: number
  brought: number
  changed: number
}

interface Portal {
  taxIds: () => Promise<string[]>
  followIncoming: (taxId: string) => Promise<Fetched>
  /** Companies that have asked for history. */
  waiting: () => Promise<string[]>
  fetchHistory: (taxId: string) => Promise<Fetched>
  log?: Log
}

/** One company's key or a portal that is down must not keep the others from being read. */
const each = async (
  taxIds: string[],
  { signal, log }: { signal: AbortSignal; log: Log },
  fetch: (taxId: string) => Promise<Fetched>,
): Promise<{ count: number; note: string }> => {
  const all = { seen: 0, brought: 0, changed: 0 }
  let silent = 0
  for (const taxId of taxIds) {
    if (signal.aborted) break
    try {
      const fetched = await fetch(taxId)
      all.seen += fetched.seen
      all.brought += fetched.brought
      all.changed += fetched.changed
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      silent += 1
      log.warn({ partner: error.partner, outcome: error.word, error: error.message }, 'portal.not-read')
    }
  }
  const unread = silent === 0 ? '' : `, ${silent} companies not read`
  return {
    count: all.brought,
    note: `${all.seen} seen, ${all.brought} brought, ${all.changed} changed${unread}`,
  }
}

/**
 * Reads what others have issued to our companies since the last time, and what became of it. Hourly, because each
 * company costs one of the day's calls to the portal.
 */
export const followIncoming = (
  { taxIds, followIncoming, log = silentLog }: Portal,
  { cron = '47 * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'follow-incoming',
  about: 'Brings invoices that others issued to our companies at the state portal, and what became of them',
  cron,
  run: async ({ signal }) => each(await taxIds(), { signal, log }, followIncoming),
})

/** Reads the history that companies have asked for. Every minute; without requests it costs no call. */
export const fetchHistory = (
  { waiting, fetchHistory, log = silentLog }: Portal,
  { cron = '* * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'fetch-history',
  about: 'Reads incoming invoices of past quarters that companies have asked for',
  cron,
  limitMs: 30 * 60_000,
  run: async ({ signal }) => each(await waiting(), { signal, log }, fetchHistory),
})
