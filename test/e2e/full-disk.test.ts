import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { aFile, anAct } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { sendCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

describe('a gateway whose disk runs full', () => {
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient
  let documentId: string
  beforeAll(async () => {
    running = await aRunningGateway('embedded')
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    documentId = (await seller.post<{ documentId: string }>('/documents/act', anAct())).documentId
    await buyer.changesUntil((change) => change.name === 'document.arrived')
    // No disk has so much free.
    running.settings.minFreeDiskBytes = Number.MAX_SAFE_INTEGER
    await running.restart()
  }, serverStartMs)
  afterAll(() => running.stop())

  it('takes no new document and says when to come again, over REST and SOAP', async () => {
    const answer = await seller.ask('POST', '/documents/act', anAct())
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([503, 'STORE-01'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const soap = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body: sendCall(aFile()),
    })
    expect(await soap.text()).toContain('STORE-01')
    expect((await seller.ask('PUT', '/files/f/parts/1', Buffer.from('x'))).status).toBe(503)
  })

  it('tells its companies that they may not send now', async () => {
    expect(await seller.get('/me')).toMatchObject({
      maySend: false,
      why: expect.stringContaining('место на диске'),
    })
  })

  it('still lets documents be read, answered and followed', async () => {
    expect((await buyer.bytes(`/documents/${documentId}/content`)).length).toBeGreaterThan(0)
    const answered = await buyer.ask('POST', `/documents/${documentId}/answer`, {
      answer: 'refuse',
      reason: 'не тот договор',
    })
    expect(answered.status).toBe(200)
  })
})
