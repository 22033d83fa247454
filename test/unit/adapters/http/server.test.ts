import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Registry } from 'prom-client'
import { answerFor, HttpRefusal, httpStatusOf } from '../../../../src/adapters/http/index.ts'
import type { Door } from '../../../../src/adapters/http/index.ts'
import { Refusal } from '../../../../src/core/exchange/index.ts'
import { fault } from '../../../../src/core/kernel/index.ts'
import { basic, openHttpGateway } from '../../../factories/http-gateway.ts'
import type { HttpGateway } from '../../../factories/http-gateway.ts'
import { rawHttp } from '../../../factories/raw-http.ts'

let gateway: HttpGateway | undefined

afterEach(async () => {
  await gateway?.stop()
  gateway = undefined
})

const words = { ru: 'Исправьте.', kk: 'Түзетіңіз.', en: 'Correct it.' }
const aFault = fault('TEST-01', 'lines[0].price', words)

/** A door whose routes answer as the tests like. */
const testDoor = (mount: Door['mount']): Door => ({ name: 'test', mount })

const opened = async (
  routes: Door['mount'] = () => undefined,
  options: Omit<NonNullable<Parameters<typeof openHttpGateway>[0]>, 'doors'> = {},
): Promise<HttpGateway> => {
  gateway = await openHttpGateway({ doors: () => [testDoor(routes)], ...options })
  return gateway
}

const greeting: Door['mount'] = (router, tools) => {
  router.get('/who', async (ctx) => {
    ctx.body = { name: (await tools.caller(ctx)).companyName }
  })
  router.get('/operator', async (ctx) => {
    ctx.body = { name: (await tools.operator(ctx)).name }
  })
  router.post('/echo', async (ctx) => {
    await tools.caller(ctx)
    ctx.body = { bytes: (await tools.body(ctx)).length }
  })
}

describe('every answer', () => {
  test('a fault is a problem with code, place, Russian words and the request id', async () => {
    const { url, log } = await opened((router) => {
      router.get('/x', () => {
        throw new Refusal('invalid', [aFault, fault('TEST-02', 'date', words)])
      })
    })
    const answer = await fetch(`${url}/x`, { headers: { 'x-request-id': 'trace-0001' } })
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.headers.get('x-request-id')).toBe('trace-0001')
    expect(await answer.json()).toEqual({
      type: 'urn:daneker:fault:TEST-01',
      title: 'В данных есть ошибки',
      status: 422,
      detail: 'Исправьте.',
      code: 'TEST-01',
      faults: [
        { code: 'TEST-01', path: 'lines[0].price', message: 'Исправьте.' },
        { code: 'TEST-02', path: 'date', message: 'Исправьте.' },
      ],
      requestId: 'trace-0001',
    })
    expect(log.at(-1)).toMatchObject({
      event: 'request.answered',
      fields: {
        requestId: 'trace-0001',
        method: 'GET',
        route: '/x',
        status: 422,
        codes: ['TEST-01', 'TEST-02'],
      },
    })
  })

  test.each([
    ['kk-KZ, ru;q=0.3', 'Түзетіңіз.'],
    ['en', 'Correct it.'],
    ['de, en;q=0.2, ru;q=0.8', 'Исправьте.'],
    ['de', 'Исправьте.'],
    [';;q=x,,,', 'Исправьте.'],
  ])('speaks the language of %s', async (language, detail) => {
    const { url } = await opened((router) => {
      router.get('/x', () => {
        throw new Refusal('conflict', [aFault], { documentId: 'first' })
      })
    })
    const answer = await fetch(`${url}/x`, { headers: { 'accept-language': language } })
    expect(await answer.json()).toMatchObject({ detail, documentId: 'first', status: 409 })
  })

  test('a surprise is one generic sentence outside and the whole story in the log', async () => {
    const { url, log } = await opened((router) => {
      router.get('/x', () => {
        throw new TypeError('password=hunter2')
      })
    })
    const answer = await fetch(`${url}/x`)
    expect(answer.status).toBe(500)
    const body = await answer.text()
    expect(body).not.toContain('hunter2')
    expect(JSON.parse(body)).toMatchObject({ code: 'HTTP-11' })
    expect(log.some((line) => line.level === 'error' && line.event === 'request.surprised')).toBe(true)
  })

  test('carries security headers and no name of software; a stranger’s request id is not taken', async () => {
    const { url } = await opened()
    const { headers } = await fetch(`${url}/health/live`, { headers: { 'x-request-id': '<script>' } })
    expect(headers.get('x-request-id')).toMatch(/^request-/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('a method that is not there gets 405 with Allow, as a problem', async () => {
    const { url } = await opened(greeting)
    const answer = await fetch(`${url}/echo`, { method: 'PUT' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toContain('POST')
    expect(await answer.json()).toMatchObject({ code: 'HTTP-03' })
  })

  test('words of core become statuses of HTTP', () => {
    expect(httpStatusOf).toEqual({
      invalid: 422,
      unauthenticated: 401,
      forbidden: 403,
      'not-found': 404,
      conflict: 409,
      'too-large': 413,
      'too-many': 429,
      unavailable: 503,
    })
    expect(answerFor(new Refusal('unavailable', [aFault], { retryAfterMs: 1500 }), 'r').headers).toEqual({
      'Retry-After': '2',
    })
    expect(answerFor(new HttpRefusal(400, [aFault]), 'r')).toMatchObject({ status: 400, faults: [aFault] })
  })
})

describe('who asks', () => {
  test('login and password, or an API key, prove a connection; Cyrillic logins too', async () => {
    const { url, alatau, esil, apiKey } = await opened(greeting)
    const who = async (authorization: string): Promise<unknown> =>
      (await fetch(`${url}/who`, { headers: { authorization } })).json()
    expect(await who(alatau)).toEqual({ name: 'ТОО «Алатау Снаб»' })
    expect(await who(`Bearer ${apiKey}`)).toEqual({ name: 'ТОО «Алатау Снаб»' })
    expect(await who(esil)).toEqual({ name: 'ТОО «Есіл Құрылыс»' })
  })

  test('an operator is no company and a company is no operator', async () => {
    const { url, alatau, operator } = await opened(greeting)
    expect((await fetch(`${url}/operator`, { headers: { authorization: operator } })).status).toBe(200)
    expect((await fetch(`${url}/operator`, { headers: { authorization: alatau } })).status).toBe(403)
    expect((await fetch(`${url}/who`, { headers: { authorization: operator } })).status).toBe(403)
  })

  test('an accepted proof is remembered for a while, so that the hot path asks no store', async () => {
    let now = Date.parse('2026-03-31T10:00:00Z')
    const { url, alatau, lookups } = await opened(greeting, {
      clock: { now: () => new Date(now) },
      gate: { rememberMs: 10_000 },
    })
    const ask = () => fetch(`${url}/who`, { headers: { authorization: alatau } })
    for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(200)
    expect(lookups()).toBe(1)
    now += 10_001
    await ask()
    expect(lookups()).toBe(2)
  })

  test('after 20 failures with one login further guesses are not looked at; others come in as before', async () => {
    const { url, alatau, esil, password, lookups } = await opened(greeting)
    const ask = (authorization: string) => fetch(`${url}/who`, { headers: { authorization } })
    for (let i = 0; i < 20; i++) expect((await ask(basic('alatau', `guess-${i}`))).status).toBe(401)
    const before = lookups()
    const refused = await ask(basic('alatau', 'guess-21'))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'AUTH-02' })
    // Even the right password waits: otherwise the guesser would learn that it was right.
    expect((await ask(alatau)).status).toBe(429)
    expect(lookups()).toBe(before)
    expect((await ask(esil)).status).toBe(200)
    expect(password).toMatch(/^[2-9A-HJ-NP-Za-km-z]{24}$/)
  })

  test('a mass of guesses from one address ends too, whatever the logins', async () => {
    const { url } = await opened(greeting, { gate: { failuresPerAddress: 30 } })
    const statuses: number[] = []
    for (let i = 0; i < 31; i++)
      statuses.push(
        (await fetch(`${url}/who`, { headers: { authorization: basic(`login-${i}`, 'x') } })).status,
      )
    expect(statuses.slice(0, 30).every((s) => s === 401)).toBe(true)
    expect(statuses[30]).toBe(429)
  })

  test('one connection gets so many requests at once and no more', async () => {
    let letGo: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let waiting = 0
    const { url, alatau, esil } = await opened(
      (router, tools) => {
        router.get('/slow', async (ctx) => {
          await tools.caller(ctx)
          waiting++
          await gate
          ctx.body = 'ok'
        })
        greeting(router, tools)
      },
      { gate: { requestsPerConnection: 3 } },
    )
    const headers = { authorization: alatau }
    const slow = [1, 2, 3].map(() => fetch(`${url}/slow`, { headers }))
    while (waiting < 3) await new Promise((resolve) => setImmediate(resolve))
    expect((await fetch(`${url}/who`, { headers })).status).toBe(429)
    expect((await fetch(`${url}/who`, { headers: { authorization: esil } })).status).toBe(200)
    letGo()
    for (const answer of await Promise.all(slow)) expect(answer.status).toBe(200)
    expect((await fetch(`${url}/who`, { headers })).status).toBe(200)
  })
})

describe('bodies', () => {
  test('all bodies together have a limit, given back when the answer is out', async () => {
    const { url, alatau } = await opened(greeting, { limits: { maxBytesInFlight: 1000, maxBodyBytes: 5000 } })
    const post = (bytes: number) =>
      fetch(`${url}/echo`, { method: 'POST', headers: { authorization: alatau }, body: 'x'.repeat(bytes) })
    const busy = await post(1001)
    expect(busy.status).toBe(503)
    expect(busy.headers.get('retry-after')).toBe('2')
    for (let i = 0; i < 5; i++) expect((await post(900)).status).toBe(200)
  })

  test('a body without a length is counted as it grows, and its client may vanish', async () => {
    const { url, alatau, log } = await opened(greeting, {
      limits: { maxBytesInFlight: 1000, maxBodyBytes: 5000 },
    })
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\nAuthorization: ${alatau}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`
    expect((await rawHttp(url, head, chunk(600), chunk(600), '0\r\n\r\n')).status).toBe(503)
    for (let i = 0; i < 3; i++) {
      const answer = await rawHttp(url, head, chunk(400), chunk(500), '0\r\n\r\n')
      expect(JSON.parse(answer.body)).toEqual({ bytes: 900 })
    }
    const answered = (): number => log.filter((l) => l.event === 'request.answered').length
    const before = answered()
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    await once(socket, 'connect')
    socket.write(head + chunk(500), () => socket.destroy())
    while (answered() === before) await new Promise((resolve) => setImmediate(resolve))
    expect(log.some((l) => l.level === 'error')).toBe(false)
    expect((await rawHttp(url, head, chunk(900), '0\r\n\r\n')).status).toBe(200)
  })

  test('a client that goes away in the middle leaves one log line and nothing else', async () => {
    const { url, alatau, log } = await opened(greeting)
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    await once(socket, 'connect')
    socket.write(
      `POST /echo HTTP/1.1\r\nHost: x\r\nAuthorization: ${alatau}\r\nContent-Length: 100\r\n\r\nhalf`,
    )
    // The server has the head once it has looked up the caller.
    while (gateway?.lookups() === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    while (!log.some((l) => l.event === 'request.answered'))
      await new Promise((resolve) => setImmediate(resolve))
    expect(log.at(-1)?.fields).toMatchObject({ status: 499, route: '/echo' })
    expect(log.some((l) => l.level === 'error')).toBe(false)
  })
})

describe('for the machines that watch', () => {
  test('readiness names what is not ready and survives checks that throw or hang', async () => {
    let healthy = true
    const { url } = await opened(undefined, {
      checks: [
        { name: 'database', check: async () => healthy },
        {
          name: 'queue',
          check: () => {
            if (!healthy) throw new Error('password=hunter2')
            return true
          },
        },
      ],
    })
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    healthy = false
    const answer = await fetch(`${url}/health/ready`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      status: 'not-ready',
      checks: { database: 'failing', queue: 'failing' },
    })
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
  })

  test('metrics count requests by route; from elsewhere they are for the operator', async () => {
    const { url, operator, alatau } = await opened(greeting, { registry: new Registry() })
    await fetch(`${url}/who`, { headers: { authorization: alatau } })
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toContain('daneker_http_request_seconds_count{method="GET",route="/who",status="200"} 1')
    const proxied = { 'x-forwarded-for': '192.0.2.1' }
    expect((await fetch(`${url}/metrics`, { headers: proxied })).status).toBe(401)
    expect((await fetch(`${url}/metrics`, { headers: { ...proxied, authorization: operator } })).status).toBe(
      200,
    )
  })
})

describe('stopping', () => {
  test('lets running requests end, takes no new ones, and may be called twice', async () => {
    let letGo: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let arrived: () => void = () => undefined
    const inside = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const { url, stop } = await opened((router) => {
      router.get('/slow', async (ctx) => {
        arrived()
        await held
        ctx.body = 'done'
      })
    })
    const running = fetch(`${url}/slow`)
    await inside
    const stopped = stop()
    await expect(rawHttp(url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    letGo()
    expect(await (await running).text()).toBe('done')
    await stopped
    await stop()
  })

  test('cuts what does not end within the grace', async () => {
    let arrived: () => void = () => undefined
    const inside = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const { url, stop } = await opened(
      (router) => {
        router.get('/never', () => {
          arrived()
          return new Promise<void>(() => undefined)
        })
      },
      { limits: { stopGraceMs: 50 } },
    )
    const running = fetch(`${url}/never`)
    await inside
    await Promise.all([expect(running).rejects.toThrow(), stop()])
  })
})
