import type { ScheduledJob } from './scheduler.ts'

/** What the jobs of the contracts call; each works on so many at most and tells how many it settled. */
export interface ContractWork {
  /** Refuses to go on when the clock of this node cannot be believed. */
  mustTrustClock(): Promise<void>
  runTerms(limit: number): Promise<{ contracts: number; moments: number }>
  followDocuments(
    after: string | undefined,
    limit: number,
  ): Promise<{ moved: number; next: string | undefined }>
  watchLimits(after: string | undefined, limit: number): Promise<{ moved: number; next: string | undefined }>
  sendNotices(limit: number): Promise<{ looked: number; sent: number }>
  remindPickUps(limit: number): Promise<number>
  checkReading(sample: number): Promise<{ checked: number; failures: string[] }>
}

/** Contracts in one transaction: some 20 ms of it. */
const batch = 50
const page = 500

/** Page after page, until there is none or the job is asked to stop. */
const paged = async (
  signal: AbortSignal,
  work: (after: string | undefined, limit: number) => Promise<{ moved: number; next: string | undefined }>,
): Promise<number> => {
  let moved = 0
  let after: string | undefined
  while (!signal.aborted) {
    const done = await work(after, page)
    moved += done.moved
    after = done.next
    if (after === undefined) break
  }
  return moved
}

/**
 * The next batch waits for as long as the last one took: half of the process and of the store is the intake's,
 * however many contracts end on one day.
 */
const breath = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 500)))

/** Everything of the contracts that happens by the calendar. */
export const contractJobs = (work: ContractWork): ScheduledJob[] => [
  {
    name: 'carry-out-terms',
    about:
      'Reminds of terms and ends them: invoices, accesses, acts, claims, notices, archives (offer 2.2-9.7)',
    cron: '* * * * *',
    limitMs: 3_600_000,
    run: async ({ signal }) => {
      await work.mustTrustClock()
      let contracts = 0
      let moments = 0
      while (!signal.aborted) {
        const started = performance.now()
        const done = await work.runTerms(batch)
        contracts += done.contracts
        moments += done.moments
        if (done.contracts === 0) break
        if (done.contracts === batch) await breath(performance.now() - started)
      }
      return { count: contracts, note: `${moments} moments of ${contracts} contracts` }
    },
  },
  {
    name: 'follow-contract-documents',
    about: 'Makes invoices, acts and tax invoices for access and writes what became of them (offer 4.1, 4.2)',
    cron: '* * * * *',
    run: async ({ signal }) => {
      await work.mustTrustClock()
      const count = await paged(signal, (after, limit) => work.followDocuments(after, limit))
      return { count, note: `${count} contracts moved` }
    },
  },
  {
    name: 'watch-limits',
    about: 'Tells 80, 95 and 100 % of the monthly limit, restricts by the policy, lifts it again (offer 4.3)',
    cron: '*/10 * * * *',
    run: async ({ signal }) => {
      const count = await paged(signal, (after, limit) => work.watchLimits(after, limit))
      return { count, note: `${count} contracts moved` }
    },
  },
  {
    name: 'send-notices',
    about: 'Sends the mails that are owed to clients and the operator, until they are taken',
    cron: '* * * * *',
    run: async ({ signal }) => {
      let count = 0
      let looked = 0
      while (!signal.aborted) {
        const done = await work.sendNotices(100)
        count += done.sent
        looked += done.looked
        if (done.looked < 100) break
      }
      return { count, note: `${count} of ${looked} mails went out` }
    },
  },
  {
    name: 'remind-pick-ups',
    about: 'A digest to clients who fetched nothing for seven days (offer 3.4.8, 9.6)',
    cron: '0 9 * * *',
    run: async ({ signal }) => {
      let count = 0
      while (!signal.aborted) {
        const done = await work.remindPickUps(200)
        count += done
        if (done < 200) break
      }
      return { count, note: `${count} clients` }
    },
  },
  {
    name: 'check-reading-rights',
    about: 'Proves that clients whose sending is closed still read, download and answer (offer 4.3)',
    cron: '30 3 * * *',
    run: async () => {
      const { checked, failures } = await work.checkReading(20)
      // A failed run is seen: in its line, its outcome and the metrics.
      if (failures.length > 0) throw new ReadingRightsBroken(failures)
      return { count: checked, note: `${checked} clients read as they may` }
    },
  },
]

class ReadingRightsBroken extends Error {
  constructor(failures: string[]) {
    super(failures.slice(0, 20).join('; '))
    this.name = 'ReadingRightsBroken'
  }
}
