import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type BaseRow = Record<string, unknown>

/** Moods of a base that an administrator meets. */
export interface BaseMood {
  /** Nothing is in the composition. */
  isEmpty: boolean
  /** A cloud that answers with a page and 200. */
  isPage: boolean
  /** Entities the user may not read: code 20. */
  forbidden: Set<string>
  /** Entities that refuse to be written: 500, code -1. */
  refusing: Map<string, string>
  /** Answers of writes that are lost after they were carried out. */
  loseWrites: number
}

/** A stand-in of a published 1C base with the habits of the real interface (OData 3). */
export interface OnecBase {
  /** With the slash at the end. */
  url: string
  login: string
  password: string
  entities: Map<string, Map<string, BaseRow>>
  mood: BaseMood
  /** Documents registered for the exchange node. */
  registered: { entity: string; ref: string }[]
  /** Deleted ones among them. */
  deleted: { entity: string; ref: string }[]
  received: number[]
  requests: { method: string; path: string }[]
  put(entity: string, row: BaseRow): void
  stop(): Promise<void>
}

const zero = '00000000-0000-0000-0000-000000000000'
const ref = (number: string): string => `0000${number}-3eea-11f0-86fd-00e0529ce6ff`

export const refs = {
  currency: ref('0001'),
  organisation: ref('0002'),
  buyer: ref('0003'),
  contract: ref('0004'),
  account: ref('00b1'),
  bank: ref('00b2'),
  vat16: ref('00a1'),
  vatNone: ref('00a2'),
  unit: ref('00e1'),
  service: ref('0061'),
  goods: ref('0062'),
  act: ref('0051'),
  invoice: ref('0041'),
}

/** Fields by entity: what `$metadata` shows. */
const fields: Record<string, string> = {
  Catalog_Организации:
    'Description Code DeletionMark НаименованиеПолное ИдентификационныйНомер КБЕ ОсновнойБанковскийСчет_Key НомерСвидетельстваПоНДС СерияСвидетельстваПоНДС',
  Catalog_Контрагенты: 'Description Code IsFolder НаименованиеПолное ИдентификационныйКодЛичности КБЕ',
  Catalog_ДоговорыКонтрагентов: 'Description Code НомерДоговора ДатаДоговора',
  Catalog_Номенклатура:
    'Description Code НаименованиеПолное Услуга БазоваяЕдиницаИзмерения_Key СтавкаНДС_Key',
  Catalog_БанковскиеСчета: 'Description НомерСчета Банк_Key',
  Catalog_Банки: 'Description Code БИК',
  Catalog_КлассификаторЕдиницИзмерения: 'Description Code НаименованиеПолное',
  Catalog_СтавкиНДС: 'Description',
  Catalog_Валюты: 'Description Code',
  Catalog_СостоянияЭДО: 'Description Code Источник Состояние СостояниеТекст Причина ИзмененоВ',
  ChartOfAccounts_Типовой: 'Description Code',
  Document_РеализацияТоваровУслуг:
    'DataVersion Number Date DeletionMark Posted Организация_Key Контрагент_Key ДоговорКонтрагента_Key ВалютаДокумента_Key СуммаДокумента',
  Document_СчетНаОплатуПокупателю:
    'DataVersion Number Date DeletionMark Posted Организация_Key Контрагент_Key',
  Document_ПоступлениеТоваровУслуг:
    'DataVersion Number Date DeletionMark Posted Организация_Key Контрагент_Key СуммаДокумента Комментарий',
}

const metadataOf = (entities: readonly string[]): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0">
  <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="StandardODATA" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
${entities
  .map(
    (name) =>
      `<EntityType Name="${name}"><Key><PropertyRef Name="Ref_Key"/></Key><Property Name="Ref_Key" Type="Edm.Guid" Nullable="false"/>${(
        fields[name] ?? ''
      )
        .split(' ')
        .map((field) => `<Property Name="${field}" Type="Edm.String" Nullable="true"/>`)
        .join('')}</EntityType>`,
  )
  .join('\n')}
      <EntityContainer Name="StandardODATA" m:IsDefaultEntityContainer="true">
${entities.map((name) => `<EntitySet Name="${name}" EntityType="StandardODATA.${name}"/>`).join('\n')}
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`

/** Starts a base of accounting for Kazakhstan with one organisation, one counterparty and one posted act. */
export const openOnecBase = async ({
  organisation,
  counterparty,
}: {
  organisation: string
  counterparty: string
}): Promise<OnecBase> => {
  const entities: OnecBase['entities'] = new Map(Object.keys(fields).map((name) => [name, new Map()]))
  const mood: BaseMood = {
    isEmpty: false,
    isPage: false,
    forbidden: new Set(),
    refusing: new Map(),
    loseWrites: 0,
  }
  const put = (entity: string, row: BaseRow): void => {
    const rows = entities.get(entity) ?? new Map<string, BaseRow>()
    entities.set(entity, rows.set(String(row['Ref_Key']), row))
  }
  const base = {
    entities,
    mood,
    registered: [],
    deleted: [],
    received: [],
    requests: [],
    put,
  } as unknown as OnecBase
  put('Catalog_Организации', {
    Ref_Key: refs.organisation,
    Description: 'Алатау Снаб',
    НаименованиеПолное: 'ТОО "Алатау Снаб"',
    ИдентификационныйНомер: organisation,
    КБЕ: '17',
    ОсновнойБанковскийСчет_Key: refs.account,
    НомерСвидетельстваПоНДС: '1234567',
    СерияСвидетельстваПоНДС: '62001',
  })
  put('Catalog_Контрагенты', {
    Ref_Key: refs.buyer,
    Description: 'Есіл Құрылыс',
    НаименованиеПолное: 'ТОО "Есіл Құрылыс"',
    ИдентификационныйКодЛичности: counterparty,
  })
  put('Catalog_ДоговорыКонтрагентов', {
    Ref_Key: refs.contract,
    Description: 'Договор 12/26',
    НомерДоговора: '12/26',
    ДатаДоговора: '2026-01-15T00:00:00',
  })
  put('Catalog_Валюты', { Ref_Key: refs.currency, Description: 'KZT', Code: '398' })
  put('Catalog_БанковскиеСчета', {
    Ref_Key: refs.account,
    НомерСчета: 'KZ18722S000012345678',
    Банк_Key: refs.bank,
  })
  put('Catalog_Банки', { Ref_Key: refs.bank, Description: 'АО «Kaspi Bank»', БИК: 'CASPKZKA' })
  put('Catalog_СтавкиНДС', { Ref_Key: refs.vat16, Description: '16%' })
  put('Catalog_СтавкиНДС', { Ref_Key: refs.vatNone, Description: 'без НДС' })
  put('Catalog_КлассификаторЕдиницИзмерения', { Ref_Key: refs.unit, Description: 'шт', Code: '796 ' })
  put('Catalog_Номенклатура', {
    Ref_Key: refs.service,
    Description: 'Сопровождение',
    НаименованиеПолное: 'Сопровождение 1С',
    Code: '00000000007',
    БазоваяЕдиницаИзмерения_Key: zero,
  })
  put('Catalog_Номенклатура', {
    Ref_Key: refs.goods,
    Description: 'Кабель',
    НаименованиеПолное: 'Кабель ВВГ 3х2,5',
    Code: '00000000008',
    БазоваяЕдиницаИзмерения_Key: refs.unit,
  })
  put('Document_РеализацияТоваровУслуг', aSale())

  const server = createServer((req, res) => void answer(base, req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/buh/odata/standard.odata/`
  base.login = 'Обмен'
  base.password = 'pass-of-the-base'
  base.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return base
}

const today = (): string => new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 10)

/** A posted sale of one service, as the interface gives it. */
export const aSale = (overrides: BaseRow = {}): BaseRow => ({
  Ref_Key: refs.act,
  DataVersion: 'AAAAAQAAAAA=',
  Number: '00000000016',
  Date: `${today()}T12:00:00`,
  DeletionMark: false,
  Posted: true,
  Организация_Key: refs.organisation,
  Контрагент_Key: refs.buyer,
  ДоговорКонтрагента_Key: refs.contract,
  ВалютаДокумента_Key: refs.currency,
  БанковскийСчетОрганизации_Key: refs.account,
  Грузополучатель_Key: zero,
  СуммаВключаетНДС: false,
  УчитыватьНДС: true,
  СуммаДокумента: 174000,
  ДатаНачалаОтчетногоПериода: `${today()}T00:00:00`,
  ДатаОкончанияОтчетногоПериода: `${today()}T00:00:00`,
  ДоверенностьНомер: '',
  ДоверенностьДата: '0001-01-01T00:00:00',
  Комментарий: '',
  Товары: [],
  Услуги: [
    {
      Ref_Key: refs.act,
      LineNumber: '1',
      Номенклатура_Key: refs.service,
      Содержание: 'Сопровождение 1С',
      Количество: 1,
      Цена: 150000,
      Сумма: 150000,
      СтавкаНДС_Key: refs.vat16,
      СуммаНДС: 24000,
    },
  ],
  ...overrides,
})

const json = (res: ServerResponse, status: number, value: unknown): void => {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  res.end(JSON.stringify(value))
}

const error = (res: ServerResponse, status: number, code: string, value: string): void =>
  json(res, status, { 'odata.error': { code, message: { lang: 'ru', value } } })

const bodyOf = async (req: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const piece of req) text += String(piece)
  return text
}

const answer = async (base: OnecBase, req: IncomingMessage, res: ServerResponse): Promise<void> => {
  const { mood, entities } = base
  const raw = req.url ?? ''
  const body = await bodyOf(req)
  const url = new URL(raw, 'http://base')
  const path = decodeURIComponent(url.pathname).replace('/buh/odata/standard.odata/', '')
  base.requests.push({ method: req.method ?? '', path })
  if (req.method === 'HEAD') return void res.writeHead(405).end()
  const [, given = ''] = (req.headers.authorization ?? '').split(' ')
  if (Buffer.from(given, 'base64').toString() !== `${base.login}:${base.password}`)
    return void res.writeHead(401, { 'www-authenticate': 'Basic realm="1C:Enterprise 8.3"' }).end()
  if (mood.isPage)
    return void res
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<html><body>Недостаточно прав</body></html>')
  if (!raw.startsWith('/buh/odata/standard.odata/')) return void res.writeHead(404).end()
  if (raw.includes('+')) return error(res, 400, '6', 'Неверный URL')

  if (path === '$metadata') {
    res.writeHead(200, { 'content-type': 'application/xml' })
    return void res.end(metadataOf(mood.isEmpty ? [] : [...entities.keys()]))
  }
  if (path === 'SelectChanges') return changes(base, res)
  if (path === 'NotifyChangesReceived') {
    base.received.push(Number(url.searchParams.get('MessageNo')))
    base.registered.length = 0
    return json(res, 200, {})
  }
  const [, entity = '', guid] = /^([^(]+)(?:\(guid'([0-9a-f-]+)'\))?$/.exec(path) ?? []
  const rows = entities.get(entity)
  if (rows === undefined || mood.isEmpty) return error(res, 404, '8', `"${entity}" entity is not found`)
  if (mood.forbidden.has(entity)) return error(res, 401 + 2, '20', 'Нарушение прав доступа!')
  if (req.method === 'GET' && guid !== undefined) {
    const row = rows.get(guid)
    return row === undefined
      ? error(res, 404, '9', `Экземпляр сущности "${entity}" не найден`)
      : json(res, 200, row)
  }
  if (req.method === 'GET') return json(res, 200, { value: selected([...rows.values()], url.searchParams) })

  const refusal = mood.refusing.get(entity)
  if (refusal !== undefined) return error(res, 500, '-1', refusal)
  const value = JSON.parse(body) as BaseRow
  const key = guid ?? String(value['Ref_Key'])
  if (req.method === 'POST' && rows.has(key)) return error(res, 400, '15', 'Значение ключа не уникально')
  rows.set(key, { ...rows.get(key), ...value, DataVersion: `${rows.size}` })
  if (mood.loseWrites > 0) {
    mood.loseWrites -= 1
    return void res.destroy()
  }
  json(res, req.method === 'POST' ? 201 : 200, rows.get(key))
}

/** The few conditions that are asked: `Date ge`, `X eq true`, `X eq 'text'`. */
const selected = (rows: BaseRow[], query: URLSearchParams): BaseRow[] => {
  const conditions = (query.get('$filter') ?? '').split(' and ').filter((text) => text !== '')
  const kept = rows.filter((row) =>
    conditions.every((condition) => {
      const [, field = '', operator, value = ''] = /^(\S+) (ge|eq) (.*)$/.exec(condition) ?? []
      const wanted = value.replace(/^datetime/, '').replace(/^'(.*)'$/, '$1')
      return operator === 'ge' ? String(row[field]) >= wanted : String(row[field]) === wanted
    }),
  )
  const fieldsWanted = query.get('$select')?.split(',')
  const skip = Number(query.get('$skip') ?? 0)
  const top = Number(query.get('$top') ?? kept.length)
  return kept
    .sort((a, b) =>
      `${String(a['Date'])}${String(a['Ref_Key'])}` < `${String(b['Date'])}${String(b['Ref_Key'])}` ? -1 : 1,
    )
    .slice(skip, skip + top)
    .map((row) =>
      fieldsWanted === undefined ? row : Object.fromEntries(fieldsWanted.map((name) => [name, row[name]])),
    )
}

const changes = ({ registered, deleted, entities }: OnecBase, res: ServerResponse): void => {
  const entry = ({ entity, ref: id }: { entity: string; ref: string }): string => {
    const row = entities.get(entity)?.get(id) ?? {}
    return `<entry><id>http://base/${entity}(guid'${id}')</id><category term="StandardODATA.${entity}" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/><content type="application/xml"><m:properties><d:Ref_Key>${id}</d:Ref_Key><d:DataVersion>${String(row['DataVersion'])}</d:DataVersion><d:Услуги><d:element><d:Ref_Key>${zero}</d:Ref_Key></d:element></d:Услуги></m:properties></content></entry>`
  }
  res.writeHead(200, { 'content-type': 'application/atom+xml;type=feed;charset=utf-8' })
  res.end(
    `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices">${registered.map(entry).join('')}${deleted
      .map(({ entity, ref: id }) => `<at:deleted-entry ref="${entity}(guid'${id}')"/>`)
      .join('')}</feed>`,
  )
}
