import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Router } from '@koa/router'
import Koa from 'koa'
import helmet from 'koa-helmet'
import { Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Authenticate } from '../../core/company/index.ts'
import { Refusal } from '../../core/exchange/index.ts'
import type { Clock, Ids } from '../../core/kernel/index.ts'
import { bodyReader } from './body.ts'
import type { Door, DoorTools, HttpContext, HttpExchange, HttpLog, HttpState } from './door.ts'
import { Gatekeeper } from './gatekeeper.ts'
import type { GateLimits } from './gatekeeper.ts'
import { mountHealth } from './health.ts'
import type { HealthCheck } from './health.ts'
import { httpFault } from './http-faults.ts'
import type { HttpFaultCode } from './http-faults.ts'
import { answerFor, ClientGone, HttpRefusal } from './http-refusal.ts'
import { languageOf } from './language.ts'
import { defaultHttpLimits, maxHeaderBytes } from './limits.ts'
import type { HttpLimits } from './limits.ts'
import { problemOf, problemType } from './problem.ts'
import { exchangeOf, recording } from './recording.ts'

export interface HttpOptions {
  host: string
  /** 0: any free port. */
  port: number
  doors: readonly Door[]
  authenticate: Authenticate
  clock: Clock
  ids: Ids
  log: HttpLog
  limits?: Partial<HttpLimits>
  gate?: Partial<GateLimits>
  /** How the world reaches us, `https://edo.example.kz`: goes into the WSDL and into links. */
  publicUrl?: string
  /** Host headers that may be believed when there is no `publicUrl`; the own address and localhost always are. */
  ownHosts?: readonly string[]
  /** A proxy stands in front and its `X-Forwarded-For` may be believed. */
  trustProxy?: boolean
  checks?: HealthCheck[]
  registry?: Registry
  /** Told of every exchange of a recorded door once its answer is out. Must neither throw nor wait. */
  recorded?: (exchange: HttpExchange) => void
}

export interface OpenHttp {
  /** `http://127.0.0.1:8080`, with the real port. */
  url: string
  /** Takes no new requests, lets running ones end, closes. May be called twice. */
  stop(): Promise<void>
}

const requestIdPattern = /^[A-Za-z0-9._-]{8,64}$/
const maxUrlLength = 2048

/** Headers whose second value would be read by one party and the first by another. */
const singleHeaders = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'soapaction',
])

/** Throws for addresses and headers that two readers could understand differently. */
const checkRequestLine = (req: IncomingMessage): void => {
  const url = req.url ?? ''
  const odd =
    !url.startsWith('/') ||
    url.startsWith('//') ||
    url.length > maxUrlLength ||
    // Letters outside printable ASCII, the backslash, and what encodes a zero byte; in the path also what encodes a
    // slash or a backslash (in a query they are letters like any others: `format=generic%2Forders`).
    /[^\x21-\x7e]|\\|%(?![0-9a-f]{2})|%00/i.test(url) ||
    /%(?:2f|5c)/i.test(url.split('?', 1)[0] ?? '') ||
    /(?:^|\/)\.{1,2}(?:\/|$)/.test(decodedPath(url))
  if (odd) throw new HttpRefusal(400, [httpFault('HTTP-01')])

  // Node would answer this one itself, without a word.
  if (req.httpVersion === '1.1' && req.headers.host === undefined)
    throw new HttpRefusal(400, [httpFault('HTTP-08', { header: 'Host' })])
  const seen = new Set<string>()
  const raw = req.rawHeaders
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase()
    if (!singleHeaders.has(name)) continue
    if (seen.has(name)) throw new HttpRefusal(400, [httpFault('HTTP-08', { header: raw[i] ?? '' })])
    seen.add(name)
  }
}

/** The pattern the router matched, for figures and the log: never the address itself, which holds ids. */
const routeOf = (ctx: object): string =>
  '_matchedRoute' in ctx && typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none'

const decodedPath = (url: string): string => {
  const path = url.split('?', 1)[0] ?? ''
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    // Not UTF-8: two readers would disagree, so it counts as a path that leaves its folder.
    return '/..'
  }
}

/** What Node's parser could not read at all, as code and status. */
const parserRefusals: Readonly<Record<string, [number, string, HttpFaultCode]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'HTTP-14'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'HTTP-15'],
}

const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket, requestId: string): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason, code] = parserRefusals[error.code ?? ''] ?? [400, 'Bad Request', 'HTTP-13' as const]
  const answer = { status, faults: [httpFault(code)], headers: {} }
  const body = JSON.stringify(problemOf(answer, 'ru', requestId))
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${requestId}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  )
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  strictTransportSecurity: { maxAge: 31_536_000 },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
})

/**
 * Opens the only socket of the gateway. Limits, request ids, credentials, error answers, health and the one
 * log line of a request live here; doors bring routes. Resolves when listening.
 */
export const openHttp = async (options: HttpOptions): Promise<OpenHttp> => {
  const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits }
  const gatekeeper = new Gatekeeper(options.authenticate, options.clock, options.gate)
  const { log } = options
  let stopping = false
  let url = ''

  const ownHosts = new Set<string>(options.ownHosts ?? [])

  const identify = async (ctx: HttpContext) => {
    const identity = await gatekeeper.identify(ctx.get('authorization'), ctx.ip)
    ctx.state.noted[identity.role] =
      identity.role === 'connection' ? identity.caller.connectionId : identity.operator.keyId
    return identity
  }

  const tools: DoorTools = {
    caller: async (ctx) => {
      const identity = await identify(ctx)
      if (identity.role !== 'connection') throw new Refusal('forbidden', [httpFault('AUTH-03')])
      ctx.state.releases.push(gatekeeper.enter(identity.caller.connectionId))
      return identity.caller
    },
    operator: async (ctx) => {
      const identity = await identify(ctx)
      if (identity.role !== 'operator') throw new Refusal('forbidden', [httpFault('AUTH-04')])
      return identity.operator
    },
    body: bodyReader(limits),
    hush: (ctx, side) => ctx.state.exchange?.secrets.add(side),
    publicOrigin: (ctx) => {
      if (options.publicUrl !== undefined) return options.publicUrl.replace(/\/+$/, '')
      const host = ctx.get('host').toLowerCase()
      return ownHosts.has(host) ? `http://${host}` : url
    },
    surprised: (ctx, error) => {
      log.error({ requestId: ctx.state.requestId, err: error }, 'request.surprised')
    },
  }

  const histogram =
    options.registry === undefined
      ? undefined
      : new Histogram({
          name: 'daneker_http_request_seconds',
          help: 'Time from the first byte of a request to the end of its answer',
          labelNames: ['method', 'route', 'status'] as const,
          buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
          registers: [options.registry],
        })

  const router = new Router<HttpState>()
  mountHealth(router, tools, {
    checks: options.checks ?? [],
    registry: options.registry,
    isStopping: () => stopping,
  })
  const { recorded } = options
  for (const door of options.doors)
    door.mount(
      router,
      door.isRecorded === true && recorded !== undefined ? recording(door.name, tools) : tools,
    )

  const app = new Koa<HttpState>({ proxy: options.trustProxy ?? false, maxIpsCount: 1 })
  // Every request's own errors are answered below; what is left concerns broken sockets.
  app.on('error', (error: unknown) => log.warn({ err: error }, 'socket.failed'))

  const answerProblem = (ctx: HttpContext, error: unknown): void => {
    const answer = answerFor(error, ctx.state.requestId)
    if (answer.surprise !== undefined) tools.surprised(ctx, answer.surprise)
    ctx.state.noted['codes'] = answer.faults.slice(0, 10).map((f) => f.code)
    ctx.status = answer.status
    for (const [name, value] of Object.entries(answer.headers)) ctx.set(name, value)
    ctx.body = JSON.stringify(problemOf(answer, ctx.state.language, ctx.state.requestId))
    ctx.set('Content-Type', problemType)
  }

  app.use(async (ctx, next) => {
    const startedAt = performance.now()
    const at = options.clock.now()
    const given = ctx.get('x-request-id')
    ctx.state.requestId = requestIdPattern.test(given) ? given : options.ids.next()
    ctx.state.language = languageOf(ctx.headers['accept-language'])
    ctx.state.noted = {}
    ctx.state.releases = []
    ctx.set('X-Request-Id', ctx.state.requestId)
    ctx.set('Cache-Control', 'no-store')
    if (stopping) ctx.set('Connection', 'close')

    ctx.res.once('close', () => {
      for (const release of ctx.state.releases) release()
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
      const route = routeOf(ctx)
      const status = ctx.res.writableFinished ? ctx.res.statusCode : 499
      histogram?.observe({ method: ctx.method, route, status: String(status) }, durationMs / 1000)
      log.info(
        {
          requestId: ctx.state.requestId,
          method: ctx.method,
          route,
          status,
          durationMs,
          bytesIn: ctx.request.length ?? 0,
          bytesOut: ctx.response.length ?? 0,
          ...ctx.state.noted,
        },
        'request.answered',
      )
      if (recorded !== undefined && ctx.state.exchange !== undefined)
        recorded(exchangeOf(ctx, ctx.state.exchange, { at, durationMs, status }))
    })

    try {
      checkRequestLine(ctx.req)
      await next()
      if (ctx.status === 404 && ctx.body === undefined) throw new HttpRefusal(404, [httpFault('HTTP-02')])
      if ((ctx.status === 405 || ctx.status === 501) && (ctx.body === undefined || ctx.body === ''))
        throw new HttpRefusal(405, [httpFault('HTTP-03')])
    } catch (error) {
      if (error instanceof ClientGone) {
        ctx.respond = false
        ctx.res.destroy()
        return
      }
      answerProblem(ctx, error)
    }
  })
  app.use(securityHeaders)
  app.use(router.routes())
  app.use(router.allowedMethods())

  const handle = app.callback()
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1000,
      insecureHTTPParser: false,
      requireHostHeader: false,
      noDelay: true,
    },
    (req, res) => void handle(req, res),
  )
  server.maxConnections = limits.maxConnections
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const requestId = options.ids.next()
    log.warn({ requestId, code: error.code }, 'request.unreadable')
    answerBrokenRequest(error, socket as Socket, requestId)
  })

  await listen(server, options.host, options.port)
  const { port } = server.address() as AddressInfo
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host
  url = `http://${shownHost}:${port}`
  for (const host of [shownHost, 'localhost', '127.0.0.1', '[::1]'])
    ownHosts.add(`${host}:${port}`.toLowerCase())
  log.info({ url, doors: options.doors.map((d) => d.name) }, 'http.opened')

  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping = true
    stopped ??= close(server, limits.stopGraceMs).then(() => log.info({ url }, 'http.closed'))
    return stopped
  }
  return { url, stop }
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })

const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // Connections fall idle one by one as their last answers go out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(deadline)
}
