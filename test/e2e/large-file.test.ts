import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeDocumentXml } from '../../src/core/document/index.ts'
import { aFile } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

const parts = 64

/** Cuts bytes into `parts` pieces of one size; the last is what is left. */
const cut = (bytes: Buffer): Buffer[] => {
  const size = Math.ceil(bytes.length / parts)
  return Array.from({ length: parts }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}

describe.each(['embedded', 'postgresql'] as const)('a file too large for one request, on %s', (kind) => {
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

  const soap = async (body: string): Promise<string> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return answer.text()
  }

  /** 8 MiB of content, 11 MiB as XML. */
  const large = () =>
    aFile({
      content: Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(8 * 1024 * 1024)]).toString('base64'),
    })

  it('comes in 64 parts over REST, in any order, some of them twice, and is delivered byte for byte', async () => {
    const file = large()
    const bytes = Buffer.from(writeDocumentXml(file))
    const pieces = [...cut(bytes).entries()].reverse()
    for (const [index, piece] of [...pieces, ...pieces.slice(0, 5)]) {
      expect((await seller.ask('PUT', `/files/big/parts/${index + 1}`, piece)).status).toBe(204)
    }
    const joined = { format: 'daneker-xml', fileName: 'Файл.xml' }
    const [receipt] = await seller.post<{ documentId: string; repeat: boolean }[]>(
      '/files/big/message',
      joined,
    )
    const documentId = receipt?.documentId ?? ''
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )
    expect((await buyer.bytes(`/documents/${documentId}/content`)).equals(bytes)).toBe(true)

    // The parts are gone once the document is in.
    const again = await seller.ask('POST', '/files/big/message', joined)
    expect([again.status, (again.body as { code: string }).code]).toEqual([422, 'EXCHANGE-10'])
  }, 120_000)

  it('comes in 64 parts over SOAP; a missing part is named', async () => {
    const file = large()
    const bytes = Buffer.from(writeDocumentXml(file))
    const put = (index: number, piece: Buffer) =>
      soap(
        soapCall('PutFilePart', [
          ['FileID', 'big-soap'],
          ['PartNumber', String(index + 1)],
          ['PartData', piece.toString('base64')],
        ]),
      )
    const pieces = cut(bytes)
    for (const [index, piece] of pieces.entries()) {
      if (index !== 40) expect(await put(index, piece)).toContain('>true<')
    }
    const join = () =>
      soap(
        soapCall('PutData', [
          ['FileID', 'big-soap'],
          ['Format', 'daneker-xml'],
          ['FileName', 'Файл.xml'],
          ['Key', undefined],
        ]),
      )
    expect(await join()).toContain('Не хватает части 41')
    await put(40, pieces[40] as Buffer)
    const documentId = /<m:DocumentId>([^<]+)</.exec(await join())?.[1] ?? ''
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )
    expect((await buyer.bytes(`/documents/${documentId}/content`)).equals(bytes)).toBe(true)
  }, 120_000)

  it('a file within the limit of one request needs no parts', async () => {
    const file = aFile({
      content: Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(19 * 1024 * 1024)]).toString('base64'),
    })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/file', file)
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )
    expect((await buyer.bytes(`/documents/${documentId}/content`)).length).toBeGreaterThan(19 * 1024 * 1024)
  }, 60_000)
})
