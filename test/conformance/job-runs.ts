import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { JobRuns } from '../../src/core/kernel/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, 0) + seconds * 1_000)

/** The promises of `JobRuns`. */
export const jobRunsConformance = (
  name: string,
  open: () => Promise<{ runs: JobRuns; close(): Promise<void> }>,
): void => {
  describe(`${name} keeps job runs`, () => {
    let under: Awaited<ReturnType<typeof open>>
    let runs: JobRuns

    beforeEach(async () => {
      under = await open()
      runs = under.runs
    })
    afterEach(() => under.close())

    const begin = (slot: number, holder: string, now = slot) =>
      runs.begin({ job: 'tidy', slot: at(slot), holder, now: at(now), abandonedAfterMs: 60_000 })
    const end = (slot: number, holder: string, count = 3) =>
      runs.end({ job: 'tidy', slot: at(slot), holder, now: at(slot + 5), count, outcome: 'done', note: 'ok' })

    it('lets one replica begin a slot', async () => {
      const begun = await Promise.all(Array.from({ length: 8 }, (_, n) => begin(0, `replica ${n}`)))
      expect(begun.filter(Boolean)).toHaveLength(1)
    })

    it('lets nobody begin a slot that has ended', async () => {
      await begin(0, 'a')
      await end(0, 'a')
      expect(await begin(0, 'b', 999)).toBe(false)
      expect(await runs.last('tidy')).toMatchObject({ slot: at(0), count: 3, outcome: 'done', holder: 'a' })
    })

    it('lets an abandoned run be taken over, once', async () => {
      await begin(0, 'a')
      expect(await begin(0, 'b', 59)).toBe(false)
      const taken = await Promise.all([begin(0, 'b', 60), begin(0, 'c', 60)])
      expect(taken.filter(Boolean)).toHaveLength(1)
    })

    it('does not let the one who lost a slot write its end', async () => {
      await begin(0, 'a')
      await begin(0, 'b', 61)
      await end(0, 'a', 99)
      expect(await runs.last('tidy')).toMatchObject({ holder: 'b' })
      expect((await runs.last('tidy'))?.endedAt).toBeUndefined()
    })

    it('tells the newest slot and the history, newest first', async () => {
      expect(await runs.last('tidy')).toBeUndefined()
      await begin(60, 'a')
      await begin(0, 'b')
      await runs.begin({ job: 'other', slot: at(30), holder: 'c', now: at(30), abandonedAfterMs: 60_000 })
      expect(await runs.last('tidy')).toMatchObject({ slot: at(60), holder: 'a' })
      const slots = (await runs.history(undefined, 10)).map(({ slot }) => slot)
      expect(slots).toEqual([at(60), at(30), at(0)])
      expect(await runs.history('tidy', 1)).toMatchObject([{ job: 'tidy', slot: at(60) }])
    })

    it('purges old runs but never the newest of a job', async () => {
      for (const slot of [0, 60, 120]) {
        await begin(slot, 'a')
        await end(slot, 'a')
      }
      expect(await runs.purge(at(1_000), 1)).toBe(1)
      expect(await runs.purge(at(1_000), 10)).toBe(1)
      expect(await runs.history('tidy', 10)).toMatchObject([{ slot: at(120) }])
    })
  })
}
