import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { writeUbl } from '../../src/adapters/erp/ubl/write/index.ts'
import { anAct, anInvoice } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

let running: RunningGateway
let seller: RestClient
let buyer: RestClient
beforeAll(async () => {
  running = await aRunningGateway('embedded')
  const root = () => `${running.gateway.url}/api/v1`
  seller = restClient(root, basicOf(running.seller))
  buyer = restClient(root, basicOf(running.buyer))
}, serverStartMs)
afterAll(() => running.stop())

it('an invoice comes in as UBL, is delivered, and its buyer takes it as UBL', async () => {
  const written = writeUbl(anInvoice())
  const xml = written.ok ? written.value : ''
  const receipts = await seller.post<{ documentId: string }[]>('/messages?format=ubl', Buffer.from(xml), {
    'content-type': 'application/octet-stream',
  })
  const documentId = receipts[0]?.documentId ?? ''
  await buyer.changesUntil((change) => change.documentId === documentId && change.name === 'document.arrived')
  const back = await buyer.ask('GET', `/documents/${documentId}/ubl`)
  expect(back.body).toBe(xml)
  expect(back.headers.get('peppol-bis')).toBe('breaks PEPPOL-EN16931-R010, PEPPOL-EN16931-R020')
})

it('what has no form in UBL is refused with its code, and a stranger’s document is not there', async () => {
  const { documentId } = await seller.post<{ documentId: string }>('/documents/act', anAct())
  const refused = await seller.ask('GET', `/documents/${documentId}/ubl`)
  expect([refused.status, (refused.body as { code: string }).code]).toEqual([422, 'UBL-06'])
  expect((await seller.ask('GET', '/documents/0198c0de-0000-7000-8000-000000000000/ubl')).status).toBe(404)
})
