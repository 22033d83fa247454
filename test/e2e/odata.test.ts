import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { silentLog } from '../../src/core/kernel/index.ts'
import { buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { aSale, openOnecBase, refs, type OnecBase } from '../factories/onec-base.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

interface Made {
  id: string
  apiKey: string
}
interface Listed {
  documents: {
    documentId: string
    kind: string
    number: string
    guid: string
    version: string
    total: string
  }[]
}

const sale = 'Document_РеализацияТоваровУслуг'

describe.each(['embedded', 'postgresql'] as const)('a base that publishes OData, on %s', (kind) => {
  let aheadMs = 0
  let running: RunningGateway
  let operator: RestClient
  let base: OnecBase
  let made: Made
  let own: RestClient
  beforeAll(async () => {
    running = await aRunningGateway(
      kind,
      { roles: ['http'], bases: { allowedRanges: ['127.0.0.0/8'] } },
      silentLog,
      { now: () => new Date(Date.now() + aheadMs) },
    )
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
  }, serverStartMs)
  afterAll(() => running.stop())

  beforeEach(async () => {
    base = await openOnecBase({ organisation: sellerTaxId, counterparty: buyerTaxId })
    made = await operator.post<Made>(`/companies/${sellerTaxId}/connections`, {
      name: 'OData',
      door: 'onec-odata',
    })
    own = restClient(() => `${running.gateway.url}/api/v1`, `Bearer ${made.apiKey}`)
    await operator.ask('PUT', `/connections/${made.id}/secrets/odata`, { password: base.password })
    await settings({})
  })
  afterEach(async () => {
    await operator.ask('DELETE', `/connections/${made.id}`)
    await base.stop()
  })

  const settings = async (more: Record<string, unknown>, profile: Record<string, unknown> = {}) => {
    const answer = await operator.ask('PUT', `/connections/${made.id}/profile`, {
      ...profile,
      settings: { 'onec-odata': { url: base.url, login: base.login, everyMinutes: 1, ...more } },
    })
    expect(answer.body).toHaveProperty('settings')
  }
  /** One round of the schedule. */
  const round = async (): Promise<string> => {
    aheadMs += 120_000
    return (await operator.post<{ note: string }>('/jobs/pull-odata/run', undefined)).note
  }
  const sent = async () => {
    const { documents } = await own.get<Listed>('/documents?limit=500')
    const mine = new Set([...(base.entities.get(sale)?.keys() ?? [])])
    const numbers = new Set(
      [...(base.entities.get(sale)?.values() ?? [])]
        .map((row) => row['Number'])
        .filter((number) => number !== '00000000016'),
    )
    return documents.filter(({ guid, number }) => mine.has(guid) || numbers.has(number))
  }
  const uniqueSale = (overrides: Record<string, unknown> = {}) => {
    const ref = `0000${Math.floor(Math.random() * 0xffff)
      .toString(16)
      .padStart(4, '0')}-3eea-11f0-86fd-${Date.now().toString(16).padStart(12, '0')}`
    base.entities.get(sale)?.clear()
    base.put(sale, aSale({ Ref_Key: ref, ...overrides }))
    return ref
  }

  it('reads a posted sale as an act, once, and again when its version changes', async () => {
    const ref = uniqueSale()
    expect(await round()).toBe('1 documents')
    const [act] = await sent()
    expect(act).toMatchObject({
      kind: 'act',
      number: '16',
      guid: ref,
      version: 'AAAAAQAAAAA=',
      total: '174000.00',
    })
    const content = (await own.bytes(`/documents/${act?.documentId ?? ''}/content`)).toString()
    for (const part of [
      '<TaxId>260140000114',
      '<Iik>KZ18722S000012345678',
      '<Number>12/26',
      '<VatRate>16',
      '<Series>62001',
    ])
      expect(content).toContain(part)
    const calls = base.requests.length
    expect(await round()).toBe('0 documents')
    // A round without news reads the list and nothing else.
    expect(base.requests.slice(calls).filter(({ path }) => path.includes('guid'))).toEqual([])
    base.put(sale, { ...aSale({ Ref_Key: ref, DataVersion: 'AAAAAgAAAAA=', Комментарий: 'исправлено' }) })
    expect(await round()).toBe('1 documents')
    expect((await sent()).map(({ version }) => version)).toEqual(['AAAAAQAAAAA=', 'AAAAAgAAAAA='])
    // The raw log has the calls out, and the reading in, which can be gone through again.
    const { exchanges } = await operator.get<{
      exchanges: { direction: string; operation: string; documentId?: string }[]
    }>(`/exchanges?connection=${made.id}&limit=500`)
    expect(exchanges.filter(({ direction }) => direction === 'out').length).toBeGreaterThan(5)
    expect(exchanges.filter(({ operation }) => operation === 'pull')).toHaveLength(2)
    expect(JSON.stringify(exchanges)).not.toContain(base.password)
  })

  it('reads goods and services of one document as a waybill and an act', async () => {
    const goods = {
      LineNumber: '1',
      Номенклатура_Key: refs.goods,
      ЕдиницаИзмерения_Key: refs.unit,
      Количество: 3,
      Цена: 100.1,
      Сумма: 300.30000000000001,
      СтавкаНДС_Key: refs.vat16,
      СуммаНДС: 48.05,
    }
    uniqueSale({ Number: 'ДВА-01', Товары: [goods] })
    expect(await round()).toBe('1 documents')
    expect((await sent()).map(({ kind: form, total }) => [form, total]).sort()).toEqual([
      ['act', '174000.00'],
      ['waybill', '348.35'],
    ])
  })

  it('passes over what is not posted and what another organisation sent', async () => {
    uniqueSale({ Posted: false })
    expect(await round()).toBe('0 documents')
    base.put('Catalog_Организации', {
      Ref_Key: refs.goods,
      ИдентификационныйНомер: buyerTaxId,
      НаименованиеПолное: 'ТОО',
    })
    uniqueSale({ Организация_Key: refs.goods })
    expect(await round()).toBe('0 documents')
    expect(await sent()).toEqual([])
  })

  it('refuses a document with its 1C fields, and reads it again when the profile or the document changes', async () => {
    const zero = '00000000-0000-0000-0000-000000000000'
    const ref = uniqueSale({ Контрагент_Key: zero, ДоговорКонтрагента_Key: zero })
    base.put('Catalog_СтавкиНДС', { Ref_Key: refs.vat16, Description: 'НДС шестнадцать' })
    expect(await round()).toBe('0 documents')
    const refused = async () =>
      (
        await operator.get<{ exchanges: { id: string; codes: string[] }[] }>(
          `/exchanges?connection=${made.id}&operation=pull&refused=true`,
        )
      ).exchanges
    const [line] = await refused()
    expect(line?.codes.sort()).toEqual(['ODATA-13', 'ODATA-13'])
    const faults = JSON.parse((await operator.bytes(`/exchanges/${line?.id ?? ''}/response`)).toString()) as {
      source: string
    }[]
    expect(faults.map(({ source }) => source).sort()).toEqual(['Контрагент_Key', 'Услуги[1].СтавкаНДС_Key'])
    await round()
    expect(await refused()).toHaveLength(1)
    base.put(sale, aSale({ Ref_Key: ref, DataVersion: '2' }))
    await round()
    expect(await refused()).toHaveLength(2)
    await settings({}, { vatRates: { 'НДС шестнадцать': '16' } })
    expect(await round()).toBe('1 documents')
  })

  it('refuses money that a double has spoilt, and repairs what it only blurred', async () => {
    const row = (values: Record<string, unknown>) => ({
      Услуги: [{ ...(aSale()['Услуги'] as Record<string, unknown>[])[0], ...values }],
    })
    uniqueSale(row({ Цена: 1, Сумма: 0.1 + 0.2, СуммаНДС: 0.05 }))
    await round()
    uniqueSale(row({ Сумма: 150000.005 }))
    await round()
    uniqueSale(row({ Сумма: 2 ** 47 + 0.5 }))
    await round()
    const { exchanges } = await operator.get<{ exchanges: { codes: string[] }[] }>(
      `/exchanges?connection=${made.id}&operation=pull&limit=10`,
    )
    expect(exchanges.map(({ codes }) => codes.includes('ODATA-12'))).toEqual([true, true, false])
  })

  it('takes changes from an exchange plan, tells the base, and takes them again when it could not tell', async () => {
    const node = refs.contract
    await settings({ exchangePlan: { name: 'ОбменДанекер', node } })
    const ref = uniqueSale()
    base.registered.push({ entity: sale, ref }, { entity: 'Catalog_Контрагенты', ref: refs.buyer })
    base.deleted.push({ entity: sale, ref: refs.goods })
    expect(await round()).toBe('1 documents')
    expect(base.received).toEqual([1])
    // Registered once more (the base was restored): the same version is no second document.
    base.registered.push({ entity: sale, ref })
    expect(await round()).toBe('0 documents')
    expect(base.received).toEqual([1, 2])
    expect(await sent()).toHaveLength(1)
    expect(base.requests.filter(({ path }) => path === sale)).toEqual([])
  })

  it('writes states and incoming documents under our own references, once', async () => {
    await settings({
      statuses: {
        entity: 'Catalog_СостоянияЭДО',
        fields: { source: 'Источник', state: 'Состояние', stateText: 'СостояниеТекст' },
      },
      incoming: true,
    })
    const ref = uniqueSale()
    await round()
    const [act] = await sent()
    const states = base.entities.get('Catalog_СостоянияЭДО')
    expect(states?.get(act?.documentId ?? '')).toMatchObject({
      Источник: ref,
      Состояние: 'awaiting_signature',
      СостояниеТекст: 'На подписи',
    })
    // The answer of a write is lost: the object is there, and there is one of it.
    await own.post(`/documents/${act?.documentId ?? ''}/annulment`, { reason: 'ошибка' })
    base.mood.loseWrites = 1
    expect(await round()).toContain('1 bases not read')
    await round()
    expect([...(states?.values() ?? [])].filter((row) => row['Источник'] === ref)).toMatchObject([
      { Состояние: 'annulled', СостояниеТекст: 'Аннулирован: ошибка' },
    ])
    // A refusal of business does not stop the feed.
    base.mood.refusing.set('Catalog_СостоянияЭДО', 'Период закрыт')
    uniqueSale()
    expect(await round()).toBe('1 documents')
    expect(await round()).toBe('0 documents')
  })

  it('says what is wrong with a base in the doctor’s words, and works when it is right again', async () => {
    uniqueSale()
    const bad = async (): Promise<string[]> => {
      const { checks } = await operator.post<{ checks: { id: string; outcome: string }[] }>(
        `/connections/${made.id}/doctor`,
        undefined,
      )
      return checks
        .filter(({ id, outcome }) => id.startsWith('odata.') && outcome === 'bad')
        .map(({ id }) => id)
    }
    expect(await bad()).toEqual([])
    base.mood.isPage = true
    expect(await bad()).toEqual(['odata.login'])
    expect(await round()).toBe('0 documents, 1 bases not read')
    base.mood.isPage = false
    base.mood.isEmpty = true
    expect(await bad()).toEqual(['odata.composition'])
    base.mood.isEmpty = false
    base.mood.forbidden.add('Catalog_Контрагенты')
    expect(await bad()).toEqual(['odata.rights'])
    base.mood.forbidden.clear()
    base.put('Catalog_Организации', {
      Ref_Key: refs.organisation,
      ИдентификационныйНомер: '',
      НаименованиеПолное: 'x',
    })
    expect(await bad()).toEqual(['odata.organisation'])
    await operator.ask('PUT', `/connections/${made.id}/secrets/odata`, { password: 'wrong' })
    expect(await bad()).toEqual(['odata.login'])
    await operator.ask('PUT', `/connections/${made.id}/secrets/odata`, { password: '' })
    expect(await bad()).toEqual(['odata.settings'])
  })

  it('refuses settings that cannot be, and addresses that must not be called', async () => {
    const put = (value: unknown) =>
      operator.ask('PUT', `/connections/${made.id}/profile`, { settings: { 'onec-odata': value } })
    const refused = await put({ url: 'ftp://x', login: '', everyMinutes: 0, colour: 1, password: 'x' })
    expect(refused.status).toBe(422)
    expect(
      (refused.body as { faults: { code: string; path: string }[] }).faults.map(({ path }) => path),
    ).toEqual([
      'settings.onec-odata.password',
      'settings.onec-odata.url',
      'settings.onec-odata.login',
      'settings.onec-odata.everyMinutes',
      'settings.onec-odata.colour',
      'settings.onec-odata.password',
    ])
    // Plain http to the internet, and a cloud's metadata service.
    for (const url of [
      'http://93.184.215.14/odata/standard.odata/',
      'http://169.254.169.254/odata/standard.odata/',
    ]) {
      expect((await put({ url, login: 'x', everyMinutes: 1 })).status).toBe(200)
      expect(await round()).toBe('0 documents, 1 bases not read')
    }
    const { exchanges } = await operator.get<{ exchanges: { codes: string[]; status: number }[] }>(
      `/exchanges?connection=${made.id}&direction=out`,
    )
    expect(exchanges.map(({ codes }) => codes)).toEqual([['NOT_ALLOWED'], ['NOT_ALLOWED']])
  })
})
