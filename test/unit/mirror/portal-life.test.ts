import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readInvoice, writeInvoice } from '../../../src/adapters/esf/index.ts'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { sha256 } from '../../../src/adapters/host/sha256.ts'
import { MemoryDocuments } from '../../../src/adapters/memory/documents.ts'
import {
  MemoryCommandRecords,
  MemoryFetchRanges,
  MemoryIncomingInvoices,
} from '../../../src/adapters/memory/portal-life.ts'
import { MemoryTaskStore } from '../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import { MemoryWebhooks } from '../../../src/adapters/memory/webhooks.ts'
import { RawSignatureVerifier } from '../../../src/adapters/signing/index.ts'
import { readExactBytes } from '../../../src/adapters/xml/index.ts'
import type { Caller } from '../../../src/core/company/index.ts'
import { Refusal } from '../../../src/core/exchange/index.ts'
import type { Task } from '../../../src/core/kernel/index.ts'
import { UpstreamError } from '../../../src/core/kernel/index.ts'
import {
  carryOutCommands,
  fetchHistory,
  followIncoming,
  mirrorDefaults,
  openInvoiceDesk,
  quartersOf,
  type FetchIncomingDeps,
  type InvoiceDesk,
} from '../../../src/core/mirror/index.ts'
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
const ids = { next: () => randomUUID() }

describe('the later life of invoices, seen by the buyer’s gateway and the seller’s', () => {
  let key: TestKey
  let customerKey: TestKey
  let simulator: EsfSimulator
  let gateway: Gateway
  let clock: SharedClock
  let documents: MemoryDocuments
  let tasks: MemoryTaskStore
  let incoming: MemoryIncomingInvoices
  let commands: MemoryCommandRecords
  let ranges: MemoryFetchRanges
  let desk: InvoiceDesk
  let fetching: FetchIncomingDeps
  const unitOfWork = new MemoryUnitOfWork()
  const buyer: Caller = {
    companyId: 'buyer',
    companyTaxId: customer,
    companyName: 'ТОО «Есіл Құрылыс»',
    connectionId: 'base',
    connectionName: 'Бухгалтерия',
    signing: 'key',
  }

  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
    customerKey = await makeKey({ iin: customerIin, bin: customer })
  })
  const open = async (options: Parameters<typeof startPortal>[0] = {}) => {
    clock = new SharedClock(morning)
    simulator = await startPortal({ clock, pageSize: 3, ...options })
    gateway = openGateway({
      simulator,
      clock,
      accounts: [anAccount(key), anAccount(customerKey, { taxId: customer, user: customerIin })],
    })
    tasks = new MemoryTaskStore()
    documents = new MemoryDocuments({ ids, unitOfWork, tasks, webhooks: new MemoryWebhooks() })
    incoming = new MemoryIncomingInvoices(documents)
    commands = new MemoryCommandRecords()
    ranges = new MemoryFetchRanges()
    desk = openInvoiceDesk({
      documents,
      records: gateway.records,
      history: gateway.records,
      incoming,
      commandRecords: commands,
      ranges,
      readDocument: readExactBytes,
      worksWithPortal: async () => true,
      unitOfWork,
      clock,
      ids,
    })
    fetching = {
      companies: {
        byTaxId: async (taxId) =>
          taxId === customer ? { id: buyer.companyId, taxId, name: buyer.companyName } : undefined,
      },
      documents,
      records: gateway.records,
      history: gateway.records,
      incoming,
      ranges,
      cursors: gateway.cursors,
      reader: gateway.portal,
      formReader: { read: readInvoice },
      verifier: new RawSignatureVerifier(),
      hasher: sha256,
      unitOfWork,
      clock,
      ids,
    }
  }
  beforeEach(() => open())
  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })

  /** Issued by the seller's gateway, and registered. */
  const issue = async (over: Parameters<typeof anInvoice>[0] = {}) => {
    const record = gateway.put({ buyer: { ...anInvoice().buyer, taxId: customer }, ...over })
    await gateway.drive()
    clock.move(1_000)
    return gateway.documents.rows.get(record.id)?.stamp?.portalId ?? ''
  }
  const fetchNow = async () => {
    clock.move(1_000)
    return followIncoming(fetching, customer)
  }
  const inbox = () => documents.list(buyer.companyId, { box: 'inbox', limit: 500 })
  const events = async () => (await documents.after(buyer.companyId, undefined, 500)).map(({ name }) => name)
  const step = (): ReturnType<typeof carryOutCommands> =>
    carryOutCommands({
      documents,
      records: gateway.records,
      incoming,
      commandRecords: commands,
      commands: gateway.portal,
      portal: gateway.portal,
      unitOfWork,
      clock,
      settings: mirrorDefaults,
    })
  const taskOf = (commandId: string): Task => ({
    id: randomUUID(),
    kind: 'command',
    documentId: '',
    subject: commandId,
    dueAt: clock.now(),
    attempts: 1,
    details: { commandId },
  })
  /** Runs the command's task until it ends, as the worker would. */
  const carryOut = async (commandId: string) => {
    for (let run = 0; run < 20; run += 1) {
      try {
        const outcome = await step()(taskOf(commandId))
        if (outcome.word !== 'waiting') return outcome
        clock.move(outcome.askAgainInMs)
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        clock.move(error.retryAfterMs ?? 60_000)
      }
    }
    throw new Error('the command did not come to an end')
  }
  const command = async (kind: Parameters<InvoiceDesk['command']>[0]['command'], reason?: string) => {
    const [document] = await inbox()
    const view = await desk.command({ caller: buyer, documentId: document?.id ?? '', command: kind, reason })
    return view.commands.at(-1)?.id ?? ''
  }

  it('an invoice issued to us becomes a document of our box, once, with the portal’s own text', async () => {
    const portalId = await issue()
    expect(await fetchNow()).toMatchObject({ seen: 1, brought: 1, unread: 0 })
    expect(await fetchNow()).toMatchObject({ brought: 0 })
    const [document, ...others] = await inbox()
    expect(others).toEqual([])
    expect(document).toMatchObject({
      kind: 'tax-invoice',
      recipientCompanyId: buyer.companyId,
      senderTaxId: seller,
      recipientState: 'settled',
      mirrorState: 'registered',
      stamp: { portalId },
    })
    expect(document?.companyId).toBeUndefined()
    expect(documents.meter).toEqual([])
    const there = simulator.invoices()[0]
    expect(await desk.original({ caller: buyer, documentId: document?.id ?? '' })).toMatchObject({
      body: there?.body,
      check: { verdict: 'valid', signer: { bin: seller } },
    })
    expect(await events()).toEqual(['document.arrived'])
    const bytes = await documents.bytes(document?.digest ?? '')
    const read = await readExactBytes('tax-invoice', bytes ?? new Uint8Array())
    expect(read.ok && read.value.kind === 'tax-invoice' && writeInvoice(read.value)).toBe(there?.body)
  })

  it('a body that was changed on its way is told as such, and delivered', async () => {
    await issue()
    const reader = {
      ...fetching.reader,
      updates: async (...asked: Parameters<FetchIncomingDeps['reader']['updates']>) => {
        const answer = await gateway.portal.updates(...asked)
        const [first] = answer.invoices
        return first === undefined
          ? answer
          : { ...answer, invoices: [{ ...first, body: first.body.replace('<addInf>', '<addInf>!') + ' ' }] }
      },
    }
    await followIncoming({ ...fetching, reader }, customer)
    const [document] = await inbox()
    const original = await desk.original({ caller: buyer, documentId: document?.id ?? '' })
    expect(original.check?.verdict).toBe('invalid')
  })

  it('is confirmed, and the seller’s revocation is not agreed to', async () => {
    const portalId = await issue()
    await fetchNow()
    const first = await command('confirm')
    expect(await command('confirm')).toBe(first)
    expect(await carryOut(first)).toMatchObject({ word: 'done' })
    expect(simulator.invoices()[0]?.status).toBe('DELIVERED')
    expect(await events()).toEqual([
      'document.arrived',
      'mirror.commanded',
      'mirror.command-done',
      'mirror.status-changed',
    ])
    await gateway.portal.revoke(seller, [{ portalId, reason: 'Ошибка в сумме' }])
    await fetchNow()
    const [document] = await inbox()
    const view = await desk.standing({ caller: buyer, documentId: document?.id ?? '' })
    expect(view).toMatchObject({ status: 'REVOKED', deadlines: [{ clause: 'E5', source: 'portal' }] })
    expect(await carryOut(await command('unrevoke', 'Не согласны'))).toMatchObject({ word: 'done' })
    expect(simulator.invoices()[0]?.status).toBe('DELIVERED')
  })

  it.each([
    'drop',
    'error-500',
    'html',
    'accept-then-drop',
    'accept-then-500',
    'truncate',
    'empty',
    'session-killed',
  ] as const)('a command whose answer is %s is asked about before it is given again', async (fault) => {
    await issue()
    await fetchNow()
    simulator.faults.next('confirmInvoiceById', fault)
    expect(await carryOut(await command('confirm'))).toMatchObject({ word: 'done' })
    expect(simulator.invoices()[0]?.status).toBe('DELIVERED')
  })

  it('is declined only when it corrects another, and only with a reason', async () => {
    await issue()
    await fetchNow()
    await expect(command('decline', 'нет')).rejects.toMatchObject({ faults: [{ code: 'PORTAL-04' }] })
    await expect(command('unrevoke', 'нет')).rejects.toMatchObject({ faults: [{ code: 'PORTAL-03' }] })
    await expect(command('revoke', 'нет')).rejects.toMatchObject({ faults: [{ code: 'PORTAL-02' }] })
  })

  it('a correction of 2026 waits for us: shown with its term, confirmed, and its original is replaced', async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
    await open({ customerConfirmation: true })
    await issue({ number: '501' })
    await fetchNow()
    const fixed = gateway.put({
      number: '502',
      invoiceType: 'fixed',
      buyer: { ...anInvoice().buyer, taxId: customer },
      relatedInvoice: {
        number: '501',
        date: anInvoice().date,
        registrationNumber: simulator.invoices()[0]?.registrationNumber ?? '',
      },
    })
    for (let run = 0; run < 6; run += 1) {
      const outcome = await gateway.run(fixed.id)
      if (outcome.word === 'waiting') clock.move(Math.min(outcome.askAgainInMs, 60_000))
    }
    expect(gateway.documents.events.map(({ name }) => name)).toContain('mirror.confirmation-awaited')
    expect(gateway.documents.rows.get(fixed.id)?.mirrorState).toBe('submitted')
    await fetchNow()
    const waiting = (await inbox()).find(({ number }) => number === '502')
    expect(waiting).toMatchObject({ mirrorState: 'submitted' })
    const view = await desk.standing({ caller: buyer, documentId: waiting?.id ?? '' })
    expect(view.deadlines).toMatchObject([{ clause: 'E3' }])
    const order = await desk.command({ caller: buyer, documentId: waiting?.id ?? '', command: 'confirm' })
    expect(await carryOut(order.commands.at(-1)?.id ?? '')).toMatchObject({ word: 'done' })
    expect((await documents.byId(waiting?.id ?? ''))?.mirrorState).toBe('registered')
    clock.move(3_600_000)
    await gateway.run(fixed.id)
    expect(gateway.documents.rows.get(fixed.id)?.mirrorState).toBe('registered')
    await fetchNow()
    const original = (await inbox()).find(({ number }) => number === '501')
    const standing = await desk.standing({ caller: buyer, documentId: original?.id ?? '' })
    expect(standing.status).toBe('CANCELED')
  })

  it('three years of history come quarter by quarter, page by page, and go on after a stop', async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
    await open({ ndsRates: [{ rate: '16', from: '2000-01-01', until: '2999-12-31' }] })
    const issued = [
      '2023-05-10',
      '2023-05-11',
      '2023-05-12',
      '2023-05-13',
      '2024-02-02',
      '2025-11-30',
      '2026-01-15',
    ]
    issued.forEach((day, index) =>
      simulator.deposit({
        body: writeInvoice(
          anInvoice({
            number: String(9000 + index),
            date: day,
            turnoverDate: day,
            buyer: { ...anInvoice().buyer, taxId: customer },
          }),
        ),
        senderTin: seller,
      }),
    )
    await simulator.settle()
    const asked = await desk.fetch({ caller: buyer, from: '2023-04-01', to: '2026-03-31' })
    expect(asked).toMatchObject({ open: 12, seen: 0 })
    expect((await desk.fetch({ caller: buyer, from: '2023-04-01', to: '2026-03-31' })).open).toBe(12)
    let calls = 0
    await fetchHistory(fetching, customer, () => (calls += 1) <= 3)
    const halfway = await desk.progress({ caller: buyer })
    expect(halfway.open).toBeGreaterThan(0)
    await fetchHistory(fetching, customer)
    expect(await desk.progress({ caller: buyer })).toMatchObject({ open: 0, seen: 7, brought: 7 })
    expect((await inbox()).map(({ number }) => number).sort()).toEqual(
      issued.map((_, index) => String(9000 + index)),
    )
    await desk.fetch({ caller: buyer, from: '2026-01-01', to: '2026-03-31' })
    expect(await fetchHistory(fetching, customer)).toMatchObject({ seen: 1, brought: 0 })
  })

  it('a form that cannot be read arrives as a file with the portal’s text', async () => {
    await issue()
    clock.move(1_000)
    const newer: FetchIncomingDeps = {
      ...fetching,
      formReader: { read: (body, identity) => readInvoice(body.replaceAll('v2.esf', 'v9.esf'), identity) },
    }
    expect(await followIncoming(newer, customer)).toMatchObject({ brought: 1, unread: 1 })
    expect(await inbox()).toMatchObject([{ kind: 'file', mirrorState: 'registered' }])
  })

  it('a range that is none is refused', async () => {
    await expect(desk.fetch({ caller: buyer, from: '2026-05-01', to: '2026-04-01' })).rejects.toBeInstanceOf(
      Refusal,
    )
  })

  it('quarters cover a range and no more', () => {
    expect(quartersOf('2025-11-15', '2026-04-02')).toEqual([
      { from: '2026-04-01', to: '2026-04-02' },
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2025-11-15', to: '2025-12-31' },
    ])
  })
})
