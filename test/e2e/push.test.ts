import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { silentLog } from '../../src/core/kernel/index.ts'
import { anAct, sellerTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

/** HMAC as the module of 1C computes it: two hashes over a padded key. */
const hmacOfModule = (key: string, data: Buffer): string => {
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
  const padded = Buffer.alloc(64)
  const own = Buffer.from(key)
  ;(own.length > 64 ? hash(own) : own).copy(padded)
  const [inner, outer] = [54, 92].map((pad) => Buffer.from(padded.map((byte) => byte ^ pad))) as [
    Buffer,
    Buffer,
  ]
  return hash(Buffer.concat([outer, hash(Buffer.concat([inner, data]))])).toString('hex')
}

interface Got {
  path: string
  isSigned: boolean
  body: { changes?: { cursor: string; name: string }[]; cursor?: string }
}

describe('changes brought to a base', () => {
  const key = 'ключ подписи, который знают двое'
  let aheadMs = 0
  let running: RunningGateway
  let operator: RestClient
  let server: Server
  let status = 200
  const got: Got[] = []
  let connection: string
  let own: RestClient

  beforeAll(async () => {
    running = await aRunningGateway(
      'embedded',
      { roles: ['http'], bases: { allowedRanges: ['127.0.0.0/8'] } },
      silentLog,
      { now: () => new Date(Date.now() + aheadMs) },
    )
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
    server = createServer((req, res) => {
      const pieces: Buffer[] = []
      req.on('data', (piece: Buffer) => pieces.push(piece))
      req.on('end', () => {
        const body = Buffer.concat(pieces)
        const path = req.url ?? ''
        const time = String(req.headers['x-daneker-time'])
        const signed = Buffer.concat([
          Buffer.from(`${req.method}\n${path.slice(path.indexOf('/hs/'))}\n${time}\n`),
          body,
        ])
        got.push({
          path,
          isSigned: hmacOfModule(key, signed) === req.headers['x-daneker-signature'],
          body: JSON.parse(body.toString()) as Got['body'],
        })
        res.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const made = await operator.post<{ id: string; apiKey: string }>(
      `/companies/${sellerTaxId}/connections`,
      {
        name: 'push',
      },
    )
    connection = made.id
    own = restClient(() => `${running.gateway.url}/api/v1`, `Bearer ${made.apiKey}`)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/buh/hs/daneker`
    await operator.ask('PUT', `/connections/${connection}/profile`, { settings: { 'onec-push': { url } } })
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })

  const round = async (): Promise<string> =>
    (await operator.post<{ note: string }>('/jobs/push-changes/run', undefined)).note
  const doctor = async () =>
    (
      await operator.post<{ checks: { id: string; outcome: string }[] }>(
        `/connections/${connection}/doctor`,
        undefined,
      )
    ).checks.find(({ id }) => id === 'push')?.outcome

  it('brings them signed, in order, once; a base that is away gets the same page later, by the ladder', async () => {
    expect(await doctor()).toBe('bad')
    await operator.ask('PUT', `/connections/${connection}/secrets/push`, { password: key })
    expect(await doctor()).toBe('ok')
    expect(got.at(-1)).toEqual({ path: '/buh/hs/daneker/ping', isSigned: true, body: {} })

    await own.post('/documents/act', anAct())
    status = 503
    expect(await round()).toBe('0 changes, 1 bases did not take them')
    const calls = got.length
    // 30 seconds of patience.
    expect(await round()).toBe('0 changes')
    expect(got.length).toBe(calls)
    aheadMs += 31_000
    expect(await round()).toContain('did not take')
    aheadMs += 31_000
    expect(await round()).toBe('0 changes')
    aheadMs += 30_000
    status = 200
    expect(await round()).toBe('2 changes')
    const pages = got.filter(({ path }) => path.endsWith('/changes'))
    expect(pages.every(({ isSigned }) => isSigned)).toBe(true)
    expect(new Set(pages.map(({ body }) => body.cursor)).size).toBe(1)
    expect(pages.at(-1)?.body.changes?.map(({ name }) => name)).toEqual([
      'document.received',
      'document.signature-awaited',
    ])
    expect(await round()).toBe('0 changes')
  })

  it('stops for a base that wants no more, until its address changes', async () => {
    await own.post('/documents/act', anAct())
    status = 410
    expect(await round()).toContain('did not take')
    const calls = got.length
    status = 200
    aheadMs += 7_200_000
    expect(await round()).toBe('0 changes')
    expect(got.length).toBe(calls)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/buh2/hs/daneker`
    await operator.ask('PUT', `/connections/${connection}/profile`, { settings: { 'onec-push': { url } } })
    expect(await round()).toBe('2 changes')
    expect(got.at(-1)).toMatchObject({ path: '/buh2/hs/daneker/changes', isSigned: true })
  })

  it('refuses addresses that are no HTTP service', async () => {
    for (const url of ['http://x/buh', 'https://a:b@x/buh/hs/d', 'ftp://x/hs/d', 'https://x/hs/d?a=1']) {
      const answer = await operator.ask('PUT', `/connections/${connection}/profile`, {
        settings: { 'onec-push': { url } },
      })
      expect([url, answer.status]).toEqual([url, 422])
    }
  })
})
