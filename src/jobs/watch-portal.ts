import type { ScheduledJob } from './scheduler.ts'

/**
 * Looks whether the state portal answers: every half hour while all is well, every two minutes while it does not or
 * while calls of ours fail. What it finds holds the queue of every replica and lets it go again.
 */
export const watchPortal = (
  { watch }: { watch: () => Promise<string> },
  { cron = '* * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'watch-portal',
  about: 'Looks whether the state portal answers, and holds its queue while it does not',
  cron,
  run: async () => {
    const found = await watch()
    return { count: found === 'not-due' ? 0 : 1, note: found }
  },
})
