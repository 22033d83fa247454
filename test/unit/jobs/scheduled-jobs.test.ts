import { describe, expect, it } from '@jest/globals'
import { MemoryJobRuns } from '../../../src/adapters/memory/job-runs.ts'
import { MemoryTaskStore } from '../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import type { DocumentRecord } from '../../../src/core/exchange/index.ts'
import type { NewTask, Settlement } from '../../../src/core/kernel/index.ts'
import {
  contractJobs,
  archiveFinalDocuments,
  purgeSettledTasks,
  purgeUploads,
  rescueStuckTasks,
} from '../../../src/jobs/index.ts'

const now = new Date('2026-01-15T12:00:00Z')
const running = () => ({ now, signal: new AbortController().signal })
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

const unitOfWork = new MemoryUnitOfWork()
const aTask = (id: string, given: Partial<NewTask> = {}): NewTask => ({
  id,
  kind: 'deliver',
  documentId: id,
  subject: '',
  dueAt: daysAgo(60),
  ...given,
})
const settle = async (tasks: MemoryTaskStore, task: NewTask, at: Date, settlement: Settlement) => {
  await unitOfWork.run((tx) => tasks.add(tx, [task]))
  const claimed = await tasks.claim(task.id, { now: at, leaseMs: 1_000, holder: 'me' })
  const attempt = {
    taskId: task.id,
    documentId: task.documentId,
    kind: task.kind,
    number: 1,
    startedAt: at,
    durationMs: 1,
    outcome: settlement.state,
    note: '',
  }
  await unitOfWork.run((tx) => tasks.settle(tx, claimed!, attempt, settlement, 'me'))
}

/** Work of the contracts that does nothing; a test replaces what it speaks of. */
const noWork = {
  mustTrustClock: async () => {},
  runTerms: async () => ({ contracts: 0, moments: 0 }),
  followDocuments: async () => ({ moved: 0, next: undefined }),
  watchLimits: async () => ({ moved: 0, next: undefined }),
  sendNotices: async () => ({ looked: 0, sent: 0 }),
  remindPickUps: async () => 0,
  checkReading: async () => ({ checked: 0, failures: [] as string[] }),
}

const contractJob = (name: string, work: Partial<Parameters<typeof contractJobs>[0]>) => {
  const job = contractJobs({ ...noWork, ...work }).find((one) => one.name === name)
  if (job === undefined) throw new Error(`no job ${name}`)
  return job
}

describe('carrying out terms', () => {
  it('goes on in batches until nothing is due', async () => {
    let left = 250
    const job = contractJob('carry-out-terms', {
      runTerms: async (limit) => {
        const contracts = Math.min(left, limit)
        left -= contracts
        return { contracts, moments: contracts * 2 }
      },
    })
    expect(await job.run(running())).toEqual({ count: 250, note: '500 moments of 250 contracts' })
  })

  it('stops between two batches when it is asked to', async () => {
    const abort = new AbortController()
    const job = contractJob('carry-out-terms', {
      runTerms: async (limit) => {
        abort.abort()
        return { contracts: limit, moments: limit }
      },
    })
    expect(await job.run({ now, signal: abort.signal })).toMatchObject({ count: 50 })
  })

  it('carries out nothing while the clock is in doubt', async () => {
    let ran = 0
    const job = contractJob('carry-out-terms', {
      mustTrustClock: async () => {
        throw new Error('a day off')
      },
      runTerms: async () => {
        ran += 1
        return { contracts: 1, moments: 1 }
      },
    })
    await expect(job.run(running())).rejects.toThrow('a day off')
    expect(ran).toBe(0)
  })

  it('fails a nightly check that finds a client who cannot read', async () => {
    const job = contractJob('check-reading-rights', {
      checkReading: async () => ({ checked: 3, failures: ['RESTRICTED x: inbox'] }),
    })
    await expect(job.run(running())).rejects.toThrow('RESTRICTED x: inbox')
  })
})

describe('rescuing stuck tasks', () => {
  it('frees them and says how much is due and dead', async () => {
    const tasks = new MemoryTaskStore()
    await unitOfWork.run((tx) => tasks.add(tx, [aTask('stuck'), aTask('due')]))
    await tasks.claim('stuck', { now: daysAgo(1), leaseMs: 1_000, holder: 'dead' })
    await settle(tasks, aTask('dead'), daysAgo(1), { state: 'dead', reason: 'no' })
    const job = rescueStuckTasks({ tasks })
    expect(await job.run(running())).toEqual({ count: 1, note: '1 freed, 2 due, 1 dead' })
    expect(await job.run(running())).toMatchObject({ count: 0 })
  })
})

describe('purging', () => {
  it('clears away done tasks and runs that are older than kept, and nothing else', async () => {
    const tasks = new MemoryTaskStore()
    const runs = new MemoryJobRuns()
    await settle(tasks, aTask('old'), daysAgo(31), { state: 'done' })
    await settle(tasks, aTask('young'), daysAgo(29), { state: 'done' })
    await settle(tasks, aTask('dead'), daysAgo(50), { state: 'dead', reason: 'no' })
    for (const days of [40, 35, 1]) {
      const slot = daysAgo(days)
      await runs.begin({ job: 'tidy', slot, holder: 'a', now: slot, abandonedAfterMs: 1 })
    }
    const job = purgeSettledTasks({ tasks, runs }, { keepDays: 30 })
    expect(await job.run(running())).toEqual({ count: 3, note: '1 tasks, 2 job runs' })
    expect(await tasks.dead({ limit: 9 })).toHaveLength(1)
    expect(await runs.history(undefined, 9)).toHaveLength(1)
  })

  it('clears away parts of files that nobody finished', async () => {
    const asked: Date[] = []
    const uploads = {
      put: async () => true,
      read: async () => undefined,
      part: async () => undefined,
      discard: async () => {},
      purge: async (before: Date) => {
        asked.push(before)
        return 7
      },
    }
    const files = [50, 2]
    const attachments = { purgeUnused: async () => files.shift() ?? 0 }
    const job = purgeUploads({ uploads, attachments }, { keepHours: 48 })
    expect(await job.run(running())).toEqual({ count: 59, note: '7 parts, 52 files' })
    expect(asked).toEqual([daysAgo(2)])
  })
})

describe('archiving final documents', () => {
  it('gives each one archive task, however often it runs', async () => {
    const tasks = new MemoryTaskStore()
    let nudges = 0
    let ids = 0
    const final = ['d1', 'd2'].map((id) => ({ id }) as DocumentRecord)
    const job = archiveFinalDocuments({
      documents: { awaitingArchive: async () => final },
      tasks,
      unitOfWork,
      ids: { next: () => `task ${++ids}` },
      nudge: () => (nudges += 1),
    })
    expect(await job.run(running())).toEqual({ count: 2, note: '2 documents' })
    await job.run(running())
    const due = await tasks.takeToRing({ now, limit: 10, aheadMs: 0, rungAgainAfterMs: 1 })
    expect(due).toMatchObject([
      { id: 'task 1', kind: 'archive' },
      { id: 'task 2', kind: 'archive' },
    ])
    expect(nudges).toBe(2)
  })
})
