import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { anAct, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import {
  aRunningGateway,
  basicOf,
  callerOf,
  changesUntil,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

let running: RunningGateway
let documentId = ''

const seller = () => callerOf(running.seller, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
const buyer = () => callerOf(running.buyer, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })

const soap = async (body: string): Promise<string> => {
  const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
    method: 'POST',
    headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
    body,
  })
  return answer.text()
}

beforeAll(async () => {
  running = await aRunningGateway('embedded')
  documentId = /<m:DocumentId>([^<]+)</.exec(await soap(sendCall(anAct())))?.[1] ?? ''
  await changesUntil(
    running.gateway,
    buyer(),
    (c) => c.documentId === documentId && c.name === 'document.arrived',
  )
  await running.gateway.exchange.answer({ caller: buyer(), documentId, answer: 'accept' })
}, serverStartMs)
afterAll(() => running?.stop())

it('prints a document over REST and over SOAP', async () => {
  const answer = await fetch(`${running.gateway.url}/api/v1/documents/${documentId}/print`, {
    headers: { authorization: basicOf(running.seller) },
  })
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  const xml = await soap(soapCall('GetPrintForm', [['DocumentId', documentId]]))
  const printed = /<m:return>([^<]+)</.exec(xml)?.[1] ?? ''
  expect(Buffer.from(printed, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
}, 60_000)

it('tells whoever holds the paper that the document is here and what its signatures are worth', async () => {
  const { digest } = await running.gateway.exchange.status({ caller: seller(), documentId })
  const page = async (id: string, lang: string) => {
    const answer = await fetch(`${running.gateway.url}/check/${id}?lang=${lang}`)
    return {
      status: answer.status,
      text: await answer.text(),
      policy: answer.headers.get('content-security-policy'),
    }
  }
  const russian = await page(documentId, 'ru')
  expect(russian.status).toBe(200)
  expect(russian.text).toContain(digest.replace(/(.{8})(?=.)/g, '$1 '))
  expect(russian.text.match(/Подпись действительна/g)).toHaveLength(2)
  expect(russian.policy).toContain("default-src 'none'")
  expect((await page(documentId, 'kk')).text).toContain('Қолтаңба жарамды')
  // Nothing of the content, and nobody's name or number.
  for (const secret of [sellerTaxId, buyerTaxId, 'Алатау', 'Есіл', 'ТЕСТОВ'])
    expect(russian.text).not.toContain(secret)
  for (const wrong of ['018f0000-0000-7000-8000-00000000ffff', 'x', '%3Cscript%3E', `${documentId}0`]) {
    const missing = await page(wrong, 'ru')
    expect(missing.status).toBe(404)
    expect(missing.text).not.toContain('<script>')
  }
})
