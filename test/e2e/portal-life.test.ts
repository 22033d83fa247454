import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeInvoice } from '../../src/adapters/esf/index.ts'
import { startEsfSimulator, type EsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import { addDays, almatyDate } from '../../src/core/kernel/index.ts'
import { anAct, anInvoice, aSeller, buyerTaxId, sellerTaxId, thirdTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

// One person signs for both companies, so their sessions take turns at the portal.
const user = { userIin: '900101300017', password: 'Cabinet-1', login: 'ticket' as const }
const today = almatyDate(new Date())

interface View {
  status: string
  portalId: string
  commands: { command: string; state: string; errorCode?: string }[]
}

describe.each(['embedded', 'postgresql'] as const)('the later life of invoices on %s', (kind) => {
  let portal: EsfSimulator
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient

  beforeAll(async () => {
    portal = await startEsfSimulator({
      users: [{ iin: user.userIin, password: user.password, tins: [sellerTaxId, buyerTaxId] }],
      delays: { queueMs: [50, 100], processingMs: [50, 100] },
    })
    running = await aRunningGateway(kind, {
      portal: {
        baseUrl: portal.url,
        loginEveryMs: 200,
        mirror: { gatherMs: 50, askMs: 200, askAtMostMs: 1_000 },
      },
    })
    await running.gateway.register.setPortalLogin({ taxId: sellerTaxId, login: user })
    await running.gateway.register.setPortalLogin({ taxId: buyerTaxId, login: user })
    seller = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
    buyer = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.buyer))
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await portal.stop()
  })

  /** Runs a job; while the user's session is the other company's, the portal is busy for this one: then again. */
  const run = async (job: string): Promise<string> => {
    for (const end = performance.now() + 20_000; ;) {
      const answer = await fetch(`${running.gateway.url}/operator/v1/jobs/${job}/run`, {
        method: 'POST',
        headers: { authorization: `Bearer ${running.operatorKey}` },
      })
      expect(answer.status).toBe(200)
      const said = JSON.stringify(await answer.json())
      if (!said.includes('not read') || performance.now() > end) return said
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const bySoap = async (who: RunningGateway['seller'], body: string): Promise<string> => {
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(who), 'content-type': 'text/xml; charset=utf-8' },
      body,
    })
    return answer.text()
  }
  const fromStranger = (number: string, day = today) =>
    portal.deposit({
      body: writeInvoice(
        anInvoice({
          number,
          date: day,
          turnoverDate: day,
          seller: aSeller({ taxId: thirdTaxId, name: 'ТОО «Жетісу Транс»' }),
        }),
      ),
      senderTin: thirdTaxId,
    })

  it('the buyer, who is connected too, confirms from 1C what the seller sent through us', async () => {
    const invoice = anInvoice({ number: '7001', date: today, turnoverDate: today })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/tax-invoice', invoice)
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'mirror.registered')
    await run('follow-incoming')
    // Sent through us: it is in the buyer's box already, and comes no second time.
    const inbox = await buyer.get<{ documents: { documentId: string }[] }>('/documents?box=inbox')
    expect(inbox.documents.map((one) => one.documentId)).toEqual([documentId])
    const given = await bySoap(
      running.buyer,
      soapCall('CommandInvoice', [
        ['DocumentId', documentId],
        ['Command', 'confirm'],
        ['Reason', undefined],
      ]),
    )
    expect(given).toContain('<m:Command>')
    await buyer.changesUntil((one) => one.name === 'mirror.command-done')
    expect(portal.invoices().find(({ num }) => num === '7001')?.status).toBe('DELIVERED')
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'mirror.status-changed')

    await seller.post(`/documents/${documentId}/portal/commands`, {
      command: 'revoke',
      reason: 'Ошибка в количестве',
    })
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'mirror.command-done')
    expect(portal.invoices().find(({ num }) => num === '7001')?.status).toBe('REVOKED')
    const shown = await bySoap(running.seller, soapCall('GetPortalInvoice', [['DocumentId', documentId]]))
    expect(shown).toContain('>REVOKED<')
    expect(shown).toContain('<m:Clause>E5</m:Clause>')
    const refused = await seller.ask('POST', `/documents/${documentId}/portal/commands`, {
      command: 'revoke',
      reason: 'ещё раз',
    })
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      409,
      expect.stringContaining('PORTAL-03'),
    ])
  })

  it('an invoice of a stranger comes to the buyer’s base, is never metered, and is archived', async () => {
    fromStranger('8001')
    await portal.settle()
    expect(await run('follow-incoming')).toContain('1 brought')
    const changes = await buyer.changesUntil(
      (one) =>
        one.name === 'document.arrived' && one.status.registrationNumber?.includes(thirdTaxId) === true,
    )
    const arrived = changes.at(-1)
    expect(arrived).toMatchObject({
      name: 'document.arrived',
      status: { side: 'recipient', senderTaxId: thirdTaxId, mirrorState: 'registered', final: true },
    })
    const documentId = arrived?.documentId ?? ''
    const original = await buyer.get<{ body: string }>(`/documents/${documentId}/portal/original`)
    expect(original.body).toBe(portal.invoices().find(({ num }) => num === '8001')?.body)
    const content = await bySoap(running.buyer, soapCall('GetDocument', [['DocumentId', documentId]]))
    expect(content).toContain(`>${documentId}<`)
    expect((await buyer.ask('GET', `/documents/${documentId}/trail`)).status).toBe(200)
    expect((await buyer.ask('GET', `/documents/${documentId}/print`)).status).toBe(200)
    expect((await seller.ask('GET', `/documents/${documentId}`)).status).toBe(404)

    await buyer.post(`/documents/${documentId}/portal/commands`, { command: 'confirm' })
    await buyer.changesUntil((one) => one.documentId === documentId && one.name === 'mirror.command-done')
    const view = await buyer.get<View>(`/documents/${documentId}/portal`)
    expect(view).toMatchObject({ status: 'DELIVERED', commands: [{ command: 'confirm', state: 'done' }] })
  })

  it('history is asked for by the client, and its progress shown', async () => {
    const day = addDays(today, -1)
    fromStranger('8101', day)
    fromStranger('8102', day)
    await portal.settle()
    const asked = await bySoap(
      running.buyer,
      soapCall('FetchInvoices', [
        ['From', addDays(today, -1000)],
        ['To', today],
      ]),
    )
    expect(asked).toContain('<m:Open>')
    await run('fetch-history')
    const progress = await buyer.get<{ open: number; seen: number; brought: number }>('/portal/fetch')
    expect(progress).toMatchObject({ open: 0 })
    expect(progress.seen).toBeGreaterThanOrEqual(4)
    expect(progress.brought).toBeGreaterThanOrEqual(2)
    expect(await bySoap(running.buyer, soapCall('GetFetchProgress'))).toContain('<m:Open>0</m:Open>')
    await run('follow-incoming')
    const inbox = await buyer.get<{ documents: { number: string }[] }>('/documents?box=inbox&limit=500')
    const numbers = inbox.documents.map(({ number }) => number).sort()
    expect(numbers).toEqual(['7001', '8001', '8101', '8102'])
  })

  it('the nightly comparison finds both books alike, and says what is only at the portal', async () => {
    const reconcile = async (taxId: string, take = '') => {
      const range = `from=${addDays(today, -30)}&to=${today}${take}`
      for (const end = performance.now() + 20_000; ;) {
        const answer = await fetch(
          `${running.gateway.url}/operator/v1/companies/${taxId}/esf/reconcile?${range}`,
          { method: 'POST', headers: { authorization: `Bearer ${running.operatorKey}` } },
        )
        const body = (await answer.json()) as { differences: { kind: string; number: string }[] }
        // The user's session may be the other company's for a moment.
        if (answer.status === 200 || performance.now() > end) return body
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    expect(await reconcile(sellerTaxId)).toMatchObject({
      sent: 1,
      registered: 1,
      stamped: 1,
      metered: 1,
      differences: [],
    })
    expect(await reconcile(buyerTaxId)).toMatchObject({ atPortal: 4, fetched: 4, differences: [] })
    fromStranger('8201')
    await portal.settle()
    const found = await reconcile(buyerTaxId, '&take=true')
    expect(found).toMatchObject({
      taken: { fetching: 1 },
      differences: [{ kind: 'not-fetched', number: '8201', cause: { ru: expect.any(String) } }],
    })
    await run('fetch-history')
    expect(await reconcile(buyerTaxId)).toMatchObject({ fetched: 5, differences: [] })
    const kept = await fetch(
      `${running.gateway.url}/operator/v1/companies/${buyerTaxId}/esf/differences?all=true`,
      { headers: { authorization: `Bearer ${running.operatorKey}` } },
    )
    expect(await kept.json()).toMatchObject({
      differences: [{ number: '8201', takenAt: expect.any(String), resolvedAt: expect.any(String) }],
    })
    expect(await run('reconcile-portal')).toContain('compared, 0 differences')
  })

  it('a company without a login, and one nobody knows, are told so in words', async () => {
    const ask = async (path: string) => {
      const answer = await fetch(
        `${running.gateway.url}/operator/v1/companies/${thirdTaxId}/esf/${path}?from=${today}&to=${today}`,
        { method: 'POST', headers: { authorization: `Bearer ${running.operatorKey}` } },
      )
      return [answer.status, await answer.text()]
    }
    expect(await ask('reconcile')).toEqual([409, expect.stringContaining('PORTAL-11')])
    expect(await ask('fetch')).toEqual([404, expect.stringContaining('OPERATOR-05')])
    await running.gateway.register.registerCompany({ taxId: thirdTaxId, name: 'ТОО «Жетісу Транс»' })
    expect(await ask('fetch')).toEqual([409, expect.stringContaining('PORTAL-06')])
  })

  it('acts of a company that has chosen it go to the portal, once they are signed', async () => {
    const choose = async (upload: string) => {
      const answer = await fetch(`${running.gateway.url}/operator/v1/companies/${sellerTaxId}/esf/acts`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${running.operatorKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ upload }),
      })
      return answer.status
    }
    expect(await choose('sometimes')).toBe(400)
    expect(await choose('signed')).toBe(200)
    const { documentId } = await seller.post<{ documentId: string }>(
      '/documents/act',
      anAct({ number: '91' }),
    )
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'document.delivered')
    expect(await run('send-acts')).toContain('1 acts')
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'mirror.registered')
    const [there, ...others] = portal.acts()
    expect(others).toEqual([])
    const status = await seller.get<{ registrationNumber: string }>(`/documents/${documentId}`)
    expect(status.registrationNumber).toBe(there?.registrationNumber)
    portal.changeActStatus(there?.id ?? '', 'CONFIRMED')
    expect(await run('follow-acts')).toContain('1 acts moved')
    expect(await choose('off')).toBe(200)
  })

  it('an announced outage is told by readiness, metrics and the operator’s desk, and holds the queue', async () => {
    const operator = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`${running.gateway.url}/operator/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${running.operatorKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.text() }
    }
    const health = async () => (await fetch(`${running.gateway.url}/health/ready`)).json()
    expect(await health()).toEqual({ status: 'ok', checks: expect.objectContaining({ portal: 'ok' }) })
    const now = Date.now()
    const outage = {
      from: new Date(now - 60_000).toISOString(),
      until: new Date(now + 3_600_000).toISOString(),
      note: 'kgd.gov.kz',
    }
    const announced = await operator('POST', '/esf/downtime', outage)
    expect(announced.status).toBe(201)
    expect(await health()).toEqual({ status: 'ok', checks: expect.objectContaining({ portal: 'failing' }) })
    expect(await (await fetch(`${running.gateway.url}/metrics`)).text()).toContain('daneker_portal_up 0')
    const calls = portal.calls().byOperation['syncInvoice']
    const invoice = anInvoice({ number: '7100', date: today, turnoverDate: today })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/tax-invoice', invoice)
    await seller.changesUntil((one) => one.documentId === documentId && one.name === 'document.delivered')
    const shown = await operator('GET', '/esf/downtime')
    expect(JSON.parse(shown.body)).toMatchObject({
      hold: {},
      held: 1,
      soonest: [{ documentId, clause: 'E1' }],
    })
    expect(portal.calls().byOperation['syncInvoice']).toBe(calls)
    const { id } = JSON.parse(announced.body) as { id: string }
    expect((await operator('POST', `/esf/downtime/${id}/end`, {})).status).toBe(204)
    expect(await health()).toEqual({ status: 'ok', checks: expect.objectContaining({ portal: 'ok' }) })
    expect((await operator('GET', `/esf/invoices/${documentId}?at=yesterday`)).status).toBe(422)
    expect((await operator('GET', '/esf/invoices/no')).status).toBe(404)
    // The schedule may have looked already within this half hour: then it is not due.
    expect(await run('watch-portal')).toMatch(/up|not-due/)
    expect(JSON.parse((await operator('GET', '/esf/downtime')).body)).toMatchObject({
      probes: [{ ok: true, note: 'InvoiceV2' }],
    })
  })
})
