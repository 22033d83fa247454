import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { MemoryDifferences } from '../../../src/adapters/memory/portal-differences.ts'
import { MemoryFetchRanges, MemoryIncomingInvoices } from '../../../src/adapters/memory/portal-life.ts'
import { writeInvoice } from '../../../src/adapters/esf/index.ts'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import {
  causeOf,
  exportInvoices,
  fetchDifferences,
  followUpdates,
  reconcile,
  reconcileBooks,
  standingAt,
  takeDifferences,
} from '../../../src/core/mirror/index.ts'
import type { ExportedInvoice, FollowUpdatesDeps } from '../../../src/core/mirror/index.ts'
import { anInvoice } from '../../factories/documents.ts'
import {
  customer,
  customerIin,
  iin,
  makeKey,
  seller,
  startPortal,
} from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'
import { anAccount, openGateway, SharedClock } from './gateway.ts'
import type { Gateway } from './gateway.ts'

const morning = new Date('2026-04-01T05:00:00Z')
const march = { from: '2026-01-01', to: '2026-04-30' }

describe('an invoice after its registration', () => {
  let key: TestKey
  let customerKey: TestKey
  let simulator: EsfSimulator
  let gateway: Gateway
  let clock: SharedClock

  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
    customerKey = await makeKey({ iin: customerIin, bin: customer })
  })
  beforeEach(async () => {
    clock = new SharedClock(morning)
    simulator = await startPortal({ clock, pageSize: 3 })
    gateway = openGateway({
      simulator,
      clock,
      accounts: [anAccount(key), anAccount(customerKey, { taxId: customer, user: customerIin })],
    })
  })
  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })

  const follow = () => {
    const deps: FollowUpdatesDeps = { ...gateway.deps, reader: gateway.portal, cursors: gateway.cursors }
    return followUpdates(deps, seller)
  }
  const stampOf = (id: string) => gateway.documents.rows.get(id)?.stamp?.portalId ?? ''

  it('follows the stream of changes with a cursor that outlives us', async () => {
    const { id } = gateway.put()
    await gateway.drive()
    await follow()
    clock.move(1_000)
    simulator.changeStatus(stampOf(id), 'CANCELED_BY_OGD', 'CANCEL_OGD')
    expect(await follow()).toEqual({ moved: 1, last: true })
    expect((await gateway.records.find(id))?.portalStatus).toBe('CANCELED_BY_OGD')
    expect(gateway.documents.events.at(-1)).toMatchObject({
      name: 'mirror.status-changed',
      details: { status: 'CANCELED_BY_OGD' },
    })
    expect(await follow()).toEqual({ moved: 0, last: true })
  })

  it('learns from the stream what moved in the queue, for any number of invoices in one call', async () => {
    for (let index = 0; index < 30; index += 1) {
      const { id } = gateway.put()
      await gateway.run(id)
    }
    clock.move(1_000)
    const [first] = gateway.documents.rows.keys()
    await gateway.run(first ?? '')
    const before = simulator.calls().total
    clock.move(1_000)
    expect((await follow()).moved).toBe(30)
    expect(simulator.calls().total - before).toBe(1)
    expect(
      [...gateway.documents.rows.values()].every(({ mirrorState }) => mirrorState === 'registered'),
    ).toBe(true)
  })

  it('is confirmed, revoked and taken back by the buyer', async () => {
    const { id } = gateway.put()
    await gateway.drive()
    expect(await gateway.portal.confirm(customer, [stampOf(id)])).toMatchObject([{ status: 'DELIVERED' }])
    expect(
      await gateway.portal.revoke(seller, [{ portalId: stampOf(id), reason: 'Ошибка в сумме' }]),
    ).toMatchObject([{ changed: true }])
    expect(
      await gateway.portal.unrevoke(customer, [{ portalId: stampOf(id), reason: 'Не согласны' }]),
    ).toMatchObject([{ changed: true, status: 'DELIVERED' }])
    clock.move(1_000)
    await follow()
    expect((await gateway.records.find(id))?.portalStatus).toBe('DELIVERED')
  })

  it('agrees with the portal, page by page and quarter by quarter', async () => {
    for (let index = 0; index < 10; index += 1) gateway.put()
    await gateway.drive()
    const result = await reconcile(
      { records: gateway.records, history: gateway.records, reader: gateway.portal },
      seller,
      march,
    )
    expect(result).toEqual({ compared: 20, differences: [] })
  })

  it('names every way in which the two sides can differ', async () => {
    const unnoticed = gateway.put({ number: '1' })
    const lost = gateway.put({ number: '2' })
    const stamp = gateway.put({ number: '3' })
    const other = gateway.put({ number: '4' })
    await gateway.drive()
    const set = async (id: string, change: Parameters<typeof gateway.records.change>[2]['change']) => {
      const record = await gateway.records.find(id)
      if (record === undefined) throw new Error('not there')
      await gateway.deps.unitOfWork.run((tx) =>
        gateway.records.change(tx, record, { deed: 'asked', at: clock.now(), change }),
      )
    }
    await set(unnoticed.id, { phase: 'queued' })
    simulator.changeStatus(stampOf(lost.id), 'DELETED')
    await set(stamp.id, { registrationNumber: 'ESF-000000000000-20260401-00000000' })
    simulator.changeStatus(stampOf(other.id), 'DELETED')
    for (const number of ['4', '5']) {
      simulator.deposit({
        body: writeInvoice(anInvoice({ number, comment: 'из кабинета' })),
        senderTin: seller,
      })
    }
    await simulator.settle()
    const { differences } = await reconcile(
      { records: gateway.records, history: gateway.records, reader: gateway.portal },
      seller,
      march,
    )
    expect(differences.map(({ kind, number, action }) => `${number} ${kind} ${action}`).sort()).toEqual([
      '1 registered-unnoticed ask-again',
      '2 missing-at-portal look',
      '3 stamp-differs look',
      '4 missing-at-portal look',
      '4 unknown-to-us none',
      '5 unknown-to-us none',
    ])
    expect(await takeDifferences(gateway.deps, differences)).toBe(1)
    expect(await gateway.records.find(unnoticed.id)).toMatchObject({
      phase: 'registered',
      portalId: stampOf(unnoticed.id),
    })
  })

  it('the whole books agree: sent, registered, stamped and metered; a difference is kept until it is gone', async () => {
    const fine = gateway.put({ number: '21' })
    const lost = gateway.put({ number: '22' })
    await gateway.drive()
    simulator.deposit({
      body: writeInvoice(anInvoice({ number: '31', seller: { ...anInvoice().seller, taxId: customer } })),
      senderTin: customer,
    })
    simulator.deposit({
      body: writeInvoice(anInvoice({ number: '32', buyer: { ...anInvoice().buyer, taxId: seller } })),
      senderTin: customer,
    })
    await simulator.settle()
    const metered = new Set([fine.id, lost.id])
    const row = gateway.documents.rows.get(lost.id)
    if (row !== undefined)
      gateway.documents.rows.set(lost.id, { ...row, stamp: undefined, mirrorState: 'submitted' })
    const differences = new MemoryDifferences()
    const ranges = new MemoryFetchRanges()
    const ids = { next: () => randomUUID() }
    const compare = () => {
      clock.move(1_000)
      return reconcileBooks(
        {
          ...gateway.deps,
          history: gateway.records,
          reader: gateway.portal,
          incoming: new MemoryIncomingInvoices({ arriveFromPortal: async () => {} }),
          books: {
            booked: async () =>
              Promise.all(
                [...gateway.documents.rows.values()].map(async (document) => ({
                  documentId: document.id,
                  date: document.date,
                  number: document.number,
                  senderState: document.senderState,
                  mirrorState: document.mirrorState,
                  registrationNumber: document.stamp?.registrationNumber,
                  registered: (await gateway.records.find(document.id))?.registrationNumber,
                  metered: metered.has(document.id),
                })),
              ),
          },
          differences,
          ids,
        },
        seller,
        march,
      )
    }
    metered.delete(fine.id)
    const first = await compare()
    expect(first).toMatchObject({
      sent: 2,
      registered: 2,
      stamped: 1,
      metered: 1,
      waiting: 1,
      atPortal: 1,
      fetched: 0,
    })
    expect(
      first.differences.map(({ direction, kind, number }) => `${direction} ${number} ${kind}`).sort(),
    ).toEqual(['in 32 not-fetched', 'out 21 unmetered', 'out 22 unstamped'])
    for (const { kind } of first.differences) expect(causeOf(kind).ru).not.toBe('')
    const open = await differences.of(seller)
    expect(await takeDifferences(gateway.deps, open)).toBe(1)
    expect(
      await fetchDifferences({ ranges, unitOfWork: gateway.deps.unitOfWork, clock, ids }, seller, open),
    ).toBe(1)
    expect(await ranges.open(seller)).toHaveLength(1)
    metered.add(fine.id)
    expect(await compare()).toMatchObject({ sent: 2, registered: 2, stamped: 2, metered: 2, waiting: 0 })
    expect((await differences.of(seller)).map(({ kind }) => kind)).toEqual(['not-fetched'])
    expect((await differences.of(seller, { resolvedSince: new Date(0) })).length).toBe(3)
  })

  it('is exported as it was sent, with its state at any past minute', async () => {
    const { id } = gateway.put()
    await gateway.drive()
    const exported: ExportedInvoice[] = []
    for await (const invoice of exportInvoices(gateway.records, seller, march)) exported.push(invoice)
    expect(exported.map(({ record }) => record.documentId)).toEqual([id])
    const [invoice] = exported
    expect(invoice?.signed.body).toBe(simulator.invoices()[0]?.body)
    const lines = invoice?.lines ?? []
    expect(standingAt(lines, new Date(morning.getTime() - 1))).toBeUndefined()
    expect(standingAt(lines, morning)).toMatchObject({ phase: 'prepared' })
    expect(standingAt(lines, clock.now())).toMatchObject({ phase: 'registered' })
  })
})
