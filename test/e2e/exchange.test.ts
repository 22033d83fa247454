import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeDocumentXml } from '../../src/core/document/index.ts'
import {
  aDocument,
  anAct,
  aPaymentInvoice,
  aSeller,
  buyerTaxId,
  sellerTaxId,
  thirdTaxId,
} from '../factories/documents.ts'
import {
  aRunningGateway,
  basicOf,
  callerOf,
  changesUntil,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

describe.each(['embedded', 'postgresql'] as const)('the way of a document on %s', (kind) => {
  let running: RunningGateway
  const seller = () => callerOf(running.seller, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
  const buyer = () => callerOf(running.buyer, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })

  beforeAll(async () => {
    running = await aRunningGateway(kind)
  }, serverStartMs)
  afterAll(() => running.stop())

  const post = async (body: string, authorization: string): Promise<{ status: number; xml: string }> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return { status: answer.status, xml: await answer.text() }
  }

  it('takes an act from 1C, signs, delivers, has it accepted with a signature, and archives it', async () => {
    const act = anAct()
    const sent = await post(sendCall(act), basicOf(running.seller))
    expect(sent.status).toBe(200)
    const documentId = /<m:DocumentId>([^<]+)</.exec(sent.xml)?.[1] ?? ''

    await changesUntil(
      running.gateway,
      buyer(),
      (c) => c.documentId === documentId && c.name === 'document.arrived',
    )
    const { bytes } = await running.gateway.exchange.document({ caller: buyer(), documentId })
    expect(Buffer.from(bytes).equals(writeDocumentXml(act))).toBe(true)

    const status = await running.gateway.exchange.answer({ caller: buyer(), documentId, answer: 'accept' })
    expect(status).toMatchObject({ senderState: 'completed', recipientState: 'accepted', final: true })

    const changes = await changesUntil(
      running.gateway,
      seller(),
      (c) => c.documentId === documentId && c.name === 'document.archived',
    )
    expect(changes.filter((c) => c.documentId === documentId).map((c) => c.name)).toEqual([
      'document.received',
      'document.signed',
      'document.delivered',
      'document.viewed',
      'document.accepted',
      'document.completed',
      'document.archived',
    ])
    const signatures = await running.gateway.exchange.signatures({ caller: seller(), documentId })
    expect(signatures.map(({ side, verdict }) => [side, verdict])).toEqual([
      ['sender', 'VALID'],
      ['recipient', 'VALID'],
    ])
  })

  it('settles a payment invoice by delivering it', async () => {
    const { documentId } = await running.gateway.exchange.send({
      caller: seller(),
      document: aPaymentInvoice(),
      raw: new Uint8Array([1]),
      origin: { door: 'test', format: 'test', requestId: 'r' },
    })
    const changes = await changesUntil(
      running.gateway,
      seller(),
      (c) => c.documentId === documentId && c.name === 'document.archived',
    )
    expect(changes.at(-1)?.status).toMatchObject({ senderState: 'completed', recipientState: 'settled' })
  })

  it('shows one company nothing of another, not even that a document exists', async () => {
    const sent = await post(sendCall(anAct()), basicOf(running.seller))
    const documentId = /<m:DocumentId>([^<]+)</.exec(sent.xml)?.[1] ?? ''
    const stranger = await running.gateway.register
      .registerCompany({ taxId: thirdTaxId, name: 'ТОО «Бөтен»' })
      .then(() => running.gateway.register.connect({ taxId: thirdTaxId, name: 'база', signing: 'sender' }))
    const ask = (id: string) => post(soapCall('GetStatus', [['DocumentId', id]]), basicOf(stranger))
    const foreign = await ask(documentId)
    const unknown = await ask('018f0000-0000-7000-8000-00000000ffff')
    const withoutId = (xml: string) => xml.replace(/<RequestId>[^<]*/i, '').replace(/RequestId>[^<]*</gi, '')
    expect(foreign.status).toBe(unknown.status)
    expect(withoutId(foreign.xml)).toBe(withoutId(unknown.xml))
  })

  it('refuses a document that names another company as its sender, and stores nothing', async () => {
    const act = anAct({ seller: aSeller({ taxId: buyerTaxId }), buyer: aSeller({ taxId: sellerTaxId }) })
    const sent = await post(sendCall(act), basicOf(running.seller))
    expect(sent.status).toBe(500)
    expect(sent.xml).toContain('EXCHANGE-01')
    expect(
      await running.gateway.exchange.list({ caller: seller(), filter: { box: 'outbox', limit: 500 } }),
    ).not.toContainEqual(expect.objectContaining({ guid: act.guid }))
  })

  it.each(['contract', 'waybill', 'reconciliation', 'power-of-attorney', 'file'] as const)(
    'carries a %s to the other side',
    async (kindOfDocument) => {
      const document = aDocument(kindOfDocument)
      const sent = await post(sendCall(document), basicOf(running.seller))
      expect(sent.xml).not.toContain('Fault')
      const documentId = /<m:DocumentId>([^<]+)</.exec(sent.xml)?.[1] ?? ''
      await changesUntil(
        running.gateway,
        buyer(),
        (c) => c.documentId === documentId && c.name === 'document.arrived',
      )
    },
  )

  it('goes on after a restart where it stopped', async () => {
    const before = await running.gateway.exchange.list({
      caller: seller(),
      filter: { box: 'outbox', limit: 500 },
    })
    await running.restart()
    const after = await running.gateway.exchange.list({
      caller: seller(),
      filter: { box: 'outbox', limit: 500 },
    })
    expect(after.map(({ documentId }) => documentId)).toEqual(before.map(({ documentId }) => documentId))
  }, 60_000)
})
