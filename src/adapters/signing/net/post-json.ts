import { UpstreamError } from '../../../core/kernel/index.ts'
import { readBytes, unreachable } from './fetch-bytes.ts'

export interface PostJsonOptions {
  partner: string
  timeoutMs: number
  maxBytes: number
  body: unknown
}

/**
 * Posts JSON and gives the status with the JSON of the answer (`undefined` when it is none): services that explain
 * a refusal in the body. Throws `UpstreamError` only when there is no answer.
 */
export const postJson = async (
  url: string,
  options: PostJsonOptions,
): Promise<{ status: number; body: unknown }> => {
  const { partner, timeoutMs, maxBytes, body } = options
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = Buffer.from(await readBytes(response, partner, maxBytes)).toString('utf8')
    return { status: response.status, body: parse(text) }
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause
    throw unreachable(partner, timeoutMs, cause)
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
