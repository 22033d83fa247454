import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { DocumentRecord } from '../../src/core/exchange/index.ts'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'
import type {
  Arrival,
  CommandRecord,
  CommandRecords,
  FetchRange,
  FetchRanges,
  IncomingInvoices,
} from '../../src/core/mirror/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 3, 1, 6, 0, seconds))
const taxId = '260140000604'

interface Stores {
  commands: CommandRecords
  incoming: IncomingInvoices
  ranges: FetchRanges
  documents: {
    byId(id: string): Promise<DocumentRecord | undefined>
    bytes(digest: string): Promise<Uint8Array | undefined>
    list(companyId: string, filter: { box: 'inbox'; limit: number }): Promise<DocumentRecord[]>
  }
  unitOfWork: UnitOfWork
  /** A company that may own documents. */
  companyId: string
}

/** The promises of `CommandRecords`, `IncomingInvoices` and `FetchRanges`. */
export const portalLifeConformance = (name: string, open: () => Promise<Stores>): void => {
  describe(`${name} keeps the later life of invoices`, () => {
    let under: Stores
    let portalIds = 20_113_995_733_614_500n

    beforeEach(async () => {
      under = await open()
    })

    const anArrival = (over: Partial<Arrival['record']> = {}): Arrival => {
      const documentId = randomUUID()
      const portalId = String(++portalIds)
      const digest = documentId.replaceAll('-', '').repeat(2)
      return {
        record: {
          taxId,
          companyId: under.companyId,
          portalId,
          documentId,
          brought: true,
          date: '2026-03-31',
          number: '16',
          senderTaxId: '260140000114',
          status: 'CREATED',
          statusSince: at(0),
          registrationNumber: 'ESF-260140000114-20260331-00000001',
          fetchedAt: at(1),
          ...over,
        },
        original: {
          body: '<v2:invoice>ТОО «Ақ Жол»\r\n</v2:invoice>',
          signature: 'AQID',
          certificate: 'AQID',
          check: { verdict: 'valid', note: 'RSA-2048', signer: { bin: '260140000114' } },
        },
        facts: {
          kind: 'tax-invoice',
          senderTaxId: '260140000114',
          senderName: 'ТОО «Алатау Снаб»',
          recipientTaxId: taxId,
          recipientName: 'ТОО «Есіл Құрылыс»',
          guid: `esf.${portalId}`,
          version: '1',
          number: '16',
          date: '2026-03-31',
          total: '116000.00',
          currency: 'KZT',
        },
        bytes: new TextEncoder().encode(`<TaxInvoice>${documentId}</TaxInvoice>`),
        digest,
        rawDigest: digest.split('').reverse().join(''),
        requestId: `esf.${portalId}`,
        mirrorState: 'registered',
        stamp: {
          registrationNumber: 'ESF-260140000114-20260331-00000001',
          portalId,
          registeredAt: at(0),
        },
        events: [{ documentId, companyId: under.companyId, name: 'document.arrived', at: at(1) }],
        archiveTaskId: randomUUID(),
      }
    }
    const arrive = async (over: Partial<Arrival['record']> = {}) => {
      const arrival = anArrival(over)
      expect(await under.unitOfWork.run((tx) => under.incoming.arrive(tx, arrival))).toBe(true)
      return arrival
    }

    it('an invoice arrives once, as a document that only its buyer owns', async () => {
      const arrival = await arrive()
      const { documentId, portalId } = arrival.record
      const again = { ...arrival, record: { ...arrival.record, documentId: randomUUID() } }
      expect(await under.unitOfWork.run((tx) => under.incoming.arrive(tx, again))).toBe(false)
      const document = await under.documents.byId(documentId)
      expect(document).toMatchObject({
        kind: 'tax-invoice',
        recipientCompanyId: under.companyId,
        senderState: 'completed',
        recipientState: 'settled',
        mirrorState: 'registered',
        stamp: arrival.stamp,
        origin: { door: 'portal', format: 'esf' },
      })
      expect(document?.companyId).toBeUndefined()
      expect(document?.connectionId).toBeUndefined()
      expect(await under.documents.bytes(arrival.digest)).toEqual(
        expect.objectContaining({ length: arrival.bytes.length }),
      )
      expect(await under.incoming.find(taxId, [portalId, '1'])).toEqual([arrival.record])
      expect(await under.incoming.byDocument(documentId)).toEqual(arrival.record)
      expect(await under.incoming.original(taxId, portalId)).toEqual(arrival.original)
      expect(await under.incoming.original(taxId, '1')).toBeUndefined()
      const inbox = await under.documents.list(under.companyId, { box: 'inbox', limit: 500 })
      expect(inbox.map(({ id }) => id)).toContain(documentId)
    })

    it('an arrival that is rolled back was never there', async () => {
      const arrival = anArrival()
      await expect(
        under.unitOfWork.run(async (tx) => {
          await under.incoming.arrive(tx, arrival)
          throw new Error('changed our mind')
        }),
      ).rejects.toThrow('changed our mind')
      expect(await under.incoming.find(taxId, [arrival.record.portalId])).toEqual([])
      expect(await under.documents.byId(arrival.record.documentId)).toBeUndefined()
    })

    it('what was sent through us is linked, and told from what was brought', async () => {
      const { record } = await arrive()
      const linked = { ...record, portalId: String(++portalIds), brought: false }
      await under.unitOfWork.run((tx) => under.incoming.link(tx, linked))
      await under.unitOfWork.run((tx) => under.incoming.link(tx, { ...linked, status: 'REVOKED' }))
      expect(await under.incoming.find(taxId, [linked.portalId])).toEqual([linked])
      expect(await under.incoming.original(taxId, linked.portalId)).toBeUndefined()
    })

    it('its status moves, and a term the portal no longer names goes', async () => {
      const { record } = await arrive({ deadline: at(50) })
      await under.unitOfWork.run((tx) =>
        under.incoming.change(tx, record, { status: 'DELIVERED', statusSince: at(9) }),
      )
      const [after] = await under.incoming.find(taxId, [record.portalId])
      expect(after).toMatchObject({
        status: 'DELIVERED',
        statusSince: at(9),
        registrationNumber: record.registrationNumber,
      })
      expect(after?.deadline).toBeUndefined()
    })

    it('lists by day of issue, page by page', async () => {
      const day = '2027-01-15'
      const first = await arrive({ date: day })
      const second = await arrive({ date: day })
      await arrive({ date: '2027-01-16' })
      const range = { from: day, to: day }
      const page = await under.incoming.between(taxId, { ...range, limit: 1 })
      expect(page.map(({ portalId }) => portalId)).toEqual([first.record.portalId])
      const rest = await under.incoming.between(taxId, { ...range, after: first.record.portalId, limit: 9 })
      expect(rest.map(({ portalId }) => portalId)).toEqual([second.record.portalId])
    })

    const aCommand = (documentId: string, over: Partial<CommandRecord> = {}): CommandRecord => ({
      id: randomUUID(),
      documentId,
      taxId,
      companyId: under.companyId,
      portalId: String(portalIds),
      kind: 'confirm',
      by: 'connection:1',
      requestedAt: at(10),
      statusBefore: 'CREATED',
      state: 'waiting',
      ...over,
    })
    const give = (command: CommandRecord) => under.unitOfWork.run((tx) => under.commands.add(tx, command))
    const claim = (id: string, limit = 50) =>
      under.unitOfWork.run((tx) => under.commands.claim(tx, { id, limit, claimedUntil: at(40) }))

    it('the same command, while it is under way, is the first one', async () => {
      const { record } = await arrive()
      const first = await give(aCommand(record.documentId))
      expect((await give(aCommand(record.documentId))).id).toBe(first.id)
      const other = aCommand(record.documentId, { kind: 'decline', reason: 'Не наш товар' })
      expect((await give(other)).id).toBe(other.id)
      expect(await under.commands.byId(other.id)).toEqual(other)
      await claim(first.id)
      await under.unitOfWork.run((tx) =>
        under.commands.change(tx, first.id, { state: 'done', status: 'DELIVERED', settledAt: at(20) }),
      )
      const next = await give(aCommand(record.documentId, { requestedAt: at(30) }))
      expect(next.id).not.toBe(first.id)
      const all = await under.commands.ofDocument(record.documentId)
      expect(all.map(({ id }) => id).sort()).toEqual([first.id, other.id, next.id].sort())
      expect(all.find(({ id }) => id === first.id)).toMatchObject({ state: 'done', status: 'DELIVERED' })
    })

    it('is claimed with others of its company and kind, and settled once', async () => {
      const ids = await Promise.all(
        [0, 1, 2].map(async (second) => {
          const { record } = await arrive()
          return (
            await give(
              aCommand(record.documentId, { kind: 'unrevoke', reason: 'нет', requestedAt: at(second) }),
            )
          ).id
        }),
      )
      const [first = '', , last = ''] = ids
      const batch = await claim(last, 2)
      expect(batch.map(({ id }) => id).sort()).toEqual([first, last].sort())
      expect(batch[0]).toMatchObject({ state: 'sending', claimedUntil: at(40) })
      expect(await claim(first)).toEqual([])
      const change = (state: CommandRecord['state']) =>
        under.unitOfWork.run((tx) => under.commands.change(tx, first, { state, settledAt: at(50) }))
      expect(await change('sending')).toBe(true)
      expect((await under.commands.byId(first))?.claimedUntil).toBeUndefined()
      expect(await change('waiting')).toBe(true)
      expect(await change('done')).toBe(false)
      expect((await claim(first)).length).toBeGreaterThan(0)
      expect(await change('refused')).toBe(true)
      expect(await change('done')).toBe(false)
    })

    const aRange = (over: Partial<FetchRange> = {}): FetchRange => ({
      id: randomUUID(),
      taxId: '240240012346',
      from: '2026-01-01',
      to: '2026-03-31',
      page: 0,
      seen: 0,
      brought: 0,
      unread: 0,
      requestedAt: at(0),
      ...over,
    })

    it('ranges are asked for once while they are open, and remember how far they are', async () => {
      const winter = aRange()
      const autumn = aRange({ from: '2025-10-01', to: '2025-12-31' })
      const add = (ranges: FetchRange[]) => under.unitOfWork.run((tx) => under.ranges.add(tx, ranges))
      await add([winter, autumn])
      await add([aRange()])
      expect((await under.ranges.open(winter.taxId)).map(({ id }) => id)).toEqual([winter.id, autumn.id])
      expect(await under.ranges.waiting()).toContain(winter.taxId)
      await under.unitOfWork.run((tx) =>
        under.ranges.progress(tx, winter.id, { page: 4, seen: 40, brought: 30, unread: 1 }),
      )
      expect((await under.ranges.open(winter.taxId))[0]).toMatchObject({ page: 4, seen: 40, brought: 30 })
      for (const { id } of [winter, autumn]) {
        await under.unitOfWork.run((tx) =>
          under.ranges.progress(tx, id, { page: 5, seen: 50, brought: 30, unread: 1, doneAt: at(9) }),
        )
      }
      expect(await under.ranges.open(winter.taxId)).toEqual([])
      expect(await under.ranges.waiting()).not.toContain(winter.taxId)
      await add([aRange({ requestedAt: at(20) })])
      expect((await under.ranges.of(winter.taxId, 2)).map(({ doneAt }) => doneAt)).toEqual([undefined, at(9)])
    })
  })
}
