/**
 * Leadership and shared things over any number of replicas, by rows with an end.
 */
export interface Leases {
  /** Takes or prolongs the lease; false when another holder has it. `token` grows with every new holder (fencing). */
  acquire(
    name: string,
    options: { holder: string; now: Date; ttlMs: number },
  ): Promise<{ held: boolean; token: string }>
  release(name: string, holder: string): Promise<void>
}

/** One run of a scheduled job. */
export interface JobRun {
  job: string
  /** The instant the schedule meant, UTC. */
  slot: Date
  startedAt: Date
  endedAt?: Date
  /** How many things the run settled. */
  count?: number
  outcome?: 'done' | 'failed' | 'interrupted'
  note?: string
  holder: string
}

/** Each slot of a job runs once over all replicas: the unique row (job, slot) decides. */
export interface JobRuns {
  /** True when this replica may run the slot. An unfinished run older than `abandonedAfterMs` may be taken over. */
  begin(run: {
    job: string
    slot: Date
    holder: string
    now: Date
    abandonedAfterMs: number
  }): Promise<boolean>
  /** Writes how the run ended; nothing when the slot was taken over by another holder meanwhile. */
  end(run: {
    job: string
    slot: Date
    holder: string
    now: Date
    count: number
    outcome: 'done' | 'failed' | 'interrupted'
    note: string
  }): Promise<void>
  /** The newest slot that ran, to catch up a missed one once. */
  last(job: string): Promise<JobRun | undefined>
  /** Newest first. */
  history(job: string | undefined, limit: number): Promise<JobRun[]>
  /** Removes runs of slots before `before`, at most `limit`, never the newest of a job; returns how many. */
  purge(before: Date, limit: number): Promise<number>
}
