import { request as httpRequest, Agent as HttpAgent } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https'

/** What came back, whatever it is: the caller decides what it means. */
export interface HttpAnswer {
  status: number
  contentType: string
  text: string
  retryAfterMs: number | undefined
  /** The other side's clock, when it told it. */
  date: Date | undefined
}

/** The exchange broke. `sent` is false only when the portal surely received nothing it could act on. */
export class TransportFailure extends Error {
  readonly sent: boolean

  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransportFailure'
    this.sent = sent
  }
}

export interface TransportOptions {
  /** Certificates (PEM) trusted for the portal's TLS beside the system's own; its chain is not in browsers everywhere. */
  ca?: string[]
  /** Larger answers are cut off. */
  maxAnswerBytes: number
  /** Connections to the portal at most. */
  connections?: number
}

/**
 * Plain HTTP to the portal, without redirects and without retries. node:http and not fetch, because only
 * here the phases are visible: a request whose connection never opened was surely not sent.
 */
export class Transport {
  readonly #options: TransportOptions
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(options: TransportOptions) {
    this.#options = options
    const pool = { keepAlive: true, maxSockets: options.connections ?? 4 }
    this.#http = new HttpAgent(pool)
    this.#https = new HttpsAgent({ ...pool, ca: options.ca, minVersion: 'TLSv1.2' })
  }

  post(url: URL, body: string, timeoutMs: number): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      let sent = false
      const bytes = Buffer.from(body, 'utf8')
      const isTls = url.protocol === 'https:'
      const request = (isTls ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: isTls ? this.#https : this.#http,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          'content-length': bytes.length,
          accept: 'text/xml',
          soapaction: '""',
        },
      })
      const fail = (error: unknown): void => {
        reject(new TransportFailure(describe(error), sent, error))
      }
      request.on('socket', (socket) => {
        // A kept connection is open already. Node writes as soon as it is connected (or secured).
        if (!socket.connecting) sent = true
        else socket.once(isTls ? 'secureConnect' : 'connect', () => (sent = true))
      })
      request.on('error', fail)
      request.on('response', (response) => {
        read(response, this.#options.maxAnswerBytes).then((text) => {
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            text,
            retryAfterMs: retryAfter(response.headers['retry-after']),
            date: dateOf(response.headers.date),
          })
        }, fail)
      })
      request.end(bytes)
    })
  }

  /** Closes the connections that are idle; those in use end with their calls. */
  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}

const read = async (response: IncomingMessage, maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      response.destroy()
      throw new Error(`the answer is larger than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  if (!response.complete) throw new Error('the answer was cut off')
  const charset = /charset="?([\w-]+)/i.exec(response.headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  return decoderOf(charset).decode(Buffer.concat(chunks))
}

/** An encoding that we do not know is read as UTF-8: what it damages will not parse. */
const decoderOf = (charset: string): TextDecoder => {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

const dateOf = (header: string | undefined): Date | undefined => {
  const date = new Date(header ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Seconds only; a date would trust the clock of the other side. */
const retryAfter = (header: string | undefined): number | undefined => {
  const seconds = Number(header)
  return header !== undefined && Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400
    ? seconds * 1_000
    : undefined
}

const describe = (error: unknown): string => {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  return code ?? (name === 'TimeoutError' || name === 'AbortError' ? 'timeout' : (message ?? 'broken'))
}
