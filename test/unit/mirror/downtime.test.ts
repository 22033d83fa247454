import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { MemoryPortalOutages } from '../../../src/adapters/memory/portal-outages.ts'
import { readDocumentValue } from '../../../src/core/document/index.ts'
import {
  afterOutage,
  openDowntimeDesk,
  openOutageWatch,
  watchDefaults,
  watchPortal,
  type DowntimeDesk,
  type MirrorSettings,
} from '../../../src/core/mirror/index.ts'
import { anInvoice } from '../../factories/documents.ts'
import { iin, makeKey, seller, startPortal } from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'
import { anAccount, openGateway, SharedClock } from './gateway.ts'
import type { Gateway } from './gateway.ts'

const minute = 60_000
/** 10 o'clock in Almaty. */
const morning = new Date('2026-03-31T05:00:00Z')
const outage = { from: new Date('2026-03-31T04:00:00Z'), until: new Date('2026-03-31T07:00:00Z') }
const ids = { next: () => randomUUID() }

describe('while the portal is down', () => {
  let key: TestKey
  let simulator: EsfSimulator
  let gateway: Gateway
  let clock: SharedClock
  let outages: MemoryPortalOutages
  let desk: DowntimeDesk

  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
  })
  const open = async (settings: Partial<MirrorSettings> = {}) => {
    clock = new SharedClock(morning)
    simulator = await startPortal({ clock, downtimes: [outage] })
    outages = new MemoryPortalOutages()
    gateway = openGateway({ simulator, clock, accounts: [anAccount(key)], settings })
    gateway.deps.outages = openOutageWatch({ outages, clock })
    desk = openDowntimeDesk({
      outages,
      held: {
        count: async () => gateway.documents.rows.size,
        oldest: async () => [...gateway.documents.rows.values()],
      },
      documents: gateway.documents,
      readDocument: async (kind, bytes) =>
        readDocumentValue(kind, JSON.parse(new TextDecoder().decode(bytes))),
      clock,
      ids,
    })
  }
  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })
  const look = () =>
    watchPortal({
      outages,
      probe: () => gateway.portal.probe(),
      failingSince: () => gateway.portal.outage?.since,
      clock,
      ids,
      settings: watchDefaults,
    })
  const announce = () => desk.announce({ ...outage, note: 'kgd.gov.kz', by: 'operator' })

  it('an announced outage holds the queue without a call, shows what waits, and lets it go by itself', async () => {
    await open()
    await announce()
    const { id } = gateway.put({}, { receivedAt: morning })
    const outcome = await gateway.run(id)
    expect(outcome).toMatchObject({ word: 'waiting', askAgainInMs: 2 * 60 * minute })
    expect(simulator.calls().total).toBe(0)
    expect(await desk.show()).toMatchObject({
      hold: { until: outage.until },
      held: 1,
      soonest: [{ documentId: id, clause: 'E1', dueOn: '2026-04-15' }],
    })
    await gateway.drive()
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('registered')
  })

  it('what came during an announced outage is entered afterwards as issued on paper, and the portal takes it', async () => {
    await open()
    await announce()
    const during = gateway.put({ number: '1' }, { receivedAt: morning })
    clock.move(3 * 60 * minute)
    const later = gateway.put({ number: '2' }, { receivedAt: clock.now() })
    await gateway.drive()
    const bodyOf = async (id: string) => (await gateway.records.signed(id))?.body ?? ''
    expect(await bodyOf(during.id)).toContain('<datePaper>31.03.2026</datePaper>')
    expect(await bodyOf(during.id)).toContain('<reasonPaper>DOWN_TIME</reasonPaper>')
    expect(await bodyOf(later.id)).not.toContain('Paper>')
    expect(
      [...gateway.documents.rows.values()].every(({ mirrorState }) => mirrorState === 'registered'),
    ).toBe(true)
  })

  it('the paper rule can be switched off, and never touches what the sender has said', async () => {
    await open({ paper: 'off' })
    await announce()
    const { id } = gateway.put({ number: '1' }, { receivedAt: morning })
    clock.move(3 * 60 * minute)
    await gateway.drive()
    expect((await gateway.records.signed(id))?.body).not.toContain('Paper>')
    const said = anInvoice({ datePaper: '2026-03-30', reasonPaper: 'missing-requirement' })
    expect(afterOutage(said, morning, await outages.between(morning, morning))).toBe(said)
  })

  it('an announced outage that ends early is ended by hand', async () => {
    await open()
    const { id } = await announce()
    const { id: documentId } = gateway.put({}, { receivedAt: morning })
    await gateway.run(documentId)
    await desk.end({ id })
    clock.move(3_000)
    await gateway.drive()
    expect(clock.now().getTime() - morning.getTime()).toBeLessThan(10 * minute)
    await expect(desk.end({ id: 'x' })).rejects.toMatchObject({ faults: [{ code: 'PORTAL-10' }] })
    await expect(
      desk.announce({ from: outage.until, until: outage.from, note: '', by: '' }),
    ).rejects.toMatchObject({ faults: [{ code: 'PORTAL-09' }] })
  })

  it('two looks without an answer begin an outage, the first answer ends it, and calm costs 48 calls a day', async () => {
    await open()
    expect(await look()).toBe('up')
    clock.move(29 * minute)
    expect(await look()).toBe('not-due')
    simulator.faults.maintenance({ from: clock.now(), until: new Date(clock.now().getTime() + 30 * minute) })
    clock.move(minute)
    expect(await look()).toBe('down')
    expect((await desk.show()).outages).toEqual([])
    clock.move(2 * minute)
    expect(await look()).toBe('down')
    expect((await desk.show()).outages).toMatchObject([{ kind: 'detected' }])
    clock.move(3_000)
    const { id } = gateway.put({}, { receivedAt: clock.now() })
    const before = simulator.calls().total
    expect(await gateway.run(id)).toMatchObject({ word: 'waiting', note: 'the portal is down' })
    expect(simulator.calls().total).toBe(before)
    clock.move(30 * minute)
    expect(await look()).toBe('up')
    const [found] = (await desk.show()).outages
    expect(found?.until).toEqual(clock.now())
    clock.move(3_000)
    await gateway.drive()
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('registered')
  })

  it('an outage nobody looks at any more holds nothing', async () => {
    await open()
    await outages.add({
      id: randomUUID(),
      kind: 'detected',
      from: new Date(morning.getTime() - 60 * minute),
      note: '',
      by: '',
      reportedAt: morning,
    })
    await outages.noteProbe({ at: new Date(morning.getTime() - 16 * minute), ok: false, ms: 1, note: '' })
    gateway.put()
    await gateway.drive()
    expect(simulator.calls().byOperation.syncInvoice).toBe(1)
  })
})
