import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { door } from '../../../../src/adapters/erp/onec-soap/index.ts'
import { documentKinds, rootElementOf, writeDocumentXml } from '../../../../src/core/document/index.ts'
import { Refusal } from '../../../../src/core/exchange/index.ts'
import { fault } from '../../../../src/core/kernel/index.ts'
import { aDocument, anAct } from '../../../factories/documents.ts'
import { openHttpGateway } from '../../../factories/http-gateway.ts'
import type { HttpGateway } from '../../../factories/http-gateway.ts'
import { rawHttp } from '../../../factories/raw-http.ts'
import {
  insideOf,
  sendCall,
  serviceNamespace,
  soapCall,
  soapEnvelope,
} from '../../../factories/soap-requests.ts'

let gateway: HttpGateway

beforeAll(async () => {
  gateway = await openHttpGateway({ erp: [door] })
})

afterAll(async () => {
  await gateway.stop()
})

const call = async (body: string | Buffer, headers: Record<string, string> = {}) => {
  const answer = await fetch(gateway.soapUrl, {
    method: 'POST',
    headers: { authorization: gateway.alatau, 'content-type': 'text/xml; charset=utf-8', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  return { status: answer.status, headers: answer.headers, xml: await answer.text() }
}

const valueOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<m:${name}>([^<]*)</m:${name}>`).exec(xml)?.[1]

const lastKept = () => gateway.exchange.kept.at(-1)

describe('documents come in typed', () => {
  test.each(documentKinds)('takes a %s, gives a receipt, keeps document and raw bytes', async (kind) => {
    const document = aDocument(kind)
    const request = sendCall(document)
    const { status, xml } = await call(request)
    expect(status).toBe(200)
    expect(xml).toContain(`<m:Send${rootElementOf(kind)}Response xmlns:m="${serviceNamespace}"><m:return>`)
    expect(valueOf(xml, 'DocumentId')).toBe(lastKept()?.receipt.documentId)
    expect(valueOf(xml, 'ReceivedAt')).toBe('2026-03-31T10:00:00Z')
    expect(lastKept()?.bytes).toEqual(writeDocumentXml(document))
    expect(Buffer.from(lastKept()?.raw ?? []).toString()).toBe(request)
  })

  test('gives the first receipt again, marked as a repeat', async () => {
    const document = anAct()
    const first = await call(sendCall(document, 'key-1'))
    const second = await call(sendCall(document, 'key-1'))
    expect(valueOf(first.xml, 'Repeat')).toBe('false')
    expect(valueOf(second.xml, 'Repeat')).toBe('true')
    expect(valueOf(second.xml, 'DocumentId')).toBe(valueOf(first.xml, 'DocumentId'))
  })

  test('hands on the key and the signature', async () => {
    await call(sendCall(anAct(), 'key-2', 'TUlJ\r\n QQ=='))
    expect(lastKept()?.key).toBe('key-2')
    expect(lastKept()?.receipt.state).toBe('signed')
  })

  test('a conflict names the document that was first', async () => {
    const document = anAct()
    const first = await call(sendCall(document, 'key-3'))
    const { status, xml } = await call(sendCall(anAct(), 'key-3'))
    expect(status).toBe(500)
    expect(xml).toContain('<faultcode>soap:Client</faultcode>')
    expect(valueOf(xml, 'DocumentId')).toBe(valueOf(first.xml, 'DocumentId'))
  })

  test('lists all faults of a document at once, with their places, and says them in one string for 1C', async () => {
    const { status, xml } = await call(
      sendCall(anAct())
        .replace(/<Date>[^<]*<\/Date>/, '<Date>31.03.2026</Date>')
        .replace(/<Quantity>[^<]*<\/Quantity>/, '<Quantity>много</Quantity>'),
    )
    expect(status).toBe(500)
    expect([...xml.matchAll(/<m:Path>([^<]*)<\/m:Path>/g)].map((m) => m[1])).toEqual([
      'date',
      'lines[0].quantity',
    ])
    expect(/<faultstring>([^<]*)</.exec(xml)?.[1]).toMatch(/^Ошибок: 2\ndate: .+\nlines\[0\]\.quantity: .+$/)
  })
})

describe('every way in which 1C and others write the same request', () => {
  const ping = soapCall('Ping')
  const status = (id: string): string => soapCall('GetStatus', [['DocumentId', id]])

  test.each([
    ['absent', undefined],
    ['empty', ''],
    ['empty in quotes', '""'],
    ['as in the WSDL', `${serviceNamespace}#EdoGateway_1_0:Ping`],
    ['quoted', `"${serviceNamespace}#EdoGateway_1_0:Ping"`],
    ['in single quotes', `'${serviceNamespace}#EdoGateway_1_0:Ping'`],
    ['bare', 'Ping'],
    ['bare and quoted', '"Ping"'],
    ['percent-encoded', encodeURIComponent(`${serviceNamespace}#EdoGateway_1_0:Ping`)],
    ['namespace and name', `${serviceNamespace}/Ping`],
  ])('SOAPAction %s', async (_, action) => {
    expect((await call(ping, action === undefined ? {} : { soapaction: action })).status).toBe(200)
  })

  test('a byte order mark, gzip, application/xml, default namespaces, other prefixes', async () => {
    expect((await call(`\ufeff${ping}`)).status).toBe(200)
    expect((await call(gzipSync(ping), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect((await call(ping, { 'content-type': 'application/xml' })).status).toBe(200)
    expect(
      (
        await call(
          `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Ping xmlns="${serviceNamespace}"/></Body></Envelope>`,
        )
      ).status,
    ).toBe(200)
    expect(
      (
        await call(
          `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" SOAP-ENV:encodingStyle=""><SOAP-ENV:Body><x:Ping xmlns:x="${serviceNamespace}"/></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
        )
      ).status,
    ).toBe(200)
  })

  test('windows-1251 and UTF-16 bring the same document', async () => {
    const document = anAct()
    const request = sendCall(document)
    const utf16 = request.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    const first = await call(Buffer.from(`\ufeff${utf16}`, 'utf16le'), { 'content-type': 'text/xml' })
    expect(first.status).toBe(200)
    expect(lastKept()?.bytes).toEqual(writeDocumentXml(document))

    const cyrillic = request.replace('encoding="UTF-8"', 'encoding="windows-1251"').replaceAll('і', 'i')
    const decoder = new TextDecoder('windows-1251')
    const byLetter = new Map(Array.from({ length: 256 }, (_, b) => [decoder.decode(Uint8Array.of(b)), b]))
    const bytes = Buffer.from([...cyrillic].map((letter) => byLetter.get(letter) ?? 0x3f))
    const other = anAct()
    const renamed = Buffer.from(bytes.toString('latin1').replace(document.guid, other.guid), 'latin1')
    expect((await call(renamed, { 'content-type': 'text/xml; charset=windows-1251' })).status).toBe(200)
    expect(Buffer.from(lastKept()?.bytes ?? []).toString()).toContain('Алатау Снаб')
  })

  test('CDATA, entities, xsi:type of simple types, nil and absent optional parameters', async () => {
    const document = anAct({ comment: 'a < b & "c"' })
    await call(sendCall(document))
    const id = lastKept()?.receipt.documentId ?? ''
    expect((await call(status(`<![CDATA[${id}]]>`))).status).toBe(200)
    expect((await call(status(` \r\n${id.replaceAll('0', '&#48;')}\r\n`))).status).toBe(200)
    expect(
      (
        await call(
          soapEnvelope(
            `<m:GetStatus xmlns:m="${serviceNamespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:DocumentId xsi:type="xs:string">${id}</m:DocumentId></m:GetStatus>`,
          ),
        )
      ).status,
    ).toBe(200)
    const again = anAct()
    const { status: code } = await call(
      soapEnvelope(
        `<m:SendAct xmlns:m="${serviceNamespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:d="urn:daneker:edo:document:1"><m:Document xmlns="urn:daneker:edo:document:1" xsi:type="d:Act">${insideOf(again)}</m:Document></m:SendAct>`,
      ),
    )
    expect(code).toBe(200)
    expect(lastKept()?.document.guid).toBe(again.guid)
  })

  test('headers nobody insists on are skipped', async () => {
    const body = `<m:Ping xmlns:m="${serviceNamespace}"/>`
    const header =
      '<soap:Header><a:To xmlns:a="http://www.w3.org/2005/08/addressing">http://127.0.0.1:9/</a:To><x soap:mustUnderstand="0"><y/></x></soap:Header>'
    expect((await call(soapEnvelope(body, header))).status).toBe(200)
  })

  const samples = '../shared/reference/onec/soap'
  const sampleTest = existsSync(samples) ? test : test.skip
  const reason = existsSync(samples)
    ? ''
    : ' (skipped: the reference folder is not here; the shapes above are ours)'

  sampleTest(
    `the reference samples of 1C’s requests are understood as far as their operation goes${reason}`,
    async () => {
      const sample = (name: string): string =>
        readFileSync(`${samples}/${name}`, 'utf8').replaceAll('http://example.kz/edo/1.0', serviceNamespace)
      expect((await call(sample('1c-style-request-ping.xml'))).status).toBe(200)
      // The other one calls an operation of its own: read to that point, and told so.
      const { xml } = await call(sample('1c-style-request-with-nil-and-base64.xml'))
      expect(valueOf(xml, 'Code')).toBe('SOAP-04')
      const asOurs = sample('1c-style-request-with-nil-and-base64.xml')
        .replaceAll('SendDocument', 'PutFilePart')
        .replace('ExternalId', 'FileID')
        .replace('ExternalId', 'FileID')
        .replace(/<m:Comment[^>]*\/>/, '<m:PartNumber>1</m:PartNumber>')
        .replaceAll('m:Data', 'm:PartData')
      expect((await call(asOurs)).status).toBe(200)
    },
  )
})

describe('what goes out', () => {
  test('answers in the dialect: fixed type, known length, no chunks, no names of software', async () => {
    const { headers } = await call(soapCall('Ping'))
    expect(headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(Number(headers.get('content-length'))).toBeGreaterThan(100)
    expect(headers.get('transfer-encoding')).toBeNull()
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('status, document, signature, changes, answer and annulment go through', async () => {
    const document = anAct()
    const { xml: sent } = await call(sendCall(document))
    const id = valueOf(sent, 'DocumentId') ?? ''
    const { xml: status } = await call(soapCall('GetStatus', [['DocumentId', document.guid]]))
    expect(valueOf(status, 'DocumentId')).toBe(id)
    expect(valueOf(status, 'StateText')).toBe('Подписывается')
    expect(valueOf(status, 'Date')).toBe(document.date)

    const { xml: content } = await call(soapCall('GetDocument', [['DocumentId', id]]))
    expect(Buffer.from(valueOf(content, 'return') ?? '', 'base64')).toEqual(
      Buffer.from(writeDocumentXml(document)),
    )

    const { xml: signed } = await call(
      soapCall('SubmitSignature', [
        ['DocumentId', id],
        ['Signature', 'TUlJQQ=='],
      ]),
    )
    expect(valueOf(signed, 'SenderState')).toBe('signed')
    const { xml: signatures } = await call(soapCall('GetSignature', [['DocumentId', id]]))
    expect(valueOf(signatures, 'Cms')).toBe('TUlJQQ==')

    const { xml: changes } = await call(
      soapCall('GetChanges', [
        ['Cursor', undefined],
        ['Limit', '1'],
      ]),
    )
    expect(changes.match(/<m:Change>/g)).toHaveLength(1)
    expect(valueOf(changes, 'More')).toBe('true')

    const answer = soapCall('AnswerDocument', [
      ['DocumentId', id],
      ['Answer', 'refuse'],
      ['Reason', 'Сумма &lt; договора'],
      ['Signature', undefined],
    ])
    expect(valueOf((await call(answer)).xml, 'Reason')).toBe('Сумма &lt; договора')
    const annulled = await call(
      soapCall('AnnulDocument', [
        ['DocumentId', id],
        ['Reason', 'Ошибка в сумме'],
      ]),
    )
    expect(valueOf(annulled.xml, 'StateText')).toBe('Аннулирован')
  })

  test('files in parts are joined and read by their format', async () => {
    const put = (part: string, text: string) =>
      call(
        soapCall('PutFilePart', [
          ['FileID', 'f1'],
          ['PartNumber', part],
          ['PartData', Buffer.from(text).toString('base64')],
        ]),
      )
    expect(valueOf((await put('2', 'part')).xml, 'return')).toBe('true')
    expect((await put('1', 'first ')).status).toBe(200)
    const { status } = await call(
      soapCall('PutData', [
        ['FileID', 'f1'],
        ['Format', 'commerceml-2'],
        ['FileName', 'orders.xml'],
        ['Key', undefined],
      ]),
    )
    expect(status).toBe(200)
    expect(Buffer.from(gateway.exchange.messages.at(-1)?.content ?? []).toString()).toBe('first part')
    await call(
      soapCall('SendMessage', [
        ['Format', 'enterprisedata'],
        ['FileName', 'm.xml'],
        ['Content', 'PGEvPg=='],
        ['Key', undefined],
      ]),
    )
    expect(gateway.exchange.messages.at(-1)).toMatchObject({ format: 'enterprisedata', fileName: 'm.xml' })
  })

  test('TestConnection greets by name, or says in words why not', async () => {
    const { xml } = await call(soapCall('TestConnection'))
    expect(valueOf(xml, 'return')).toBe('true')
    expect(valueOf(xml, 'ErrorMessage')).toContain('ТОО «Алатау Снаб»')
    gateway.exchange.failNext(
      new Refusal('unavailable', [fault('X-01', '', { ru: 'Хранилище недоступно.', kk: 'ә', en: 'e' })]),
    )
    const refused = await call(soapCall('TestConnection'))
    expect(refused.status).toBe(200)
    expect(valueOf(refused.xml, 'return')).toBe('false')
    expect(valueOf(refused.xml, 'ErrorMessage')).toBe('Хранилище недоступно.')
  })

  test('one company never sees what is the other one’s', async () => {
    await call(sendCall(anAct()))
    const id = lastKept()?.receipt.documentId ?? ''
    const foreign = await call(soapCall('GetStatus', [['DocumentId', id]]), { authorization: gateway.esil })
    const unknown = await call(soapCall('GetStatus', [['DocumentId', 'unknown']]), {
      authorization: gateway.esil,
    })
    const withoutId = (xml: string): string => xml.replace(/<m:RequestId>[^<]*/, '')
    expect(foreign.status).toBe(500)
    expect(withoutId(foreign.xml)).toBe(withoutId(unknown.xml))
  })
})

describe('faults', () => {
  test('a surprise becomes one generic sentence with the request id; the cause is in the log only', async () => {
    gateway.exchange.failNext(new Error('db password=hunter2 at /srv/store.js:1'))
    const { status, xml } = await call(soapCall('GetStatus', [['DocumentId', 'x']]))
    expect(status).toBe(500)
    expect(xml).toContain('<faultcode>soap:Server</faultcode>')
    expect(valueOf(xml, 'Code')).toBe('HTTP-11')
    expect(xml).not.toMatch(/hunter2|store\.js/)
    const requestId = valueOf(xml, 'RequestId')
    expect(gateway.log).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'request.surprised',
        fields: expect.objectContaining({ requestId }),
      }),
    )
  })

  test('an overload says when to come back', async () => {
    gateway.exchange.failNext(
      new Refusal('unavailable', [fault('X-01', '', { ru: 'Позже.', kk: 'Кейін.', en: 'Later.' })], {
        retryAfterMs: 4200,
      }),
    )
    const { status, headers, xml } = await call(soapCall('GetStatus', [['DocumentId', 'x']]))
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('5')
    expect(xml).toContain('<faultcode>soap:Server</faultcode>')
  })

  test('strangers are asked for credentials in every language', async () => {
    const { status, headers, xml } = await call(soapCall('Ping'), {
      authorization: 'Basic YTpi',
      'accept-language': 'kk, ru;q=0.5',
    })
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toContain('Basic realm=')
    expect(xml).toContain('Кім жүгінгені расталмады')
  })

  test('SOAP 1.2 and unknown headers get the fault codes that SOAP 1.1 has for them', async () => {
    const soap12 = await call(
      soapCall('Ping').replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      ),
    )
    expect(soap12.xml).toContain('<faultcode>soap:VersionMismatch</faultcode>')
    const insisting = await call(
      soapEnvelope(
        `<m:Ping xmlns:m="${serviceNamespace}"/>`,
        '<soap:Header><x soap:mustUnderstand="1"/></soap:Header>',
      ),
    )
    expect(insisting.xml).toContain('<faultcode>soap:MustUnderstand</faultcode>')
  })
})

describe('the WSDL', () => {
  let wsdl = ''
  beforeEach(async () => {
    wsdl = await (await fetch(`${gateway.soapUrl}?wsdl`)).text()
  })

  test('is 1C’s dialect: inline schemas, imports without a place, nothing its XDTO cannot take', () => {
    expect(wsdl).toContain('<xs:import namespace="urn:daneker:edo:document:1"/>')
    expect(wsdl).not.toMatch(/schemaLocation|xs:choice|xs:any\b|xs:union|xs:list/)
    expect(wsdl).toContain('name="EdoGateway_1_0Soap"')
    expect(wsdl).toContain('soapAction="urn:daneker:edo:1.0#EdoGateway_1_0:SendTaxInvoice"')
    expect(wsdl).toContain('<xs:element name="Key" type="xs:string" nillable="true"/>')
  })

  test('describes exactly what the service promises', () => {
    const names = [...wsdl.matchAll(/<soapbind:operation style="document" soapAction="[^"]*:(\w+)"/g)].map(
      (m) => m[1],
    )
    expect(names).toEqual([
      'Ping',
      'TestConnection',
      'SendPaymentInvoice',
      'SendAct',
      'SendWaybill',
      'SendTaxInvoice',
      'SendReconciliation',
      'SendPowerOfAttorney',
      'SendContract',
      'SendFile',
      'SendMessage',
      'PutFilePart',
      'PutData',
      'JoinFile',
      'GetAttachmentPart',
      'SubmitSignature',
      'SignDocuments',
      'MakeSigningLink',
      'GetStatus',
      'GetChanges',
      'GetDocument',
      'GetPrintForm',
      'GetSignature',
      'GetExtendedSignature',
      'AnswerDocument',
      'AnnulDocument',
      'GetPortalInvoice',
      'GetPortalOriginal',
      'CommandInvoice',
      'FetchInvoices',
      'GetFetchProgress',
    ])
  })

  test('names our own address, never the one a stranger’s Host header names', async () => {
    expect(wsdl).toContain(`location="${gateway.soapUrl}"`)
    const lured = await rawHttp(
      gateway.url,
      'GET /ws/EdoGateway_1_0?WSDL HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
    )
    expect(lured.status).toBe(200)
    expect(lured.body).toContain(`location="${gateway.soapUrl}"`)
    expect(lured.body).not.toContain('evil.example')
  })

  test('is the same bytes every time: 1C keeps a copy for a day', async () => {
    expect(await (await fetch(`${gateway.soapUrl}?wsdl`)).text()).toBe(wsdl)
  })

  test('the bare address shows the four strings that 1C asks for', async () => {
    const text = await (await fetch(gateway.soapUrl)).text()
    for (const word of [`${gateway.soapUrl}?wsdl`, serviceNamespace, 'EdoGateway_1_0', 'EdoGateway_1_0Soap'])
      expect(text).toContain(word)
  })
})
