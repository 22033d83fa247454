import type { JobRun, JobRuns } from '../../core/kernel/index.ts'

/** Twin of the table of job runs. */
export class MemoryJobRuns implements JobRuns {
  private readonly runs = new Map<string, JobRun>()

  async begin(run: { job: string; slot: Date; holder: string; now: Date; abandonedAfterMs: number }) {
    const key = keyOf(run)
    const there = this.runs.get(key)
    const abandoned =
      there !== undefined &&
      there.endedAt === undefined &&
      there.startedAt.getTime() + run.abandonedAfterMs <= run.now.getTime()
    if (there !== undefined && !abandoned) return false
    this.runs.set(key, { job: run.job, slot: run.slot, startedAt: run.now, holder: run.holder })
    return true
  }

  async end(run: {
    job: string
    slot: Date
    holder: string
    now: Date
    count: number
    outcome: 'done' | 'failed' | 'interrupted'
    note: string
  }) {
    const there = this.runs.get(keyOf(run))
    if (there === undefined || there.holder !== run.holder) return
    const { now, count, outcome, note } = run
    this.runs.set(keyOf(run), { ...there, endedAt: now, count, outcome, note })
  }

  async last(job: string) {
    return this.newestFirst(job)[0]
  }

  async history(job: string | undefined, limit: number) {
    return this.newestFirst(job).slice(0, limit)
  }

  async purge(before: Date, limit: number) {
    const gone = [...this.runs.values()]
      .filter((run) => run.slot < before && this.newestFirst(run.job)[0] !== run)
      .slice(0, limit)
    for (const run of gone) this.runs.delete(keyOf(run))
    return gone.length
  }

  private newestFirst(job: string | undefined): JobRun[] {
    return [...this.runs.values()]
      .filter((run) => job === undefined || run.job === job)
      .sort((a, b) => b.slot.getTime() - a.slot.getTime())
  }
}

const keyOf = ({ job, slot }: { job: string; slot: Date }) => `${job} ${slot.toISOString()}`
