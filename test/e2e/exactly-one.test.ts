import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Document } from '../../src/core/document/index.ts'
import { anAct, aPaymentInvoice } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { sendCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

interface Taken {
  documentId: string
  repeat: boolean
}

describe.each(['embedded', 'postgresql'] as const)('exactly one, on %s', (kind) => {
  let running: RunningGateway
  let seller: RestClient

  beforeAll(async () => {
    running = await aRunningGateway(kind)
    seller = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
  }, serverStartMs)
  afterAll(() => running.stop())

  const byRest = async (document: Document, key?: string): Promise<Taken> =>
    seller.post(`/documents/${document.kind}`, document, key === undefined ? {} : { 'idempotency-key': key })

  const bySoap = async (document: Document, key?: string): Promise<Taken> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body: sendCall(document, key),
    })
    const xml = await answer.text()
    if (answer.status !== 200) throw new Error(xml)
    return {
      documentId: /<m:DocumentId>([^<]+)</.exec(xml)?.[1] ?? '',
      repeat: /<m:Repeat>true</.test(xml),
    }
  }

  const outbox = async (guid: string): Promise<unknown[]> => {
    const found: { guid: string }[] = []
    for (let after = ''; ;) {
      const page = await seller.get<{ documents: { guid: string }[]; next?: string }>(
        `/documents?limit=500${after}`,
      )
      found.push(...page.documents.filter((one) => one.guid === guid))
      if (page.next === undefined) return found
      after = `&after=${page.next}`
    }
  }

  it('fifty twins through both doors at once become one document and one receipt', async () => {
    const act = anAct()
    const twins = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        // Half with one key, half with keys of their own or none: the content id holds them together.
        (index % 2 === 0 ? byRest : bySoap)(
          act,
          index % 3 === 0 ? 'the-same' : index % 3 === 1 ? `k-${index}` : undefined,
        ),
      ),
    )
    expect(new Set(twins.map(({ documentId }) => documentId)).size).toBe(1)
    expect(twins.filter(({ repeat }) => !repeat)).toHaveLength(1)
    expect(await outbox(act.guid)).toHaveLength(1)
    const status = await seller.get<{ documentId: string }>(`/documents/${act.guid}`)
    expect(status.documentId).toBe(twins[0]?.documentId)
  })

  it('of fifty different documents under one key one wins and the others name it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => {
        const invoice = aPaymentInvoice()
        return seller.ask('POST', '/documents/payment-invoice', invoice, { 'idempotency-key': 'one-for-all' })
      }),
    )
    const won = answers.filter(({ status }) => status === 201)
    expect(won).toHaveLength(1)
    const { documentId } = won[0]?.body as Taken
    const lost = answers.filter(({ status }) => status === 409)
    expect(lost).toHaveLength(49)
    for (const { body } of lost) expect(body).toMatchObject({ code: 'EXCHANGE-02', documentId })
  })

  it('a key given through one door is known at the other', async () => {
    const act = anAct()
    const first = await bySoap(act, 'both-doors')
    expect(await byRest(act, 'both-doors')).toMatchObject({ documentId: first.documentId, repeat: true })
    const other = await seller.ask('POST', '/documents/act', anAct(), { 'idempotency-key': 'both-doors' })
    expect(other).toMatchObject({ status: 409, body: { code: 'EXCHANGE-02', documentId: first.documentId } })
  })

  it('a new key with the same content gives the first receipt, and is then a key of that document', async () => {
    const act = anAct()
    const first = await byRest(act, 'first-key')
    expect(await byRest(act, 'second-key')).toMatchObject({ documentId: first.documentId, repeat: true })
    const other = await seller.ask('POST', '/documents/act', anAct(), { 'idempotency-key': 'second-key' })
    expect(other).toMatchObject({ status: 409, body: { documentId: first.documentId } })
  })

  it('the same GUID and version with other content is a conflict, with another version a new document', async () => {
    const act = anAct()
    const first = await byRest(act)
    const changed = { ...act, number: '17' }
    expect(await seller.ask('POST', '/documents/act', changed)).toMatchObject({
      status: 409,
      body: { code: 'EXCHANGE-03', documentId: first.documentId },
    })
    const second = await byRest({ ...changed, version: '2' })
    expect(second).toMatchObject({ repeat: false })
    expect(second.documentId).not.toBe(first.documentId)
    // The GUID alone finds the newest version.
    expect(await seller.get(`/documents/${act.guid}`)).toMatchObject({ documentId: second.documentId })
  })

  it('a key of one base means nothing in another', async () => {
    const buyer = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.buyer))
    const act = anAct()
    await byRest(act, 'mine')
    const theirs = anAct({ seller: act.buyer, buyer: act.seller })
    expect(await buyer.post('/documents/act', theirs, { 'idempotency-key': 'mine' })).toMatchObject({
      repeat: false,
    })
  })

  it('keys that no key can be are refused, and the document with them', async () => {
    for (const key of ['with space', '', 'x'.repeat(201)]) {
      const act = anAct()
      const answer = await seller.ask('POST', '/documents/act', act, { 'idempotency-key': key })
      expect(answer.status).toBe(422)
      expect((await seller.ask('GET', `/documents/${act.guid}`)).status).toBe(404)
    }
  })

  it('what is refused counts for nothing: the same key then takes the corrected document', async () => {
    const act = anAct()
    const wrong = { ...act, totals: { ...act.totals, amountWithVat: '1.00' } }
    const refused = await seller.ask('POST', '/documents/act', wrong, { 'idempotency-key': 'corrected' })
    expect(refused.status).toBe(422)
    expect(await byRest(act, 'corrected')).toMatchObject({ repeat: false })
  })
})
