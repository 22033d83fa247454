import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Document } from '../../src/core/document/index.ts'
import { anAct, aPaymentInvoice, aReconciliation, aWaybill } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

describe.each(['embedded', 'postgresql'] as const)('what the two sides say to each other, on %s', (kind) => {
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient

  beforeAll(async () => {
    running = await aRunningGateway(kind)
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
  }, serverStartMs)
  afterAll(() => running.stop())

  /** Sends a document and waits until the other side has it. */
  const delivered = async (document: Document): Promise<string> => {
    const { documentId } = await seller.post<{ documentId: string }>(`/documents/${document.kind}`, document)
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )
    return documentId
  }
  const names = async (client: RestClient, documentId: string, last: string): Promise<string[]> =>
    (await client.changesUntil((change) => change.documentId === documentId && change.name === last))
      .filter((change) => change.documentId === documentId)
      .map(({ name }) => name)

  it('a refusal carries its reason to the sender, and is the end', async () => {
    const documentId = await delivered(aWaybill())
    const answer = { answer: 'refuse', reason: '  Недостача: 2 мешка.  ' }
    expect(await buyer.post(`/documents/${documentId}/answer`, answer)).toMatchObject({
      side: 'recipient',
      recipientState: 'refused',
      reason: 'Недостача: 2 мешка.',
      final: true,
    })
    expect(await seller.get(`/documents/${documentId}`)).toMatchObject({
      senderState: 'refused',
      reason: 'Недостача: 2 мешка.',
    })
    expect(await names(seller, documentId, 'document.archived')).toEqual([
      'document.received',
      'document.signed',
      'document.delivered',
      'document.refused',
      'document.archived',
    ])
    for (const again of [answer, { answer: 'accept' }]) {
      expect((await buyer.ask('POST', `/documents/${documentId}/answer`, again)).status).toBe(409)
    }
  })

  it('a refusal needs a reason of at most 1000 characters; a longer one is not cut', async () => {
    const documentId = await delivered(aWaybill())
    for (const reason of [undefined, '', '   ']) {
      const answer = await buyer.ask('POST', `/documents/${documentId}/answer`, { answer: 'refuse', reason })
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([422, 'EXCHANGE-06'])
    }
    const long = 'я'.repeat(1001)
    const byRest = await buyer.ask('POST', `/documents/${documentId}/answer`, {
      answer: 'refuse',
      reason: long,
    })
    expect(byRest.status).toBe(400)
    const bySoap = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.buyer), 'content-type': 'text/xml; charset=utf-8' },
      body: soapCall('AnswerDocument', [
        ['DocumentId', documentId],
        ['Answer', 'refuse'],
        ['Reason', long],
        ['Signature', undefined],
      ]),
    })
    expect(bySoap.status).toBe(500)
    expect(await buyer.get(`/documents/${documentId}`)).toMatchObject({ recipientState: 'arrived' })
  })

  it('only the recipient answers, and only what is answered', async () => {
    const documentId = await delivered(anAct())
    const bySender = await seller.ask('POST', `/documents/${documentId}/answer`, { answer: 'accept' })
    expect(bySender.status).toBe(404)
    const settled = await delivered(aPaymentInvoice())
    expect((await buyer.ask('POST', `/documents/${settled}/answer`, { answer: 'accept' })).status).toBe(409)
  })

  it('an acceptance at the same moment as a refusal: one of them is the answer', async () => {
    const documentId = await delivered(anAct())
    const answers = await Promise.all(
      ['accept', 'refuse', 'accept', 'refuse'].map((answer) =>
        buyer.ask('POST', `/documents/${documentId}/answer`, { answer, reason: 'нет' }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3)
    const signatures = await seller.get<{ side: string }[]>(`/documents/${documentId}/signatures`)
    const accepted = (answers.find(({ status }) => status === 200)?.body as { recipientState: string })
      .recipientState
    expect(signatures.filter(({ side }) => side === 'recipient')).toHaveLength(
      accepted === 'accepted' ? 1 : 0,
    )
  })

  it('before delivery the sender takes a document back alone, and the other side never hears of it', async () => {
    const act = anAct()
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act?signing=sender', act)
    expect(
      await seller.post(`/documents/${documentId}/annulment`, { reason: 'ошибка в сумме' }),
    ).toMatchObject({
      senderState: 'annulled',
      reason: 'ошибка в сумме',
      final: true,
    })
    expect(await names(seller, documentId, 'document.archived')).toEqual([
      'document.received',
      'document.signature-awaited',
      'document.withdrawn',
      'document.archived',
    ])
    expect((await buyer.ask('GET', `/documents/${documentId}`)).status).toBe(404)
    const again = await seller.ask('POST', `/documents/${documentId}/annulment`, { reason: 'ещё раз' })
    expect(again.status).toBe(409)
  })

  it('right after sending the sender may change its mind, however far the document has come', async () => {
    for (let times = 0; times < 10; times += 1) {
      const { documentId } = await seller.post<{ documentId: string }>('/documents/act', anAct())
      let answer = await seller.ask('POST', `/documents/${documentId}/annulment`, { reason: 'передумали' })
      // A step wrote at the same moment: the answer says to come again in a second.
      if (answer.status === 409 && answer.headers.get('retry-after') !== null)
        answer = await seller.ask('POST', `/documents/${documentId}/annulment`, { reason: 'передумали' })
      expect([answer.status, (answer.body as { reason?: string }).reason]).toEqual([200, 'передумали'])
    }
  })

  it('after delivery the recipient agrees to an annulment', async () => {
    const documentId = await delivered(anAct())
    expect(await seller.post(`/documents/${documentId}/annulment`, { reason: 'двойной ввод' })).toMatchObject(
      {
        senderState: 'annulment_requested',
        recipientState: 'annulment_requested',
        final: false,
      },
    )
    const heard = await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.annulment-requested',
    )
    expect(heard.at(-1)?.details).toEqual({ reason: 'двойной ввод' })
    expect(await buyer.post(`/documents/${documentId}/answer`, { answer: 'accept' })).toMatchObject({
      recipientState: 'annulled',
      final: true,
    })
    expect((await names(seller, documentId, 'document.archived')).slice(-3)).toEqual([
      'document.annulment-requested',
      'document.annulled',
      'document.archived',
    ])
  })

  it('or declines it with a reason: the document lives on and can be accepted', async () => {
    const documentId = await delivered(aReconciliation())
    await seller.post(`/documents/${documentId}/annulment`, { reason: 'двойной ввод' })
    const declined = { answer: 'refuse', reason: 'суммы верны' }
    expect(await buyer.post(`/documents/${documentId}/answer`, declined)).toMatchObject({
      recipientState: 'viewed',
      senderState: 'delivered',
    })
    await names(seller, documentId, 'document.annulment-declined')
    expect(await buyer.post(`/documents/${documentId}/answer`, { answer: 'accept' })).toMatchObject({
      recipientState: 'accepted',
      final: true,
    })
  })

  it('what is settled cannot be annulled', async () => {
    const documentId = await delivered(aPaymentInvoice())
    const answer = await seller.ask('POST', `/documents/${documentId}/annulment`, { reason: 'ошибка' })
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([409, 'EXCHANGE-05'])
    const byRecipient = await buyer.ask('POST', `/documents/${documentId}/annulment`, { reason: 'ошибка' })
    expect(byRecipient.status).toBe(404)
  })

  it('the first look of the recipient is told to the sender, once', async () => {
    const documentId = await delivered(anAct())
    for (let look = 0; look < 3; look += 1) await buyer.bytes(`/documents/${documentId}/content`)
    await seller.bytes(`/documents/${documentId}/content`)
    const told = (
      await seller.changesUntil(
        (change) => change.documentId === documentId && change.name === 'document.viewed',
      )
    ).filter((change) => change.documentId === documentId && change.name === 'document.viewed')
    expect(told).toHaveLength(1)
  })

  it('each side sees its own trail: attempts are the sender’s', async () => {
    const documentId = await delivered(anAct())
    const [ours, theirs] = await Promise.all(
      [seller, buyer].map((client) =>
        client.get<{ lines: { what: string; name: string }[] }>(`/documents/${documentId}/trail`),
      ),
    )
    expect(ours?.lines.map(({ what }) => what)).toContain('attempt')
    expect(theirs?.lines.map(({ what }) => what)).not.toContain('attempt')
    expect(theirs?.lines.map(({ name }) => name)).not.toContain('document.received')
  })
})
