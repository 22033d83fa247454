import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { PortalOutage, PortalOutages } from '../../src/core/mirror/index.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 1, 13, 0, minute))

/** The promises of `PortalOutages`. */
export const portalOutagesConformance = (name: string, open: () => Promise<PortalOutages>): void => {
  describe(`${name} keeps the portal's outages`, () => {
    let outages: PortalOutages

    beforeEach(async () => {
      outages = await open()
    })

    const anOutage = (over: Partial<PortalOutage> = {}): PortalOutage => ({
      id: randomUUID(),
      kind: 'announced',
      from: at(0),
      until: at(120),
      note: 'профилактические работы',
      by: 'operator',
      reportedAt: at(0),
      ...over,
    })

    it('finds those that touch a span of time, newest first', async () => {
      const early = anOutage()
      const late = anOutage({ from: at(300), until: at(400) })
      await outages.add(early)
      await outages.add(late)
      expect(await outages.between(at(60), at(350))).toEqual([late, early])
      expect(await outages.between(at(120), at(120))).toEqual([early])
      expect(await outages.between(at(121), at(299))).toEqual([])
    })

    it('one that is found twice at once is one, lasts, and ends', async () => {
      const found: PortalOutage = { ...anOutage({ kind: 'detected', by: '' }) }
      delete found.until
      await outages.add(found)
      await outages.add({ ...found, id: randomUUID(), from: at(1) })
      expect(await outages.between(at(900), at(900))).toEqual([found])
      expect(await outages.end(found.id, at(-5))).toBe(false)
      expect(await outages.end(found.id, at(30))).toBe(true)
      expect(await outages.between(at(900), at(900))).toEqual([])
      expect(await outages.end(randomUUID(), at(30))).toBe(false)
    })

    it('keeps probes, newest first, for as long as they are wanted', async () => {
      for (const minute of [1, 2, 3]) {
        await outages.noteProbe({ at: at(minute), ok: minute > 1, ms: minute, note: 'InvoiceV2' })
      }
      expect((await outages.probes(2)).map(({ ms }) => ms)).toEqual([3, 2])
      expect(await outages.purgeProbes(at(3))).toBe(2)
      expect(await outages.probes(9)).toEqual([{ at: at(3), ok: true, ms: 3, note: 'InvoiceV2' }])
    })
  })
}
