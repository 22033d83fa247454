import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'
import { MirrorOutdated } from '../../src/core/mirror/index.ts'
import type {
  MirrorBatches,
  MirrorCursors,
  MirrorHistory,
  MirrorRecord,
  MirrorRecords,
  SignedInvoice,
} from '../../src/core/mirror/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 3, 1, 6, 0, 0) + seconds * 1_000)
const taxId = '260140000114'

/** The promises of `MirrorRecords`, `MirrorBatches`, `MirrorHistory` and `MirrorCursors`. */
export const mirrorRecordsConformance = (
  name: string,
  open: () => Promise<{
    records: MirrorRecords & MirrorBatches & MirrorHistory
    cursors: MirrorCursors
    unitOfWork: UnitOfWork
    close(): Promise<void>
  }>,
): void => {
  describe(`${name} keeps the mirror`, () => {
    let under: Awaited<ReturnType<typeof open>>
    let numbers = 0

    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    const anInvoice = (over: Partial<SignedInvoice> = {}): SignedInvoice => ({
      documentId: randomUUID(),
      date: '2026-03-31',
      number: String(++numbers),
      body: '<v2:invoice>ТОО «Ақ Жол»\r\n &amp;#13;</v2:invoice>',
      signature: 'c2lnbmF0dXJl',
      signatureType: 'COMPANY',
      certificate: 'Y2VydA==',
      ...over,
    })

    const add = async (over: Partial<SignedInvoice> & { seconds?: number } = {}): Promise<SignedInvoice> => {
      const { seconds = 0, ...rest } = over
      const invoice = anInvoice(rest)
      await under.unitOfWork.run((tx) => under.records.add(tx, { ...invoice, taxId, at: at(seconds) }))
      return invoice
    }

    const found = async ({ documentId }: { documentId: string }): Promise<MirrorRecord> => {
      const record = await under.records.find(documentId)
      if (record === undefined) throw new Error('the record is not there')
      return record
    }

    const change = async (
      record: { documentId: string },
      what: Parameters<MirrorRecords['change']>[2]['change'],
      deed: Parameters<MirrorRecords['change']>[2]['deed'] = 'asked',
    ): Promise<void> => {
      const seen = await found(record)
      await under.unitOfWork.run((tx) => under.records.change(tx, seen, { deed, at: at(60), change: what }))
    }

    const claim = (documentId: string, over: { limit?: number; maxBytes?: number } = {}) =>
      under.unitOfWork.run((tx) =>
        under.records.claimPrepared(tx, {
          taxId,
          documentId,
          limit: 50,
          maxBytes: 1_000_000,
          at: at(1),
          claimedUntil: at(61),
          ...over,
        }),
      )

    it('holds what is as it was seen, and nothing else', async () => {
      const [first, second] = [await found(await add()), await found(await add())]
      await under.unitOfWork.run((tx) =>
        under.records.change(tx, second, { deed: 'asked', at: at(1), change: { askedAt: at(1) } }),
      )
      const held = await under.unitOfWork.run((tx) => under.records.hold(tx, [first, second]))
      expect([...held]).toEqual([first.documentId])
    })

    it('finds several at once, and leaves out what is not there', async () => {
      const [first, second] = [await add(), await add()]
      const all = await under.records.findAll([first.documentId, randomUUID(), second.documentId])
      expect(all.map(({ documentId }) => documentId).sort()).toEqual(
        [first.documentId, second.documentId].sort(),
      )
      expect(await under.records.findAll([])).toEqual([])
    })

    it('gives an invoice back exactly as it was signed', async () => {
      const invoice = await add()
      expect(await under.records.signed(invoice.documentId)).toEqual(invoice)
      expect(await found(invoice)).toEqual({
        documentId: invoice.documentId,
        revision: 1,
        taxId,
        date: invoice.date,
        number: invoice.number,
        phase: 'prepared',
        preparedAt: at(0),
        errors: [],
      })
      expect(await under.records.find(randomUUID())).toBeUndefined()
    })

    it('keeps one standing invoice under a key', async () => {
      const first = await add({ number: '7' })
      await expect(add({ number: '7' })).rejects.toThrow()
      await change(first, { phase: 'rejected' }, 'rejected')
      const second = await add({ number: '7', seconds: 5 })
      const both = await under.records.byKey(taxId, { date: '2026-03-31', number: '7' })
      expect(both.map(({ documentId }) => documentId)).toEqual([first.documentId, second.documentId])
    })

    it('writes and clears what a change names and leaves the rest', async () => {
      const invoice = await add()
      const errors = [{ code: 'FIELD_INVALID', property: 'num', text: 'Поле неверно' }]
      await change(invoice, { portalId: '20113995733614592', submittedAt: at(30), claimedUntil: at(90) })
      await change(invoice, { claimedUntil: null, portalStatus: 'IN_QUEUE', errors })
      expect(await found(invoice)).toMatchObject({
        revision: 3,
        portalId: '20113995733614592',
        submittedAt: at(30),
        portalStatus: 'IN_QUEUE',
        errors,
      })
      expect((await found(invoice)).claimedUntil).toBeUndefined()
      expect((await under.records.byPortalIds(taxId, ['20113995733614592', '1'])).length).toBe(1)
    })

    it('refuses a change made on an older revision, and everything written with it', async () => {
      const invoice = await add()
      const seen = await found(invoice)
      await change(invoice, { portalStatus: 'IN_QUEUE' })
      const late = under.unitOfWork.run(async (tx) => {
        const other = anInvoice()
        await under.records.add(tx, { ...other, taxId, at: at(0) })
        await under.records.change(tx, seen, { deed: 'asked', at: at(2), change: { phase: 'queued' } })
      })
      await expect(late).rejects.toBeInstanceOf(MirrorOutdated)
      const all = await under.records.between(taxId, { from: '2026-03-31', to: '2026-03-31', limit: 10 })
      expect(all.map(({ documentId }) => documentId)).toEqual([invoice.documentId])
    })

    it('tells the history of an invoice in order, with what changed', async () => {
      const invoice = await add()
      await claim(invoice.documentId)
      await change(
        invoice,
        { phase: 'queued', claimedUntil: null, submittedAt: at(2), portalId: '9' },
        'accepted',
      )
      const lines = await under.records.lines(invoice.documentId)
      expect(lines.map(({ deed }) => deed)).toEqual(['prepared', 'claimed', 'accepted'])
      expect(lines[1]?.change).toEqual({ phase: 'submitting', claimedUntil: at(61) })
      expect(lines[2]).toEqual({
        documentId: invoice.documentId,
        at: at(60),
        deed: 'accepted',
        change: { phase: 'queued', claimedUntil: null, submittedAt: at(2), portalId: '9' },
      })
    })

    it('claims the wanted invoice first and takes the oldest others along', async () => {
      const old = await add({ seconds: 1 })
      const older = await add({ seconds: 0 })
      const wanted = await add({ seconds: 9 })
      const batch = await claim(wanted.documentId, { limit: 2 })
      expect(new Set(batch.map(({ documentId }) => documentId))).toEqual(
        new Set([wanted.documentId, older.documentId]),
      )
      expect(batch.find(({ documentId }) => documentId === wanted.documentId)).toEqual(wanted)
      expect(await found(wanted)).toMatchObject({ phase: 'submitting', claimedUntil: at(61) })
      expect(await found(old)).toMatchObject({ phase: 'prepared' })
      expect(await claim(wanted.documentId)).toEqual([])
    })

    it('limits a batch by its bytes but never leaves the wanted one behind', async () => {
      const wanted = await add({ body: 'x'.repeat(1_000) })
      await add({ body: 'y'.repeat(1_000), seconds: 1 })
      const batch = await claim(wanted.documentId, { maxBytes: 500 })
      expect(batch.map(({ documentId }) => documentId)).toEqual([wanted.documentId])
    })

    it('takes nothing along that another key has signed', async () => {
      await add({ certificate: 'b2xk' })
      const wanted = await add()
      expect((await claim(wanted.documentId)).length).toBe(1)
    })

    it('takes nothing along from another seller', async () => {
      const other = anInvoice()
      await under.unitOfWork.run((tx) =>
        under.records.add(tx, { ...other, taxId: '260140000604', at: at(0) }),
      )
      const wanted = await add()
      expect((await claim(wanted.documentId)).length).toBe(1)
    })

    const ask = async (
      { documentId }: { documentId: string },
      which: 'queued' | 'unresolved',
      seconds: number,
      over: { limit?: number; alongAskedBefore?: Date } = {},
    ): Promise<string[]> => {
      const taken = await under.unitOfWork.run((tx) =>
        under.records.takeToAsk(tx, {
          taxId,
          documentId,
          which,
          askedBefore: at(seconds - 2),
          alongAskedBefore: at(seconds - 2),
          limit: 10,
          at: at(seconds),
          ...over,
        }),
      )
      expect(taken.every(({ askedAt }) => askedAt?.getTime() === at(seconds).getTime())).toBe(true)
      return taken.map((record) => record.documentId).sort()
    }
    const ids = (...records: { documentId: string }[]) => records.map(({ documentId }) => documentId).sort()

    it('finds uploads whose outcome is unknown once their claim has ended', async () => {
      const claimed = await add()
      await claim(claimed.documentId)
      const freed = await add()
      await claim(freed.documentId)
      await change(freed, { claimedUntil: null }, 'outcome-unknown')
      expect(await ask(claimed, 'unresolved', 60)).toEqual([])
      expect(await ask(freed, 'unresolved', 60)).toEqual(ids(freed))
      expect(await ask(claimed, 'unresolved', 63)).toEqual(ids(claimed, freed))
    })

    it('takes queued invoices to ask about, the wanted one and the longest unasked, once in a while', async () => {
      const [a, b, c] = [await add(), await add(), await add()]
      for (const invoice of [a, b, c]) await change(invoice, { phase: 'queued' })
      expect(await ask(b, 'queued', 50, { limit: 1 })).toEqual(ids(b))
      expect(await ask(b, 'queued', 51)).toEqual([])
      expect(await ask(a, 'queued', 51)).toEqual(ids(a, c))
      expect(await ask(c, 'queued', 60, { limit: 2 })).toEqual(ids(b, c))
      expect(await ask(a, 'queued', 61, { alongAskedBefore: at(61) })).toEqual(ids(a, b, c))
      // Being asked about is not a change: a conclusion drawn meanwhile may still be written.
      expect((await found(a)).revision).toBe(2)
    })

    it('walks the invoices of a range of days page by page', async () => {
      const inside = [await add(), await add({ date: '2026-03-01' })]
      await add({ date: '2026-02-28' })
      const range = { from: '2026-03-01', to: '2026-03-31', limit: 1 }
      const [first] = await under.records.between(taxId, range)
      const [second] = await under.records.between(taxId, { ...range, after: first?.documentId })
      expect(new Set([first?.documentId, second?.documentId])).toEqual(
        new Set(inside.map(({ documentId }) => documentId)),
      )
      expect(await under.records.between(taxId, { ...range, after: second?.documentId })).toEqual([])
    })

    it('remembers how far each stream of changes was read', async () => {
      expect(await under.cursors.read(taxId, 'OUTBOUND')).toBeUndefined()
      for (const cursor of [
        { lastEventDate: '2026-03-31T10:00:00.123Z' },
        { lastEventDate: '2026-03-31T11:00:00.123Z', lastInvoiceId: '20113995733614592' },
      ]) {
        await under.unitOfWork.run((tx) => under.cursors.write(tx, taxId, 'OUTBOUND', cursor))
        expect(await under.cursors.read(taxId, 'OUTBOUND')).toEqual(cursor)
      }
      expect(await under.cursors.read(taxId, 'INBOUND')).toBeUndefined()
    })
  })
}
