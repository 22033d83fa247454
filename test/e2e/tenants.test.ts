import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openLog } from '../../src/adapters/log/index.ts'
import { operations as restOperations } from '../../src/adapters/erp/rest/operations.ts'
import { operations as soapOperations } from '../../src/adapters/erp/onec-soap/operations.ts'
import { anAct, aFile, anInvoice, buyerTaxId, sellerTaxId, thirdTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

/** What the stranger says to every operation that names a document. The table has to know each of them. */
const restBodies: Readonly<Record<string, unknown>> = {
  getStatus: undefined,
  getDocument: undefined,
  printDocument: undefined,
  getSignatures: undefined,
  getTrail: undefined,
  getAttachment: undefined,
  getMeterProof: undefined,
  getBundle: undefined,
  submitSignature: { cms: 'AQID' },
  makeSigningLink: { sentTo: 'a@example.kz' },
  answerDocument: { answer: 'refuse', reason: 'нет' },
  annulDocument: { reason: 'ошибка' },
  getPortalInvoice: undefined,
  getPortalOriginal: undefined,
  commandInvoice: { command: 'confirm' },
}
const soapArguments: Readonly<Record<string, [string, string | undefined][]>> = {
  GetStatus: [],
  GetDocument: [],
  GetPrintForm: [],
  GetSignature: [],
  GetExtendedSignature: [],
  GetAttachmentPart: [['PartNumber', '1']],
  SubmitSignature: [['Signature', 'AQID']],
  AnswerDocument: [
    ['Answer', 'refuse'],
    ['Reason', 'нет'],
    ['Signature', undefined],
  ],
  AnnulDocument: [['Reason', 'ошибка']],
  GetPortalInvoice: [],
  GetPortalOriginal: [],
  CommandInvoice: [
    ['Command', 'confirm'],
    ['Reason', undefined],
  ],
}

describe.each(['embedded', 'postgresql'] as const)('three companies on %s', (kind) => {
  const lines: string[] = []
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient
  let stranger: RestClient
  let strangerBasic: string
  let strangerPassword: string

  beforeAll(async () => {
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString('utf8'))
        done()
      },
    })
    running = await aRunningGateway(kind, {}, openLog({ level: 'debug', destination }))
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, `Bearer ${running.buyer.apiKey}`)
    const third = await connectCompany(running.gateway, running.authority, {
      taxId: thirdTaxId,
      name: 'ТОО «Бөтен»',
    })
    strangerBasic = basicOf(third)
    strangerPassword = third.password
    stranger = restClient(root, strangerBasic)
  }, serverStartMs)
  afterAll(() => running.stop())

  const delivered = async (): Promise<{ documentId: string; guid: string }> => {
    const act = anAct()
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act', act)
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )
    return { documentId, guid: act.guid }
  }

  it('every REST operation answers a stranger the same for a foreign document and for none, to the byte', async () => {
    const named = restOperations.filter(({ path }) => path.startsWith('/documents/{id}'))
    expect(named.map(({ id }) => id).sort()).toEqual(Object.keys(restBodies).sort())
    const { documentId, guid } = await delivered()
    for (const { id, method, path } of named) {
      const [foreign, byGuid, none] = await Promise.all(
        [documentId, guid, '0198c0de-0000-7000-8000-00000000ffff'].map(async (one) => {
          const asked = path.replace('{id}', one)
          const answer = await stranger.ask(method.toUpperCase(), asked, restBodies[id], {
            'x-request-id': 'the-same-id',
          })
          const { date: _, ...headers } = Object.fromEntries(answer.headers)
          return { status: answer.status, headers, body: answer.body }
        }),
      )
      expect([id, none?.status]).toEqual([id, 404])
      expect(foreign).toEqual(none)
      expect(byGuid).toEqual(none)
    }
    expect(await seller.get(`/documents/${documentId}`)).toMatchObject({
      senderState: 'delivered',
      recipientState: 'arrived',
    })
  })

  it('every SOAP operation does so too', async () => {
    const named = soapOperations.filter(({ takes }) => takes.some(({ name }) => name === 'DocumentId'))
    expect(named.map(({ name }) => name).sort()).toEqual(Object.keys(soapArguments).sort())
    const { documentId } = await delivered()
    for (const { name } of named) {
      const [foreign, none] = await Promise.all(
        [documentId, randomUUID()].map(async (one) => {
          const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
            method: 'POST',
            headers: {
              authorization: strangerBasic,
              'content-type': 'text/xml; charset=utf-8',
              'x-request-id': 'the-same-id',
            },
            body: soapCall(name, [['DocumentId', one], ...(soapArguments[name] ?? [])]),
          })
          return { status: answer.status, xml: await answer.text() }
        }),
      )
      expect([name, none?.status, none?.xml.includes('EXCHANGE-04')]).toEqual([name, 500, true])
      expect(foreign).toEqual(none)
    }
  })

  it('a document that has not arrived is not the recipient’s yet', async () => {
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act?signing=sender', anAct())
    for (const path of ['', '/content', '/signatures', '/trail']) {
      expect((await buyer.ask('GET', `/documents/${documentId}${path}`)).status).toBe(404)
    }
  })

  it('boxes and feeds hold one’s own only', async () => {
    await delivered()
    expect(await stranger.get('/changes')).toMatchObject({ changes: [], more: false })
    for (const box of ['inbox', 'outbox']) {
      expect(await stranger.get(`/documents?box=${box}`)).toEqual({ documents: [] })
    }
    const { cursor } = await seller.get<{ cursor: string }>('/changes')
    // Another's cursor is a position, not a key to anything.
    expect(await stranger.get(`/changes?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({ changes: [] })
  })

  it('parts of a file belong to the base that sent them', async () => {
    const put = (client: RestClient) =>
      client.ask('PUT', '/files/shared-name/parts/1', Buffer.from('{"kind":"act"'))
    expect((await put(seller)).status).toBe(204)
    const joined = await stranger.ask('POST', '/files/shared-name/message', { format: 'daneker-json' })
    expect([joined.status, (joined.body as { code: string }).code]).toEqual([422, 'EXCHANGE-10'])
  })

  it('nobody sends in another’s name', async () => {
    for (const document of [anAct(), anInvoice()]) {
      const answer = await stranger.ask('POST', `/documents/${document.kind}`, document)
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([422, 'EXCHANGE-01'])
    }
  })

  it('a connection is no operator, an operator no connection', async () => {
    const { url } = running.gateway
    for (const [method, path] of [
      ['GET', '/tasks'],
      ['GET', '/tasks/dead'],
      ['POST', '/tasks/put-back'],
      ['POST', '/companies'],
      ['POST', '/keys'],
      ['GET', '/jobs'],
    ] as const) {
      const asConnection = restClient(() => `${url}/operator/v1`, strangerBasic)
      expect((await asConnection.ask(method, path, method === 'POST' ? {} : undefined)).status).toBe(403)
      const asNobody = await fetch(`${url}/operator/v1${path}`, { method })
      expect(asNobody.status).toBe(401)
    }
    const operator = restClient(() => `${url}/api/v1`, `Bearer ${running.operatorKey}`)
    expect((await operator.ask('GET', '/changes')).status).toBe(403)
  })

  it('the log of all this holds no password, no key, no document and no whole tax id', async () => {
    // Things that went wrong are logged too.
    const file = aFile({ title: 'Совершенно секретный прайс' })
    await seller.ask('POST', '/documents/file', file)
    await seller.ask('POST', '/documents/act', { ...anAct(), seller: { taxId: 'XXXX' } })
    await fetch(`${running.gateway.url}/api/v1/me`, {
      headers: { authorization: `Basic ${Buffer.from('nobody:Not-The-Password-1').toString('base64')}` },
    })
    await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: strangerBasic, 'content-type': 'text/xml' },
      body: sendCall(anAct()),
    })
    const log = lines.join('')
    expect(lines.length).toBeGreaterThan(50)
    const secrets = {
      'a password': running.seller.password,
      'another password': strangerPassword,
      'a wrong password': 'Not-The-Password-1',
      'credentials as they are sent': strangerBasic.slice('Basic '.length),
      'an API key': running.buyer.apiKey,
      'the operator’s key': running.operatorKey,
      'the pepper': Buffer.from(running.settings.secrets.pepper).toString('base64'),
      'the seller’s БИН': sellerTaxId,
      'the buyer’s БИН': buyerTaxId,
      'the stranger’s БИН': thirdTaxId,
      'a line of a document': 'Техническое обслуживание',
      'a title': 'Совершенно секретный',
      'a file': file.content ?? '',
      'a signer': 'ТЕСТОВ',
      'a key’s password': 'Qwerty12',
    }
    const found = Object.entries(secrets).filter(([, secret]) => log.includes(secret))
    expect(found.map(([what]) => what)).toEqual([])
    // Every line is one JSON object with an event's name.
    for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })
})
