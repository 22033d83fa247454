import { beforeEach, describe, expect, it } from '@jest/globals'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { rootByPath } from '../../src/core/chain/index.ts'
import type { Clock, UnitOfWork } from '../../src/core/kernel/index.ts'
import {
  checkMeter,
  closeMeterDay,
  linkMeterLines,
  meterProof,
  meterStatement,
  sealLeaf,
  stampMeterDays,
  statementValue,
  type MeterBook,
  type MeterReader,
} from '../../src/core/meter/index.ts'
import { checkStatements } from '../../bin/meter-check.mjs'
import { testRecordSigner } from '../factories/memory-meter.ts'

export interface MeterUnderTest {
  book: MeterBook
  reader: MeterReader
  unitOfWork: UnitOfWork
  /** Accepts documents of a company at a moment; returns what their receipts say. */
  accept(
    company: { companyId: string },
    at: Date,
    count: number,
  ): Promise<{ documentId: string; receivedAt: string; digest: string }[]>
  company(): Promise<{ companyId: string; taxId: string; name: string }>
}

/** The promises of `MeterBook` and `MeterReader`, through the use cases that stand on them. */
export const meterConformance = (
  name: string,
  open: () => MeterUnderTest | Promise<MeterUnderTest>,
): void => {
  describe(`${name} keeps the meter`, () => {
    let under: MeterUnderTest
    let now: Date
    const clock: Clock = { now: () => now }

    beforeEach(async () => {
      under = await open()
      now = new Date('2026-03-31T10:00:00Z')
    })

    const deps = () => ({
      clock,
      hasher: sha256,
      unitOfWork: under.unitOfWork,
      book: under.book,
      meter: under.reader,
      signer: testRecordSigner,
    })
    const linkAll = async () => {
      const link = linkMeterLines(deps())
      while ((await link(7)) === 7);
    }
    const statementOf = async (company: Awaited<ReturnType<MeterUnderTest['company']>>, month: string) =>
      JSON.parse(JSON.stringify(statementValue(await meterStatement(deps())(company, month)))) as {
        count: number
        links: { number: number; documentId: string; leaf: string }[]
        open: unknown[]
        days: unknown[]
      }

    it('counts each document once, in a chain without gaps, and proves it to the client', async () => {
      const company = await under.company()
      const other = await under.company()
      const receipts = await under.accept(company, now, 12)
      await under.accept(other, now, 3)
      await linkAll()
      receipts.push(...(await under.accept(company, now, 5)))
      const early = await statementOf(company, '2026-03')
      expect([early.count, early.links.length, early.open.length]).toEqual([17, 12, 5])
      expect(checkStatements([early], { receipts })).toEqual([])
      await linkAll()
      now = new Date('2026-03-31T20:00:00Z')
      expect(await closeMeterDay(deps())()).toMatchObject({
        day: '2026-03-31',
        companies: expect.any(Number),
      })
      const late = await statementOf(company, '2026-03')
      expect(late.links.map(({ number }) => number)).toEqual(Array.from({ length: 17 }, (_, at) => at + 1))
      expect(late.days).toHaveLength(1)
      expect(checkStatements([late], { receipts, key: testRecordSigner.publicKey })).toEqual([])
      expect((await under.reader.months(company.companyId))[0]).toEqual({
        month: '2026-03',
        count: 17,
        linked: 17,
      })
    })

    it('closes a day once, and what came after midnight with the next one', async () => {
      const company = await under.company()
      await under.accept(company, new Date('2026-04-01T18:59:59.999Z'), 2)
      await under.accept(company, new Date('2026-04-01T19:00:00.000Z'), 3)
      await linkAll()
      now = new Date('2026-04-01T19:20:00Z')
      const first = await closeMeterDay(deps())()
      expect(first?.day).toBe('2026-04-01')
      expect(await closeMeterDay(deps())()).toBeUndefined()
      const [seal] = await under.reader.seals(company.companyId, 1, 5)
      expect([seal?.first, seal?.last]).toEqual([1, 2])
      now = new Date('2026-04-03T19:20:00Z')
      const next = await closeMeterDay(deps())()
      expect(next).toMatchObject({ day: '2026-04-03', previous: first?.digest })
      expect(
        (await under.reader.seals(company.companyId, 3, 5)).map(({ first, last }) => [first, last]),
      ).toEqual([[3, 5]])
      await under.book.stamp('2026-04-01', Buffer.from([1, 2]))
      const stamped = (await under.reader.days(['2026-04-01']))[0]?.stamp
      expect(Buffer.from(stamped ?? [])).toEqual(Buffer.from([1, 2]))
      const stamping = await stampMeterDays({
        book: under.book,
        stamper: { stamp: (bytes) => Promise.resolve(bytes.slice(0, 3)) },
      })()
      expect(stamping.stamped).toBeGreaterThan(0)
      expect(await under.book.unstamped(10)).toEqual([])
    })

    it('leads from one count to the root of its day', async () => {
      const company = await under.company()
      const other = await under.company()
      const [receipt] = await under.accept(company, new Date('2026-05-02T10:00:00Z'), 1)
      await under.accept(other, new Date('2026-05-02T10:00:00Z'), 1)
      await under.accept(company, new Date('2026-05-02T10:00:01Z'), 299)
      await linkAll()
      now = new Date('2026-05-02T20:00:00Z')
      await closeMeterDay(deps())()
      const proof = await meterProof(deps())(receipt?.documentId ?? '')
      expect(proof?.sealed).toBeDefined()
      const { sealed, link } = proof!
      expect(rootByPath(sha256, link.leaf, sealed!.linkPath)).toBe(sealed!.seal.root)
      expect(rootByPath(sha256, sealLeaf(sha256, sealed!.seal), sealed!.path)).toBe(sealed!.day.root)
      expect((await checkMeter(deps())()).findings).toEqual([])
    })
  })
}
