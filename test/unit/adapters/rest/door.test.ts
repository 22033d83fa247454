import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { door } from '../../../../src/adapters/erp/rest/index.ts'
import { documentKinds, writeDocumentXml, type Document } from '../../../../src/core/document/index.ts'
import { Refusal } from '../../../../src/core/exchange/index.ts'
import { fault } from '../../../../src/core/kernel/index.ts'
import { aContract, aDocument, anAct, anInvoice } from '../../../factories/documents.ts'
import { openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'

interface Problem {
  status: number
  code: string
  detail: string
  documentId?: string
  faults: { code: string; path: string; message: string }[]
}

let gateway: HttpGateway
let webhooks: { id: string; url: string }[]

beforeEach(async () => {
  webhooks = []
  gateway = await openHttpGateway({
    erp: [door],
    desks: {
      webhooks: {
        add: ({ url }) => {
          const made = { id: '0198c0de-0000-7000-8000-0000000000aa', url }
          webhooks.push(made)
          return Promise.resolve({ ...made, secret: 'whsec_c2VjcmV0' })
        },
        list: () => Promise.resolve(webhooks),
        remove: ({ id }) => {
          webhooks = webhooks.filter((one) => one.id !== id)
          return Promise.resolve()
        },
      },
      makeSigningLink: ({ sentTo, keepsMs, mail = false }) =>
        Promise.resolve({
          link: `https://edo.example.kz/sign/${sentTo}`,
          expiresAt: new Date(Date.UTC(2026, 0, 1) + (keepsMs ?? 0)),
          mailed: mail,
        }),
    },
  })
})
afterEach(() => gateway.stop())

const call = (
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> =>
  fetch(`${gateway.url}/api/v1${path}`, {
    ...init,
    headers: { authorization: gateway.alatau, ...init.headers },
  })

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  })

const send = (document: Document, headers: Record<string, string> = {}): Promise<Response> =>
  post(`/documents/${document.kind}`, document, headers)

const problemOf = async (answer: Response): Promise<Problem> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  return (await answer.json()) as Problem
}

const sentId = async (document: Document): Promise<string> =>
  ((await (await send(document)).json()) as { documentId: string }).documentId

describe('sending', () => {
  it.each(documentKinds)('takes a %s as JSON and keeps exactly what its XML would say', async (kind) => {
    const document = aDocument(kind)
    const answer = await send(document)
    expect(answer.status).toBe(201)
    const receipt = (await answer.json()) as { documentId: string; digest: string; repeat: boolean }
    expect(receipt.repeat).toBe(false)
    expect(receipt.digest).toBe(createHash('sha256').update(writeDocumentXml(document)).digest('hex'))
    expect(answer.headers.get('location')).toBe(`${gateway.url}/api/v1/documents/${receipt.documentId}`)
  })

  it.each(documentKinds)('takes a %s as the XML of the format', async (kind) => {
    const document = aDocument(kind)
    const answer = await post(`/documents/${kind}`, writeDocumentXml(document), {
      'content-type': 'application/xml; charset=utf-8',
    })
    expect(answer.status).toBe(201)
    expect(gateway.exchange.kept[0]?.document).toEqual(document)
  })

  it('keeps the bytes as they came, and says which format they were', async () => {
    const body = `\ufeff${JSON.stringify(anAct(), null, 2)}`
    expect(
      (await post('/documents/act', body, { 'content-type': 'application/json; charset=utf-8' })).status,
    ).toBe(201)
    expect(Buffer.from(gateway.exchange.kept[0]?.raw ?? []).toString('utf8')).toBe(body)
  })

  it('answers a repeat with 200 and the first receipt, with the key or without', async () => {
    const act = anAct()
    const first = (await (await send(act, { 'idempotency-key': 'k-1' })).json()) as object
    for (const key of ['k-1', 'k-2', undefined]) {
      const again = await send(act, key === undefined ? {} : { 'idempotency-key': key })
      expect(again.status).toBe(200)
      expect(await again.json()).toEqual({ ...first, repeat: true })
    }
    expect(gateway.exchange.kept).toHaveLength(1)
  })

  it('answers other content under the same key with 409 that names the first document', async () => {
    const first = (await (await send(anAct(), { 'idempotency-key': 'k-1' })).json()) as { documentId: string }
    const answer = await send(anAct(), { 'idempotency-key': 'k-1' })
    expect(answer.status).toBe(409)
    expect((await problemOf(answer)).documentId).toBe(first.documentId)
  })

  it('takes a document with its signature in one JSON, however long the signature is', async () => {
    const act = anAct()
    const cms = Buffer.alloc(100_000, 7)
    const answer = await post('/documents/act/signed', { document: act, signature: cms.toString('base64') })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toMatchObject({ state: 'signed' })
  })

  it('hands on who signs, and refuses what nobody knows', async () => {
    expect((await post('/documents/act?signing=sender', anAct())).status).toBe(201)
    const answer = await post('/documents/act?signing=nobody', anAct())
    expect(answer.status).toBe(400)
    expect((await problemOf(answer)).faults).toMatchObject([{ code: 'REST-02', path: 'signing' }])
  })

  it('passes what core refuses on with all its faults', async () => {
    const words = { ru: 'Раз.', kk: 'Бір.', en: 'One.' }
    gateway.exchange.failNext(
      new Refusal('invalid', [fault('A-01', 'lines[0].price', words), fault('A-02', 'date', words)]),
    )
    const answer = await send(anAct(), { 'accept-language': 'kk' })
    expect(answer.status).toBe(422)
    expect((await problemOf(answer)).faults).toEqual([
      { code: 'A-01', path: 'lines[0].price', message: 'Бір.' },
      { code: 'A-02', path: 'date', message: 'Бір.' },
    ])
  })

  it('tells when to come again', async () => {
    const words = { ru: 'Позже.', kk: 'Кейін.', en: 'Later.' }
    gateway.exchange.failNext(new Refusal('unavailable', [fault('A-03', '', words)], { retryAfterMs: 2500 }))
    const answer = await send(anAct())
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('3')
  })
})

describe('a body that is not what the description says is refused before anything is decided', () => {
  const act = () => JSON.stringify(anAct())
  const bodies: [string, string | Uint8Array, string, number, string][] = [
    ['no JSON at all', 'act', 'application/json', 400, 'JSON-01'],
    ['nothing', '', 'application/json', 400, 'JSON-01'],
    ['a key twice', '{"guid":"a","guid":"b"}', 'application/json', 400, 'JSON-02'],
    ['too deep', '['.repeat(70) + ']'.repeat(70), 'application/json', 400, 'JSON-03'],
    ['trailing data', '{} {}', 'application/json', 400, 'JSON-05'],
    ['a list', '[]', 'application/json', 400, 'DOC-01'],
    ['null', 'null', 'application/json', 400, 'DOC-01'],
    ['money as a number', '{"totals":{"amountWithVat":116000}}', 'application/json', 400, 'DOC-05'],
    ['a field nobody knows', '{"companyId":"company-2"}', 'application/json', 400, 'DOC-03'],
    ['__proto__', '{"__proto__":{"polluted":"yes"}}', 'application/json', 400, 'DOC-03'],
    ['constructor', '{"constructor":{"prototype":{"polluted":"yes"}}}', 'application/json', 400, 'DOC-03'],
    ['another kind inside', '{"kind":"waybill"}', 'application/json', 400, 'DOC-18'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xcf, 0xf0, 0x22]), 'application/json', 400, 'TEXT-03'],
    ['a charset JSON cannot have', '{}', 'application/json; charset=windows-1251', 400, 'TEXT-01'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'application/json', 400, 'TEXT-02'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'HTTP-09'],
    ['text, as a page of a stranger could send it', '{}', 'text/plain', 415, 'HTTP-09'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY b "c">]><Act/>', 'application/xml', 400, 'XML-02'],
    ['foreign XML', '<Act/>', 'application/xml', 400, 'XML-08'],
    ['XML of another kind', writeDocumentXml(aContract()), 'application/xml', 400, 'REST-03'],
    [
      'XML in another charset than said',
      Buffer.from('<?xml version="1.0" encoding="windows-1251"?><Act/>'),
      'text/xml; charset=utf-8',
      400,
      'TEXT-02',
    ],
  ]

  it.each(bodies)('%s', async (_what, body, type, status, code) => {
    const answer = await post('/documents/act', body, { 'content-type': type })
    const problem = await problemOf(answer)
    expect([answer.status, problem.faults.map((one) => one.code)]).toEqual([
      status,
      expect.arrayContaining([code]),
    ])
    expect(gateway.exchange.calls).toBe(0)
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  it('in three languages', async () => {
    const details = await Promise.all(
      ['ru', 'kk', 'en', 'fr', 'kk-KZ,ru;q=0.5'].map(async (language) => {
        const answer = await post('/documents/act', '{', { 'accept-language': language })
        return (await problemOf(answer)).detail.split(' ')[0]
      }),
    )
    expect(details).toEqual(['Тело', 'Сұрау', 'The', 'Тело', 'Сұрау'])
  })

  it('without a word about its type', async () => {
    const answer = await call('/documents/act', { method: 'POST', body: Buffer.from(act()) })
    expect(answer.status).toBe(415)
  })

  it('in every small request too: unknown, missing and wrong fields all at once', async () => {
    const id = await sentId(anAct())
    const before = gateway.exchange.calls
    const cases: [string, unknown, string[]][] = [
      [
        `/documents/${id}/answer`,
        { answer: 'maybe', signature: '?', companyId: 'x' },
        ['answer', 'signature', 'companyId'],
      ],
      [`/documents/${id}/annulment`, { reason: 5, side: 'sender' }, ['reason', 'side']],
      [`/documents/${id}/signature`, { cms: 'not base64!' }, ['cms']],
      [`/documents/${id}/signature`, { cms: '' }, ['cms']],
      [`/documents/${id}/signing-link`, { keepsDays: 31 }, ['sentTo', 'keepsDays']],
      ['/documents/act/signed', { signature: 'AA==', extra: 1 }, ['document', 'extra']],
      ['/files/f/message', { fileName: 'a', to: 'b' }, ['format', 'to']],
      ['/webhooks', { url: 'https://example.kz', companyId: 'x' }, ['companyId']],
    ]
    for (const [path, body, expected] of cases) {
      const answer = await post(path, body)
      expect(answer.status).toBe(400)
      const { faults } = await problemOf(answer)
      expect(faults.map((one) => one.path).sort()).toEqual([...expected].sort())
      expect(faults.every((one) => one.code === 'REST-02')).toBe(true)
    }
    expect(gateway.exchange.calls).toBe(before)
    expect(webhooks).toEqual([])
  })
})

describe('queries', () => {
  it.each([
    ['/changes?limit=0', 'limit'],
    ['/changes?limit=501', 'limit'],
    ['/changes?limit=ten', 'limit'],
    ['/changes?limit=1.5', 'limit'],
    ['/changes?limit=1&limit=2', 'limit'],
    ['/changes?curser=1', 'curser'],
    ['/documents?box=trash', 'box'],
    ['/documents?after=1', 'after'],
    ['/documents?companyId=company-2', 'companyId'],
    ['/documents/x/content?download=1', 'download'],
  ])('%s is refused by name', async (path, name) => {
    const answer = await call(path)
    expect(answer.status).toBe(400)
    expect((await problemOf(answer)).faults).toMatchObject([{ code: 'REST-02', path: name }])
  })

  it('pages through a box to its end', async () => {
    const ids = [await sentId(anAct()), await sentId(anInvoice()), await sentId(anAct())]
    const page = (await (await call('/documents?limit=3')).json()) as { documents: unknown[]; next?: string }
    expect(page.documents).toHaveLength(3)
    expect(page.next).toBe(ids[2])
    const last = (await (await call('/documents?limit=4')).json()) as { next?: string }
    expect(last.next).toBeUndefined()
  })

  it('reads the feed page by page', async () => {
    await sentId(anAct())
    await sentId(anAct())
    const first = (await (await call('/changes?limit=1')).json()) as { cursor: string; more: boolean }
    expect(first.more).toBe(true)
    const second = (await (await call(`/changes?cursor=${first.cursor}`)).json()) as {
      changes: { name: string }[]
      more: boolean
    }
    expect(second).toMatchObject({ changes: [{ name: 'document.received' }], more: false })
  })
})

describe('reading', () => {
  it('gives the exact bytes as a file, marked with their digest', async () => {
    const act = anAct()
    const id = await sentId(act)
    const answer = await call(`/documents/${id}/content`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.equals(writeDocumentXml(act))).toBe(true)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/xml; charset=utf-8',
      'content-disposition': `attachment; filename="${id}.xml"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
    })
  })

  it('answers 304 to who holds these bytes', async () => {
    const id = await sentId(anAct())
    const etag = (await call(`/documents/${id}/content`)).headers.get('etag') ?? ''
    const answer = await call(`/documents/${id}/content`, { headers: { 'if-none-match': etag } })
    expect([answer.status, await answer.text()]).toEqual([304, ''])
    const stale = await call(`/documents/${id}/content`, { headers: { 'if-none-match': '"other"' } })
    expect(stale.status).toBe(200)
  })

  it('finds a document by the GUID of its base', async () => {
    const act = anAct()
    const id = await sentId(act)
    expect(await (await call(`/documents/${act.guid}`)).json()).toMatchObject({ documentId: id })
  })

  it('answers the same for a document of others and for one that does not exist', async () => {
    const id = await sentId(anAct())
    const unknown = '0198c0de-0000-7000-8000-00000000ffff'
    const paths: [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', '/content'],
      ['GET', '/print'],
      ['GET', '/signatures'],
      ['GET', '/trail'],
      ['POST', '/signature', { cms: 'AA==' }],
      ['POST', '/answer', { answer: 'accept' }],
      ['POST', '/annulment', { reason: 'ошибка' }],
    ]
    for (const [method, path, body] of paths) {
      const [foreign, none] = await Promise.all(
        [id, unknown].map(async (one) => {
          const answer = await call(`/documents/${one}${path}`, {
            method,
            headers: {
              authorization: gateway.esil,
              'content-type': 'application/json',
              'x-request-id': 'the-same-id',
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          const { date: _, ...headers } = Object.fromEntries(answer.headers)
          return { status: answer.status, headers, body: await answer.text() }
        }),
      )
      expect(foreign?.status).toBe(404)
      expect(foreign).toEqual(none)
    }
  })
})

describe('the rest of the powers', () => {
  it('takes an answer, an annulment, a signature', async () => {
    const id = await sentId(anAct())
    const signed = await post(`/documents/${id}/signature`, { cms: 'AQID' })
    expect(await signed.json()).toMatchObject({ senderState: 'signed' })
    expect(await (await call(`/documents/${id}/signatures`)).json()).toMatchObject([{ cms: 'AQID' }])
    const annulled = await post(`/documents/${id}/annulment`, { reason: 'ошибка в сумме' })
    expect(await annulled.json()).toMatchObject({ senderState: 'annulled', reason: 'ошибка в сумме' })
    const answered = await post(`/documents/${await sentId(anAct())}/answer`, { answer: 'accept' })
    expect(await answered.json()).toMatchObject({ recipientState: 'accepted' })
  })

  it('takes a large file in parts, whatever the type of its bytes', async () => {
    for (const [part, text] of ['часть 1', 'часть 2'].entries()) {
      const answer = await call(`/files/отчёт/parts/${part + 1}`, { method: 'PUT', body: Buffer.from(text) })
      expect(answer.status).toBe(204)
    }
    await post('/files/отчёт/message', { format: 'daneker-json', fileName: 'a.json' })
    expect(Buffer.from(gateway.exchange.messages[0]?.content ?? []).toString()).toBe('часть 1часть 2')
  })

  it('refuses a part larger than a part may be', async () => {
    const answer = await call('/files/f/parts/1', { method: 'PUT', body: Buffer.alloc(4 * 1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
  })

  it('takes a file of a foreign format with its name', async () => {
    const answer = await call('/messages?format=commerceml&fileName=a.xml', {
      method: 'POST',
      body: Buffer.from('<a/>'),
    })
    expect(answer.status).toBeLessThan(300)
    expect(gateway.exchange.messages).toMatchObject([{ format: 'commerceml', fileName: 'a.xml' }])
    expect((await call('/messages', { method: 'POST', body: Buffer.from('a') })).status).toBe(400)
  })

  it('keeps webhooks: added with a secret once, listed without, removed', async () => {
    const added = await post('/webhooks', { url: 'https://erp.example.kz/daneker' })
    expect([added.status, await added.json()]).toEqual([
      201,
      { id: expect.any(String), url: 'https://erp.example.kz/daneker', secret: 'whsec_c2VjcmV0' },
    ])
    const listed = (await (await call('/webhooks')).json()) as { id: string; secret?: string }[]
    expect(listed).toHaveLength(1)
    expect(listed[0]).not.toHaveProperty('secret')
    expect((await call(`/webhooks/${listed[0]?.id}`, { method: 'DELETE' })).status).toBe(204)
  })

  it('makes a link for the person who signs', async () => {
    const answer = await post(`/documents/${await sentId(anAct())}/signing-link`, { sentTo: 'd@example.kz' })
    expect([answer.status, await answer.json()]).toEqual([
      201,
      {
        link: 'https://edo.example.kz/sign/d@example.kz',
        expiresAt: '2026-01-08T00:00:00.000Z',
        mailed: false,
      },
    ])
  })

  it('says who is asking', async () => {
    expect(await (await call('/me')).json()).toMatchObject({ companyTaxId: '260140000114', maySend: true })
    const byKey = await call('/me', { headers: { authorization: `Bearer ${gateway.apiKey}` } })
    expect(byKey.status).toBe(200)
  })
})

describe('the front of the door', () => {
  it('lets nobody in without credentials, nor with those of the operator', async () => {
    const nobody = await fetch(`${gateway.url}/api/v1/documents`)
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toContain('Basic')
    expect((await call('/documents', { headers: { authorization: gateway.operator } })).status).toBe(403)
    expect(gateway.exchange.calls).toBe(0)
  })

  it.each([
    ['DELETE', '/documents/act', 'HEAD, GET, POST'],
    ['PATCH', '/changes', 'HEAD, GET'],
    ['POST', '/me', 'HEAD, GET'],
    ['GET', '/documents/act/signed', 'POST'],
    ['GET', '/files/f/parts/1', 'PUT'],
  ])('names the methods that are allowed: not %s %s', async (method, path, allowed) => {
    const answer = await call(path, { method })
    expect(answer.status).toBe(405)
    expect((answer.headers.get('allow') ?? '').split(', ').sort()).toEqual(allowed.split(', ').sort())
    expect((await problemOf(answer)).code).toBe('HTTP-03')
  })

  it('knows no other kinds and no other addresses', async () => {
    const kind = await post('/documents/receipt', {})
    expect([kind.status, (await problemOf(kind)).code]).toEqual([404, 'REST-01'])
    const address = await call('/nothing')
    expect([address.status, (await problemOf(address)).code]).toEqual([404, 'HTTP-02'])
  })

  it('notes operation and document in the log, and nothing of the content', async () => {
    const act = anAct()
    const id = await sentId(act)
    const line = gateway.log.find(({ event }) => event === 'request.answered')
    expect(line?.fields).toMatchObject({ operation: 'sendDocument', document: id, status: 201 })
    expect(JSON.stringify(gateway.log)).not.toContain(act.guid)
    expect(JSON.stringify(gateway.log)).not.toContain('260140000114')
  })
})
