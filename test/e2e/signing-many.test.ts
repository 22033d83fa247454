import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { anAct, aBuyer, aPaymentInvoice, aSeller, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { openMailbox, type Mailbox } from '../factories/mailbox.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

interface Taken {
  documentId: string
}

interface BatchAnswer {
  batchId: string
  results: {
    documentId: string
    outcome: string
    faults: { code: string }[]
    status?: { senderState: string }
  }[]
}

describe.each(['embedded', 'postgresql'] as const)('many signatures at one word, on %s', (kind) => {
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient
  let operator: RestClient
  let mailbox: Mailbox

  beforeAll(async () => {
    mailbox = await openMailbox()
    running = await aRunningGateway(kind, {
      mail: { url: mailbox.url, from: 'Daneker <edo@example.kz>', timeoutMs: 5_000, linkKeepsMs: 86_400_000 },
    })
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await mailbox.stop()
  })

  const soap = async (body: string): Promise<{ status: number; xml: string }> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return { status: answer.status, xml: await answer.text() }
  }
  const waiting = async (): Promise<string> =>
    (await seller.post<Taken>('/documents/act?signing=sender', anAct())).documentId
  const outcomesOf = ({ results }: BatchAnswer) => results.map(({ outcome }) => outcome)

  it('signs what waits, tells of each by itself, and every use of the key names the batch', async () => {
    const ids = [await waiting(), await waiting(), await waiting()]
    const withdrawn = await waiting()
    await seller.post(`/documents/${withdrawn}/annulment`, { reason: 'ошибка' })
    const asked = { documentIds: [...ids, withdrawn, 'нет такого'] }
    const batch = await seller.post<BatchAnswer>('/signatures', asked)
    expect(outcomesOf(batch)).toEqual(['signed', 'signed', 'signed', 'refused', 'refused'])
    expect(batch.results[3]?.faults[0]?.code).toBe('EXCHANGE-05')
    expect(batch.results[4]?.faults[0]?.code).toBe('EXCHANGE-04')
    for (const id of ids)
      await buyer.changesUntil((change) => change.documentId === id && change.name === 'document.arrived')

    const { uses } = await operator.get<{ uses: { documentId: string; by: string; serial: string }[] }>(
      `/companies/${sellerTaxId}/key-uses`,
    )
    const own = uses.filter(({ by }) => by.endsWith(` batch:${batch.batchId}`))
    expect(own.map(({ documentId }) => documentId).sort()).toEqual([...ids].sort())
    expect(own.every(({ serial }) => /^[0-9A-F]+$/.test(serial))).toBe(true)

    // The answer was lost, and the whole list comes again.
    expect(outcomesOf(await seller.post<BatchAnswer>('/signatures', { documentIds: ids }))).toEqual([
      'already',
      'already',
      'already',
    ])
  })

  it('accepts incoming documents with the recipient’s key, and agrees to no annulment among them', async () => {
    const sent = async () => {
      const { documentId } = await seller.post<Taken>('/documents/act?signing=key', anAct())
      await buyer.changesUntil(
        (change) => change.documentId === documentId && change.name === 'document.arrived',
      )
      return documentId
    }
    const [first, second, third] = [await sent(), await sent(), await sent()]
    await seller.post(`/documents/${third}/annulment`, { reason: 'ошибка' })
    const batch = await buyer.post<BatchAnswer>('/signatures', { documentIds: [first, second, third] })
    expect(outcomesOf(batch)).toEqual(['signed', 'signed', 'refused'])
    expect(await buyer.get(`/documents/${third}`)).toMatchObject({ recipientState: 'annulment_requested' })
    const { uses } = await operator.get<{ uses: { by: string }[] }>(`/companies/${buyerTaxId}/key-uses`)
    expect(uses.filter(({ by }) => by.endsWith(batch.batchId))).toHaveLength(2)
  })

  it('is there for 1C and for the operator, too', async () => {
    const ids = [await waiting(), await waiting()]
    const { status, xml } = await soap(soapCall('SignDocuments', [['DocumentIds', `${ids.join(', ')}; нет`]]))
    expect(status).toBe(200)
    expect([...xml.matchAll(/<m:Outcome>([^<]+)</g)].map(([, outcome]) => outcome)).toEqual([
      'signed',
      'signed',
      'refused',
    ])
    expect(xml).toContain('Подписан')
    const third = await waiting()
    const batch = await operator.post<BatchAnswer>(`/companies/${sellerTaxId}/signatures`, {
      documentIds: [third],
    })
    expect(outcomesOf(batch)).toEqual(['signed'])
    const { uses } = await operator.get<{ uses: { by: string; documentId: string }[] }>(
      `/companies/${sellerTaxId}/key-uses`,
    )
    expect(uses.find(({ documentId }) => documentId === third)?.by).toMatch(/^operator:test batch:/)
    expect((await seller.ask('POST', '/signatures', { documentIds: [] })).status).toBe(400)
    // Another company's documents are not there.
    expect(
      outcomesOf(await buyer.post<BatchAnswer>('/signatures', { documentIds: [await waiting()] })),
    ).toEqual(['refused'])
  })

  it('a removed key signs nothing of the next batch; a document with a new key goes on', async () => {
    const id = await waiting()
    const key = { file: await keyFileOf(), password: 'Qwerty12' }
    expect((await operator.ask('DELETE', `/companies/${sellerTaxId}/key`)).status).toBe(204)
    const refused = await seller.post<BatchAnswer>('/signatures', { documentIds: [id] })
    expect(refused.results).toMatchObject([{ outcome: 'refused', faults: [{ code: 'SIGNATURE-02' }] }])
    await running.gateway.register.loadKey({ taxId: sellerTaxId, key })
    expect(outcomesOf(await seller.post<BatchAnswer>('/signatures', { documentIds: [id] }))).toEqual([
      'signed',
    ])
  })
  const keyFileOf = async () => {
    const { keyFileFor } = await import('../factories/running-gateway.ts')
    return keyFileFor(running.authority, sellerTaxId, 'Qwerty12')
  }

  it('mails a person the active URL of a package, once for one request, and the feed says so', async () => {
    const ids = [
      await waiting(),
      (
        await seller.post<Taken>(
          '/documents/payment-invoice?signing=sender',
          aPaymentInvoice({ seller: aSeller(), buyer: aBuyer() }),
        )
      ).documentId,
    ]
    const asked = {
      documentIds: ids,
      sentTo: 'direktor@example.kz',
      mail: true,
      askedBy: 'Главный бухгалтер',
      signBy: '2099-01-31',
    }
    const made = await seller.post<{ link: string; mailed: boolean }>('/signing-links', asked)
    expect(made.mailed).toBe(true)
    const { text } = await mailbox.letterTo('direktor@example.kz')
    expect(text).toContain('Главный бухгалтер')
    expect(text).toContain('31.01.2099')
    expect(text).toContain(sellerTaxId)
    const inMail = /http:\/\/\S+(\/sign\/\S+)/.exec(text)?.[1] ?? ''
    const page = await fetch(`${running.gateway.url}${inMail}`)
    expect(await page.text()).toContain('Главный бухгалтер')
    await seller.changesUntil((change) => change.documentId === ids[1] && change.name === 'notice.sent')
    const bySoap = await soap(
      soapCall('MakeSigningLink', [
        ['DocumentIds', ids.join(',')],
        ['SentTo', 'direktor@example.kz'],
        ['KeepsDays', '3'],
        ['Mail', undefined],
        ['AskedBy', 'Айгүл'],
        ['SignBy', undefined],
        ['Note', undefined],
      ]),
    )
    expect(bySoap.xml).toMatch(/<m:Link>http:\/\/\S+\/sign\/[\w-]{43}</)
  })

  it('a letter that nobody takes is given up visibly, and the link that was handed out opens', async () => {
    const id = await waiting()
    const { link } = await operator.post<{ link: string }>(`/companies/${sellerTaxId}/signing-links`, {
      documentIds: [id],
      // Ours is a server that takes it; the address is what nobody can write to.
      sentTo: 'direktor"@example.kz',
      mail: true,
    })
    await seller.changesUntil((change) => change.documentId === id && change.name === 'notice.failed')
    const page = await fetch(`${running.gateway.url}${new URL(link).pathname}`)
    expect(page.status).toBe(200)
  })
})
