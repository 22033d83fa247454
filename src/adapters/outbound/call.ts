import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { rootCertificates } from 'node:tls'
import {
  ForbiddenAddress,
  isForbiddenLiteral,
  onlyWithin,
  publicLookup,
  type AllowedRanges,
} from './public-address.ts'

export interface CallerOptions {
  /** Networks outside the public internet in which clients' bases lie (CIDR). */
  allowedRanges: AllowedRanges
  /** Certificates (PEM) trusted beside the system's own: those of clients that made theirs themselves. */
  ca?: readonly string[]
}

export interface BaseCall {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  url: string
  headers?: Record<string, string>
  body?: Uint8Array
  /** The whole call. */
  timeoutMs: number
  /** A longer answer is given up. */
  maxBytes: number
}

export interface CallAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  bytes: Uint8Array
}

/** No answer came, or it could not be taken. Sent says whether the request may have arrived. */
export class CallFailed extends Error {
  readonly reason: 'forbidden' | 'unreachable' | 'tls' | 'timeout' | 'too-large'
  /** Node's own word: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly code: string

  constructor(reason: CallFailed['reason'], code: string, options: { cause?: unknown } = {}) {
    super(`${reason}: ${code}`, options)
    this.name = 'CallFailed'
    this.reason = reason
    this.code = code
  }
}

export type Caller = (call: BaseCall) => Promise<CallAnswer>

/**
 * Calls a client's system: https anywhere on the public internet, https and plain http within the allowed ranges. The
 * address that was checked is the one that is connected to; redirects are never followed, for a password goes along.
 */
export const openCaller =
  ({ allowedRanges, ca }: CallerOptions): Caller =>
  ({ method, url, headers = {}, body, timeoutMs, maxBytes }) =>
    new Promise((resolve, reject) => {
      const target = URL.canParse(url) ? new URL(url) : undefined
      const isTls = target?.protocol === 'https:'
      if (target === undefined || (!isTls && target.protocol !== 'http:'))
        return reject(new CallFailed('forbidden', 'NOT_HTTP'))
      // A password never travels the internet in the clear.
      const isForbidden = isTls
        ? isForbiddenLiteral(target.hostname, allowedRanges)
        : !onlyWithin.literal(target.hostname, allowedRanges)
      if (isForbidden) return reject(new CallFailed('forbidden', 'NOT_ALLOWED'))
      const call = (isTls ? requestHttps : requestHttp)(
        target,
        {
          method,
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
          },
          lookup: isTls ? publicLookup(allowedRanges) : onlyWithin.lookup(allowedRanges),
          agent: false,
          ...(isTls && ca !== undefined && ca.length > 0 ? { ca: [...ca, ...rootCertificates] } : {}),
          signal: AbortSignal.timeout(timeoutMs),
        },
        (answer: IncomingMessage) => {
          const pieces: Buffer[] = []
          let length = 0
          answer.on('data', (piece: Buffer) => {
            length += piece.length
            if (length <= maxBytes) return void pieces.push(piece)
            answer.destroy()
            reject(new CallFailed('too-large', 'TOO_LARGE'))
          })
          answer.on('error', (error) => reject(failureOf(error)))
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: Object.fromEntries(
                Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
              ),
              bytes: Buffer.concat(pieces),
            }),
          )
        },
      )
      call.on('error', (error) => reject(failureOf(error)))
      call.end(body)
    })

const failureOf = (error: NodeJS.ErrnoException): CallFailed => {
  const code = error.code ?? error.name
  if (error instanceof ForbiddenAddress) return new CallFailed('forbidden', 'NOT_ALLOWED', { cause: error })
  if (error.name === 'TimeoutError' || error.name === 'AbortError' || code === 'ETIMEDOUT')
    return new CallFailed('timeout', 'TIMEOUT', { cause: error })
  const isTls = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)
  return new CallFailed(isTls ? 'tls' : 'unreachable', code, { cause: error })
}
