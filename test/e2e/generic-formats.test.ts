import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DryRunValue } from '../../src/core/exchange/index.ts'
import { openPool, type PgPool } from '../../src/adapters/postgres/pool.ts'
import { silentLog } from '../../src/core/kernel/index.ts'
import { basicOf, aRunningGateway, type RunningGateway } from '../factories/running-gateway.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

const sampleOf = (name: string): Buffer => readFileSync(join('config', 'adapters', 'samples', name))
const order = sampleOf('woocommerce-order/0001-two-goods-and-delivery.in.json')
const acts = sampleOf('acts-register/0001-march.in.csv')
const invoices = sampleOf('billing-invoices/0001-month.in.xml')

describe('foreign formats by mapping alone', () => {
  let running: RunningGateway
  let client: RestClient
  let operator: RestClient
  let pool: PgPool | undefined
  beforeAll(async () => {
    running = await aRunningGateway('postgresql')
    const { url } = running.gateway
    client = restClient(() => `${url}/api/v1`, `Bearer ${running.seller.apiKey}`)
    operator = restClient(() => `${url}/operator/v1`, `Bearer ${running.operatorKey}`)
    const profile = {
      organisation: {
        address: 'г. Алматы, пр. Абая, 10',
        bank: { iik: 'KZ18722S000012345678', bik: 'CASPKZKA', kbe: '17' },
      },
    }
    const set = await operator.ask('PUT', `/connections/${running.seller.connection.id}/profile`, profile)
    expect(set.status).toBe(200)
    if (running.settings.store.kind === 'postgres')
      pool = openPool({ connection: running.settings.store.url, embedded: false, max: 1, log: silentLog })
  }, serverStartMs)
  afterAll(async () => {
    await pool?.close()
    await running.stop()
  })

  /** Rows of every table, so that nothing new goes unseen. Sessions and job runs go on by themselves. */
  const rowCounts = async (): Promise<Record<string, number>> => {
    if (pool === undefined) throw new Error('the store is not PostgreSQL')
    const { rows: tables } = await pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
      [],
    )
    const counts: Record<string, number> = {}
    // That the operator looked is written down (audit); what he looked at is not.
    for (const { name } of tables.filter(({ name: one }) => !/job_run|lease|bell|audit/.test(one))) {
      const { rows } = await pool.query<{ count: string }>(`select count(*) as count from "${name}"`, [])
      counts[name] = Number(rows[0]?.count)
    }
    return counts
  }

  const dryRun = async (content: Buffer, query = ''): Promise<DryRunValue> =>
    (await client.post<DryRunValue>(`/dry-run?fileName=a${query}`, content)) satisfies DryRunValue

  it('explains each value of a file and leaves not a row behind', async () => {
    const before = await rowCounts()
    const run = await dryRun(order)
    await dryRun(acts)
    await dryRun(invoices, '&diff=true')
    await dryRun(sampleOf('acts-register/0002-everything-wrong.in.csv'))
    await operator.post(`/connections/${running.seller.connection.login}/dry-run`, order)
    expect(await rowCounts()).toEqual(before)

    expect(run).toMatchObject({
      format: 'generic/woocommerce-order',
      guessed: true,
      wouldSend: true,
      faults: [],
    })
    expect(run.documents).toHaveLength(1)
    const of = (path: string) => run.documents[0]?.values.find((one) => one.path === path)
    expect(of('buyer.taxId')).toEqual({
      path: 'buyer.taxId',
      value: '260140000604',
      title: 'Покупатель (заказчик) · БИН/ИИН',
      source: 'meta_data[0].value',
      found: '260140000604',
      rule: 'woocommerce-order.yaml:24',
    })
    expect(of('lines[0].vatRate')).toMatchObject({ value: '16', dictionary: 'vat' })
    expect(of('seller.bank.iik')).toMatchObject({
      source: 'подключение: organisation.bank.iik',
      rule: 'profile',
    })
    // Every value is explained but what the format itself fills in.
    const unexplained = run.documents[0]?.values.filter((one) => !('rule' in one)).map(({ path }) => path)
    expect(unexplained).toEqual(['priceIncludesVat', 'extras[0].name', 'extras[1].name'])
    expect(run.documents[0]?.unread).toContain('line_items[*].price')
  })

  it('tells every fault with the field of the file, a foreign БИН and a missing value included', async () => {
    const run = await dryRun(sampleOf('woocommerce-order/0002-buyer-without-bin.in.json'))
    expect(run.wouldSend).toBe(false)
    expect(run.documents[0]?.faults).toMatchObject([
      { code: 'TAXID-01', path: 'buyer.taxId', source: 'meta_data[key=_billing_bin].value' },
    ])
    const own = { kind: 'act', guid: 'g', number: '1', date: '2026-03-31' }
    const foreign = await dryRun(Buffer.from(JSON.stringify(own)), '&format=daneker-json')
    expect(foreign.documents[0]?.faults.map(({ code }) => code)).toContain('DOC-02')

    const nobody = restClient(() => `${running.gateway.url}/api/v1`, `Bearer ${running.buyer.apiKey}`)
    const others = await nobody.post<DryRunValue>(
      '/dry-run?format=daneker-json',
      Buffer.from(JSON.stringify(run.documents[0]?.document)),
    )
    expect(others.documents[0]?.faults.map(({ code }) => code)).toContain('EXCHANGE-01')
  })

  it('refuses what no format reads, and names the formats there are', async () => {
    const answer = await client.ask('POST', '/dry-run', Buffer.from('{"a": 1}'))
    expect(answer).toMatchObject({ status: 422, body: { code: 'EXCHANGE-30' } })
    const unknown = await client.ask('POST', '/dry-run?format=generic%2Fnobody', Buffer.from('{}'))
    expect(unknown).toMatchObject({ status: 422, body: { code: 'EXCHANGE-09' } })
  })

  it('sends a file by REST, repeats it as the first, and shows what another content would change', async () => {
    const send = (content: Buffer) =>
      client.ask('POST', '/messages?format=generic%2Fwoocommerce-order&fileName=o.json', content)
    const first = await send(order)
    expect(first).toMatchObject({ status: 201 })
    const [{ documentId }] = first.body as [{ documentId: string }]
    expect(await send(order)).toMatchObject({ status: 200, body: [{ documentId, repeat: true }] })
    expect((await dryRun(order, '&diff=true')).documents[0]?.before).toMatchObject({
      documentId,
      outcome: 'repeat',
      differences: [],
    })
    const changed = Buffer.from(order.toString('utf8').replace('Позвонить за час', 'Позвонить за два часа'))
    const run = await dryRun(changed, '&diff=true')
    expect(run.documents[0]?.before).toMatchObject({ documentId, outcome: 'new-version' })
    expect(run.documents[0]?.before?.differences).toEqual([
      { path: 'version', title: expect.any(String), before: expect.any(String), after: expect.any(String) },
      { path: 'comment', title: 'Комментарий', before: 'Позвонить за час', after: 'Позвонить за два часа' },
    ])
    // The mapping that read it is kept with the document.
    const shown = await operator.get<{ document: { origin: { mapping: string } } }>(
      `/documents/${documentId}`,
    )
    expect(shown.document.origin.mapping).toMatch(/^woocommerce-order@1\+[0-9a-f]{12}\.[0-9a-f]{8}$/)
  })

  it('sends a file of several documents by SOAP', async () => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body: soapCall('SendMessage', [
        ['Format', 'generic/acts-register'],
        ['FileName', 'a.csv'],
        ['Content', acts.toString('base64')],
      ]),
    })
    const xml = await answer.text()
    expect([answer.status, xml.match(/<[^>]*DocumentId>/g)?.length ?? 0, xml]).toEqual([200, 4, xml])
  })

  it('shows what a changed mapping would make of everything read before, and changes nothing', async () => {
    const text = readFileSync(join('config', 'adapters', 'acts-register.yaml'), 'utf8')
    const rehearse = (changed: string, since = '2026-01-01') =>
      operator.post<{ documents: { number: string; outcome: string; differences: unknown[] }[] }>(
        '/mappings/rehearsal',
        { format: 'generic/acts-register', text: changed, since },
      )
    expect((await rehearse(text)).documents.map(({ outcome }) => outcome)).toEqual(['same', 'same'])
    // What was sent goes its way meanwhile; nothing new is entered.
    const entered = async () => {
      const { document, blob, meter_line: meter } = await rowCounts()
      return { document, blob, meter }
    }
    const before = await entered()
    const { documents } = await rehearse(text.replace('name: Заказчик', 'name: Адрес'))
    expect(documents).toMatchObject([
      {
        number: '15',
        outcome: 'changed',
        differences: [
          { path: 'buyer.name', before: 'ТОО "Есиль Курылыс"', after: 'г. Астана, ул. Кенесары, 40' },
        ],
      },
      { number: '16', outcome: 'changed' },
    ])
    const refused = await rehearse(text.replace('quantity: Кол-во', 'quantity: Услуга'))
    expect(refused.documents.map(({ outcome }) => outcome)).toEqual(['refused', 'refused'])
    expect((await rehearse(text, '2999-01-01')).documents).toEqual([])
    expect(await entered()).toEqual(before)
    const wrong = await operator.ask('POST', '/mappings/rehearsal', {
      format: 'generic/acts-register',
      text: 'name: x',
      since: '2026-01-01',
    })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'MAPPING-06' } })
  })

  it('reads by the settings of the connection, which are checked when they are made', async () => {
    const path = `/connections/${running.seller.connection.id}/profile`
    const profile = await operator.get<Record<string, unknown>>(path)
    const withFields = (fields: Record<string, unknown>) => ({
      ...profile,
      units: { рейс: '642' },
      settings: { 'generic/acts-register': { fields, dictionaries: { rates: { '20%': '16' } } } },
    })
    const wrong = await operator.ask('PUT', path, withFields({ commment: 'Услуга' }))
    expect(wrong).toMatchObject({ status: 422, body: { code: 'MAPPING-59' } })
    const right = await operator.ask(
      'PUT',
      path,
      withFields({ 'lines.code': { value: 'К-1' }, 'extras.Склад': 'Адрес' }),
    )
    expect(right.status).toBe(200)
    const text = new TextDecoder('windows-1251')
      .decode(acts)
      .replaceAll(';ч;', ';рейс;')
      .replaceAll('б/н', '20%')
    const bytes = Buffer.from([...text].map((letter) => cp1251(letter)))
    let run = await dryRun(bytes, '&format=generic/acts-register')
    // A profile may be a few seconds old.
    for (let tries = 0; run.documents[1]?.kind === undefined && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      run = await dryRun(bytes, '&format=generic/acts-register')
    }
    expect(run.documents[1]?.document).toMatchObject({
      lines: [{ code: 'К-1', unitCode: '642', vatRate: '16' }],
      extras: [{ name: 'Склад', value: 'г. Астана, ул. Кенесары, 40' }],
    })
    const unit = run.documents[1]?.values.find((one) => one.path === 'lines[0].unitCode')
    expect(unit).toMatchObject({ dictionary: 'units (подключение)', found: 'рейс' })
    await operator.ask('PUT', path, profile)
  })
})

const cp1251 = (letter: string): number => {
  const code = letter.charCodeAt(0)
  if (code < 128) return code
  if (letter === '№') return 0xb9
  if (letter === 'ё') return 0xb8
  return code - 0x350
}
