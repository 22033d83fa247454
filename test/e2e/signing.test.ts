import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeCms } from '../../src/adapters/signing/index.ts'
import { writeDocumentXml, type Document } from '../../src/core/document/index.ts'
import {
  anAct,
  anInvoice,
  aPaymentInvoice,
  aSeller,
  buyerTaxId,
  sellerTaxId,
  thirdTaxId,
} from '../factories/documents.ts'
import { restClient, type FeedChange, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  keyFileFor,
  testAuthority,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

interface Taken {
  documentId: string
  state: string
  repeat: boolean
}

const cmsOf = async (taxId: string, data: Uint8Array): Promise<Buffer> => {
  const authority = await testAuthority()
  const identity = await authority.issue({
    subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: taxId, organization: 'ТОО "ДЕМО"' },
  })
  const cms = await makeCms(data, identity, {
    signingTime: new Date(),
    certificates: authority.intermediates,
  })
  return Buffer.from(cms)
}

const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe.each(['embedded', 'postgresql'] as const)('who signs, on %s', (kind) => {
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient
  /** A second base of the seller's that signs by itself. */
  let signs: RestClient
  let signsBasic: string

  beforeAll(async () => {
    running = await aRunningGateway(kind)
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    const base = await connectCompany(running.gateway, running.authority, {
      taxId: sellerTaxId,
      name: 'ТОО «Алатау Снаб»',
      signing: 'sender',
    })
    signsBasic = basicOf(base)
    signs = restClient(root, signsBasic)
  }, serverStartMs)
  afterAll(() => running.stop())

  const soap = async (body: string): Promise<{ status: number; xml: string }> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: signsBasic, 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return { status: answer.status, xml: await answer.text() }
  }
  const signed = (document: Document, signature: Buffer) => ({
    document,
    signature: signature.toString('base64'),
  })
  const arrived = (documentId: string) =>
    buyer.changesUntil((change) => change.documentId === documentId && change.name === 'document.arrived')

  it('a document that comes signed through REST is delivered with that very signature', async () => {
    const act = anAct()
    const cms = await cmsOf(sellerTaxId, writeDocumentXml(act))
    const taken = await signs.post<Taken>('/documents/act/signed', signed(act, cms))
    expect(taken).toMatchObject({ state: 'signed', repeat: false })
    await arrived(taken.documentId)
    const signatures = await buyer.get<{ cms: string; verdict: string; side: string }[]>(
      `/documents/${taken.documentId}/signatures`,
    )
    expect(signatures).toMatchObject([{ side: 'sender', verdict: 'VALID', cms: cms.toString('base64') }])
    expect((await buyer.bytes(`/documents/${taken.documentId}/content`)).equals(writeDocumentXml(act))).toBe(
      true,
    )
  })

  it('a document that comes signed through SOAP is delivered too', async () => {
    const invoice = aPaymentInvoice()
    const cms = await cmsOf(sellerTaxId, writeDocumentXml(invoice))
    const { status, xml } = await soap(sendCall(invoice, undefined, cms.toString('base64')))
    expect(status).toBe(200)
    expect(xml).toContain('>signed<')
    await arrived(/<m:DocumentId>([^<]+)</.exec(xml)?.[1] ?? '')
  })

  it('a signature that is not good is refused with words, and nothing is kept', async () => {
    const act = anAct()
    const good = await cmsOf(sellerTaxId, writeDocumentXml(act))
    const bad: Record<string, Buffer> = {
      'by another company': await cmsOf(buyerTaxId, writeDocumentXml(act)),
      'over other bytes': await cmsOf(sellerTaxId, writeDocumentXml({ ...act, number: '17' })),
      'with a bit changed at its end': flipped(good, good.length - 1),
      'with a bit changed in the middle': flipped(good, Math.floor(good.length / 2)),
      'cut short': good.subarray(0, good.length - 10),
      'with bytes behind it': Buffer.concat([good, Buffer.from('00', 'hex')]),
      'that is no CMS': randomBytes(500),
      'that is empty DER': Buffer.from('3000', 'hex'),
    }
    for (const [what, cms] of Object.entries(bad)) {
      const answer = await signs.ask('POST', '/documents/act/signed', signed(act, cms))
      expect([what, answer.status, (answer.body as { code: string }).code]).toEqual([
        what,
        422,
        'SIGNATURE-01',
      ])
      const bySoap = await soap(sendCall(act, undefined, cms.toString('base64')))
      expect([what, bySoap.status, bySoap.xml.includes('SIGNATURE-01')]).toEqual([what, 500, true])
    }
    expect((await signs.ask('GET', `/documents/${act.guid}`)).status).toBe(404)
    // Nothing was kept: the good one is new.
    expect(await signs.post('/documents/act/signed', signed(act, good))).toMatchObject({ repeat: false })
  }, 60_000)

  it('a document that waits is signed over REST: the bytes are fetched, signed, handed back', async () => {
    const act = anAct()
    const taken = await signs.post<Taken>('/documents/act', act)
    expect(taken.state).toBe('awaiting_signature')
    const bytes = await signs.bytes(`/documents/${taken.documentId}/content`)
    const wrong = await cmsOf(buyerTaxId, bytes)
    const refused = await signs.ask('POST', `/documents/${taken.documentId}/signature`, {
      cms: wrong.toString('base64'),
    })
    expect(refused.status).toBe(422)
    expect(await signs.get(`/documents/${taken.documentId}`)).toMatchObject({
      senderState: 'awaiting_signature',
    })

    const cms = { cms: (await cmsOf(sellerTaxId, bytes)).toString('base64') }
    expect(await signs.post(`/documents/${taken.documentId}/signature`, cms)).toMatchObject({
      senderState: 'signed',
    })
    await arrived(taken.documentId)
    // The same again is a repeat; another one comes too late.
    expect((await signs.ask('POST', `/documents/${taken.documentId}/signature`, cms)).status).toBe(200)
    const other = { cms: (await cmsOf(sellerTaxId, bytes)).toString('base64') }
    expect((await signs.ask('POST', `/documents/${taken.documentId}/signature`, other)).status).toBe(409)
  })

  it('a document that waits is signed over SOAP', async () => {
    const { xml } = await soap(sendCall(anInvoice()))
    expect(xml).toContain('>awaiting_signature<')
    const documentId = /<m:DocumentId>([^<]+)</.exec(xml)?.[1] ?? ''
    const read = await soap(soapCall('GetDocument', [['DocumentId', documentId]]))
    const bytes = Buffer.from(/<m:return>([^<]+)</.exec(read.xml)?.[1] ?? '', 'base64')
    const cms = await cmsOf(sellerTaxId, bytes)
    const submitted = await soap(
      soapCall('SubmitSignature', [
        ['DocumentId', documentId],
        ['Signature', cms.toString('base64')],
      ]),
    )
    expect([submitted.status, submitted.xml.includes('>signed<')]).toEqual([200, true])
    await arrived(documentId)
  })

  it('a repeat that brings the signature the first one lacked is its signature', async () => {
    const act = anAct()
    const taken = await signs.post<Taken>('/documents/act', act)
    const cms = await cmsOf(sellerTaxId, writeDocumentXml(act))
    const again = await signs.post<Taken>('/documents/act/signed', signed(act, cms))
    expect(again).toMatchObject({ documentId: taken.documentId, repeat: true, state: 'signed' })
    await arrived(taken.documentId)
  })

  it('one document may ask for another way than its base is set to', async () => {
    const waits = await seller.post<Taken>('/documents/act?signing=sender', anAct())
    expect(waits.state).toBe('awaiting_signature')
    const goes = await signs.post<Taken>('/documents/act?signing=key', anAct())
    await arrived(goes.documentId)
  })

  it('a link lets a person sign one waiting document', async () => {
    const taken = await signs.post<Taken>('/documents/act', anAct())
    const { link } = await signs.post<{ link: string; expiresAt: string }>(
      `/documents/${taken.documentId}/signing-link`,
      { sentTo: 'direktor@example.kz', keepsDays: 1 },
    )
    const page = await fetch(`${running.gateway.url}${new URL(link).pathname}`)
    expect(page.status).toBe(200)
    const foreign = await buyer.ask('POST', `/documents/${taken.documentId}/signing-link`, {
      sentTo: 'a@b.kz',
    })
    expect(foreign.status).toBe(404)
  })

  it('without a key the document stops visibly and says what to do; with one it is put back and goes on', async () => {
    const { register, url } = running.gateway
    const company = { taxId: thirdTaxId, name: 'ТОО «Кілтсіз»' }
    await register.registerCompany(company)
    await register.grantAccess({ taxId: thirdTaxId, months: 1 })
    const base = await register.connect({ taxId: thirdTaxId, name: 'база', signing: 'key' })
    const keyless = restClient(() => `${running.gateway.url}/api/v1`, basicOf(base))
    const act = anAct({ seller: aSeller(company) })
    const { documentId } = await keyless.post<Taken>('/documents/act', act)
    const until = (name: string) =>
      keyless.changesUntil((change) => change.documentId === documentId && change.name === name)
    const { status } = (await until('document.failed')).at(-1) as FeedChange
    expect(status.senderState).toBe('failed')
    expect(status.reason).toContain('нет ключа подписи')

    const operator = restClient(() => `${url}/operator/v1`, `Bearer ${running.operatorKey}`)
    const { tasks } = await operator.get<{ tasks: { id: string; documentId: string }[] }>('/tasks/dead')
    const ids = tasks.filter((task) => task.documentId === documentId).map(({ id }) => id)
    expect(ids).toHaveLength(1)
    const file = await keyFileFor(running.authority, thirdTaxId, 'Qwerty12')
    await register.loadKey({ taxId: thirdTaxId, key: { file, password: 'Qwerty12' } })
    expect(await operator.post('/tasks/put-back', { ids })).toEqual({ putBack: ids })
    await until('document.delivered')
  })
})
