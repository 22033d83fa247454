import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeDocumentXml } from '../../src/core/document/index.ts'
import { silentLog } from '../../src/core/kernel/index.ts'
import { aBuyer, anAct, aSeller, aWaybill, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

const dayMs = 86_400_000

describe.each(['embedded', 'postgresql'] as const)('an access that ends, on %s', (kind) => {
  let aheadMs = 0
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient

  beforeAll(async () => {
    running = await aRunningGateway(kind, {}, silentLog, { now: () => new Date(Date.now() + aheadMs) })
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    await running.gateway.register.grantAccess({ taxId: sellerTaxId, months: 1 })
  }, serverStartMs)
  afterAll(() => running.stop())

  const arrivedAt = (client: RestClient, documentId: string) =>
    client.changesUntil((change) => change.documentId === documentId && change.name === 'document.arrived')

  it('closes sending through both doors, and leaves reading, answering and the archive open', async () => {
    const before = anAct()
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act', before)
    await arrivedAt(buyer, documentId)
    expect(await seller.get('/me')).toMatchObject({ maySend: true })

    aheadMs = 40 * dayMs
    expect(await seller.get('/me')).toMatchObject({ maySend: false, why: expect.stringContaining('п. 4.3') })
    const byRest = await seller.ask('POST', '/documents/act', anAct())
    expect([byRest.status, (byRest.body as { code: string }).code]).toEqual([403, 'ACCESS-02'])
    const soap = (body: string) =>
      fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
        method: 'POST',
        headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
        body,
      }).then((answer) => answer.text())
    expect(await soap(sendCall(anAct()))).toContain('ACCESS-02')
    expect(await soap(soapCall('TestConnection'))).toContain('п. 4.3')
    const file = await seller.ask(
      'POST',
      '/messages?format=daneker-json',
      Buffer.from(JSON.stringify(anAct())),
    )
    expect(file.status).toBe(403)

    // The other side, whose access runs, sends to the restricted one.
    const incoming = aWaybill({
      seller: aSeller({ taxId: buyerTaxId }),
      buyer: aBuyer({ taxId: sellerTaxId }),
    })
    const sent = await buyer.post<{ documentId: string }>('/documents/waybill', incoming)
    await arrivedAt(seller, sent.documentId)
    expect(
      (await seller.bytes(`/documents/${sent.documentId}/content`)).equals(writeDocumentXml(incoming)),
    ).toBe(true)
    expect(await seller.post(`/documents/${sent.documentId}/answer`, { answer: 'accept' })).toMatchObject({
      recipientState: 'accepted',
    })
    expect((await seller.bytes(`/documents/${documentId}/content`)).equals(writeDocumentXml(before))).toBe(
      true,
    )

    // A new grant opens it again; nothing of what was refused was kept.
    await running.gateway.register.grantAccess({ taxId: sellerTaxId, months: 1 })
    const again = anAct()
    let opened = await seller.ask('POST', '/documents/act', again)
    // A restriction that is lifted takes a few seconds to be seen.
    for (let tries = 0; opened.status === 403 && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      opened = await seller.ask('POST', '/documents/act', again)
    }
    expect(opened.status).toBe(201)
  }, 60_000)

  it('keeps final documents in the archive store: exact bytes, signatures, and a manifest that names them', async () => {
    const act = anAct()
    const { documentId, digest } = await seller.post<{ documentId: string; digest: string }>(
      '/documents/act',
      act,
    )
    await arrivedAt(buyer, documentId)
    await buyer.post(`/documents/${documentId}/answer`, { answer: 'accept' })
    const changes = await seller.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.archived',
    )
    expect(changes.at(-1)?.status).toMatchObject({ final: true })

    const stored = (name: string): Buffer =>
      readFileSync(join(running.settings.archiveFolder, name.slice(0, 2), name.slice(2)))
    expect(stored(digest).equals(writeDocumentXml(act))).toBe(true)
    const signatures = await seller.get<{ cms: string; side: string }[]>(
      `/documents/${documentId}/signatures`,
    )
    expect(signatures.map(({ side }) => side)).toEqual(['sender', 'recipient'])
    for (const { cms } of signatures) {
      const bytes = Buffer.from(cms, 'base64')
      const name = createHash('sha256').update(bytes).digest('hex')
      expect(stored(name).equals(bytes)).toBe(true)
    }
    // The trail of the archive's task names the manifest by the beginning of its digest.
    const { lines } = await seller.get<{ lines: { name: string; details: { note?: string } }[] }>(
      `/documents/${documentId}/trail`,
    )
    const note = lines.find(({ name }) => name === 'archive')?.details.note ?? ''
    expect(note).toMatch(/^archived as [0-9a-f]{16}$/)
  })
})
