import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'
import type { Differences } from '../../src/core/mirror/index.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 3, 1, 0, minute))
const taxId = '260140000114'
const range = { from: '2026-03-01', to: '2026-03-31' }

type Noted = Parameters<Differences['note']>[1]['differences'][number]

/** The promises of `Differences`. */
export const portalDifferencesConformance = (
  name: string,
  open: () => Promise<{ differences: Differences; unitOfWork: UnitOfWork }>,
): void => {
  describe(`${name} keeps what differs`, () => {
    let under: Awaited<ReturnType<typeof open>>

    beforeEach(async () => {
      under = await open()
    })

    const aDifference = (over: Partial<Noted> = {}): Noted => ({
      id: randomUUID(),
      direction: 'out',
      kind: 'missing-at-portal',
      action: 'look',
      date: '2026-03-10',
      number: '16',
      documentId: randomUUID(),
      ours: 'registered',
      ...over,
    })
    const note = (minute: number, differences: Noted[], within = range) =>
      under.unitOfWork.run((tx) =>
        under.differences.note(tx, { taxId, range: within, at: at(minute), differences }),
      )

    it('one that is found again is one, and one that is not found any more is resolved', async () => {
      const first = aDifference()
      const second = aDifference({ number: '17', direction: 'in', kind: 'not-fetched', action: 'fetch' })
      await note(1, [first, second])
      await note(2, [{ ...first, id: randomUUID(), theirs: 'FAILED' }])
      const [kept, ...others] = await under.differences.of(taxId)
      expect(others).toEqual([])
      expect(kept).toEqual({ ...first, theirs: 'FAILED', taxId, firstSeenAt: at(1), lastSeenAt: at(2) })
      const all = await under.differences.of(taxId, { resolvedSince: at(2) })
      expect(all.find(({ id }) => id === second.id)?.resolvedAt).toEqual(at(2))
      await note(3, [{ ...second, id: randomUUID() }])
      const open = await under.differences.of(taxId)
      expect(open.map(({ number }) => number)).toEqual(['17'])
    })

    it('a comparison of other days resolves nothing of these', async () => {
      await note(1, [aDifference()])
      await note(2, [], { from: '2026-04-01', to: '2026-04-30' })
      expect(await under.differences.of(taxId)).toHaveLength(1)
      expect(await under.differences.of('260140000604')).toEqual([])
    })

    it('remembers when the action was taken', async () => {
      const one = aDifference()
      await note(1, [one])
      await under.unitOfWork.run((tx) => under.differences.taken(tx, [one.id], at(5)))
      expect((await under.differences.of(taxId))[0]?.takenAt).toEqual(at(5))
      await note(6, [one])
      expect((await under.differences.of(taxId))[0]?.takenAt).toEqual(at(5))
    })
  })
}
