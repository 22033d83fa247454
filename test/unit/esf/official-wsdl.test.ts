import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { listen } from 'soap'
import { EsfPortal, esfPortalDefaults } from '../../../src/adapters/esf/index.ts'
import { parseXml } from '../../../src/adapters/esf/xml.ts'
import { readAnswer } from '../../../src/adapters/esf/envelope.ts'
import { MemoryLeases } from '../../../src/adapters/memory/leases.ts'
import { MemoryCallBudget, MemoryPortalSessions } from '../../../src/adapters/memory/portal-sessions.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { iin, makeKey, seller } from '../adapters/esf-simulator/harness.ts'
import { anAccount } from '../mirror/gateway.ts'

// Published by the portal, not ours to carry: these tests run where the folder lies beside the repository.
const reference = new URL('../../../../shared/reference/esf/', import.meta.url)
const whenPublished = existsSync(reference) ? describe : describe.skip

const portalId = '20113995733614592'
const summary = {
  invoiceSummaryList: {
    invoiceSummary: [
      {
        invoiceId: portalId,
        date: '31.03.2026',
        num: '16',
        invoiceStatus: 'CREATED',
        registrationNumber: 'ESF-260140000114-20260401-00000001',
        lastUpdateDate: '2026-04-01T05:00:00.000Z',
      },
    ],
  },
}

whenPublished('our client at servers that node-soap makes of the published WSDLs', () => {
  let server: Server
  let portal: EsfPortal
  const received: Record<string, unknown[]> = {}

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const wsdl = (file: string) => readFileSync(new URL(`wsdl/${file}`, reference), 'utf8')
    const saying =
      (operation: string, answer: unknown) =>
      (request: unknown): unknown => {
        received[operation] = [...(received[operation] ?? []), request]
        return answer
      }
    const port = (name: string, operations: Record<string, unknown>) => ({
      [name]: {
        [`${name}Port`]: Object.fromEntries(
          Object.entries(operations).map(([operation, answer]) => [operation, saying(operation, answer)]),
        ),
      },
    })
    listen(
      server,
      '/ws/SessionService',
      port('SessionService', {
        createSession: { sessionId: 'official-session' },
        closeSession: { status: 'CLOSED' },
      }),
      wsdl('SessionService.test3-2020.wsdl'),
    )
    listen(
      server,
      '/ws/UploadInvoiceService',
      port('UploadInvoiceService', {
        syncInvoice: {
          acceptedSet: { standardResponse: [{ id: portalId, num: '16', date: '31.03.2026' }] },
          declinedSet: {},
        },
      }),
      wsdl('UploadInvoiceService.test3-2020.wsdl'),
    )
    listen(
      server,
      '/ws/InvoiceService',
      port('InvoiceService', {
        queryInvoiceSummaryById: summary,
        queryInvoiceSummaryByKey: summary,
        queryInvoiceErrorById: {
          invoiceErrorList: {
            invoiceError: [{ invoiceId: portalId, errors: { error: [{ errorCode: 'WRONG_SUM' }] } }],
          },
        },
        revokeInvoiceById: {
          resultList: {
            changeStatusResult: [
              { invoiceSummary: { invoiceId: portalId, invoiceStatus: 'REVOKED' }, isChanged: true },
            ],
          },
        },
        queryUpdates: {
          lastEventDate: '2026-04-01T05:00:00.000Z',
          lastInvoiceId: portalId,
          lastBlock: true,
          invoiceInfoList: {},
        },
      }),
      wsdl('InvoiceService.sdk-2023-08.wsdl'),
    )
    const key = await makeKey({ iin, bin: seller })
    const account = anAccount(key, { login: 'certificate' })
    portal = new EsfPortal(
      {
        ...esfPortalDefaults,
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
        holder: 'test',
      },
      {
        accounts: { byTaxId: async () => account, all: async () => [account] },
        sessions: new MemoryPortalSessions(),
        leases: new MemoryLeases(),
        budget: new MemoryCallBudget(),
        clock: systemClock,
      },
    )
  })

  afterAll(async () => {
    await portal.close({ sessions: 'close' })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('uploads, asks by id and by key, reads errors, commands and follows', async () => {
    const invoice = {
      documentId: 'd',
      date: '2026-03-31',
      number: '16',
      body: '<v2:invoice xmlns:v2="v2.esf">&amp;</v2:invoice>',
      signature: 'c2ln',
      signatureType: 'COMPANY' as const,
      certificate: 'Y2VydA==',
    }
    expect(await portal.upload(seller, [invoice])).toEqual([{ documentId: 'd', word: 'accepted', portalId }])
    expect(await portal.statusOf(seller, [portalId])).toMatchObject([
      { portalId, date: '2026-03-31', number: '16', status: 'CREATED' },
    ])
    expect(await portal.findByKey(seller, [invoice])).toMatchObject([{ portalId }])
    expect(await portal.errorsOf(seller, [portalId])).toEqual([
      { portalId, errors: [{ code: 'WRONG_SUM', property: '', text: '' }] },
    ])
    expect(await portal.revoke(seller, [{ portalId, reason: 'Ошибка' }])).toMatchObject([
      { portalId, changed: true, status: 'REVOKED' },
    ])
    const updates = await portal.updates(seller, 'OUTBOUND', { lastEventDate: '2026-04-01T00:00:00Z' }, 10)
    expect(updates).toMatchObject({ last: true, cursor: { lastInvoiceId: portalId } })
    expect(received.syncInvoice?.[0]).toMatchObject({
      sessionId: 'official-session',
      invoiceUploadInfoList: {
        invoiceUploadInfo: [{ invoiceBody: invoice.body, version: 'InvoiceV2', signatureType: 'COMPANY' }],
      },
      x509Certificate: 'Y2VydA==',
    })
    expect(received.queryInvoiceSummaryByKey?.[0]).toMatchObject({
      invoiceKeyList: { invoiceKey: [{ date: '31.03.2026', num: '16' }] },
      direction: 'OUTBOUND',
    })
  })
})

whenPublished('the published samples', () => {
  const sample = (name: string) => readFileSync(new URL(`samples/${name}`, reference), 'utf8')

  it('read as their index says', () => {
    expect(readAnswer(sample('syncInvoice.accepted.response.xml'), 'syncInvoiceResponse')).toHaveProperty(
      'payload',
    )
    expect(readAnswer(sample('fault.session-already-open.response.xml'), 'createSessionResponse')).toEqual({
      fault: {
        name: 'other',
        reason: expect.stringContaining('already has opened session with id 22bc1234'),
      },
    })
    expect(parseXml(sample('invoice-v2.sdk-one.xml')).children[0]?.children[0]).toMatchObject({
      name: 'invoice',
      namespace: 'v2.esf',
    })
  })
})
