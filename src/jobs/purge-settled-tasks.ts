import type { JobRuns, TaskStore } from '../core/kernel/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

/**
 * Clears away done tasks and old job runs. The attempts stay with the document's trail; dead tasks stay
 * until an operator puts them back.
 */
export const purgeSettledTasks = (
  { tasks, runs }: { tasks: TaskStore; runs: JobRuns },
  { cron = '20 3 * * *', keepDays = 30 }: { cron?: string; keepDays?: number } = {},
): ScheduledJob => ({
  name: 'purge-settled-tasks',
  about: `Clears away done tasks and job runs older than ${keepDays} days`,
  cron,
  limitMs: 3_600_000,
  run: async ({ now, signal }) => {
    const before = new Date(now.getTime() - keepDays * 86_400_000)
    const settled = await inBatches(signal, 1_000, (limit) => tasks.purge(before, limit))
    const old = await inBatches(signal, 1_000, (limit) => runs.purge(before, limit))
    return { count: settled + old, note: `${settled} tasks, ${old} job runs` }
  },
})
