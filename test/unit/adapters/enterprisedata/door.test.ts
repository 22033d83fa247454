import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { door } from '../../../../src/adapters/erp/enterprisedata/index.ts'
import { enterpriseData } from '../../../../src/adapters/erp/enterprisedata/read/package.ts'
import { MemoryDoorNotes } from '../../../../src/adapters/memory/door-notes.ts'
import { readZip, writeZip } from '../../../../src/adapters/zip/index.ts'
import { aWaybill } from '../../../factories/documents.ts'
import {
  aCounterpartyObject,
  aMessage,
  aPaymentInvoiceObject,
  aRealization,
  aTaxInvoiceObject,
  edRef,
  goodsRow,
  serviceRow,
} from '../../../factories/enterprisedata.ts'
import { aCaller, openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'
import { callOf } from '../../../factories/onec-client.ts'

const plan = 'СинхронизацияДанныхЧерезУниверсальныйФормат'
const uploadName = 'EnterpriseDataUpload_1_0_1_1'
const exchangeName = 'EnterpriseDataExchange_1_0_1_1'

let gateway: HttpGateway

beforeEach(async () => {
  gateway = await openHttpGateway({
    erp: [door],
    formats: [enterpriseData],
    desks: { notes: new MemoryDoorNotes() },
  })
})
afterEach(() => gateway.stop())

const serviceAt = (name: string, authorization = gateway.alatau) =>
  callOf(`${gateway.url}/ws/${name}`, `http://www.1c.ru/SSL/${name}`, authorization)

const peer = { ExchangePlanName: plan, PeerCode: 'БК' }

/** Puts a message in as 1C does, and tells how it ended. */
const put = async (content: Uint8Array, fileId = 'file-1') => {
  const call = serviceAt(exchangeName)
  await call('PutFilePart', { FileID: fileId, PartNumber: 1, PartData: content })
  const begun = await call('PutData', { ...peer, FileID: fileId })
  const ended = await call('PutDataActionResult', { OperationID: begun.value('OperationID') ?? '' })
  return { status: ended.value('return'), message: ended.value('ErrorMessage'), begun }
}

/** Fetches what waits for the base, as 1C does. */
const fetched = async (partSize = 1024) => {
  const call = serviceAt(exchangeName)
  const begun = await call('PrepareDataForGetting', { ...peer, PartSize: partSize })
  const prepared = await call('PrepareDataActionResult', { OperationID: begun.value('OperationID') ?? '' })
  const fileId = prepared.value('FileID') ?? ''
  const parts: Buffer[] = []
  for (let part = 1; part <= Number(prepared.value('PartCount')); part += 1) {
    const answer = await call('GetDataPart', { FileID: fileId, PartNumber: part })
    parts.push(Buffer.from(answer.value('return') ?? '', 'base64'))
  }
  const entries = await readZip(Buffer.concat(parts), { maxBytes: 10_000_000, maxEntries: 2 })
  if (!entries.ok) throw new Error('the message is no archive')
  const [entry] = entries.value
  return {
    fileId,
    status: prepared.value('Status'),
    parts: parts.length,
    name: entry?.name,
    xml: Buffer.from(entry?.bytes ?? []).toString(),
    call,
  }
}

const numbersOf = (xml: string): string[] =>
  ['MessageNo', 'ReceivedNo'].map((name) => new RegExp(`<msg:${name}>(\\d+)<`).exec(xml)?.[1] ?? '')

describe('both services', () => {
  test.each([uploadName, exchangeName])(
    '%s publishes its WSDL at both addresses and shows its strings',
    async (name) => {
      for (const path of [`/ws/${name}`, `/ws/${name}.1cws`]) {
        const wsdl = await (await fetch(`${gateway.url}${path}?wsdl`)).text()
        expect(wsdl).toContain(`targetNamespace="http://www.1c.ru/SSL/${name}"`)
        expect(wsdl).toContain(`<port name="${name}Soap"`)
        expect(wsdl).toContain(`location="${gateway.url}${path}"`)
        expect(await (await fetch(`${gateway.url}${path}`)).text()).toContain(
          `Имя точки подключения: ${name}Soap`,
        )
      }
    },
  )

  test('Ping answers, TestConnection says who is connected', async () => {
    const call = serviceAt(uploadName)
    expect((await call('Ping')).status).toBe(200)
    const tested = await call('TestConnection')
    expect(tested.value('return')).toBe('true')
    expect(tested.value('ErrorMessage')).toContain('Соединение установлено: ТОО «Алатау Снаб»')
    const wrong = await serviceAt(exchangeName)('TestConnection', {
      ExchangePlanName: 'Иной',
      PeerCode: 'БК',
    })
    expect(wrong.value('return')).toBe('false')
    expect(wrong.value('ErrorMessage')).toContain('План обмена «Иной» не поддерживается')
  })

  test('a wrong password is a fault in Russian, an unknown operation too', async () => {
    const stranger = await serviceAt(uploadName, 'Basic bm9ib2R5OnA=')('Ping')
    expect(stranger.status).toBe(401)
    expect(stranger.text).toContain('<faultcode>soap:Client</faultcode>')
    const unknown = await serviceAt(uploadName)('GetIBParameters')
    expect(unknown.status).toBe(500)
    expect(unknown.value('faultstring')).toContain(`Операции «GetIBParameters» нет в сервисе ${uploadName}`)
  })
})

describe('a message that is put in', () => {
  test('becomes documents, all of them, and the base hears that it is completed', async () => {
    const objects = [
      aRealization({ goods: [goodsRow()], services: [serviceRow()], sum: '130505.80' }),
      aPaymentInvoiceObject(),
    ]
    const done = await put(aMessage({ objects }))
    expect(done).toMatchObject({ status: 'Completed', message: '' })
    expect(gateway.exchange.kept.map(({ document }) => document.kind)).toEqual([
      'act',
      'waybill',
      'payment-invoice',
    ])
  })

  test('comes in parts, as a zip with a Cyrillic name, over the service that only uploads', async () => {
    const message = aMessage({ objects: [aRealization({ services: [serviceRow()] })] })
    const zip = await writeZip([{ name: 'Message_БК_GW.xml', bytes: message }], new Date(0))
    const call = serviceAt(uploadName)
    const middle = Math.floor(zip.length / 2)
    await call('PutFilePart', { FileID: 'f', PartNumber: 1, PartData: zip.subarray(0, middle) })
    await call('PutFilePart', { FileID: 'f', PartNumber: 2, PartData: zip.subarray(middle) })
    const begun = await call('PutData', { FileID: 'f' })
    const ended = await call('PutDataActionResult', { OperationID: begun.value('OperationID') ?? '' })
    expect(ended.value('return')).toBe('Completed')
    expect(gateway.exchange.kept).toHaveLength(1)
  })

  test('with one bad document is refused whole, with the field of 1C', async () => {
    const objects = [
      aRealization({ services: [serviceRow()] }),
      aRealization({
        ref: '00000000-0000-0000-0000-000000000000',
        number: 'КС00-000099',
        services: [serviceRow()],
      }),
    ]
    const done = await put(aMessage({ objects }))
    expect(done.status).toBe('Failed')
    expect(done.message).toContain('Документ.РеализацияТоваровУслуг КС00-000099/КлючевыеСвойства/Ссылка')
    expect(gateway.exchange.kept).toHaveLength(0)
  })

  test('is refused in words when it is no message, cut off, or of a version nobody knows', async () => {
    const whole = aMessage({ objects: [aRealization()] })
    for (const [content, words] of [
      [Buffer.from('<a/>'), 'не является сообщением EnterpriseData'],
      [whole.subarray(0, whole.indexOf('<Номер>')), 'не является правильным XML'],
      [
        aMessage({ version: '1.99', objects: [aRealization()] }),
        'Версия формата EnterpriseData «1.99» неизвестна',
      ],
      [Buffer.from('PK\u0003\u0004broken'), 'не читается как архив ZIP'],
    ] as const) {
      const done = await put(content)
      expect(done.status).toBe('Failed')
      expect(done.message).toContain(words)
    }
  })

  test('that misses parts is told so at once', async () => {
    const begun = await serviceAt(uploadName)('PutData', { FileID: 'nothing' })
    expect(begun.value('OperationID')).toBe('')
    expect(begun.value('ErrorMessage')).not.toBe('')
  })

  test('of another node than the call names is refused', async () => {
    const done = await put(aMessage({ from: 'УТ', objects: [aRealization({ services: [serviceRow()] })] }))
    expect(done.status).toBe('Failed')
    expect(done.message).toContain('Сообщение прислал узел «УТ»')
  })

  test('names the kinds that are not processed', async () => {
    const done = await put(aMessage({ objects: ['<Справочник.Валюты><Код>1</Код></Справочник.Валюты>'] }))
    expect(done).toMatchObject({ status: 'Completed' })
    expect(done.message).toContain('Справочник.Валюты (1)')
  })

  test('finds the rows of a tax invoice in a realisation of an earlier message', async () => {
    await put(aMessage({ objects: [aRealization({ services: [serviceRow()] })] }), 'one')
    const invoice = aTaxInvoiceObject({ bases: [edRef(0x51)] }).replace('130505.80', '116000.00')
    const done = await put(aMessage({ messageNo: 2, objects: [invoice] }), 'two')
    expect(done).toMatchObject({ status: 'Completed' })
    expect(gateway.exchange.kept[1]?.document).toMatchObject({
      kind: 'tax-invoice',
      number: '21',
      lines: [{ truOriginCode: '6', amountWithoutVat: '100000.00' }],
    })
  })

  test('uses the address that an earlier message brought', async () => {
    await put(aMessage({ objects: [aCounterpartyObject('г. Астана, Кенесары, 40')] }), 'one')
    await put(aMessage({ messageNo: 2, objects: [aRealization({ services: [serviceRow()] })] }), 'two')
    expect(gateway.exchange.kept[0]?.document).toMatchObject({
      buyer: { address: 'г. Астана, Кенесары, 40', phone: '+7 717 000 00 02' },
    })
  })
})

describe('the numbers of messages', () => {
  const first = () => aMessage({ messageNo: 7, objects: [aRealization({ services: [serviceRow()] })] })

  test('a repeated message changes nothing and is completed', async () => {
    await put(first())
    const again = await put(first(), 'again')
    expect(again.status).toBe('Completed')
    expect(again.message).toContain('Сообщение № 7 уже было принято')
    expect(gateway.exchange.kept).toHaveLength(1)
  })

  test('the same number over other documents is refused: nothing vanishes in silence', async () => {
    await put(first())
    const other = aMessage({
      messageNo: 7,
      objects: [aRealization({ ref: edRef(0x52), services: [serviceRow()] })],
    })
    const done = await put(other, 'other')
    expect(done.status).toBe('Failed')
    expect(done.message).toContain('Сообщение № 7 уже принято с другим содержанием')
  })

  test('numbers may be skipped, and our answer confirms the last one', async () => {
    await put(first())
    await put(
      aMessage({ messageNo: 12, objects: [aRealization({ ref: edRef(0x52), services: [serviceRow()] })] }),
    )
    expect(gateway.exchange.kept).toHaveLength(2)
    expect(numbersOf((await fetched()).xml)).toEqual(['1', '12'])
  })

  test('a refused message does not count as received', async () => {
    await put(aMessage({ messageNo: 3, objects: [aRealization()] }))
    expect(numbersOf((await fetched()).xml)).toEqual(['1', '0'])
  })
})

describe('the answer of the exchange', () => {
  test('is a handshake with our types, and only what we process is declared as received', async () => {
    await put(aMessage({ messageNo: 1 }))
    const { xml, name, status } = await fetched()
    expect(status).toBe('Completed')
    expect(name).toBe('Message_GW_БК.xml')
    expect(xml).toContain('<msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData</msg:Format>')
    expect(xml).toContain('<msg:From>GW</msg:From>')
    expect(xml).not.toContain('<Body')
    const received = [
      ...xml.matchAll(/<msg:Name>([^<]*)<\/msg:Name><msg:Sending>[^<]*<\/msg:Sending><msg:Receiving>\*/g),
    ]
    expect(received.map(([, type]) => type)).toEqual([
      'Документ.РеализацияТоваровУслуг',
      'Документ.СчетПокупателю',
      'Документ.СчетФактураВыданный',
      'Справочник.Контрагенты',
      'Справочник.Организации',
      'Справочник.Договоры',
    ])
  })

  test('carries the state of what the base sent, once, until something new happens', async () => {
    await put(aMessage({ objects: [aRealization({ goods: [goodsRow()], services: [serviceRow()] })] }))
    const { xml } = await fetched()
    expect(xml.match(/<Справочник.СостояниеЭлектронногоДокумента>/g)).toHaveLength(1)
    expect(xml).toContain(
      `<РеализацияТоваровУслугСсылка><Ссылка>${edRef(0x51)}</Ссылка><Дата>2026-03-31T12:00:00`,
    )
    expect(xml).toContain('<СостояниеЭлектронногоДокумента>ОжидаетсяПередачаОператору<')
    // Not confirmed: told again. Confirmed by the base's next message: told no more.
    expect((await fetched()).xml).toContain('ОжидаетсяПередачаОператору')
    await put(aMessage({ messageNo: 2, receivedNo: 2 }), 'confirms')
    const { xml: after } = await fetched()
    expect(after).not.toContain('<Body')
    expect(numbersOf(after)).toEqual(['3', '2'])
  })

  test('ConfirmGettingFile with ClearDataPool confirms, without it the file alone goes', async () => {
    await put(aMessage({ objects: [aRealization({ services: [serviceRow()] })] }))
    const one = await fetched()
    await one.call('ConfirmGettingFile', { FileID: one.fileId, ClearDataPool: false })
    expect(
      (await one.call('GetDataPart', { FileID: one.fileId, PartNumber: 1 })).value('ErrorMessage'),
    ).toContain('не найдены или устарели')
    const two = await fetched()
    expect(two.xml).toContain('<Body')
    await two.call('ConfirmGettingFile', { FileID: two.fileId, ClearDataPool: true })
    expect((await fetched()).xml).not.toContain('<Body')
  })

  test('brings a partner’s document as the object of the receiving side, cut into parts', async () => {
    await put(aMessage({ messageNo: 1 }))
    const waybill = aWaybill()
    const caller = aCaller()
    gateway.exchange.arrive(caller, waybill)
    const { xml, parts } = await fetched(1)
    expect(parts).toBeGreaterThan(1)
    expect(xml).toContain('<Документ.ПоступлениеТоваровУслуг>')
    expect(xml).toContain('<НомерВходящегоДокумента>00000000016<')
    expect(xml).toContain('<ПоступлениеТоваровУслугСсылка>')
    expect(xml).toContain('<СостояниеЭлектронногоДокумента>ТребуетсяУтверждение<')
  })

  test('sends a base only the kinds that it takes', async () => {
    const header =
      '<msg:AvailableObjectTypes><msg:ObjectType><msg:Name>Документ.СчетПоставщика</msg:Name><msg:Sending/><msg:Receiving>*</msg:Receiving></msg:ObjectType></msg:AvailableObjectTypes>'
    await put(aMessage({ messageNo: 1, header }))
    gateway.exchange.arrive(aCaller(), aWaybill())
    expect((await fetched()).xml).not.toContain('<Body')
  })
})
