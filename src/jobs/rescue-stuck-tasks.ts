import type { TaskStore } from '../core/kernel/index.ts'
import type { ScheduledJob } from './scheduler.ts'

/**
 * Frees tasks whose worker died. Relays do the same every ten seconds; this one also serves installations
 * whose relays are all down, and leaves a line in the history that says how much is stuck or dead.
 */
export const rescueStuckTasks = (
  { tasks }: { tasks: TaskStore },
  { cron = '*/5 * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'rescue-stuck-tasks',
  about: 'Frees tasks whose worker died, and counts the dead and the overdue',
  cron,
  run: async ({ now }) => {
    const count = await tasks.rescue(now)
    const census = await tasks.census(now)
    const of = (state: 'due' | 'dead') =>
      census.filter((line) => line.state === state).reduce((sum, line) => sum + line.count, 0)
    return { count, note: `${count} freed, ${of('due')} due, ${of('dead')} dead` }
  },
})
