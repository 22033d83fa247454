import { mkdtempSync, readFileSync, rmSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { EsfSimulator, InjectedFault } from '../../../../src/adapters/esf-simulator/index.ts'
import type { HttpAnswer, TestKey } from './harness.ts'
import {
  anInvoice,
  ask,
  envelope,
  ids,
  iin,
  login,
  makeKey,
  pick,
  pickAll,
  post,
  seller,
  startPortal,
  upload,
} from './harness.ts'

let key: TestKey
let portal: EsfSimulator
let session: string

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
})
beforeEach(async () => {
  portal = await startPortal()
  session = await login(portal, key)
})
afterEach(() => portal.stop())

const send = (num = '1'): Promise<HttpAnswer> => upload(portal, session, key, anInvoice({ num }))
const probe = (): Promise<HttpAnswer> => post(portal, 'VersionService', envelope('<q:esfVersionRequest/>'))

describe('what goes wrong before the portal has done anything', () => {
  test.each<[InjectedFault, number]>([
    ['error-500', 500],
    ['html', 200],
    ['unavailable', 503],
  ])('%s leaves the portal untouched', async (fault, status) => {
    portal.faults.next('syncInvoice', fault)
    expect((await send()).status).toBe(status)
    expect(portal.invoices()).toEqual([])
    expect((await send()).body).toContain('acceptedSet')
    expect(portal.faults.injected).toBe(1)
  })

  test('drop cuts the connection', async () => {
    portal.faults.next('syncInvoice', 'drop')
    await expect(send()).rejects.toThrow()
    expect(portal.invoices()).toEqual([])
  })

  test('a killed session ends the call with the session fault', async () => {
    portal.faults.next('syncInvoice', 'session-killed')
    expect((await send()).body).toContain('sessionClosedException')
    expect(portal.sessions().map(({ open }) => open)).toEqual([false])
  })

  test('a fault comes with its detail, or bare as CXF leaves it', async () => {
    portal.faults.next(
      'syncInvoice',
      { kind: 'fault', name: 'business', description: 'LOCK_ACKQUIRING_TIME_EXCEEDED' },
      { kind: 'fault', name: 'business', description: 'LOCK_ACKQUIRING_TIME_EXCEEDED', withoutDetail: true },
    )
    const [full, bare] = [await send(), await send()]
    expect(pick(full.body, 'description')).toBe('LOCK_ACKQUIRING_TIME_EXCEEDED')
    expect(bare.body).not.toContain('detail')
    expect(pick(bare.body, 'faultstring')).toBe('Fault occurred while processing.')
    expect(portal.invoices()).toEqual([])
  })

  test('a maintenance window closes every door and opens by itself', async () => {
    portal.faults.maintenance({ from: portal.now(), until: new Date(portal.now().getTime() + 60_000) })
    expect((await probe()).status).toBe(503)
    expect((await send()).status).toBe(503)
    portal.tick(60_000)
    expect((await probe()).status).toBe(200)
  })
})

describe('what goes wrong after the work is done', () => {
  test.each<InjectedFault>(['accept-then-drop', 'truncate'])(
    '%s: the invoice is there, the caller was cut off',
    async (fault) => {
      portal.faults.next('syncInvoice', fault)
      await expect(send()).rejects.toThrow()
      expect(portal.invoices()).toHaveLength(1)
    },
  )

  test.each<[InjectedFault, number]>([
    ['accept-then-500', 500],
    ['accept-then-html', 200],
    ['empty', 200],
  ])('%s: the invoice is there, the answer says nothing', async (fault, status) => {
    portal.faults.next('syncInvoice', fault)
    const answer = await send()
    expect(answer.status).toBe(status)
    expect(answer.body).not.toContain('acceptedSet')
    expect(portal.invoices()).toHaveLength(1)
  })

  test('a hanging answer ends when the portal stops', async () => {
    portal.faults.next('syncInvoice', 'accept-then-hang', { kind: 'delay', ms: 600_000 })
    const hanging = [send('1'), send('2')].map((call) => expect(call).rejects.toThrow())
    while (portal.invoices().length < 2) await probe()
    await portal.stop()
    await Promise.all(hanging)
  })

  test('a delayed answer comes whole', async () => {
    portal.faults.next('syncInvoice', { kind: 'delay', ms: 20 })
    expect((await send()).body).toContain('acceptedSet')
  })

  test('a wrong id is nobody', async () => {
    portal.faults.next('syncInvoice', 'wrong-id')
    const id = pick((await send()).body, 'id') ?? ''
    expect(portal.invoices()[0]?.id).not.toBe(id)
    expect(
      pickAll((await ask(portal, 'queryInvoiceSummaryById', session, ids(id))).body, 'invoiceId'),
    ).toEqual([])
  })

  test('an unknown status is a word of the future', async () => {
    await send()
    const [invoice] = portal.invoices()
    portal.faults.next('queryInvoiceSummaryById', 'unknown-status')
    const query = (): Promise<HttpAnswer> =>
      ask(portal, 'queryInvoiceSummaryById', session, ids(invoice?.id ?? ''))
    expect(pick((await query()).body, 'invoiceStatus')).toBe('AWAITING_SOMETHING_NEW')
    expect(pick((await query()).body, 'invoiceStatus')).toBe('CREATED')
  })

  test('another dress says the same with other prefixes and another order', async () => {
    await send()
    const [invoice] = portal.invoices()
    portal.faults.next('queryInvoiceSummaryById', 'other-dress')
    const { body } = await ask(portal, 'queryInvoiceSummaryById', session, ids(invoice?.id ?? ''))
    expect(body).toMatch(/^<S:Envelope/)
    expect(body.indexOf('lastUpdateDate')).toBeLessThan(body.indexOf('invoiceId'))
  })

  test('a huge answer is as large as ordered', async () => {
    portal.faults.next('esfVersion', { kind: 'huge', bytes: 1_000_000 })
    expect(Buffer.byteLength((await probe()).body)).toBe(1_000_000)
  })
})

describe('chance', () => {
  test('repeats itself for a seed and keeps to its rate', async () => {
    const outcomes = async (): Promise<string[]> => {
      const own = await startPortal({ seed: 11 })
      own.faults.random({ rate: 0.3, kinds: ['html', 'error-500'] })
      const list: string[] = []
      for (let call = 0; call < 100; call += 1) {
        const { status, type } = await post(own, 'VersionService', envelope('<q:esfVersionRequest/>'))
        list.push(`${status} ${type}`)
      }
      await own.stop()
      return list
    }
    const [first, second] = [await outcomes(), await outcomes()]
    expect(first).toEqual(second)
    const wrong = first.filter((outcome) => outcome !== '200 text/xml; charset=utf-8').length
    expect(wrong).toBeGreaterThan(15)
    expect(wrong).toBeLessThan(45)
  })

  test('can be kept to some operations and cleared', async () => {
    portal.faults.random({ rate: 1, kinds: ['html'], operations: ['syncInvoice'] })
    expect((await probe()).body).toContain('InvoiceV2')
    expect((await send()).type).toContain('html')
    portal.faults.clear()
    expect((await send()).body).toContain('acceptedSet')
  })
})

describe('the journal', () => {
  let folder: string
  let journalPath: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'esf-simulator-'))
    journalPath = join(folder, 'journal.jsonl')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const restart = async (): Promise<void> => {
    await portal.stop()
    portal = await startPortal({ journalPath })
  }

  test('has every accepted invoice before the caller knows of it', async () => {
    await restart()
    session = await login(portal, key)
    const id = pick((await send()).body, 'id')
    const kinds = readFileSync(journalPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; id?: string })
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'session.opened',
      'call',
      'certificate',
      'invoice.accepted',
      'call',
    ])
    expect(kinds[3]?.id).toBe(id)
  })

  test('rebuilds the portal after a restart: invoices, queue, sessions, counts, keys', async () => {
    await restart()
    session = await login(portal, key)
    await send('1')
    await send('2')
    const before = portal.invoices()
    const calls = portal.calls()
    await restart()
    expect(portal.invoices()).toEqual(before)
    expect(portal.calls()).toEqual(calls)
    const again = await send('1')
    expect(again.body).toContain('NOT_UNIQUE_DB_ERROR_MSG')
    expect(pick((await send('3')).body, 'id')).toBe('20113995733614594')
    expect(portal.invoices().at(-1)?.status).toBe('CREATED')
  })

  test('drops a last line that a crash cut short, and refuses a file damaged inside', async () => {
    await restart()
    session = await login(portal, key)
    await send('1')
    await portal.stop()
    appendFileSync(journalPath, '{"at":"2026-03-10T07:00:00.000Z","kind":"invo')
    portal = await startPortal({ journalPath })
    expect(portal.invoices()).toHaveLength(1)
    await send('2')
    await restart()
    expect(portal.invoices()).toHaveLength(2)
    await portal.stop()
    appendFileSync(journalPath, 'rubbish\n')
    await expect(startPortal({ journalPath })).rejects.toThrow(/line \d+ is not JSON/)
  })

  test('tells listeners what happens, as it happens', async () => {
    await portal.stop()
    const kinds: string[] = []
    portal = await startPortal({ onRecord: ({ kind }) => kinds.push(kind) })
    session = await login(portal, key)
    await send()
    await portal.settle()
    expect(kinds).toContain('invoice.status')
  })

  test('stops twice without complaint', async () => {
    await portal.stop()
    await expect(portal.stop()).resolves.toBeUndefined()
  })
})
