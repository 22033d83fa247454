import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import { anAct } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { sendCall, soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

interface Line {
  id: string
  operation: string
  status: number
  codes: string[]
  documentId?: string
  connectionId?: string
  target: string
  request: { kept: string; size: number; head: Record<string, string> }
  response: { kept: string; blotted: boolean }
}
interface Replayed {
  same: boolean
  status: { was: number; is: number }
  difference?: { at: string; was: string; is: string }
  after: number
}

describe.each(['embedded', 'postgresql'] as const)('the raw log, on %s', (kind) => {
  let running: RunningGateway
  let operator: RestClient
  let base: RestClient
  beforeAll(async () => {
    running = await aRunningGateway(kind)
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
    base = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
  }, serverStartMs)
  afterAll(() => running.stop())

  const soap = async (body: string, authorization = basicOf(running.seller)) => {
    const requestId = uuidIds.next()
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/xml; charset=utf-8', 'x-request-id': requestId },
      body,
    })
    return { requestId, status: answer.status, text: await answer.text() }
  }
  const found = async (query: string): Promise<Line[]> =>
    (await operator.get<{ exchanges: Line[] }>(`/exchanges?${query}`)).exchanges
  const ofRequest = async (requestId: string): Promise<Line> => {
    // The line is written when the answer is out, which the client may notice first.
    for (;;) {
      const [line] = await found(`request=${requestId}`)
      if (line !== undefined) return line
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const rest = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const requestId = uuidIds.next()
    const answer = await base.ask(method, path, body, { ...headers, 'x-request-id': requestId })
    return { ...answer, requestId }
  }
  const replayed = (line: Line) => operator.post<Replayed>(`/exchanges/${line.id}/replay`, undefined)

  it('keeps an accepted document both ways, byte for byte, and goes through it again to the same answer', async () => {
    const body = sendCall(anAct(), 'key-1')
    const sent = await soap(body)
    expect(sent.status).toBe(200)
    const line = await ofRequest(sent.requestId)
    expect(line).toMatchObject({
      operation: 'SendAct',
      status: 200,
      codes: [],
      connectionId: running.seller.connection.id,
      request: { kept: 'document', size: Buffer.byteLength(body) },
    })
    expect((await operator.bytes(`/exchanges/${line.id}/request`)).toString()).toBe(body)
    expect((await operator.bytes(`/exchanges/${line.id}/response`)).toString()).toBe(sent.text)
    const shown = await operator.get<{ requestText: string; responseText: string }>(`/exchanges/${line.id}`)
    expect([shown.requestText, shown.responseText]).toEqual([body, sent.text])
    expect(JSON.stringify(shown)).not.toMatch(/authorization|Basic /i)

    expect(await replayed(line)).toEqual({ same: true, status: { was: 200, is: 200 }, after: 0 })
    // A repeat is a repeat in the rehearsal too.
    const again = await soap(body)
    expect(again.text).toContain('true</m:Repeat>')
    const second = await ofRequest(again.requestId)
    expect((await replayed(second)).status).toEqual({ was: 200, is: 200 })
    expect(await found(`document=${line.documentId ?? ''}&operation=SendAct`)).toHaveLength(2)
    // The rehearsals left nothing behind.
    const outbox = await base.get<{ documents: unknown[] }>('/documents?limit=500')
    expect(outbox.documents).toHaveLength(1)
  })

  it('keeps what was refused, and shows the same refusal again', async () => {
    const wrong = {
      ...anAct(),
      totals: { amountWithoutVat: '1.00', vatAmount: '1.00', amountWithVat: '2.00' },
    }
    const refused = await rest('POST', '/documents/act', wrong)
    expect(refused.status).toBe(422)
    const line = await ofRequest(refused.requestId)
    expect(line).toMatchObject({ operation: 'sendDocument', status: 422, request: { kept: 'whole' } })
    expect(line.codes.length).toBeGreaterThan(0)
    expect(JSON.parse((await operator.bytes(`/exchanges/${line.id}/request`)).toString())).toMatchObject({
      totals: wrong.totals,
    })
    expect(await found(`code=${line.codes[0]}&refused=true`)).toMatchObject([{ id: line.id }])
    expect(await replayed(line)).toMatchObject({ same: true, status: { was: 422, is: 422 } })
    // Unreadable ones too.
    const broken = await soap('<not-soap')
    const kept = await ofRequest(broken.requestId)
    expect((await operator.bytes(`/exchanges/${kept.id}/request`)).toString()).toBe('<not-soap')
    expect((await replayed(kept)).same).toBe(true)
  })

  it('shows the first difference when the decision has changed since', async () => {
    const shown = await rest('GET', '/connection', undefined)
    const line = await ofRequest(shown.requestId)
    expect((await replayed(line)).same).toBe(true)
    await operator.ask('PUT', `/connections/${running.seller.connection.id}`, { name: 'Другое имя' })
    expect(await replayed(line)).toEqual({
      same: false,
      status: { was: 200, is: 200 },
      difference: { at: 'name', was: 'Бухгалтерия', is: 'Другое имя' },
      after: 0,
    })
  })

  it('goes through the parts of a file first, when a file was joined of them', async () => {
    const bytes = Buffer.from(JSON.stringify({ ...anAct(), kind: 'act' }))
    const half = Math.ceil(bytes.length / 2)
    for (const [index, part] of [bytes.subarray(0, half), bytes.subarray(half)].entries())
      expect((await rest('PUT', `/files/f1/parts/${index + 1}`, part)).status).toBe(204)
    const joined = await rest('POST', '/files/f1/message', { format: 'daneker-json', fileName: 'a.json' })
    expect(joined.status).toBe(201)
    const line = await ofRequest(joined.requestId)
    expect(await replayed(line)).toMatchObject({ same: true, status: { was: 201, is: 201 }, after: 2 })
  })

  it('keeps refusals of strangers without a connection, and no secret it gave', async () => {
    const stranger = await soap(soapCall('Ping'), 'Basic bm9ib2R5Om5vdGhpbmc=')
    expect(stranger.status).toBe(401)
    const line = await ofRequest(stranger.requestId)
    expect(line).toMatchObject({ status: 401, codes: ['AUTH-01'], request: { kept: 'none' } })
    expect(line.connectionId).toBeUndefined()
    expect((await operator.ask('POST', `/exchanges/${line.id}/replay`)).status).toBe(409)

    const made = await running.gateway.register.connect({
      taxId: running.buyer.connection.login.slice(0, 12),
      name: 'вторая',
      signing: 'sender',
    })
    const own = restClient(() => `${running.gateway.url}/api/v1`, `Bearer ${made.apiKey}`)
    const rotated = await own.ask('POST', '/connection/rotation', { what: 'both' })
    const { password, apiKey } = rotated.body as { password: string; apiKey: string }
    const lines = await found(`connection=${made.connection.login}`)
    expect(lines).toMatchObject([
      { operation: 'rotateConnection', response: { kept: 'none', blotted: true } },
    ])
    const all = await operator.get(`/exchanges/${lines[0]?.id ?? ''}`)
    for (const secret of [password, apiKey, made.apiKey]) expect(JSON.stringify(all)).not.toContain(secret)
    expect((await operator.ask('GET', `/exchanges/${lines[0]?.id ?? ''}/response`)).status).toBe(404)
    // Nothing of a rotation that is gone through again stays.
    await operator.ask('POST', `/exchanges/${lines[0]?.id ?? ''}/replay`)
    expect((await own.ask('GET', '/me')).status).toBe(200)
  })

  it('is for the operator alone, and refuses searches it does not understand', async () => {
    expect((await base.ask('GET', '/../../operator/v1/exchanges')).status).not.toBe(200)
    const asBase = restClient(() => `${running.gateway.url}/operator/v1`, basicOf(running.seller))
    expect((await asBase.ask('GET', '/exchanges')).status).toBe(403)
    for (const query of ['colour=red', 'limit=0', 'from=yesterday', 'document=1', 'refused=perhaps'])
      expect([query, (await operator.ask('GET', `/exchanges?${query}`)).status]).toEqual([query, 400])
    expect(await found('connection=nobody')).toEqual([])
    expect(await found('company=999999999999')).toEqual([])
    expect((await operator.ask('GET', '/exchanges/not-an-id')).status).toBe(404)
    const metrics = await (await fetch(`${running.gateway.url}/metrics`)).text()
    expect(metrics).toContain('daneker_exchanges_total{outcome="kept"}')
  })
})
