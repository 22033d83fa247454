import { UpstreamError } from '../../../core/kernel/index.ts'

export interface FetchBytesOptions {
  /** Who is asked, in our words: `ocsp`, `crl`, `tsp`. */
  partner: string
  timeoutMs: number
  maxBytes: number
  body?: Uint8Array
  contentType?: string
}

/** Statuses that mean "not now" rather than "no". */
const busy = new Set([408, 425, 429, 502, 503, 504])

/**
 * The whole answer of an authority, no longer than `maxBytes` and no later than `timeoutMs`.
 * Addresses come from configuration alone; a redirect would lead elsewhere and is refused. Throws `UpstreamError`.
 */
export const fetchBytes = async (url: string, options: FetchBytesOptions): Promise<Uint8Array> => {
  const { partner, timeoutMs, maxBytes, body, contentType } = options
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : Buffer.from(body),
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new UpstreamError(
        busy.has(response.status) ? 'busy' : 'refused',
        partner,
        `HTTP ${response.status}`,
      )
    }
    return await readBytes(response, partner, maxBytes)
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause
    throw unreachable(partner, timeoutMs, cause)
  }
}

/** The body, as far as it is allowed to be long. */
export const readBytes = async (
  response: Response,
  partner: string,
  maxBytes: number,
): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.length
    if (size > maxBytes)
      throw new UpstreamError('refused', partner, `the answer is longer than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** No answer: too late, or no connection at all. */
export const unreachable = (partner: string, timeoutMs: number, cause: unknown): UpstreamError => {
  const late = cause instanceof Error && cause.name === 'TimeoutError'
  return new UpstreamError(
    'unreachable',
    partner,
    late ? `no answer within ${timeoutMs} ms` : 'no connection',
    { cause },
  )
}
