import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { writeInvoice } from '../../../src/adapters/esf/index.ts'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import {
  exportInvoices,
  followUpdates,
  reconcile,
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
