import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readCalendarFolder } from '../../src/adapters/config/index.ts'
import { startEsfSimulator, type EsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import { makeCms } from '../../src/adapters/signing/index.ts'
import { silentLog } from '../../src/core/kernel/index.ts'
import { anAct, aSeller, thirdTaxId } from '../factories/documents.ts'
import { openMailbox, type Mailbox } from '../factories/mailbox.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  keyFileFor,
  testAuthority,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

const operatorTaxId = '260140007002'
const client = { taxId: thirdTaxId, name: 'ТОО «Қарапайым Дүкен»' }
const user = { userIin: '900101300017', password: 'Cabinet-1', login: 'ticket' as const }
const dayMs = 86_400_000

const calendar = () => {
  const read = readCalendarFolder('config/calendar')
  if (!read.ok) throw new Error('no calendar')
  return read.value
}

interface Contract {
  state: string
  credit: string
  invoice?: { number: string; documentId?: string; receivedAt?: string; state: string }
  acts: {
    state: string
    documentId?: string
    receivedAt?: string
    deadline?: { dueOn: string; calendarVersion: string }
    taxInvoice?: { registrationNumber?: string }
  }[]
  limit: { used: number; perMonth?: number }
  timers: { clause: string; dueOn: string; calendarVersion?: string }[]
  expiresAt?: string
}
interface Problem {
  code: string
  detail: string
}

describe.each(['embedded', 'postgresql'] as const)('a contract from the offer to the act, on %s', (kind) => {
  let aheadMs = 0
  let running: RunningGateway
  let portal: EsfSimulator
  let mailbox: Mailbox
  let operator: RestClient
  let own: RestClient

  beforeAll(async () => {
    mailbox = await openMailbox()
    portal = await startEsfSimulator({
      users: [{ iin: user.userIin, password: user.password, tins: [operatorTaxId] }],
      delays: { queueMs: [50, 100], processingMs: [50, 100] },
    })
    running = await aRunningGateway(
      kind,
      {
        mail: {
          url: mailbox.url,
          from: 'Daneker <edo@example.kz>',
          timeoutMs: 5_000,
          linkKeepsMs: 30 * dayMs,
        },
        portal: {
          baseUrl: portal.url,
          loginEveryMs: 200,
          mirror: { gatherMs: 100, askMs: 200, askAtMostMs: 1_000 },
        },
        contract: {
          calendar: calendar(),
          settings: { limitPolicy: 'restrict', operatorEmail: 'operator@example.kz' },
          operator: {
            taxId: operatorTaxId,
            address: 'г. Алматы, пр. Достык, 1',
            bank: { iik: 'KZ18722S000012345678', bik: 'CASPKZKA', bankName: 'АО «Kaspi Bank»', kbe: '17' },
            vatCertificate: { series: '60001', number: '0012345' },
            person: { position: 'Директор', name: 'Исполнитель А. А.' },
          },
        },
      },
      silentLog,
      { now: () => new Date(Date.now() + aheadMs) },
    )
    await connectCompany(running.gateway, running.authority, {
      taxId: operatorTaxId,
      name: 'ТОО «Оператор ЭДО»',
    })
    await running.gateway.register.setPortalLogin({ taxId: operatorTaxId, login: user })
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
    await operator.post('/companies', client)
    const base = await running.gateway.register.connect({ taxId: client.taxId, name: 'База', signing: 'key' })
    const file = await keyFileFor(running.authority, client.taxId, 'Qwerty12')
    await running.gateway.register.loadKey({ taxId: client.taxId, key: { file, password: 'Qwerty12' } })
    own = restClient(() => `${running.gateway.url}/api/v1`, basicOf(base))
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await portal.stop()
    await mailbox.stop()
  })

  const contract = () => operator.get<Contract>(`/companies/${client.taxId}/contract`)
  const run = (job: string) => operator.post<{ outcome: string; note: string }>(`/jobs/${job}/run`, {})
  const deed = (name: string, body: object = {}) =>
    operator.post<Contract>(`/companies/${client.taxId}/contract/${name}`, body)
  /** Jobs are run by hand until the contract is as expected: documents take their own way through the workers. */
  const until = async (job: string, isIt: (now: Contract) => boolean): Promise<Contract> => {
    for (let tries = 0; tries < 300; tries += 1) {
      await run(job)
      const now = await contract()
      if (isIt(now)) return now
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`never: ${JSON.stringify((await contract()).acts)} ${(await contract()).state}`)
  }
  const cmsOf = async (taxId: string, text: string): Promise<string> => {
    const authority = await testAuthority()
    const identity = await authority.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: taxId, organization: 'ТОО "ДЕМО"' },
    })
    const cms = await makeCms(new TextEncoder().encode(text), identity, {
      signingTime: new Date(),
      certificates: authority.intermediates,
    })
    return Buffer.from(cms).toString('base64')
  }
  const publish = (body: object) =>
    operator.ask('POST', '/offer/publications', {
      title: 'Публичная оферта',
      content: Buffer.from('Оферта, редакция 1').toString('base64'),
      ...body,
    })
  const tariff = (id: string, outgoingPerMonth: number | undefined) => ({
    kind: 'tariff',
    version: '1',
    content: Buffer.from(`${id}`).toString('base64'),
    tariff: {
      id,
      name: { ru: id, kk: id, en: id },
      price: '46400.00',
      currency: 'KZT',
      vatRate: '16',
      outgoingPerMonth,
    },
  })

  it('publishes a signed, chained log; a change takes effect five days later, or with the law', async () => {
    expect((await publish({ kind: 'offer', version: '1' })).status).toBe(201)
    expect((await publish(tariff('start', 2))).status).toBe(201)
    expect((await publish(tariff('business', 100))).status).toBe(201)
    const today = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 10)
    const early = await publish({ kind: 'offer', version: '2', effectiveOn: today })
    expect([early.status, (early.body as Problem).code]).toEqual([422, 'CONTRACT-01'])
    expect((early.body as Problem).detail).toContain('п. 9.1-9.3')
    const byLaw = await publish({ kind: 'offer', version: '2', effectiveOn: today, legalBasis: 'Закон' })
    expect(byLaw.status).toBe(201)
    const again = await publish({ kind: 'offer', version: '2' })
    expect((again.body as Problem).code).toBe('CONTRACT-02')
    expect(await operator.get('/offer/verify')).toMatchObject({ verdict: 'VALID' })
    const feed = (await (await fetch(`${running.gateway.url}/offer/feed.json`)).json()) as {
      publications: { seq: number; hash: string }[]
    }
    expect(feed.publications).toHaveLength(4)
    const bytes = Buffer.from(await (await fetch(`${running.gateway.url}/offer/1`)).arrayBuffer())
    expect(bytes.toString()).toBe('Оферта, редакция 1')
    expect((await fetch(`${running.gateway.url}/offer/99`)).status).toBe(404)
  })

  it('lets nobody send before the offer is accepted, and takes only the client’s own EDS over the text that holds', async () => {
    const closed = await own.ask('POST', '/documents/act', anAct({ seller: aSeller(client) }))
    expect([closed.status, (closed.body as Problem).code]).toEqual([403, 'ACCESS-01'])
    const { offer } = await own.get<{ offer: { hash: string } }>('/offer')
    const foreign = await own.ask('POST', '/offer/acceptance', {
      signature: await cmsOf(operatorTaxId, offer.hash),
    })
    expect([foreign.status, (foreign.body as Problem).code]).toEqual([422, 'CONTRACT-21'])
    const other = await own.ask('POST', '/offer/acceptance', {
      signature: await cmsOf(client.taxId, 'f'.repeat(64)),
    })
    expect((other.body as Problem).code).toBe('CONTRACT-21')
    const stale = await own.ask('POST', '/offer/acceptance', {
      signature: await cmsOf(client.taxId, offer.hash),
      hash: 'f'.repeat(64),
    })
    expect((stale.body as Problem).code).toBe('CONTRACT-04')
    const accepted = await own.post<Contract>('/offer/acceptance', {
      signature: await cmsOf(client.taxId, offer.hash),
      hash: offer.hash,
    })
    expect(accepted).toMatchObject({
      state: 'ACCEPTED',
      acceptance: { over: 'hash-text', offerVersion: '2' },
    })
    // The client's kept key may sign the newest text on his own word.
    expect(await own.post('/offer/acceptance', {})).toMatchObject({ state: 'ACCEPTED' })
  })

  it('sends the invoice through the gateway, counts five days from its receipt, and takes a payment once', async () => {
    await deed('requisites', { changedOn: '2026-01-01', email: 'client@example.kz', address: 'г. Астана, 1' })
    const made = await own.post<Contract>('/contract/requests', { what: 'invoice', tariff: 'start' })
    expect(made.state).toBe('INVOICED')
    const received = await until('follow-contract-documents', (now) => now.invoice?.receivedAt !== undefined)
    expect(received.timers.find(({ clause }) => clause === 'S7')?.calendarVersion).toMatch(/^kz-/)
    const inbox = await own.get<{ documents: { kind: string; number: string; total: string }[] }>(
      '/documents?box=inbox',
    )
    expect(inbox.documents).toMatchObject([{ kind: 'payment-invoice', total: '46400.00' }])
    const pay = (key: string, amount: string) =>
      operator.post<{ payments: { outcome: string }[] }>('/payments', {
        lines: [{ key, payerTaxId: client.taxId, amount, paidOn: '2026-01-12' }],
      })
    expect((await pay('ПП-1', '400.00')).payments).toMatchObject([{ outcome: 'partial' }])
    expect((await pay('ПП-1', '400.00')).payments).toMatchObject([{ outcome: 'known' }])
    const twins = await Promise.all([pay('ПП-2', '46100.00'), pay('ПП-2', '46100.00')])
    expect(twins.flatMap(({ payments }) => payments.map(({ outcome }) => outcome)).sort()).toEqual([
      'known',
      'paid',
    ])
    // 100 tenge too many are the client's credit.
    expect(await contract()).toMatchObject({ state: 'PAID', credit: '100.00' })
    const closed = await own.ask('POST', '/documents/act', anAct({ seller: aSeller(client) }))
    expect([(closed.body as Problem).code, (closed.body as Problem).detail]).toEqual([
      'ACCESS-04',
      expect.stringContaining('п. 2.2 оферты, редакция 2'),
    ])
  })

  it('grants twelve months, mails it, sends the act with an active link', async () => {
    const granted = await deed('grant')
    expect(granted.state).toBe('ACTIVE')
    const sent = await until('follow-contract-documents', (now) => now.acts[0]?.state === 'SENT')
    expect(sent.acts[0]?.documentId).toBeDefined()
    for (let open = true; open;) {
      await run('send-notices')
      const owed = await operator.get<{ notices: { kind: string; to: string }[] }>(
        `/notices?company=${client.taxId}&open=true`,
      )
      open = owed.notices.some(({ to }) => to === 'client')
    }
    const letters: string[] = []
    let link: string | undefined
    while (link === undefined) {
      const { text } = await mailbox.letterTo('client@example.kz')
      letters.push(text)
      link = /http\S+\/d\/(\S+)/.exec(text)?.[1]
    }
    expect(letters.join('\n')).toContain('12 календарных месяцев (п. 2.3)')
    // Opening the link is the proven receipt: three working days run.
    await fetch(`${running.gateway.url}/d/${link}`)
    const read = await until('follow-contract-documents', (now) => now.acts[0]?.receivedAt !== undefined)
    expect(read.acts[0]?.deadline).toMatchObject({ calendarVersion: expect.stringMatching(/^kz-/) })
  })

  it('takes no unreasoned refusal, deems the act accepted after three working days, and refuses a late refusal with the clause', async () => {
    const { acts } = await contract()
    const id = acts[0]?.documentId ?? ''
    const unreasoned = await own.ask('POST', `/documents/${id}/answer`, { answer: 'refuse', reason: 'нет' })
    expect([unreasoned.status, (unreasoned.body as Problem).code]).toEqual([409, 'CONTRACT-10'])
    aheadMs = 14 * dayMs
    // The term is over by the calendar, whether the job has run or not.
    const late = await own.ask('POST', `/documents/${id}/answer`, {
      answer: 'refuse',
      reason: 'Услуга не оказана в полном объёме',
    })
    expect([late.status, (late.body as Problem).code]).toEqual([409, 'CONTRACT-17'])
    const deemed = await until('carry-out-terms', (now) => now.acts[0]?.state === 'DEEMED_ACCEPTED')
    expect(deemed.acts[0]?.taxInvoice).toBeDefined()
    const after = await own.ask('POST', `/documents/${id}/answer`, {
      answer: 'refuse',
      reason: 'Услуга не оказана в полном объёме',
    })
    expect((after.body as Problem).code).toBe('CONTRACT-17')
    expect(await own.get(`/documents/${id}`)).toMatchObject({ senderState: 'completed' })
    const { events } = await operator.get<{ events: { name: string; details: { evidence?: object } }[] }>(
      `/companies/${client.taxId}/contract/history`,
    )
    expect(events.find(({ name }) => name === 'act-deemed-accepted')?.details.evidence).toMatchObject({
      receipt: 'the document was opened',
      deadline: { clause: 'S19', dayRule: { count: 3, unit: 'working-days' } },
    })
    aheadMs = 0
    const mirrored = await until(
      'follow-contract-documents',
      (now) => now.acts[0]?.taxInvoice?.registrationNumber !== undefined,
    )
    expect(mirrored.acts[0]?.taxInvoice?.registrationNumber).toMatch(/ESF/)
  })

  it('closes sending at the limit, opens it by an upgrade with the counter kept, and refuses one downwards', async () => {
    const send = () => own.ask('POST', '/documents/act', anAct({ seller: aSeller(client) }))
    expect((await send()).status).toBe(201)
    expect((await send()).status).toBe(201)
    const over = await send()
    expect([over.status, (over.body as Problem).code]).toEqual([403, 'ACCESS-03'])
    await run('watch-limits')
    expect(await contract()).toMatchObject({ state: 'RESTRICTED', limit: { used: 2, perMonth: 2 } })
    await own.post('/contract/requests', { what: 'upgrade', tariff: 'business' })
    expect(await deed('approve-upgrade')).toMatchObject({
      state: 'ACTIVE',
      limit: { used: 2, perMonth: 100 },
    })
    const down = await own.ask('POST', '/contract/requests', { what: 'upgrade', tariff: 'start' })
    expect([down.status, (down.body as Problem).code]).toEqual([409, 'CONTRACT-07'])
    let sent = await send()
    for (let tries = 0; sent.status === 403 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      sent = await send()
    }
    expect(sent.status).toBe(201)
  })

  it('proves which text, price and pinned tariff held on a day, and that no fact of the contract was changed', async () => {
    const today = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 10)
    expect(await own.get(`/offer/proof?on=${today}`)).toMatchObject({
      offer: { version: '2' },
      client: { pinnedTariff: { id: 'business' } },
    })
    const before = await operator.ask('GET', `/offer/prove?on=2020-01-01`)
    expect((before.body as Problem).code).toBe('CONTRACT-22')
    const history = await operator.get<{ events: unknown[]; broken?: unknown }>(
      `/companies/${client.taxId}/contract/history`,
    )
    expect(history.broken).toBeUndefined()
    expect(history.events.length).toBeGreaterThan(20)
  })

  it('ends with notice, keeps reading open, and the nightly check proves it', async () => {
    const noticed = await own.post<Contract>('/contract/requests', { what: 'termination' })
    expect(noticed.state).toBe('TERMINATING')
    aheadMs = 70 * dayMs
    await until('carry-out-terms', (now) => now.state === 'TERMINATED')
    const closed = await own.ask('POST', '/documents/act', anAct({ seller: aSeller(client) }))
    expect([(closed.body as Problem).code, (closed.body as Problem).detail]).toEqual([
      'ACCESS-05',
      expect.stringContaining('п. 8.1'),
    ])
    expect((await own.ask('GET', '/documents?box=inbox')).status).toBe(200)
    expect(await run('check-reading-rights')).toMatchObject({ outcome: 'done' })
    aheadMs = 0
  })

  it('answers hostile requests with a clear refusal, never a surprise', async () => {
    const bad: [string, object][] = [
      ['invoice', { tariff: 'no-such' }],
      ['bonus', { amount: '-1', reason: 'x', expiresOn: '2030-01-01' }],
      ['bonus', { amount: '10', reason: 'x', expiresOn: 'tomorrow' }],
      ['breach', { reason: '...' }],
      ['requisites', { changedOn: '9999-99-99' }],
      ['requisites', { changedOn: '2026-01-01', email: 'a@b\r\nBcc: c@d' }],
      ['consent', { name: 'everything', given: true }],
      ['claim', { text: '\u0000\u0000\u0000' }],
      ['force-majeure', { onsetOn: '2999-01-01', text: 'x', side: 'client' }],
      ['answer-claim', { id: 'П-99', answer: 'satisfied' }],
      ['no-such-deed', {}],
      ['grant', { months: 3 }],
    ]
    for (const [name, body] of bad) {
      const answer = await operator.ask('POST', `/companies/${client.taxId}/contract/${name}`, body)
      expect([name, answer.status]).toEqual([name, expect.any(Number)])
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
  })
})
