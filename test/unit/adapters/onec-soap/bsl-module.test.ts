import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClientAsync, BasicAuthSecurity, type Client } from 'soap'
import { moduleText, instructionText } from '../../../../src/adapters/erp/onec-soap/bsl/module-text.ts'
import { door } from '../../../../src/adapters/erp/onec-soap/index.ts'
import { operations } from '../../../../src/adapters/erp/onec-soap/operations.ts'
import { wsdlFor } from '../../../../src/adapters/erp/onec-soap/wsdl.ts'
import { door as restDoor } from '../../../../src/adapters/erp/rest/index.ts'
import { anAct, aWaybill } from '../../../factories/documents.ts'
import { openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'

const strings = {
  origin: 'https://edo.example.kz',
  login: '260140000114-a1b2c3',
  companyName: 'ТОО "Алатау Снаб"',
  companyTaxId: '260140000114',
  connectionName: 'Бухгалтерия, Алматы',
}
const text = moduleText(strings)
const code = text
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('//') && !line.startsWith('#'))
/** Without what stands between quotation marks. */
const bare = code.map((line) => line.replace(/"(?:[^"]|"")*"/g, '""'))
const wsdl = wsdlFor(strings.origin)

const membersOf = (type: string): string[] => {
  const body =
    new RegExp(`<xs:complexType name="${type}">([\\s\\S]*?)</xs:complexType>`).exec(wsdl)?.[1] ?? ''
  return [...body.matchAll(/<xs:element name="(\w+)"/g)].map(([, name]) => name ?? '')
}

describe('the module for an extension of 1C', () => {
  it('has the four strings, the login and no password', () => {
    for (const part of [
      '"https://edo.example.kz/ws/EdoGateway_1_0?wsdl"',
      '"urn:daneker:edo:1.0"',
      '"EdoGateway_1_0"',
      '"EdoGateway_1_0Soap"',
      '"260140000114-a1b2c3"',
      'Новый HTTPСоединение("edo.example.kz", 443,',
      'Новый ЗащищенноеСоединениеOpenSSL(, Новый СертификатыУдостоверяющихЦентровОС)',
    ])
      expect(text).toContain(part)
    expect(moduleText({ ...strings, origin: 'http://127.0.0.1:8080' })).toContain(
      'Новый HTTPСоединение("127.0.0.1", 8080,',
    )
    expect(moduleText({ ...strings, login: 'a"b' })).toContain('"a""b"')
    expect(instructionText(strings)).toContain('СохранитьПароль')
  })

  it('closes whatever it opens, in order', () => {
    const pairs: Record<string, string> = {
      Процедура: 'КонецПроцедуры',
      Функция: 'КонецФункции',
      Если: 'КонецЕсли',
      Попытка: 'КонецПопытки',
      Цикл: 'КонецЦикла',
    }
    const open: string[] = []
    for (const line of bare) {
      expect([line, (line.match(/\(/g) ?? []).length]).toEqual([line, (line.match(/\)/g) ?? []).length])
      for (const word of line.match(/[\wА-Яа-яЁё]+/gu) ?? []) {
        if (Object.hasOwn(pairs, word)) open.push(pairs[word] ?? '')
        else if (Object.values(pairs).includes(word)) expect([line, word]).toEqual([line, open.pop()])
      }
    }
    expect(open).toEqual([])
    // A statement ends with a semicolon unless it opens a block.
    for (const line of bare)
      expect([
        line,
        /(;|Тогда|Иначе|Цикл|Попытка|Исключение|Экспорт|КонецПроцедуры|КонецФункции|^(?:Функция|Процедура) .*\))$/u.test(
          line,
        ),
      ]).toEqual([line, true])
  })

  it('calls only functions of its own or of the platform', () => {
    const own = new Set(
      [...text.matchAll(/^(?:Функция|Процедура) ([\wА-Яа-яЁё]+)\(/gmu)].map(([, name]) => name),
    )
    const platform = new Set(
      'УстановитьПривилегированныйРежим КраткоеПредставлениеОшибки ИнформацияОбОшибке НСтр ЗначениеЗаполнено ПустаяСтрока Строка НачалоДня СокрЛП СтрДлина Лев Сред НРег СтрЗаменить ЗаполнитьЗначенияСвойств ПрочитатьJSON ТекущаяУниверсальнаяДата Дата Число ПобитовоеИсключающееИли ПолучитьHexСтрокуИзБуфераДвоичныхДанных ПолучитьДвоичныеДанныеИзБуфераДвоичныхДанных ПолучитьБуферДвоичныхДанныхИзСтроки ПолучитьБуферДвоичныхДанныхИзДвоичныхДанных БуферДвоичныхДанных ХешированиеДанных Структура WSОпределения WSПрокси HTTPСоединение HTTPЗапрос ЗащищенноеСоединениеOpenSSL'.split(
        ' ',
      ),
    )
    const called = bare.flatMap((line) =>
      [...line.matchAll(/(?<![.\wА-Яа-яЁё])([\wА-Яа-яЁё]+)\(/gu)].map(([, name]) => name ?? ''),
    )
    expect([...new Set(called)].filter((name) => !own.has(name) && !platform.has(name))).toEqual([])
  })

  it('names nothing by a word of the language', () => {
    const reserved = new Set(
      'если тогда иначеесли иначе конецесли для каждого из по цикл конеццикла пока процедура конецпроцедуры функция конецфункции перем перейти возврат продолжить прервать и или не попытка исключение вызватьисключение конецпопытки новый выполнить экспорт знач истина ложь неопределено null'.split(
        ' ',
      ),
    )
    const named = bare.flatMap((line) => [
      ...(/^([\wА-Яа-яЁё]+) = /u.exec(line)?.slice(1) ?? []),
      ...(/^(?:Функция|Процедура) [\wА-Яа-яЁё]+\((.*)\)/u.exec(line)?.[1]?.split(',') ?? []).map((one) =>
        one.replace('Знач ', '').replace(/=.*/, '').trim(),
      ),
    ])
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((name) => reserved.has(name.toLowerCase()))).toEqual([])
  })

  it('calls operations of the service with their parameters, and fields that the types have', () => {
    const calls = [...text.matchAll(/Прокси\.([A-Za-z]+)\((.*?)\);/g)].map(([, name = '', given = '']) => ({
      name,
      // Commas inside brackets belong to the parameter.
      count: given === '' ? 0 : given.replace(/\((?:[^()]|\([^()]*\))*\)/g, '').split(',').length,
    }))
    expect(calls.map(({ name }) => name)).toEqual([
      'TestConnection',
      'SendAct',
      'SendWaybill',
      'GetChanges',
      'GetStatus',
      'GetPrintForm',
    ])
    for (const { name, count } of calls) {
      const operation = operations.find((one) => one.name === name)
      const wanted = (operation?.takes.length ?? -1) + (operation?.gives.length ?? 0) - 1
      expect([name, count]).toEqual([name, wanted])
    }
    const assigned = (variable: string): string[] => [
      ...new Set(
        [...text.matchAll(new RegExp(`${variable}\\.([A-Z]\\w*)`, 'g'))].map(([, name]) => name ?? ''),
      ),
    ]
    const shared = membersOf('Act').filter((name) => membersOf('Waybill').includes(name))
    expect(shared).toEqual(expect.arrayContaining(assigned('Документ')))
    const line = assigned('НоваяСтрока')
    expect(membersOf('ActLine')).toEqual(expect.arrayContaining(line))
    expect(membersOf('WaybillLine')).toEqual(
      expect.arrayContaining(line.filter((name) => !name.startsWith('Performed'))),
    )
    for (const [variable, type] of [
      ['Сторона', 'Party'],
      ['Основание', 'Basis'],
      ['Итоги', 'Totals'],
      ['Квитанция', 'Receipt'],
      ['Страница', 'Changes'],
      ['Изменение', 'Change'],
      ['Status', 'Status'],
    ] as const)
      expect([type, assigned(variable).filter((name) => !membersOf(type).includes(name))]).toEqual([type, []])
    // Everything the types require is filled in.
    for (const type of ['Act', 'Waybill']) {
      const body =
        new RegExp(`<xs:complexType name="${type}">([\\s\\S]*?)</xs:complexType>`).exec(wsdl)?.[1] ?? ''
      const required = [...body.matchAll(/<xs:element name="(\w+)"((?:(?!\/>).)*)\/>/g)]
        .filter(([, , rest = '']) => !rest.includes('minOccurs="0"'))
        .map(([, name]) => name)
      expect([type, required.filter((name) => !assigned('Документ').includes(name ?? ''))]).toEqual([
        type,
        [],
      ])
    }
    const types = [...text.matchAll(/НовыйОбъект\(Прокси, "(\w+)"\)/g)].map(([, name]) => name ?? '')
    for (const type of types) expect([type, membersOf(type).length > 0]).toEqual([type, true])
  })
})

describe('what the module sends', () => {
  let gateway: HttpGateway
  let client: Client
  beforeAll(async () => {
    gateway = await openHttpGateway({ erp: [door, restDoor] })
    // As WSПрокси does: the WSDL is imported, the calls go to its address cut at `?`.
    client = await createClientAsync(`${gateway.soapUrl}?wsdl`, { endpoint: gateway.soapUrl })
    client.setSecurity(new BasicAuthSecurity('alatau', gateway.password))
  })
  afterAll(() => gateway.stop())

  const call = async (name: string, given: object): Promise<Record<string, unknown>> => {
    const [answer] = await (client[`${name}Async`] as (given: object) => Promise<[Record<string, unknown>]>)(
      given,
    )
    return answer
  }
  /** An object of XDTO with the fields that the module assigns. */
  const xdto = (document: ReturnType<typeof anAct> | ReturnType<typeof aWaybill>, withPeriod: boolean) => ({
    Guid: document.guid,
    Version: 'AAAAAQAAAAA=',
    Number: '16',
    Date: '2026-03-31',
    Currency: 'KZT',
    Seller: { TaxId: document.seller.taxId, Name: document.seller.name },
    Buyer: { TaxId: document.buyer.taxId, Name: document.buyer.name },
    Basis: { Title: 'Договор', Number: '12/26', Date: '2026-01-15' },
    PriceIncludesVat: 'false',
    Line: [
      {
        Name: 'Обслуживание',
        ...(withPeriod ? { PerformedFrom: '2026-03-01', PerformedTo: '2026-03-31' } : {}),
        UnitCode: '796',
        Unit: 'шт',
        Quantity: '1',
        Price: '100000',
        AmountWithoutVat: '100000',
        VatRate: '16',
        VatAmount: '16000',
        AmountWithVat: '116000',
      },
    ],
    Totals: { AmountWithoutVat: '100000', VatAmount: '16000', AmountWithVat: '116000' },
  })

  it('is taken: connection, act, waybill, changes, state, print form, trail', async () => {
    expect(await call('TestConnection', {})).toMatchObject({ return: true })
    const act = (await call('SendAct', { Document: xdto(anAct(), true), Key: null, Signature: null }))[
      'return'
    ]
    expect(act).toMatchObject({ Repeat: false })
    const { DocumentId: id } = act as { DocumentId: string }
    expect(
      (await call('SendWaybill', { Document: xdto(aWaybill(), false), Key: null, Signature: null }))[
        'return'
      ],
    ).toMatchObject({ Repeat: false })
    const changes = (await call('GetChanges', { Cursor: null, Limit: 100 }))['return'] as {
      Change: unknown[]
    }
    expect(changes.Change.length).toBeGreaterThanOrEqual(2)
    expect(await call('GetStatus', { DocumentId: id })).toMatchObject({ return: { DocumentId: id } })
    expect(await call('GetPrintForm', { DocumentId: id })).toHaveProperty('return')
    const trail = await fetch(`${gateway.url}/api/v1/documents/${id}/trail`, {
      headers: { authorization: gateway.alatau, accept: 'application/json', 'accept-language': 'ru' },
    })
    expect(await trail.json()).toHaveProperty('lines')
    const missing = await fetch(`${gateway.url}/api/v1/documents/nothing/trail`, {
      headers: { authorization: gateway.alatau },
    })
    expect(await missing.json()).toHaveProperty('detail')
  })
})
