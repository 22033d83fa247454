import { almatyDate, addDays } from '../kernel/index.ts'
import type { MirrorDeps } from './deps.ts'

/** How long to gather before an upload, and how long to leave the portal in peace between questions. */
export interface Pace {
  gatherMs: number
  askMs: number
}

/** Of the day's calls, this part is spent without looking at the clock. */
const freeShare = 0.2

/**
 * Stretches the usual intervals so that the calls of the day last until midnight. While less than a fifth is
 * spent, nothing is stretched: a small company never waits. After that the calls that are left are spread
 * over the time that is left: an upload in the time of two calls, a question in that of four, which leaves a
 * quarter for logins and for finding out what became of calls without an answer.
 *
 * 3 000 calls, noon, 600 spent: 43 200 s / 2 400 = a call in 18 s, an upload in 36 s, a question in 72 s. An
 * upload carries 50 invoices and a question 200.
 */
export const paceOf = async ({
  budget,
  clock,
  settings,
}: Pick<MirrorDeps, 'budget' | 'clock' | 'settings'>): Promise<Pace> => {
  const now = clock.now()
  const today = almatyDate(now)
  const kinds = await budget.spent(today)
  const spent = kinds.reduce((sum, { calls }) => sum + calls, 0)
  if (spent < settings.callsPerDay * freeShare) return settings
  // Midnight in Almaty: UTC+5 without summer time.
  const msLeft = Date.parse(`${addDays(today, 1)}T00:00:00+05:00`) - now.getTime()
  const callsLeft = Math.max(1, settings.callsPerDay - spent)
  const callMs = msLeft / callsLeft
  return {
    gatherMs: Math.max(settings.gatherMs, Math.min(callMs * 2, settings.stretchAtMostMs)),
    askMs: Math.max(settings.askMs, Math.min(callMs * 4, settings.stretchAtMostMs * 2)),
  }
}
