import { randomBytes } from 'node:crypto'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Webhook } from 'standardwebhooks'
import { webhookGone, type WebhookEndpoint, type WebhookSender } from '../../core/exchange/index.ts'
import { fault, UpstreamError, type Fault } from '../../core/kernel/index.ts'
import { ForbiddenAddress, isForbiddenLiteral, publicLookup, type AllowedRanges } from '../outbound/index.ts'

export interface WebhookSenderOptions {
  /** Ranges outside the public internet that endpoints may lie in; empty in production. */
  allowedRanges: AllowedRanges
  /** Plain http to those ranges; never to the internet. */
  allowHttp: boolean
  /** The receiver answers within this, or the attempt failed. */
  timeoutMs: number
}

export const webhookDefaults: WebhookSenderOptions = {
  allowedRanges: [],
  allowHttp: false,
  timeoutMs: 20_000,
}

/** 443 and what companies put beside it. Others are somebody's internal service more often than a webhook. */
const ports = new Set(['', '443', '8443'])

/** Why an endpoint cannot be one; undefined when it can. */
export const faultOfEndpoint = (url: string, options: WebhookSenderOptions): Fault | undefined => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const plain = parsed?.protocol === 'http:' && options.allowHttp
  const usable =
    parsed !== undefined &&
    (parsed.protocol === 'https:' || plain) &&
    parsed.username === '' &&
    parsed.password === '' &&
    (plain || ports.has(parsed.port)) &&
    !isForbiddenLiteral(parsed.hostname, options.allowedRanges)
  return usable
    ? undefined
    : fault('WEBHOOK-01', 'url', {
        ru: 'Адрес вебхука должен быть https на порту 443 или 8443 и вести на публичный адрес, без логина и пароля.',
        kk: 'Вебхук мекенжайы 443 немесе 8443 портындағы https болуы және логин мен құпиясөзсіз жария мекенжайға апаруы керек.',
        en: 'A webhook address is https on port 443 or 8443 and leads to a public address, without login and password.',
      })
}

/** 192 bits, in the form the receivers’ libraries expect. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`

/** Sends events as Standard Webhooks v1: signed, never redirected, only to addresses that were checked. */
export class StandardWebhookSender implements WebhookSender {
  readonly #options: WebhookSenderOptions

  constructor(options: Partial<WebhookSenderOptions> = {}) {
    this.#options = { ...webhookDefaults, ...options }
  }

  async send(
    endpoint: WebhookEndpoint,
    message: { id: string; at: Date; body: Record<string, unknown> },
  ): Promise<void> {
    const bad = faultOfEndpoint(endpoint.url, this.#options)
    if (bad !== undefined)
      throw new UpstreamError('refused', 'webhook', 'not a public address', { faults: [bad] })
    const body = JSON.stringify(message.body)
    // The timestamp is that of the attempt: receivers refuse old ones as replays.
    const sentAt = new Date()
    const signature = new Webhook(endpoint.secret).sign(message.id, sentAt, body)
    const answer = await this.#post(endpoint.url, body, {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Daneker-Webhooks/1',
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': signature,
    })
    judge(answer)
  }

  #post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const request = url.startsWith('https:') ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      const call = request(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
          lookup: publicLookup(this.#options.allowedRanges),
          agent: false,
          signal: AbortSignal.timeout(this.#options.timeoutMs),
        },
        (answer: IncomingMessage) => {
          // The status is all we want: what else they send is not read.
          answer.destroy()
          resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] })
        },
      )
      call.on('error', (error) => reject(unreached(error)))
      call.end(body)
    })
  }
}

interface Answer {
  status: number
  retryAfter: string | undefined
}

const unreached = (error: Error): UpstreamError =>
  error instanceof ForbiddenAddress
    ? new UpstreamError('refused', 'webhook', 'not a public address', { cause: error })
    : new UpstreamError('unreachable', 'webhook', 'no answer', { cause: error })

/** Only 2xx counts. The receiver deduplicates by id, so whatever else happened is simply sent again. */
const judge = ({ status, retryAfter }: Answer): void => {
  if (status >= 200 && status < 300) return
  if (status === 410) {
    throw new UpstreamError('refused', 'webhook', 'HTTP 410', {
      faults: [
        fault(webhookGone, '', {
          ru: 'Получатель отказался от вебхука (410): адрес отключён.',
          kk: 'Алушы вебхуктен бас тартты (410): мекенжай ажыратылды.',
          en: 'The receiver gave the webhook up (410): the endpoint is disabled.',
        }),
      ],
    })
  }
  const seconds = Number(retryAfter)
  const wait =
    Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 86_400) * 1000 } : {}
  const busy = status === 429 || status === 503
  throw new UpstreamError(busy ? 'busy' : 'unreachable', 'webhook', `HTTP ${status}`, wait)
}
