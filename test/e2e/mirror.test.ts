import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { startEsfSimulator, type EsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import { almatyDate } from '../../src/core/kernel/index.ts'
import { anInvoice, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

// Published by the portal, not ours to carry: the test against it runs where the folder lies beside the repository.
const officialSchema = new URL('../../../shared/reference/esf/xsd/sdk-2025/', import.meta.url)
const withOfficialSchema = existsSync(officialSchema) ? it : it.skip

const user = { userIin: '900101300017', password: 'Cabinet-1', login: 'ticket' as const }
const today = almatyDate(new Date())

describe.each(['embedded', 'postgresql'] as const)('tax invoices at the state portal, on %s', (kind) => {
  let portal: EsfSimulator
  let running: RunningGateway
  let seller: RestClient

  beforeAll(async () => {
    portal = await startEsfSimulator({
      users: [{ iin: user.userIin, password: user.password, tins: [sellerTaxId, buyerTaxId] }],
      delays: { queueMs: [100, 200], processingMs: [100, 200] },
    })
    running = await aRunningGateway(kind, {
      portal: {
        baseUrl: portal.url,
        loginEveryMs: 200,
        mirror: { gatherMs: 100, askMs: 200, askAtMostMs: 1_000 },
      },
    })
    await running.gateway.register.setPortalLogin({ taxId: sellerTaxId, login: user })
    seller = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await portal.stop()
  })

  let number = 0
  const fresh = (overrides: Parameters<typeof anInvoice>[0] = {}) =>
    anInvoice({ number: String(1000 + ++number), date: today, turnoverDate: today, ...overrides })

  const bySoap = async (body: string): Promise<string> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return answer.text()
  }
  const until = (documentId: string, name: string) =>
    seller.changesUntil((change) => change.documentId === documentId && change.name === name)

  it('an invoice sent by SOAP gets the portal’s number as its stamp, and is archived only then', async () => {
    const invoice = fresh()
    const documentId = /<m:DocumentId>([^<]+)</.exec(await bySoap(sendCall(invoice)))?.[1] ?? ''
    const changes = (await until(documentId, 'document.archived')).filter(
      (one) => one.documentId === documentId,
    )
    const names = changes.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['document.delivered', 'mirror.registered']))
    expect(names.indexOf('mirror.registered')).toBeLessThan(names.indexOf('document.archived'))

    const [atPortal] = portal.invoices().filter(({ num }) => num === invoice.number)
    expect(atPortal?.registrationNumber).toBeDefined()
    const status = await seller.get<{ registrationNumber: string }>(`/documents/${documentId}`)
    expect(status).toMatchObject({
      mirrorState: 'registered',
      registrationNumber: atPortal?.registrationNumber,
      final: true,
    })
    expect(await bySoap(soapCall('GetStatus', [['DocumentId', documentId]]))).toContain(
      `>${status.registrationNumber}<`,
    )
  })

  it('fifty at once are each there once', async () => {
    const invoices = Array.from({ length: 50 }, () => fresh())
    const sent = await Promise.all(
      invoices.map((invoice) => seller.post<{ documentId: string }>('/documents/tax-invoice', invoice)),
    )
    const open = new Set(sent.map(({ documentId }) => documentId))
    await seller.changesUntil(({ documentId, name }) => {
      if (name === 'mirror.registered') open.delete(documentId)
      return open.size === 0
    }, 50_000)
    const there = portal.invoices().map(({ num }) => num)
    expect(invoices.filter(({ number: num }) => there.filter((one) => one === num).length !== 1)).toEqual([])
  }, 60_000)

  it('an invoice to a company abroad, which has no box anywhere, is delivered by the portal alone', async () => {
    const abroad = { name: 'Qingdao Trading Co.', address: 'Qingdao', country: 'CN' }
    const invoice = fresh({ buyer: { ...abroad, statuses: ['nonresident'] }, consignee: abroad })
    const answer = await seller.ask('POST', '/documents/tax-invoice', invoice)
    expect([answer.status, answer.body]).toEqual([201, expect.objectContaining({ repeat: false })])
    const { documentId } = answer.body as { documentId: string }
    const changes = await until(documentId, 'document.archived')
    expect(
      changes.find((one) => one.documentId === documentId && one.name === 'document.delivered')?.details,
    ).toEqual({
      to: 'portal',
    })
  })

  it('one that the portal does not want says why', async () => {
    const invoice = fresh()
    portal.failNext(['NDS_RATE_NOT_FOUND'], { num: invoice.number ?? '' })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/tax-invoice', invoice)
    const changes = await until(documentId, 'mirror.rejected')
    expect(changes.at(-1)?.status.mirrorState).toBe('rejected')
    expect(
      JSON.stringify(changes.filter(({ name }) => name === 'mirror.rejected').at(-1)?.details),
    ).toContain('NDS_RATE_NOT_FOUND')
  })

  withOfficialSchema('what lies at the portal is valid against the published schema of 2025', () => {
    xmlRegisterFsInputProviders()
    const schema = XmlDocument.fromString(
      readFileSync(new URL('InvoiceV2.xsd', officialSchema), 'utf8').replace(
        '<xs:import namespace="abstractInvoice.esf"/>',
        `<xs:import namespace="abstractInvoice.esf" schemaLocation="${new URL('abstractInvoice.xsd', officialSchema).pathname}"/>`,
      ),
    )
    const validator = XsdValidator.fromDoc(schema)
    const stored = portal.invoices()
    expect(stored.length).toBeGreaterThan(50)
    for (const { body } of stored) {
      const written = XmlDocument.fromString(body)
      validator.validate(written)
      written.dispose()
    }
    validator.dispose()
    schema.dispose()
  })
})
