import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { BellStore, TaskKind } from '../../src/core/kernel/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, 0) + seconds * 1_000)

/** The promises of `BellStore`. */
export const bellStoreConformance = (
  name: string,
  open: () => Promise<{ bells: BellStore; close(): Promise<void> }>,
): void => {
  describe(`${name} keeps bells`, () => {
    let under: Awaited<ReturnType<typeof open>>
    let bells: BellStore

    beforeEach(async () => {
      under = await open()
      bells = under.bells
    })
    afterEach(() => under.close())

    const add = (taskId: string, dueAt: Date, kind: TaskKind = 'deliver') =>
      bells.add([{ taskId, kind, dueAt }])
    const take = (seconds: number, limit = 10, kinds: TaskKind[] = ['deliver']) =>
      bells.takeDue({ kinds, now: at(seconds), limit, leaseMs: 30_000 })
    const tasksOf = (taken: { taskId: string }[]) => taken.map(({ taskId }) => taskId).sort()

    it('hands out what is due, of the kinds asked for', async () => {
      await add('one', at(0))
      await add('two', at(10))
      await add('three', at(0), 'sign')
      expect(await take(5)).toMatchObject([{ taskId: 'one', kind: 'deliver', deliveries: 1 }])
      expect(tasksOf(await take(10, 10, ['deliver', 'sign']))).toEqual(['three', 'two'])
    })

    it('hands out again what was neither removed nor given back when the lease ended', async () => {
      await add('one', at(0))
      await take(1)
      expect(await take(30)).toEqual([])
      expect(await take(31)).toMatchObject([{ taskId: 'one', deliveries: 2 }])
    })

    it('takes the oldest first and no more than asked', async () => {
      await add('young', at(2))
      await add('old', at(1))
      expect(tasksOf(await take(5, 1))).toEqual(['old'])
      expect(tasksOf(await take(5, 1))).toEqual(['young'])
    })

    it('never gives two takers the same bell', async () => {
      await bells.add(
        Array.from({ length: 40 }, (_, n) => ({ taskId: `t${n}`, kind: 'deliver', dueAt: at(0) })),
      )
      const shares = await Promise.all([take(1, 25), take(1, 25), take(1, 25)])
      const ids = shares.flat().map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    })

    it('forgets removed bells', async () => {
      await add('one', at(0))
      const [bell] = await take(1)
      await bells.remove([bell!.id])
      expect(await take(100)).toEqual([])
    })

    it('takes bells back for later, with or without a new count', async () => {
      await add('heard', at(0))
      await add('unheard', at(1))
      const taken = await take(2)
      const [heard, unheard] = ['heard', 'unheard'].map((id) => taken.find(({ taskId }) => taskId === id))
      await bells.giveBack([
        { id: heard!.id, dueAt: at(5), heard: true },
        { id: unheard!.id, dueAt: at(6), heard: false },
      ])
      expect(await take(4)).toEqual([])
      const again = await take(6)
      expect(Object.fromEntries(again.map(({ taskId, deliveries }) => [taskId, deliveries]))).toEqual({
        heard: 1,
        unheard: 2,
      })
    })

    it('lays a bell aside with its reason', async () => {
      await add('one', at(0))
      const [bell] = await take(1)
      await bells.bury([bell!.id], 'nobody heard it', at(2))
      expect(await take(1_000)).toEqual([])
      expect(await bells.buried(10)).toEqual([
        { taskId: 'one', kind: 'deliver', reason: 'nobody heard it', buriedAt: at(2) },
      ])
    })
  })
}
