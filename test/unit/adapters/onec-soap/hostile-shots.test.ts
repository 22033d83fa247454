import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { door } from '../../../../src/adapters/erp/onec-soap/index.ts'
import { HttpRefusal } from '../../../../src/adapters/http/index.ts'
import type { Door } from '../../../../src/adapters/http/index.ts'
import { charsetOf, decodeJson, readJson } from '../../../../src/adapters/xml/index.ts'
import { readDocumentValue } from '../../../../src/core/document/index.ts'
import { Refusal } from '../../../../src/core/exchange/index.ts'
import { anAct, anInvoice } from '../../../factories/documents.ts'
import { basic, openHttpGateway } from '../../../factories/http-gateway.ts'
import type { HttpGateway } from '../../../factories/http-gateway.ts'
import { rawHttp } from '../../../factories/raw-http.ts'
import { sendCall, serviceNamespace, soapCall, soapEnvelope } from '../../../factories/soap-requests.ts'

/**
 * Hostile shots (reliability S1): each must get its status and its stable code, store nothing, reach no
 * handler, poison nothing and leave the gateway serving the next one.
 */

/** A door that does with JSON what every JSON door must: the plumbing under fire, not the routes. */
const jsonDoor: Door = {
  name: 'json',
  mount: (router, tools) => {
    router.post('/json/acts', async (ctx) => {
      await tools.caller(ctx)
      const text = decodeJson(await tools.body(ctx), charsetOf(ctx.get('content-type')))
      if (!text.ok) throw new HttpRefusal(400, text.faults)
      const value = readJson(text.value)
      if (!value.ok) throw new HttpRefusal(400, value.faults)
      const act = readDocumentValue('act', value.value)
      if (!act.ok) throw new Refusal('invalid', act.faults)
      ctx.body = { number: act.value.number }
    })
  },
}

let gateway: HttpGateway

beforeAll(async () => {
  gateway = await openHttpGateway({
    erp: [door],
    doors: () => [jsonDoor],
    limits: { maxBodyBytes: 2 * 1024 * 1024, headersTimeoutMs: 1000, requestTimeoutMs: 2000 },
    gate: { failuresPerLogin: 1000, failuresPerAddress: 1000 },
  })
})

afterAll(async () => {
  await gateway.stop()
})

interface Answer {
  status: number
  body: string
}

const posted = async (
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string | undefined>,
): Promise<Answer> => {
  const given = Object.entries(headers).filter((h): h is [string, string] => h[1] !== undefined)
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: gateway.alatau, ...Object.fromEntries(given) },
    body: typeof body === 'string' ? body : Buffer.from(body),
  })
  return { status: answer.status, body: await answer.text() }
}

const soap = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  posted('/ws/EdoGateway_1_0', body, { 'content-type': 'text/xml; charset=utf-8', ...headers })

const json = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  posted('/json/acts', body, { 'content-type': 'application/json', ...headers })

const codeOf = (body: string): string | undefined =>
  /<m:Code>([^<]+)<\/m:Code>/.exec(body)?.[1] ?? /"code":"([^"]+)"/.exec(body)?.[1]

const act = (): string => sendCall(anAct())
const actJson = (): object => anAct()
const operation = (inside: string, attributes = ''): string =>
  soapEnvelope(`<m:GetStatus xmlns:m="${serviceNamespace}" ${attributes}>${inside}</m:GetStatus>`)
const documentId = '<m:DocumentId>x</m:DocumentId>'

type Shot = [name: string, fire: () => Promise<Answer>, status: number, code: string]

const soapShots: Shot[] = [
  // A1-A3: entities, bombs, depth, width.
  [
    'a file read through an external entity',
    () =>
      soap(
        `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${soapCall('Ping').replace(/<\?xml.*?\?>\s*/, '')}`,
      ),
    500,
    'XML-02',
  ],
  [
    'a billion laughs',
    () => soap('<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'),
    500,
    'XML-02',
  ],
  [
    'a parameter entity from the network',
    () => soap('<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><l/>'),
    500,
    'XML-02',
  ],
  [
    'a DOCTYPE in UTF-16',
    () => soap(Buffer.from(`\ufeff<!DOCTYPE a><a/>`, 'utf16le'), { 'content-type': 'text/xml' }),
    500,
    'XML-02',
  ],
  [
    'a DOCTYPE in UTF-16 without a mark',
    () => soap(Buffer.from('<!DOCTYPE a><a/>', 'utf16le'), { 'content-type': 'text/xml' }),
    500,
    'XML-02',
  ],
  [
    'a DOCTYPE in windows-1251',
    () =>
      soap('<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE a><a/>', { 'content-type': 'text/xml' }),
    500,
    'XML-02',
  ],
  ['100,000 levels', () => soap('<a>'.repeat(100_000)), 500, 'SOAP-01'],
  [
    '100,000 levels in a header',
    () => soap(soapEnvelope('', `<soap:Header>${'<a>'.repeat(100_000)}`)),
    500,
    'XML-04',
  ],
  [
    '100,000 levels in a document',
    () => soap(sendCall(anAct()).replace('</m:Document>', `${'<a>'.repeat(100_000)}</m:Document>`)),
    500,
    'XML-04',
  ],
  [
    '300,000 header blocks',
    () => soap(soapEnvelope('', `<soap:Header>${'<a/>'.repeat(300_000)}</soap:Header>`)),
    500,
    'XML-06',
  ],
  [
    '10,000 attributes',
    () => soap(soapEnvelope(`<a ${Array.from({ length: 10_000 }, (_, i) => `b${i}=""`).join(' ')}/>`)),
    500,
    'XML-05',
  ],
  [
    '300,000 unknown fields in a document',
    () => soap(act().replace('</m:Document>', `${'<x/>'.repeat(300_000)}</m:Document>`)),
    500,
    'XML-06',
  ],
  ['a processing instruction', () => soap(soapEnvelope('<?php system("id") ?>')), 500, 'XML-03'],
  [
    'a stylesheet',
    () =>
      soap(
        `<?xml-stylesheet href="http://127.0.0.1:9/x"?>${soapCall('Ping').replace(/<\?xml.*?\?>\s*/, '')}`,
      ),
    500,
    'XML-03',
  ],
  // A5, A6: which operation, and whom the gateway may be made to call.
  [
    'a SOAPAction of another operation',
    () => soap(soapCall('Ping'), { soapaction: `"${serviceNamespace}#EdoGateway_1_0:AnnulDocument"` }),
    500,
    'SOAP-05',
  ],
  [
    'a SOAPAction that only ends like the operation',
    () => soap(soapCall('Ping'), { soapaction: 'urn:other#Ping' }),
    500,
    'SOAP-05',
  ],
  [
    'a SOAPAction of two names',
    () => soap(soapCall('Ping'), { soapaction: 'Ping, AnnulDocument' }),
    500,
    'SOAP-05',
  ],
  ['an operation nobody offers', () => soap(soapCall('DropTables')), 500, 'SOAP-04'],
  ['an operation named constructor', () => soap(soapCall('constructor')), 500, 'SOAP-04'],
  ['an operation named __proto__', () => soap(soapCall('__proto__')), 500, 'SOAP-04'],
  [
    'an operation in a foreign namespace',
    () => soap(soapCall('Ping').replace(serviceNamespace, 'urn:other')),
    500,
    'SOAP-04',
  ],
  [
    'two operations in one body',
    () =>
      soap(
        soapEnvelope(`<m:Ping xmlns:m="${serviceNamespace}"/><m:GetStatus xmlns:m="${serviceNamespace}"/>`),
      ),
    500,
    'SOAP-01',
  ],
  [
    'two bodies',
    () => soap(soapCall('Ping').replace('</soap:Body>', '</soap:Body><soap:Body/>')),
    500,
    'SOAP-01',
  ],
  [
    'a header after the body',
    () => soap(soapCall('Ping').replace('</soap:Body>', '</soap:Body><soap:Header/>')),
    500,
    'SOAP-01',
  ],
  ['an empty body', () => soap(soapEnvelope('')), 500, 'SOAP-01'],
  [
    'an addressing header that must be understood',
    () =>
      soap(
        soapEnvelope(
          `<m:Ping xmlns:m="${serviceNamespace}"/>`,
          '<soap:Header><a:ReplyTo xmlns:a="http://www.w3.org/2005/08/addressing" soap:mustUnderstand="1"><a:Address>http://127.0.0.1:9/</a:Address></a:ReplyTo></soap:Header>',
        ),
      ),
    500,
    'SOAP-03',
  ],
  [
    'an attachment by reference',
    () =>
      soap(
        operation(
          '<m:DocumentId><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1"/></m:DocumentId>',
        ),
      ),
    500,
    'SOAP-06',
  ],
  [
    'a SOAP 1.2 envelope',
    () =>
      soap(
        soapCall('Ping').replace(
          'http://schemas.xmlsoap.org/soap/envelope/',
          'http://www.w3.org/2003/05/soap-envelope',
        ),
      ),
    500,
    'SOAP-02',
  ],
  [
    'a SOAP 1.2 content type',
    () => soap(soapCall('Ping'), { 'content-type': 'application/soap+xml; charset=utf-8' }),
    500,
    'SOAP-02',
  ],
  ['an envelope of nobody', () => soap('<Envelope><Body/></Envelope>'), 500, 'SOAP-01'],
  [
    'an rpc/encoded call',
    () => soap(operation(documentId, 'soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"')),
    500,
    'SOAP-18',
  ],
  // A17-A19: what is not in the schema.
  [
    'id="__proto__"',
    () => soap(operation('<m:DocumentId id="__proto__">polluted</m:DocumentId>')),
    500,
    'SOAP-13',
  ],
  ['href to an id', () => soap(operation('<m:DocumentId href="#1"/>')), 500, 'SOAP-13'],
  ['id on the operation', () => soap(operation(documentId, 'id="constructor"')), 500, 'SOAP-13'],
  [
    'an unknown parameter',
    () => soap(operation(`${documentId}<m:CompanyId>2</m:CompanyId>`)),
    500,
    'SOAP-06',
  ],
  ['a parameter named toString', () => soap(operation(`<m:toString/>${documentId}`)), 500, 'SOAP-06'],
  ['a parameter in no namespace', () => soap(operation('<DocumentId>x</DocumentId>')), 500, 'SOAP-06'],
  ['a parameter given twice', () => soap(operation(documentId + documentId)), 500, 'SOAP-08'],
  [
    'parameters out of order',
    () =>
      soap(
        soapCall('GetChanges', [
          ['Limit', '1'],
          ['Cursor', 'x'],
        ]),
      ),
    500,
    'SOAP-08',
  ],
  ['a missing parameter', () => soap(operation('')), 500, 'SOAP-07'],
  [
    'a nil where a value is due',
    () => soap(soapCall('GetStatus', [['DocumentId', undefined]])),
    500,
    'SOAP-16',
  ],
  ['markup in a string', () => soap(operation('<m:DocumentId>a<b/>c</m:DocumentId>')), 500, 'SOAP-06'],
  ['text between parameters', () => soap(operation(`tail${documentId}`)), 500, 'SOAP-15'],
  [
    'a type of another document',
    () =>
      soap(
        act().replace(
          '<m:Document ',
          '<m:Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:d="urn:daneker:edo:document:1" xsi:type="d:Waybill" ',
        ),
      ),
    500,
    'SOAP-14',
  ],
  [
    'an encoded array for a string',
    () =>
      soap(
        operation(
          '<m:DocumentId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="e:Array">x</m:DocumentId>',
        ),
      ),
    500,
    'SOAP-14',
  ],
  [
    'a number that is not one',
    () =>
      soap(
        soapCall('GetChanges', [
          ['Cursor', undefined],
          ['Limit', '1e3'],
        ]),
      ),
    500,
    'SOAP-09',
  ],
  [
    'a negative limit',
    () =>
      soap(
        soapCall('GetChanges', [
          ['Cursor', undefined],
          ['Limit', '-1'],
        ]),
      ),
    500,
    'SOAP-09',
  ],
  [
    'a limit beyond counting',
    () =>
      soap(
        soapCall('GetChanges', [
          ['Cursor', undefined],
          ['Limit', '99999999999999999999'],
        ]),
      ),
    500,
    'SOAP-09',
  ],
  [
    'an answer that is neither yes nor no',
    () =>
      soap(
        soapCall('AnswerDocument', [
          ['DocumentId', 'x'],
          ['Answer', 'maybe'],
          ['Reason', undefined],
          ['Signature', undefined],
        ]),
      ),
    500,
    'SOAP-12',
  ],
  [
    'base64 that is not',
    () =>
      soap(
        soapCall('SubmitSignature', [
          ['DocumentId', 'x'],
          ['Signature', 'AAA*'],
        ]),
      ),
    500,
    'SOAP-10',
  ],
  [
    'base64 with padding inside',
    () =>
      soap(
        soapCall('SubmitSignature', [
          ['DocumentId', 'x'],
          ['Signature', 'AA==AAAA'],
        ]),
      ),
    500,
    'SOAP-10',
  ],
  [
    'a signature of more than 1 MB',
    () =>
      soap(
        soapCall('SubmitSignature', [
          ['DocumentId', 'x'],
          ['Signature', 'A'.repeat(1_600_000)],
        ]),
      ),
    500,
    'SOAP-17',
  ],
  [
    'an id of 50,000 letters',
    () => soap(soapCall('GetStatus', [['DocumentId', 'a'.repeat(50_000)]])),
    500,
    'SOAP-11',
  ],
  [
    'an act with a field of nobody',
    () => soap(act().replace('</m:Document>', '<isAdmin>true</isAdmin></m:Document>')),
    500,
    'DOC-03',
  ],
  [
    'a tax invoice sent as an act',
    () => soap(sendCall(anInvoice()).replaceAll('SendTaxInvoice', 'SendAct')),
    500,
    'DOC-03',
  ],
  // Encodings.
  [
    'windows-1251 bytes called UTF-8',
    () => soap(Buffer.from([...Buffer.from('<a>'), 0xd2, 0xce, 0xce, ...Buffer.from('</a>')])),
    500,
    'TEXT-03',
  ],
  [
    'a charset against the declaration',
    () => soap('<?xml version="1.0" encoding="windows-1251"?><a/>'),
    500,
    'TEXT-02',
  ],
  [
    'UTF-7',
    () => soap('<?xml version="1.0" encoding="UTF-7"?><a/>', { 'content-type': 'text/xml' }),
    500,
    'TEXT-01',
  ],
  ['a zero byte', () => soap(`${soapCall('Ping')}\0`), 500, 'XML-01'],
  ['a cut envelope', () => soap(soapCall('Ping').slice(0, -30)), 500, 'XML-01'],
  ['text after the envelope', () => soap(`${soapCall('Ping')}tail`), 500, 'XML-01'],
  [
    'a second envelope',
    () => soap(soapCall('Ping') + soapCall('Ping').replace(/<\?xml.*?\?>\s*/, '')),
    500,
    'XML-01',
  ],
  ['nothing at all', () => soap(''), 500, 'XML-07'],
  ['JSON', () => soap('{"Ping":{}}'), 500, 'XML-01'],
  ['a form', () => soap('a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'HTTP-09'],
  [
    'multipart',
    () => soap('--x\r\n\r\n<a/>\r\n--x--', { 'content-type': 'multipart/related; boundary=x' }),
    415,
    'HTTP-09',
  ],
  // A7, A22: size.
  ['a body over the limit', () => soap('x'.repeat(3_000_000)), 413, 'HTTP-04'],
  ['a gzip that is not', () => soap('this is not gzip', { 'content-encoding': 'gzip' }), 400, 'HTTP-05'],
  [
    'a cut gzip',
    () => soap(gzipSync(soapCall('Ping')).subarray(0, 40), { 'content-encoding': 'gzip' }),
    400,
    'HTTP-05',
  ],
  [
    'a gzip bomb',
    () => soap(gzipSync(Buffer.alloc(60_000_000)), { 'content-encoding': 'gzip' }),
    413,
    'HTTP-04',
  ],
  [
    'a gzip of a thousand to one',
    () => soap(gzipSync(Buffer.alloc(1_500_000)), { 'content-encoding': 'gzip' }),
    413,
    'HTTP-07',
  ],
  ['deflate', () => soap('x', { 'content-encoding': 'deflate' }), 415, 'HTTP-06'],
  [
    'gzip twice',
    () => soap(gzipSync(gzipSync(soapCall('Ping'))), { 'content-encoding': 'gzip, gzip' }),
    415,
    'HTTP-06',
  ],
  // Strangers.
  ['nobody', () => soap(soapCall('Ping'), { authorization: '' }), 401, 'AUTH-01'],
  [
    'a wrong password',
    () => soap(soapCall('Ping'), { authorization: basic('alatau', 'hunter2') }),
    401,
    'AUTH-01',
  ],
  [
    'a login nobody has',
    () => soap(soapCall('Ping'), { authorization: basic('nobody', 'hunter2') }),
    401,
    'AUTH-01',
  ],
  ['an empty password', () => soap(soapCall('Ping'), { authorization: basic('alatau', '') }), 401, 'AUTH-01'],
  [
    'a login with a zero byte',
    () => soap(soapCall('Ping'), { authorization: basic('alatau\0', 'x') }),
    401,
    'AUTH-01',
  ],
  ['Basic that is not base64', () => soap(soapCall('Ping'), { authorization: 'Basic ***' }), 401, 'AUTH-01'],
  [
    'a mistyped key',
    () => soap(soapCall('Ping'), { authorization: `Bearer ${gateway.apiKey.slice(0, -1)}x` }),
    401,
    'AUTH-01',
  ],
  [
    'a Digest login',
    () => soap(soapCall('Ping'), { authorization: 'Digest username="alatau"' }),
    401,
    'AUTH-01',
  ],
  [
    'an operator at the door of companies',
    () => soap(soapCall('Ping'), { authorization: gateway.operator }),
    500,
    'AUTH-03',
  ],
  [
    'a stranger with 3 MB',
    () => soap('x'.repeat(3_000_000), { authorization: basic('nobody', 'x') }),
    401,
    'AUTH-01',
  ],
]

const jsonShots: Shot[] = [
  ['a key given twice', () => json('{"guid":"a","guid":"b"}'), 400, 'JSON-02'],
  [
    '__proto__ as a field',
    () => json(JSON.stringify(actJson()).replace('{', '{"__proto__":{"polluted":1},')),
    422,
    'DOC-03',
  ],
  [
    'constructor as a field',
    () => json(JSON.stringify({ ...actJson(), constructor: { prototype: { polluted: 1 } } })),
    422,
    'DOC-03',
  ],
  [
    'money as a number',
    () =>
      json(
        JSON.stringify({
          ...actJson(),
          totals: { amountWithoutVat: 100000, vatAmount: '16000.00', amountWithVat: '116000.00' },
        }),
      ),
    422,
    'DOC-05',
  ],
  ['an infinite number', () => json('{"total":1e400}'), 400, 'JSON-04'],
  ['a field of nobody', () => json(JSON.stringify({ ...actJson(), companyId: 'company-2' })), 422, 'DOC-03'],
  ['an array for a document', () => json('[]'), 422, 'DOC-01'],
  ['null', () => json('null'), 422, 'DOC-01'],
  ['100,000 levels', () => json('['.repeat(100_000)), 400, 'JSON-03'],
  ['a cut object', () => json('{"guid":"a"'), 400, 'JSON-01'],
  ['data after the end', () => json('{}{}'), 400, 'JSON-05'],
  ['nothing', () => json(''), 400, 'JSON-01'],
  ['XML', () => json('<a/>'), 400, 'JSON-01'],
  ['UTF-16', () => json(Buffer.from('{"a":1}', 'utf16le')), 400, 'TEXT-02'],
  ['half a letter', () => json('{"guid":"\\ud800"}'), 400, 'JSON-01'],
  ['a body over the limit', () => json('x'.repeat(3_000_000)), 413, 'HTTP-04'],
  [
    'a gzip bomb',
    () => json(gzipSync(Buffer.alloc(60_000_000)), { 'content-encoding': 'gzip' }),
    413,
    'HTTP-04',
  ],
]

const close = 'Connection: close\r\n'
const get = (target: string, headers = 'Host: x\r\n'): Promise<Answer> =>
  rawHttp(gateway.url, `GET ${target} HTTP/1.1\r\n${headers}${close}\r\n`)
const soapHead = (headers: string): string =>
  `POST /ws/EdoGateway_1_0 HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.alatau}\r\nContent-Type: text/xml\r\n${headers}\r\n`

const httpShots: Shot[] = [
  ['GET //', () => get('//'), 400, 'HTTP-01'],
  ['an address of another host', () => get('http://127.0.0.1:9/'), 400, 'HTTP-01'],
  ['a broken percent sign', () => get('/ws/%zz'), 400, 'HTTP-01'],
  ['an encoded zero byte', () => get('/ws/%00'), 400, 'HTTP-01'],
  ['an encoded slash', () => get('/ws%2fEdoGateway_1_0'), 400, 'HTTP-01'],
  ['a backslash', () => get('/ws\\EdoGateway_1_0'), 400, 'HTTP-01'],
  ['a path out of its folder', () => get('/ws/../etc/passwd'), 400, 'HTTP-01'],
  ['an encoded path out of its folder', () => get('/ws/%2e%2e/etc/passwd'), 400, 'HTTP-01'],
  ['bytes that are not UTF-8', () => get('/ws/%ff%fe'), 400, 'HTTP-01'],
  ['an address of 4,000 letters', () => get(`/${'a'.repeat(4000)}`), 400, 'HTTP-01'],
  ['raw Cyrillic in the address', () => get('/ws/Отправить'), 400, 'HTTP-13'],
  ['two hosts', () => get('/health/live', 'Host: a\r\nHost: b\r\n'), 400, 'HTTP-08'],
  [
    'two credentials',
    () => get('/health/live', 'Host: a\r\nAuthorization: Basic YTpi\r\nAuthorization: Basic YTpi\r\n'),
    400,
    'HTTP-08',
  ],
  [
    'headers of 20 KB',
    () => get('/health/live', `Host: a\r\nX-A: ${'a'.repeat(20_000)}\r\n`),
    431,
    'HTTP-14',
  ],
  ['a line that is not HTTP', () => rawHttp(gateway.url, 'HELLO\r\n\r\n'), 400, 'HTTP-13'],
  ['a TLS greeting', () => rawHttp(gateway.url, Buffer.from('16030100a5010000a1', 'hex')), 400, 'HTTP-13'],
  [
    'a smuggled request: two lengths',
    () => rawHttp(gateway.url, soapHead('Content-Length: 5\r\nContent-Length: 6\r\n'), 'xxxxx'),
    400,
    'HTTP-13',
  ],
  [
    'a smuggled request: length and chunks',
    () => rawHttp(gateway.url, soapHead('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), '0\r\n\r\n'),
    400,
    'HTTP-13',
  ],
  [
    'a chunk size that is not one',
    () => rawHttp(gateway.url, soapHead('Transfer-Encoding: chunked\r\n'), 'zz\r\n'),
    400,
    'HTTP-13',
  ],
  [
    'a bare line feed in a header',
    () => rawHttp(gateway.url, 'GET /health/live HTTP/1.1\nHost: x\n\n'),
    400,
    'HTTP-13',
  ],
  ['a negative length', () => rawHttp(gateway.url, soapHead('Content-Length: -1\r\n')), 400, 'HTTP-13'],
  [
    'chunks over the limit',
    () =>
      rawHttp(
        gateway.url,
        soapHead(`Transfer-Encoding: chunked\r\n${close}`),
        `300000\r\n${'x'.repeat(0x300000)}\r\n0\r\n\r\n`,
      ),
    413,
    'HTTP-04',
  ],
  [
    'headers that never end',
    () => rawHttp(gateway.url, 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    408,
    'HTTP-15',
  ],
  [
    'a body that never comes',
    () => rawHttp(gateway.url, soapHead('Content-Length: 100\r\n'), '<a>'),
    408,
    'HTTP-15',
  ],
  ['no host', () => rawHttp(gateway.url, `GET /health/live HTTP/1.1\r\n${close}\r\n`), 400, 'HTTP-08'],
  ['an unknown address', () => get('/admin'), 404, 'HTTP-02'],
  [
    'a method of nobody',
    () => rawHttp(gateway.url, `DELETE /ws/EdoGateway_1_0 HTTP/1.1\r\nHost: x\r\n${close}\r\n`),
    405,
    'HTTP-03',
  ],
  [
    'TRACE',
    () => rawHttp(gateway.url, `TRACE /health/live HTTP/1.1\r\nHost: x\r\n${close}\r\n`),
    405,
    'HTTP-03',
  ],
]

/** Words of libraries, paths and stacks: what an attacker would like to read. */
const leaks =
  /saxes|koa|zod|node_modules|node:|\/work|\.[tj]s:\d|\bat \S+ \(|TypeError|RangeError|hunter2|stack|HPE_|\bzlib\b/i

const expectNothingHappened = async (): Promise<void> => {
  expect(gateway.exchange.kept).toHaveLength(0)
  expect(gateway.exchange.messages).toHaveLength(0)
  expect(gateway.exchange.calls).toBe(0)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(({} as { obj?: unknown }).obj).toBeUndefined()
  const ping = await soap(soapCall('Ping'))
  expect(ping.status).toBe(200)
}

const fired = (shots: Shot[]): void => {
  test.each(shots)('%s', async (_, fire, status, code) => {
    const answer = await fire()
    expect({ status: answer.status, code: codeOf(answer.body) }).toEqual({ status, code })
    expect(answer.body).not.toMatch(leaks)
  })
}

afterEach(expectNothingHappened)

describe('over SOAP', () => {
  fired(soapShots)
})
describe('over JSON', () => {
  fired(jsonShots)
})
describe('over raw HTTP', () => {
  fired(httpShots)
})

test('there are at least 120 shots and nothing was called a surprise', () => {
  expect(soapShots.length + jsonShots.length + httpShots.length).toBeGreaterThanOrEqual(120)
  expect(gateway.log.filter((line) => line.level === 'error')).toEqual([])
})

test('no secret and no body of a request reached the log', () => {
  const written = JSON.stringify(gateway.log)
  for (const secret of [
    gateway.password,
    gateway.apiKey,
    gateway.alatau,
    'hunter2',
    'passwd',
    '260140000114',
  ])
    expect(written).not.toContain(secret)
})
