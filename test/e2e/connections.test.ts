import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { silentLog } from '../../src/core/kernel/index.ts'
import { sellerTaxId } from '../factories/documents.ts'
import { basic } from '../factories/http-gateway.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

interface Shown {
  id: string
  login: string
  name: string
  door: string
  signing: string
  closedAt?: string
  wsdlUrl: string
  restUrl: string
  passwords: { expiresAt?: string }[]
  keys: { keyId: string; expiresAt?: string }[]
  doors: { door: string; addresses: { name: string; value: string }[] }[]
}
type Made = Shown & { password: string; apiKey: string }
interface Problem {
  code: string
  faults: { code: string; path: string }[]
}

describe.each(['embedded', 'postgresql'] as const)('connections of bases, on %s', (kind) => {
  let aheadMs = 0
  let running: RunningGateway
  let operator: RestClient
  beforeAll(async () => {
    running = await aRunningGateway(kind, {}, silentLog, { now: () => new Date(Date.now() + aheadMs) })
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
  }, serverStartMs)
  afterAll(() => running.stop())

  const apiBy = (authorization: string) => restClient(() => `${running.gateway.url}/api/v1`, authorization)
  const made = (body: object = { name: 'Бухгалтерия, Алматы' }) =>
    operator.post<Made>(`/companies/${sellerTaxId}/connections`, body)
  const statusBy = async (authorization: string) => (await apiBy(authorization).ask('GET', '/me')).status
  const codesOf = ({ body }: { body: unknown }) =>
    (body as Problem).faults.map(({ code, path }) => [code, path])

  it('hands back the strings of every door with login, password and key, and shows no secret again', async () => {
    const base = await made()
    expect(base).toMatchObject({
      wsdlUrl: 'http://127.0.0.1:1/ws/EdoGateway_1_0?wsdl',
      namespace: 'urn:daneker:edo:1.0',
      service: 'EdoGateway_1_0',
      port: 'EdoGateway_1_0Soap',
      restUrl: 'http://127.0.0.1:1/api/v1',
      door: 'onec-soap',
      signing: 'sender',
    })
    expect(await statusBy(basic(base.login, base.password))).toBe(200)
    expect(await statusBy(`Bearer ${base.apiKey}`)).toBe(200)
    for (const name of [base.id, base.login]) {
      const shown = await operator.get<Shown>(`/connections/${name}`)
      expect(shown).toMatchObject({ id: base.id, login: base.login, passwords: [{}] })
      expect(shown.doors.map(({ door }) => door)).toEqual(expect.arrayContaining(['onec-soap', 'rest']))
      expect(JSON.stringify(shown)).not.toContain(base.password)
      expect(JSON.stringify(shown)).not.toContain(base.apiKey)
    }
  })

  it('changes name, signing and door, and refuses what cannot be', async () => {
    const base = await made()
    const changed = await operator.ask('PUT', `/connections/${base.id}`, {
      name: ' Склад ',
      signing: 'key',
      door: 'rest',
    })
    expect(changed.body).toMatchObject({ name: 'Склад', signing: 'key', door: 'rest' })
    const bad = await operator.ask('PUT', `/connections/${base.id}`, { name: ' ', door: 'fax' })
    expect([bad.status, codesOf(bad)]).toEqual([
      422,
      [
        ['COMPANY-02', 'name'],
        ['CONNECTION-04', 'door'],
      ],
    ])
    expect((await operator.ask('PUT', `/connections/${base.id}`, {})).status).toBe(422)
    expect((await operator.ask('PUT', `/connections/${base.id}`, { login: 'x' })).status).toBe(400)
    expect((await operator.ask('GET', '/connections/nobody')).status).toBe(404)
    expect((await operator.ask('GET', '/companies/260140000999/connections')).status).toBe(404)
    const unknown = await operator.ask('POST', `/companies/${sellerTaxId}/connections`, {
      name: 'x',
      door: 'fax',
    })
    expect(unknown.status).toBe(422)
  })

  it('rotates password and key with two alive, and closes for good', async () => {
    const base = await made()
    const rotated = await operator.post<{ password: string; apiKey: string }>(
      `/connections/${base.login}/rotate`,
      { what: 'both', overlapHours: 2 },
    )
    const old = [basic(base.login, base.password), `Bearer ${base.apiKey}`]
    const fresh = [basic(base.login, rotated.password), `Bearer ${rotated.apiKey}`]
    for (const proof of [...old, ...fresh]) expect(await statusBy(proof)).toBe(200)
    const shown = await operator.get<Shown>(`/connections/${base.id}`)
    expect([shown.passwords.length, shown.keys.length]).toEqual([2, 2])
    aheadMs += 3 * 3_600_000
    for (const proof of old) expect(await statusBy(proof)).toBe(401)
    for (const proof of fresh) expect(await statusBy(proof)).toBe(200)
    const later = await operator.get<Shown>(`/connections/${base.id}`)
    expect([later.passwords.length, later.keys.length]).toEqual([1, 1])

    const closed = await operator.ask('DELETE', `/connections/${base.id}`)
    expect((closed.body as Shown).closedAt).toBeDefined()
    aheadMs += 60_000
    for (const proof of fresh) expect(await statusBy(proof)).toBe(401)
    const again = await operator.ask('DELETE', `/connections/${base.id}`)
    expect((again.body as Shown).closedAt).toBe((closed.body as Shown).closedAt)
    const refused = await operator.ask('POST', `/connections/${base.id}/rotate`, {})
    expect([refused.status, (refused.body as Problem).code]).toEqual([409, 'CONNECTION-03'])
  })

  it('keeps a profile, and names everything that is wrong with one', async () => {
    const base = await made()
    const path = `/connections/${base.id}/profile`
    expect(await operator.get(path)).toEqual({})
    const profile = {
      organisation: { address: 'г. Алматы, пр. Абая, 10', bank: { iik: 'KZ18722S000012345678', kbe: '17' } },
      units: { 'шт.': '796' },
      vatRates: { '16%': '16', 'Без НДС': 'none' },
      settings: {},
    }
    expect((await operator.ask('PUT', path, profile)).body).toEqual(profile)
    expect(await operator.get(path)).toEqual(profile)
    const bad = await operator.ask('PUT', path, {
      organisation: { adress: 'x', bank: { iik: '1' } },
      units: { шт: 796 },
      vatRates: { '18%': '18' },
      settings: { fax: {}, 'onec-soap': { nested: { password: 'secret' } } },
      colour: 'red',
    })
    expect(bad.status).toBe(422)
    expect(codesOf(bad)).toEqual([
      ['PROFILE-01', 'colour'],
      ['DOC-03', 'organisation.adress'],
      ['DOC-07', 'organisation.bank.iik'],
      ['PROFILE-03', 'units.шт'],
      ['PROFILE-04', 'vatRates.18%'],
      ['PROFILE-08', 'settings.fax'],
      ['PROFILE-06', 'settings.onec-soap.nested.password'],
    ])
    expect(await operator.get(path)).toEqual(profile)
  })

  it('lets a base see, describe and rotate its own connection, and no other', async () => {
    const base = await made()
    const own = apiBy(`Bearer ${base.apiKey}`)
    expect(await own.get('/connection')).toMatchObject({ id: base.id, login: base.login, profile: {} })
    const profile = { units: { шт: '796' } }
    expect((await own.ask('PUT', '/connection/profile', profile)).body).toEqual(profile)
    expect((await own.ask('PUT', '/connection/profile', { units: { шт: 'x' } })).status).toBe(422)
    const rotated = await own.ask('POST', '/connection/rotation', { what: 'password' })
    expect(rotated.status).toBe(201)
    const { password } = rotated.body as { password: string }
    expect(await statusBy(basic(base.login, password))).toBe(200)
    expect((await own.ask('GET', `/connections/${running.buyer.connection.id}`)).status).toBe(404)
    expect((await apiBy(basic(base.login, password)).ask('GET', '/connection')).status).toBe(200)
    // A base’s own key opens nothing of the operator.
    const asBase = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${base.apiKey}`)
    expect((await asBase.ask('GET', `/connections/${base.id}`)).status).toBe(403)
  })
})
