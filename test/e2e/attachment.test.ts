import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { aContract, aFile } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { thirdTaxId } from '../factories/documents.ts'
import { serverStartMs } from '../servers/index.ts'

const mib = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each(['embedded', 'postgresql'] as const)(
  'a file too large to stand in its document, on %s',
  (kind) => {
    let running: RunningGateway
    let seller: RestClient
    let buyer: RestClient
    let stranger: RestClient
    /** Larger than any one request or document may be. */
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(40 * mib)])
    const digest = sha256(bytes)
    const attachment = { size: String(bytes.byteLength), sha256: digest }
    beforeAll(async () => {
      running = await aRunningGateway(kind)
      const root = () => `${running.gateway.url}/api/v1`
      seller = restClient(root, basicOf(running.seller))
      buyer = restClient(root, basicOf(running.buyer))
      const third = await connectCompany(running.gateway, running.authority, {
        taxId: thirdTaxId,
        name: 'ТОО «Бөтен»',
      })
      stranger = restClient(root, basicOf(third))
    }, serverStartMs)
    afterAll(() => running.stop())

    const soap = async (body: string, by = running.seller): Promise<string> => {
      const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
        method: 'POST',
        headers: { authorization: basicOf(by), 'content-type': 'text/xml; charset=utf-8' },
        body,
      })
      return answer.text()
    }
    const putParts = async (fileId: string): Promise<void> => {
      const pieces = Array.from({ length: Math.ceil(bytes.byteLength / (4 * mib)) }, (_, nth) =>
        bytes.subarray(nth * 4 * mib, (nth + 1) * 4 * mib),
      )
      for (const [index, piece] of [...pieces.entries()].reverse()) {
        const put = await seller.ask('PUT', `/files/${fileId}/parts/${index + 1}`, piece)
        expect(put.status).toBe(204)
      }
    }

    it('is joined, named by a document, delivered byte for byte and archived', async () => {
      const early = await seller.ask('POST', '/documents/file', aFile({ content: undefined, attachment }))
      expect([early.status, (early.body as { code: string }).code]).toEqual([422, 'ATTACH-01'])

      await putParts('scan')
      expect(await seller.post('/files/scan/attachment', undefined)).toEqual(attachment)
      const document = aFile({ content: undefined, attachment })
      const { documentId } = await seller.post<{ documentId: string }>('/documents/file', document)
      await buyer.changesUntil(
        (change) => change.documentId === documentId && change.name === 'document.arrived',
      )
      for (const side of [seller, buyer]) {
        expect(sha256(await side.bytes(`/documents/${documentId}/attachment`))).toBe(digest)
      }
      expect((await stranger.ask('GET', `/documents/${documentId}/attachment`)).status).toBe(404)
      expect((await buyer.bytes(`/documents/${documentId}/print`)).subarray(0, 5).toString()).toBe('%PDF-')

      await seller.changesUntil(
        (change) => change.documentId === documentId && change.name === 'document.archived',
      )
      // Every part lies in the archive under its own digest; together they are the file.
      const parts = Array.from({ length: 11 }, (_, nth) =>
        sha256(bytes.subarray(nth * 4 * mib, (nth + 1) * 4 * mib)),
      )
      const archived = await Promise.all(
        parts.map((part) => readFile(join(running.settings.archiveFolder, part.slice(0, 2), part.slice(2)))),
      )
      expect(sha256(Buffer.concat(archived))).toBe(digest)
    })

    it('is named by another document without coming again, and read part by part over SOAP', async () => {
      const sent = await soap(sendCall(aContract({ content: undefined, attachment })))
      const documentId = /<m:DocumentId>([^<]+)</.exec(sent)?.[1] ?? ''
      expect(documentId).not.toBe('')
      const part = (number: string) =>
        soap(
          soapCall('GetAttachmentPart', [
            ['DocumentId', documentId],
            ['PartNumber', number],
          ]),
        )
      const last = await part('11')
      expect(last).toContain(`<m:Sha256>${digest}</m:Sha256>`)
      expect(last).toContain('<m:Parts>11</m:Parts>')
      const data = Buffer.from(/<m:PartData>([^<]*)</.exec(last)?.[1] ?? '', 'base64')
      expect(data.equals(bytes.subarray(40 * mib))).toBe(true)
      expect(await part('12')).toContain('ATTACH-06')
    })

    it('is refused when the document says something else of it', async () => {
      const refusals: [object, string][] = [
        [{ content: undefined, attachment: { ...attachment, size: '5' } }, 'ATTACH-02'],
        [{ content: undefined, attachment: { ...attachment, sha256: 'a'.repeat(64) } }, 'ATTACH-01'],
        [{ content: undefined }, 'FILE-04'],
        [{ attachment }, 'FILE-04'],
      ]
      for (const [given, code] of refusals) {
        const answer = await seller.ask('POST', '/documents/file', aFile(given))
        expect([
          answer.status,
          (answer.body as { faults: { code: string }[] }).faults.map((one) => one.code),
        ]).toEqual([422, [code]])
      }
    })

    it('is nobody’s but its company’s', async () => {
      const answer = await buyer.ask('POST', '/documents/file', {
        ...aFile({ content: undefined, attachment }),
        sender: aFile().recipient,
        recipient: aFile().sender,
      })
      expect((answer.body as { code: string }).code).toBe('ATTACH-01')
    })

    it('is not joined while a part is missing', async () => {
      await seller.ask('PUT', '/files/torn/parts/2', Buffer.from('x'))
      const answer = await seller.ask('POST', '/files/torn/attachment')
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([422, 'EXCHANGE-10'])
      expect(await soap(soapCall('JoinFile', [['FileID', 'torn']]))).toContain('EXCHANGE-10')
    })
  },
)
