import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { silentLog } from '../../src/core/kernel/index.ts'
import { anAct, thirdTaxId } from '../factories/documents.ts'
import { basic } from '../factories/http-gateway.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, keyFileFor, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

interface Connected {
  id: string
  login: string
  password: string
  apiKey: string
  wsdlUrl: string
}

describe.each(['embedded', 'postgresql'] as const)('what the operator does, on %s', (kind) => {
  let aheadMs = 0
  let running: RunningGateway
  let operator: RestClient
  beforeAll(async () => {
    running = await aRunningGateway(kind, {}, silentLog, { now: () => new Date(Date.now() + aheadMs) })
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
  }, serverStartMs)
  afterAll(() => running.stop())

  const meBy = (authorization: string) =>
    fetch(`${running.gateway.url}/api/v1/me`, { headers: { authorization } }).then(({ status }) => status)

  it('registers a company, grants access, connects a base, loads its key: the base then sends', async () => {
    const company = { taxId: thirdTaxId, name: 'ТОО «Қарапайым Дүкен»' }
    expect(await operator.post('/companies', company)).toMatchObject(company)
    // Again: the name changes, the company stays.
    const renamed = await operator.post<{ id: string; name: string }>('/companies', {
      ...company,
      name: 'ТОО «Дүкен»',
    })
    expect(renamed.name).toBe('ТОО «Дүкен»')
    const base = await operator.post<Connected>(`/companies/${thirdTaxId}/connections`, {
      name: 'Бухгалтерия',
      signing: 'key',
    })
    expect(base.wsdlUrl).toContain('/ws/EdoGateway_1_0?wsdl')
    const client = restClient(() => `${running.gateway.url}/api/v1`, `Bearer ${base.apiKey}`)
    const act = { ...anAct(), seller: { taxId: thirdTaxId, name: 'ТОО «Дүкен»' } }
    const closed = await client.ask('POST', '/documents/act', act)
    expect([closed.status, (closed.body as { code: string }).code]).toEqual([403, 'ACCESS-01'])

    await operator.post(`/companies/${thirdTaxId}/access`, { months: 12 })
    const file = Buffer.from(await keyFileFor(running.authority, thirdTaxId, 'Qwerty12')).toString('base64')
    const wrong = await operator.ask('PUT', `/companies/${thirdTaxId}/key`, { file, password: 'other' })
    expect(wrong.status).toBe(422)
    const key = await operator.ask('PUT', `/companies/${thirdTaxId}/key`, { file, password: 'Qwerty12' })
    expect(key.status).toBe(204)
    let sent = await client.ask('POST', '/documents/act', act)
    for (let tries = 0; sent.status === 403 && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      sent = await client.ask('POST', '/documents/act', act)
    }
    expect(sent.body).toMatchObject({ state: 'signing', repeat: false })
    const { documentId } = sent.body as { documentId: string }
    await client.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.delivered',
    )
    const shown = await operator.get<{ document: { id: string }; trail: { name: string }[] }>(
      `/documents/${documentId}`,
    )
    expect(shown.document.id).toBe(documentId)
    expect(shown.trail.map(({ name }) => name)).toContain('document.signed')
  })

  it('refuses a key of another company, and companies that cannot be', async () => {
    const file = Buffer.from(await keyFileFor(running.authority, '260140000604', 'Qwerty12')).toString(
      'base64',
    )
    const foreign = await operator.ask('PUT', `/companies/${thirdTaxId}/key`, { file, password: 'Qwerty12' })
    expect([foreign.status, (foreign.body as { code: string }).code]).toEqual([422, 'SIGNER-03'])
    for (const body of [
      { taxId: '260140000115', name: 'ТОО' },
      { taxId: '26014000011', name: 'ТОО' },
      { taxId: thirdTaxId, name: ' ' },
    ]) {
      expect((await operator.ask('POST', '/companies', body)).status).toBe(422)
    }
    for (const body of [{ months: 1.5 }, { months: '12' }, {}, { months: 12, companyId: 'x' }]) {
      const answer = await operator.ask('POST', `/companies/${thirdTaxId}/access`, body)
      expect([body, answer.status]).toEqual([body, 400])
    }
  })

  it('rotates a password: both work until the old one’s time is over', async () => {
    const base = await operator.post<Connected>(`/companies/${thirdTaxId}/connections`, { name: 'вторая' })
    const old = basic(base.login, base.password)
    expect(await meBy(old)).toBe(200)
    const rotated = await operator.post<{ password: string; oldWorksForHours: number }>(
      `/companies/${thirdTaxId}/connections/${base.id}/rotate`,
      { overlapHours: 2 },
    )
    const fresh = basic(base.login, rotated.password)
    expect(rotated.oldWorksForHours).toBe(2)
    expect([await meBy(old), await meBy(fresh)]).toEqual([200, 200])
    aheadMs += 3 * 3_600_000
    expect([await meBy(old), await meBy(fresh)]).toEqual([401, 200])
    // Rotated twice in a row, the newest and the one before it live.
    const third = await operator.post<{ password: string }>(
      `/companies/${thirdTaxId}/connections/${base.id}/rotate`,
      { overlapHours: 0 },
    )
    aheadMs += 60_000
    expect([await meBy(fresh), await meBy(basic(base.login, third.password))]).toEqual([401, 200])
    const listed = await operator.get<{ connections: Record<string, unknown>[] }>(
      `/companies/${thirdTaxId}/connections`,
    )
    expect(JSON.stringify(listed)).not.toMatch(/"password"|apiKey|hash/i)
  })

  it('makes keys for its own people, and shows jobs and tasks', async () => {
    const { apiKey } = await operator.post<{ apiKey: string }>('/keys', { name: 'дежурный' })
    const other = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${apiKey}`)
    const { jobs } = await other.get<{ jobs: { name: string }[] }>('/jobs')
    expect(jobs.map(({ name }) => name)).toContain('rescue-stuck-tasks')
    const ran = await other.post<{ outcome: string }>('/jobs/rescue-stuck-tasks/run', undefined)
    expect(ran.outcome).toBe('done')
    expect((await other.ask('POST', '/jobs/no-such-job/run')).status).toBe(404)
    expect(await other.get('/tasks')).toHaveProperty('census')
    expect((await other.ask('GET', '/documents/0198c0de-0000-7000-8000-00000000ffff')).status).toBe(404)
    expect((await other.ask('GET', '/documents/not-an-id')).status).toBe(404)
  })
})
