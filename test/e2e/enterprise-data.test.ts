import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readIncoming } from '../../src/adapters/erp/enterprisedata/read/incoming.ts'
import { readMessage } from '../../src/adapters/erp/enterprisedata/read/message.ts'
import { readZip, writeZip } from '../../src/adapters/zip/index.ts'
import type { Document } from '../../src/core/document/index.ts'
import { writeDocumentXml } from '../../src/core/document/index.ts'
import { thirdTaxId } from '../factories/documents.ts'
import {
  aCompanyKey,
  aCounterpartyObject,
  aMessage,
  aRealization,
  edRef,
  goodsRow,
  serviceRow,
} from '../factories/enterprisedata.ts'
import { callOf } from '../factories/onec-client.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

const service = 'EnterpriseDataExchange_1_0_1_1'
const plan = 'СинхронизацияДанныхЧерезУниверсальныйФормат'

/** A base of 1C that synchronises: puts messages, fetches messages. */
const baseOf = (url: () => string, authorization: string, node: string) => {
  const peer = { ExchangePlanName: plan, PeerCode: node }
  const call = (...args: Parameters<ReturnType<typeof callOf>>) =>
    callOf(`${url()}/ws/${service}`, `http://www.1c.ru/SSL/${service}`, authorization)(...args)
  let files = 0
  return {
    put: async (content: Uint8Array): Promise<{ status: string; message: string }> => {
      const fileId = `${node}-${++files}`
      const size = 1024 * 1024
      for (let part = 1; (part - 1) * size < content.byteLength; part += 1)
        await call('PutFilePart', {
          FileID: fileId,
          PartNumber: part,
          PartData: content.subarray((part - 1) * size, part * size),
        })
      const begun = await call('PutData', { ...peer, FileID: fileId })
      const operation = begun.value('OperationID') ?? ''
      if (operation === '') return { status: 'Refused', message: begun.value('ErrorMessage') ?? begun.text }
      const ended = await call('PutDataActionResult', { OperationID: operation })
      return { status: ended.value('return') ?? '', message: ended.value('ErrorMessage') ?? '' }
    },
    fetch: async (): Promise<string> => {
      const begun = await call('PrepareDataForGetting', { ...peer, PartSize: 4 })
      const done = await call('PrepareDataActionResult', { OperationID: begun.value('OperationID') ?? '' })
      const fileId = done.value('FileID') ?? ''
      const parts: Buffer[] = []
      for (let part = 1; part <= Number(done.value('PartCount')); part += 1) {
        const answer = await call('GetDataPart', { FileID: fileId, PartNumber: part })
        parts.push(Buffer.from(answer.value('return') ?? '', 'base64'))
      }
      const entries = await readZip(Buffer.concat(parts), { maxBytes: 50_000_000, maxEntries: 2 })
      if (!entries.ok) throw new Error('no archive')
      await call('ConfirmGettingFile', { FileID: fileId, ClearDataPool: true })
      return Buffer.from(entries.value[0]?.bytes ?? []).toString()
    },
  }
}

const documentsIn = async (xml: string): Promise<Document[]> => {
  const found: Document[] = []
  await readMessage(Buffer.from(xml), (object) => {
    if (!object.name.startsWith('Документ.')) return
    const { document } = readIncoming(object)
    if (document !== undefined) found.push(document)
  })
  return found
}

describe.each(['embedded', 'postgresql'] as const)(
  'EnterpriseData through a whole gateway, on %s',
  (kind) => {
    let running: RunningGateway
    let seller: RestClient
    let buyer: RestClient
    let ours: ReturnType<typeof baseOf>
    let theirs: ReturnType<typeof baseOf>
    let last = 0

    beforeAll(async () => {
      running = await aRunningGateway(kind)
      const url = () => running.gateway.url ?? ''
      seller = restClient(() => `${url()}/api/v1`, basicOf(running.seller))
      buyer = restClient(() => `${url()}/api/v1`, basicOf(running.buyer))
      ours = baseOf(url, basicOf(running.seller), 'БК')
      theirs = baseOf(url, basicOf(running.buyer), 'УТ')
    }, serverStartMs)
    afterAll(() => running.stop())

    const message = (objects: readonly string[]): Buffer => aMessage({ messageNo: ++last, objects })

    it('a realisation becomes an act and a waybill, reaches the partner’s base as it is, and its end comes back', async () => {
      await ours.put(aMessage({ messageNo: ++last }))
      await theirs.put(aMessage({ from: 'УТ', messageNo: 1 }))
      const realization = aRealization({
        ref: edRef(0x1001),
        goods: [goodsRow()],
        services: [serviceRow()],
        sum: '130505.80',
      })
      expect(await ours.put(message([aCounterpartyObject('г. Астана'), realization]))).toEqual({
        status: 'Completed',
        message: '',
      })
      const arrived = new Map<string, string>()
      const ids = new Set<string>()
      await buyer.changesUntil(({ name, documentId }) => {
        if (name === 'document.arrived') ids.add(documentId)
        return ids.size === 2
      })
      for (const id of ids) arrived.set((await buyer.get<{ kind: string }>(`/documents/${id}`)).kind, id)

      const documents = await documentsIn(await theirs.fetch())
      expect(documents.map((one) => one.kind).sort()).toEqual(['act', 'waybill'])
      for (const document of documents) {
        expect(document).toMatchObject({ number: 'КС00-000016', buyer: { address: 'г. Астана' } })
        const exact = await fetch(
          `${running.gateway.url}/api/v1/documents/${arrived.get(document.kind) ?? ''}/content`,
          { headers: { authorization: basicOf(running.buyer) } },
        )
        expect(Buffer.from(writeDocumentXml(document)).equals(Buffer.from(await exact.arrayBuffer()))).toBe(
          true,
        )
      }

      for (const documentId of arrived.values())
        await buyer.post(`/documents/${documentId}/answer`, { answer: 'accept' })
      const completed = new Set<string>()
      await seller.changesUntil(({ name, documentId }) => {
        if (name === 'document.completed') completed.add(documentId)
        return completed.size === 2
      })
      const states = await ours.fetch()
      expect(states).toContain(`<РеализацияТоваровУслугСсылка><Ссылка>${edRef(0x1001)}`)
      expect(states).toContain('<СостояниеЭлектронногоДокумента>ОбменЗавершен<')
      expect(await ours.fetch()).not.toContain('ОбменЗавершен')
    })

    it('a document written again is no second one, even when a catalogue has changed in between', async () => {
      const realization = aRealization({
        ref: edRef(0x1002),
        number: 'КС00-000030',
        services: [serviceRow()],
      })
      await ours.put(message([realization]))
      const outbox = async () =>
        (await seller.get<{ documents: unknown[] }>('/documents?box=outbox')).documents
      const before = (await outbox()).length
      expect(await ours.put(message([aCounterpartyObject('г. Шымкент'), realization]))).toMatchObject({
        status: 'Completed',
      })
      expect((await outbox()).length).toBe(before)
    })

    it('whatever is wrong with a file is told in Russian, and nothing of it is taken', async () => {
      const good = aRealization({ ref: edRef(0x2001), number: 'КС00-000040', services: [serviceRow()] })
      const outbox = async () =>
        (await seller.get<{ documents: unknown[] }>('/documents?box=outbox')).documents
      const before = (await outbox()).length
      const whole = message([good])
      const bomb = await writeZip(
        [{ name: 'Message_1.xml', bytes: Buffer.alloc(200 * 1024 * 1024, 0x20) }],
        new Date(0),
      )
      const outside = Buffer.from(await writeZip([{ name: 'aa/Message.xml', bytes: whole }], new Date(0)))
      for (let at = outside.indexOf('aa/Message'); at !== -1; at = outside.indexOf('aa/Message', at + 1))
        outside.write('../', at)
      const another = aCompanyKey('Организация', { ref: edRef(8), title: 'Чужая', taxId: thirdTaxId })
      for (const [content, words] of [
        [Buffer.from(whole.toString().replace('encoding="UTF-8"', 'encoding="windows-1251"')), 'кодировк'],
        [whole.subarray(0, whole.indexOf('</Body>')), 'не является правильным XML'],
        [bomb, 'Архив распаковывается больше чем в'],
        [outside, 'Имя внутри архива ведёт за его пределы'],
        [
          message([good, aRealization({ ref: edRef(0x2002), own: another, services: [serviceRow()] })]),
          'не совпадает с БИН/ИИН организации этого подключения',
        ],
        [
          message([
            good,
            aRealization({ ref: edRef(0x2003), services: [serviceRow().replace('16000.00', '1.00')] }),
          ]),
          'СуммаНДС',
        ],
      ] as const) {
        const done = await ours.put(content)
        expect(done.message).toContain(words)
        expect(done.status).toBe('Failed')
      }
      expect((await outbox()).length).toBe(before)
    })

    it('a document of 5 000 rows is taken', async () => {
      const goods = Array.from({ length: 5000 }, () => goodsRow())
      const large = message([aRealization({ ref: edRef(0x3001), number: 'КС00-000050', goods })])
      expect(await ours.put(large)).toEqual({ status: 'Completed', message: '' })
    })
  },
)
