import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { writeInvoice } from '../../../src/adapters/esf/index.ts'
import { anInvoice } from '../../factories/documents.ts'
import { iin, makeKey, seller, startPortal } from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'
import { anAccount, openGateway, SharedClock } from './gateway.ts'
import type { Gateway } from './gateway.ts'

const morning = new Date('2026-04-01T05:00:00Z')

describe('the mirror of an invoice', () => {
  let key: TestKey
  let simulator: EsfSimulator
  let gateway: Gateway
  let clock: SharedClock

  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
  })

  const open = async (
    portal: Parameters<typeof startPortal>[0] = {},
    options: Partial<Parameters<typeof openGateway>[0]> = {},
  ): Promise<void> => {
    clock = new SharedClock(morning)
    simulator = await startPortal({ clock, ...portal })
    gateway = openGateway({ simulator, clock, accounts: [anAccount(key)], ...options })
  }
  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })

  /** Each of our documents is at the portal once, byte for byte, and both sides say the same. */
  const expectBothSidesAgree = async (): Promise<void> => {
    const standing = simulator.invoices().filter(({ status }) => status !== 'FAILED' && status !== 'DELETED')
    const registered = [...gateway.documents.rows.values()].filter(
      ({ mirrorState }) => mirrorState === 'registered',
    )
    expect(standing.length).toBe(registered.length)
    for (const document of registered) {
      const signed = await gateway.records.signed(document.id)
      const there = standing.filter(({ num }) => num === document.number)
      expect(there.length).toBe(1)
      expect(there[0]?.body).toBe(signed?.body)
      expect(there[0]?.signature).toBe(signed?.signature)
      expect(document.stamp).toMatchObject({
        registrationNumber: there[0]?.registrationNumber,
        portalId: there[0]?.id,
      })
    }
  }

  it('goes to the portal and comes back with its stamp', async () => {
    await open({ delays: { queueMs: 3_000, processingMs: 3_000 } })
    const { id } = gateway.put()
    await gateway.drive()
    const document = gateway.documents.rows.get(id)
    expect(document).toMatchObject({ mirrorState: 'registered' })
    expect(document?.stamp?.registrationNumber).toMatch(/^ESF-\d{12}-\d{8}-\d{8}$/)
    expect(gateway.documents.events.map(({ name }) => name)).toEqual([
      'mirror.submitted',
      'mirror.registered',
    ])
    await expectBothSidesAgree()
    expect((await gateway.records.lines(id)).map(({ deed }) => deed)).toEqual(
      expect.arrayContaining(['prepared', 'claimed', 'accepted', 'registered']),
    )
  })

  it('logs in the old way with a test key', async () => {
    await open({}, { accounts: [anAccount(key, { login: 'certificate' })] })
    gateway.put()
    await gateway.drive()
    await expectBothSidesAgree()
  })

  it('sends a flood of invoices in full batches', async () => {
    await open({ delays: { queueMs: [1_000, 5_000], processingMs: [1_000, 5_000] } })
    const many = 400
    for (let index = 0; index < many; index += 1) gateway.put()
    await gateway.drive({ width: 16 })
    await expectBothSidesAgree()
    expect(simulator.calls().byOperation.syncInvoice).toBe(many / 50)
  })

  // The figures of a big customer, 50 000 invoices for 3 000 calls, at a fiftieth.
  it('lets the calls of the day last for a day of invoices', async () => {
    const callsPerDay = 60
    await open(
      { delays: { queueMs: [1_000, 5_000], processingMs: [1_000, 60_000] }, sessionTtlMs: 86_400_000 },
      {
        settings: { callsPerDay },
        portal: { callsPerDay, callsKeptForQuestions: 6 },
      },
    )
    // Midnight in Almaty.
    clock.move(Date.parse('2026-04-01T19:00:00Z') - morning.getTime())
    const many = 1_000
    await gateway.live({ count: many, hours: 20 })
    await expectBothSidesAgree()
    const { total } = simulator.calls()
    expect(total / many).toBeLessThanOrEqual(0.05)
  })

  it('shows the portal’s errors when the light check declines', async () => {
    await open({ taxpayers: [{ tin: '123456789011' }] })
    const { id } = gateway.put()
    await gateway.drive()
    expect(gateway.documents.rows.get(id)).toMatchObject({ mirrorState: 'rejected' })
    expect(gateway.documents.rows.get(id)?.reason).toContain('ИС ЭСФ')
  })

  it('shows the portal’s errors when the queue fails the invoice', async () => {
    await open({ delays: { queueMs: 2_000, processingMs: 2_000 } })
    const { id } = gateway.put()
    simulator.failNext(['NDS_RATE_FOR_NOT_NDS_PAYER'])
    await gateway.drive()
    expect(gateway.documents.rows.get(id)?.reason).toContain('NDS_RATE_FOR_NOT_NDS_PAYER')
    expect((await gateway.records.find(id))?.errors[0]?.code).toBe('NDS_RATE_FOR_NOT_NDS_PAYER')
  })

  it('uses the number of a failed invoice again, deleting the failed one first', async () => {
    await open()
    const first = gateway.put({ number: '77' })
    simulator.failNext(['NDS_RATE_FOR_NOT_NDS_PAYER'])
    await gateway.drive()
    const second = gateway.put({ number: '77' })
    await gateway.drive()
    expect(gateway.documents.rows.get(first.id)?.mirrorState).toBe('rejected')
    expect(gateway.documents.rows.get(second.id)?.mirrorState).toBe('registered')
    await expectBothSidesAgree()
  })

  it('finds faults before the portal is asked', async () => {
    await open()
    const { id } = gateway.put({ number: 'СФ-16' })
    expect(await gateway.run(id)).toMatchObject({ word: 'refused', note: 'FIELD_INVALID' })
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('rejected')
    expect(simulator.calls().total).toBe(0)
  })

  it('does not send a second document under a number that stands', async () => {
    await open()
    gateway.put({ number: '5' })
    await gateway.drive()
    const { id } = gateway.put({ number: '5' })
    expect(await gateway.run(id)).toMatchObject({ word: 'refused', note: 'NOT_UNIQUE_DB_ERROR_MSG' })
  })

  it('does not take another program’s invoice for its own', async () => {
    await open()
    simulator.deposit({
      body: writeInvoice(anInvoice({ number: '9', comment: 'другой' })),
      senderTin: seller,
      signature: 'b3RoZXI=',
    })
    const { id } = gateway.put({ number: '9' })
    await gateway.drive()
    expect(gateway.documents.rows.get(id)).toMatchObject({ mirrorState: 'rejected' })
    expect(gateway.documents.rows.get(id)?.reason).toContain('NOT_UNIQUE_DB_ERROR_MSG')
  })

  it('leaves an invoice alone that was withdrawn before it was sent', async () => {
    await open()
    const { id } = gateway.put({}, { senderState: 'annulled' })
    expect(await gateway.run(id)).toMatchObject({ word: 'done' })
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('none')
    expect(simulator.calls().total).toBe(0)
  })

  it('waits for a company that has no key', async () => {
    await open({}, { accounts: [] })
    expect(await gateway.run(gateway.put().id)).toMatchObject({ word: 'waiting' })
  })

  it.each([
    'drop',
    'error-500',
    'html',
    'unavailable',
    'session-killed',
    'accept-then-drop',
    'accept-then-500',
    'accept-then-html',
    'truncate',
    'wrong-id',
    'unknown-status',
    'other-dress',
    'empty',
  ] as const)('lands exactly once when the upload meets %s', async (fault) => {
    await open({ delays: { queueMs: 2_000, processingMs: 2_000 } })
    gateway.put()
    gateway.put()
    simulator.faults.next('syncInvoice', fault)
    await gateway.drive()
    expect([...gateway.documents.rows.values()].map(({ mirrorState }) => mirrorState)).toEqual([
      'registered',
      'registered',
    ])
    await expectBothSidesAgree()
  })

  it('asks before it sends again when no answer ever comes', async () => {
    await open({}, { portal: { uploadTimeoutMs: 300 } })
    gateway.put()
    simulator.faults.next('syncInvoice', 'accept-then-hang')
    const { upstream } = await gateway.drive()
    expect(upstream).toContain('unclear')
    expect(simulator.calls().byOperation.syncInvoice).toBe(1)
    await expectBothSidesAgree()
  })

  it.each(['queryInvoiceSummaryById', 'queryInvoiceSummaryByKey', 'queryInvoiceById', 'createSessionSigned'])(
    'draws no wrong conclusion from bad answers of %s',
    async (operation) => {
      await open({ delays: { queueMs: 2_000, processingMs: 2_000 } })
      gateway.put()
      // The upload is lost on the way back, so that the key and the body are asked for.
      simulator.faults.next('syncInvoice', 'accept-then-drop')
      simulator.faults.next(
        operation,
        'wrong-id',
        'truncate',
        'unknown-status',
        'html',
        'empty',
        'other-dress',
        'accept-then-drop',
        { kind: 'huge', bytes: 100_000 },
        {
          kind: 'fault',
          name: 'business',
          description: 'LOCK_ACKQUIRING_TIME_EXCEEDED',
          withoutDetail: true,
        },
      )
      await gateway.drive()
      expect([...gateway.documents.rows.values()][0]?.mirrorState).toBe('registered')
      await expectBothSidesAgree()
    },
  )

  it('keeps statuses that nobody has seen before and waits', async () => {
    await open({ delays: { queueMs: 60_000 } })
    const { id } = gateway.put()
    simulator.faults.random({ rate: 1, kinds: ['unknown-status'], operations: ['queryInvoiceSummaryById'] })
    for (let round = 0; round < 6; round += 1) {
      await gateway.run(id)
      clock.move(5_000)
    }
    const record = await gateway.records.find(id)
    expect(record?.phase).toBe('queued')
    expect(record?.portalStatus).toEqual(expect.any(String))
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('submitted')
  })

  it('holds the queue while the portal is down and drains it afterwards, without spending the day', async () => {
    await open()
    for (let index = 0; index < 60; index += 1) gateway.put()
    simulator.faults.maintenance({ from: morning, until: new Date(morning.getTime() + 30 * 60_000) })
    await gateway.drive()
    await expectBothSidesAgree()
    // Half an hour of one probe in ten seconds to five minutes, and then two uploads.
    expect(simulator.calls().total).toBeLessThan(40)
  }, 120_000)

  it.each([1, 2, 3, 4, 5, 6])(
    'registers each invoice exactly once under faults and kills of every kind (seed %i)',
    async (seed) => {
      let state = seed * 2_654_435_761
      const draw = (): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return state / 2 ** 32
      }
      let mortal = true
      await open(
        { seed, delays: { queueMs: [0, 5_000], processingMs: [0, 5_000] } },
        { dies: () => mortal && draw() < 0.1 },
      )
      for (let index = 0; index < 40; index += 1) gateway.put()
      simulator.faults.random({ rate: 0.3 })
      await gateway.drive({ rounds: 25 }).catch(() => {})
      mortal = false
      simulator.faults.clear()
      await gateway.drive()
      expect(
        [...gateway.documents.rows.values()].filter(({ mirrorState }) => mirrorState !== 'registered'),
      ).toEqual([])
      await expectBothSidesAgree()
    },
    // A second on an idle machine; every store call and every HTTP call of some hundred rounds on a busy one.
    120_000,
  )
})
