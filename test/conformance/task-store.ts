import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LeaseLost } from '../../src/core/kernel/index.ts'
import type { Attempt, NewTask, Task, TaskStore, UnitOfWork } from '../../src/core/kernel/index.ts'

/** A store to try, empty. `documentId` makes a document that tasks may belong to; stores without foreign keys make up an id. */
export interface TaskStoreUnderTest {
  tasks: TaskStore
  unitOfWork: UnitOfWork
  newId(): string
  documentId(): Promise<string>
  close(): Promise<void>
}

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, 0) + seconds * 1_000)
const lease = (seconds: number, holder: string) => ({ now: at(seconds), leaseMs: 30_000, holder })
const soon = { limit: 100, aheadMs: 10_000, rungAgainAfterMs: 60_000 }

const attemptAt = (task: Task, seconds: number, outcome = 'done'): Attempt => ({
  taskId: task.id,
  documentId: task.documentId,
  kind: task.kind,
  number: task.attempts,
  startedAt: at(seconds),
  durationMs: 12,
  outcome,
  note: 'tried',
})

/** The promises of `TaskStore`, for the twin in memory and for the tables. */
export const taskStoreConformance = (name: string, open: () => Promise<TaskStoreUnderTest>): void => {
  describe(`${name} keeps tasks`, () => {
    let under: TaskStoreUnderTest
    let tasks: TaskStore

    beforeEach(async () => {
      under = await open()
      tasks = under.tasks
    })
    afterEach(() => under.close())

    const added = async (given: Partial<NewTask> = {}): Promise<NewTask> => {
      const task: NewTask = {
        id: under.newId(),
        kind: 'deliver',
        documentId: given.documentId ?? (await under.documentId()),
        subject: '',
        dueAt: at(0),
        ...given,
      }
      await under.unitOfWork.run((tx) => tasks.add(tx, [task]))
      return task
    }

    const claimed = async (task: NewTask, seconds: number, holder: string): Promise<Task> => {
      const found = await tasks.claim(task.id, lease(seconds, holder))
      if (found === undefined) throw new Error('the task could not be claimed')
      return found
    }

    const settled = (
      task: Task,
      seconds: number,
      holder: string,
      settlement: Parameters<TaskStore['settle']>[3],
    ) => under.unitOfWork.run((tx) => tasks.settle(tx, task, attemptAt(task, seconds), settlement, holder))

    it('hands a due task to the relay once', async () => {
      const task = await added()
      expect(await tasks.takeToRing({ now: at(1), ...soon })).toEqual([
        { id: task.id, kind: 'deliver', dueAt: at(0) },
      ])
      expect(await tasks.takeToRing({ now: at(2), ...soon })).toEqual([])
    })

    it('rings again a bell that nobody heard', async () => {
      const task = await added({ dueAt: at(5) })
      await tasks.takeToRing({ now: at(0), ...soon })
      expect(await tasks.takeToRing({ now: at(64), ...soon })).toEqual([])
      expect(await tasks.takeToRing({ now: at(65), ...soon })).toMatchObject([{ id: task.id }])
    })

    it('looks ahead, but not further than told', async () => {
      const near = await added({ dueAt: at(10) })
      await added({ dueAt: at(11) })
      expect(await tasks.takeToRing({ now: at(0), ...soon })).toMatchObject([{ id: near.id }])
    })

    it('takes the oldest first and no more than the limit', async () => {
      const second = await added({ dueAt: at(2) })
      const first = await added({ dueAt: at(1) })
      await added({ dueAt: at(3) })
      const taken = await tasks.takeToRing({ now: at(5), ...soon, limit: 2 })
      expect(new Set(taken.map(({ id }) => id))).toEqual(new Set([first.id, second.id]))
    })

    it('never gives two relays the same task', async () => {
      const documentId = await under.documentId()
      const some = Array.from({ length: 40 }, (_, n) => ({
        id: under.newId(),
        kind: 'notify' as const,
        documentId,
        subject: `event ${n}`,
        dueAt: at(0),
      }))
      await under.unitOfWork.run((tx) => tasks.add(tx, some))
      const shares = await Promise.all(
        Array.from({ length: 4 }, () => tasks.takeToRing({ now: at(1), ...soon, limit: 25 })),
      )
      const ids = shares.flat().map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    })

    it('takes the mark back from bells that could not be rung', async () => {
      const task = await added()
      await tasks.takeToRing({ now: at(1), ...soon })
      await tasks.unring([task.id])
      expect(await tasks.takeToRing({ now: at(1), ...soon })).toHaveLength(1)
    })

    it('leaves a task that is already there alone', async () => {
      const first = await added()
      await added({ documentId: first.documentId, dueAt: at(99) })
      const other = await added({ documentId: first.documentId, subject: 'another' })
      const taken = await tasks.takeToRing({ now: at(1), ...soon })
      expect(new Set(taken.map(({ id }) => id))).toEqual(new Set([first.id, other.id]))
    })

    it('keeps nothing of a transaction that failed', async () => {
      const documentId = await under.documentId()
      const work = under.unitOfWork.run(async (tx) => {
        await tasks.add(tx, [{ id: under.newId(), kind: 'sign', documentId, subject: '', dueAt: at(0) }])
        throw new Error('the cause did not happen')
      })
      await expect(work).rejects.toThrow('did not happen')
      expect(await tasks.takeToRing({ now: at(1), ...soon })).toEqual([])
    })

    it('gives the details back as they were', async () => {
      const details = { url: 'https://example.kz/hook', tries: 2, nested: { a: [1, 'б'] } }
      const task = await added({ details })
      expect(await claimed(task, 1, 'a')).toMatchObject({ details, attempts: 1, documentId: task.documentId })
    })

    it('lets one worker claim a task, and another only when the lease ended', async () => {
      const task = await added()
      await claimed(task, 1, 'a')
      expect(await tasks.claim(task.id, lease(30, 'b'))).toBeUndefined()
      expect(await tasks.claim(task.id, lease(31, 'b'))).toMatchObject({ attempts: 2 })
    })

    it('lets exactly one of many claim', async () => {
      const task = await added()
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, n) => tasks.claim(task.id, lease(1, `worker ${n}`))),
      )
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
    })

    it('does not let a task be claimed before it is due', async () => {
      const task = await added({ dueAt: at(10) })
      expect(await tasks.claim(task.id, lease(9, 'a'))).toBeUndefined()
      expect(await tasks.claimableAt(task.id)).toEqual(at(10))
    })

    it('knows when a task can be claimed, and that some never can', async () => {
      const task = await added()
      const mine = await claimed(task, 1, 'a')
      expect(await tasks.claimableAt(task.id)).toEqual(at(31))
      await settled(mine, 2, 'a', { state: 'done' })
      expect(await tasks.claimableAt(task.id)).toBeUndefined()
      expect(await tasks.claimableAt(under.newId())).toBeUndefined()
      expect(await tasks.claim(under.newId(), lease(1, 'a'))).toBeUndefined()
    })

    it('prolongs a lease for its holder only', async () => {
      const task = await added()
      await claimed(task, 1, 'a')
      expect(await tasks.prolong(task.id, lease(20, 'b'))).toBe(false)
      expect(await tasks.prolong(task.id, lease(20, 'a'))).toBe(true)
      expect(await tasks.claim(task.id, lease(49, 'b'))).toBeUndefined()
      await claimed(task, 50, 'b')
      expect(await tasks.prolong(task.id, lease(51, 'a'))).toBe(false)
    })

    it('settles a done task for good', async () => {
      const task = await added()
      await settled(await claimed(task, 1, 'a'), 1, 'a', { state: 'done' })
      expect(await tasks.claim(task.id, lease(100, 'b'))).toBeUndefined()
      expect(await tasks.takeToRing({ now: at(1_000), ...soon })).toEqual([])
    })

    it('makes a task due again, to be rung again', async () => {
      const task = await added()
      await tasks.takeToRing({ now: at(0), ...soon })
      await settled(await claimed(task, 1, 'a'), 1, 'a', { state: 'due', dueAt: at(5), countsAttempt: true })
      expect(await tasks.takeToRing({ now: at(2), ...soon })).toMatchObject([{ id: task.id, dueAt: at(5) }])
      expect(await tasks.claim(task.id, lease(4, 'b'))).toBeUndefined()
      expect(await claimed(task, 5, 'b')).toMatchObject({ attempts: 2 })
    })

    it('charges no attempt for a snooze', async () => {
      const task = await added()
      await settled(await claimed(task, 1, 'a'), 1, 'a', { state: 'due', dueAt: at(5), countsAttempt: false })
      expect(await claimed(task, 5, 'b')).toMatchObject({ attempts: 1 })
    })

    it('refuses the settlement of a worker that lost its lease, and rolls its work back', async () => {
      const task = await added()
      const late = await claimed(task, 1, 'a')
      const current = await claimed(task, 40, 'b')
      const neighbour: NewTask = { ...task, id: under.newId(), kind: 'archive', dueAt: at(41) }
      const work = under.unitOfWork.run(async (tx) => {
        await tasks.add(tx, [neighbour])
        await tasks.settle(tx, late, attemptAt(late, 41), { state: 'done' }, 'a')
      })
      await expect(work).rejects.toThrow(LeaseLost)
      expect(await tasks.claimableAt(neighbour.id)).toBeUndefined()
      await settled(current, 42, 'b', { state: 'done' })
      await expect(settled(current, 43, 'b', { state: 'done' })).rejects.toThrow(LeaseLost)
    })

    it('lets a worker settle whose lease ended but was not taken', async () => {
      const task = await added()
      await settled(await claimed(task, 1, 'a'), 90, 'a', { state: 'done' })
      expect(await tasks.claimableAt(task.id)).toBeUndefined()
    })

    it('frees tasks of dead workers and has their bell rung', async () => {
      const task = await added()
      await tasks.takeToRing({ now: at(0), ...soon })
      const late = await claimed(task, 1, 'a')
      expect(await tasks.rescue(at(30))).toBe(0)
      expect(await tasks.takeToRing({ now: at(30), ...soon })).toEqual([])
      expect(await tasks.rescue(at(31))).toBe(1)
      expect(await tasks.takeToRing({ now: at(31), ...soon })).toMatchObject([{ id: task.id }])
      await expect(settled(late, 32, 'a', { state: 'done' })).rejects.toThrow(LeaseLost)
    })

    it('shows dead tasks with their reason and puts them back with fresh attempts', async () => {
      const task = await added()
      await settled(await claimed(task, 1, 'a'), 1, 'a', { state: 'dead', reason: 'they said no' })
      expect(await tasks.claimableAt(task.id)).toBeUndefined()
      expect(await tasks.dead({ limit: 10 })).toMatchObject([
        { id: task.id, kind: 'deliver', reason: 'they said no', attempts: 1, documentId: task.documentId },
      ])
      expect(await tasks.dead({ limit: 10, after: task.id })).toEqual([])
      expect(await tasks.putBack([task.id, under.newId()], { now: at(50), by: 'operator' })).toEqual([
        task.id,
      ])
      expect(await tasks.putBack([task.id], { now: at(50), by: 'operator' })).toEqual([])
      expect(await tasks.dead({ limit: 10 })).toEqual([])
      expect(await tasks.takeToRing({ now: at(50), ...soon })).toMatchObject([{ id: task.id, dueAt: at(50) }])
      expect(await claimed(task, 50, 'b')).toMatchObject({ attempts: 1 })
    })

    it('purges done tasks that are old enough, never due or dead ones', async () => {
      const [first, second, third, due] = [await added(), await added(), await added(), await added()]
      await settled(await claimed(first, 1, 'a'), 1, 'a', { state: 'done' })
      await settled(await claimed(second, 2, 'a'), 2, 'a', { state: 'done' })
      await settled(await claimed(third, 3, 'a'), 3, 'a', { state: 'dead', reason: 'no' })
      const later = new Date(Date.now() + 86_400_000)
      expect(await tasks.purge(at(-10), 10)).toBe(0)
      expect(await tasks.purge(later, 1)).toBe(1)
      expect(await tasks.purge(later, 10)).toBe(1)
      expect(await tasks.dead({ limit: 10 })).toHaveLength(1)
      expect(await tasks.claimableAt(due.id)).toEqual(at(0))
    })

    it('counts what is due, leased and dead', async () => {
      await added()
      await added({ dueAt: at(40) })
      await claimed(await added({ kind: 'sign' }), 1, 'a')
      await settled(await claimed(await added({ kind: 'mirror' }), 1, 'a'), 1, 'a', {
        state: 'dead',
        reason: 'no',
      })
      const census = await tasks.census(at(50))
      const count = (kind: string, state: string) =>
        census.find((line) => line.kind === kind && line.state === state)
      expect(count('deliver', 'due')).toMatchObject({ count: 2, oldestMs: 50_000 })
      expect(count('sign', 'leased')).toMatchObject({ count: 1 })
      expect(count('mirror', 'dead')).toMatchObject({ count: 1 })
    })
  })
}
