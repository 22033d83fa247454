import { CallFailed, type CallAnswer } from '../../outbound/index.ts'
import type { DoorSubject, DoorWork } from '../contract.ts'
import { doorName, type PushSettings } from './settings.ts'
import { signatureOf } from './sign.ts'

/** A base that works on a call for longer is better served by polling. */
const timeoutMs = 30_000
const maxBytes = 64 * 1024

/** What became of one call. */
export type Called =
  | { word: 'taken' }
  /** It never wants to be called again. */
  | { word: 'gone' }
  | { word: 'failed'; why: string; askAgainInMs?: number }
  | { word: 'no-key' }

/** One signed call of the base's HTTP service. */
export const callBase = async (
  work: DoorWork,
  { caller }: DoorSubject,
  { url }: PushSettings,
  operation: 'ping' | 'changes',
  value: unknown,
): Promise<Called> => {
  const key = await work.secretOf(caller.connectionId, 'push')
  if (key === undefined) return { word: 'no-key' }
  const target = `${url}/${operation}`
  const body = Buffer.from(JSON.stringify(value))
  const seconds = Math.floor(work.clock.now().getTime() / 1000)
  const { pathname } = new URL(target)
  // From `/hs/` on: what stands before it a proxy may have changed.
  const path = pathname.slice(pathname.indexOf('/hs/'))
  const signature = signatureOf(key, { method: 'POST', path, seconds, body })
  try {
    const answer = await work.call(
      { caller, door: doorName, operation },
      {
        method: 'POST',
        url: target,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'x-daneker-time': String(seconds),
          'x-daneker-signature': signature,
        },
        body,
        timeoutMs,
        maxBytes,
      },
    )
    return judged(answer)
  } catch (error) {
    if (error instanceof CallFailed) return { word: 'failed', why: error.code }
    throw error
  }
}

const judged = ({ status, headers }: CallAnswer): Called => {
  if (status >= 200 && status < 300 && !/text\/html/i.test(headers['content-type'] ?? ''))
    return { word: 'taken' }
  if (status === 410) return { word: 'gone' }
  const seconds = Number(headers['retry-after'])
  return {
    word: 'failed',
    why: `HTTP ${status}`,
    ...(Number.isFinite(seconds) && seconds > 0 ? { askAgainInMs: Math.min(seconds, 3_600) * 1000 } : {}),
  }
}
