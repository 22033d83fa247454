import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Caller } from '../../../../core/company/index.ts'
import type { DoorNotes } from '../../../../core/exchange/index.ts'

export const doorName = 'commerceml'
export const cookieName = 'daneker_exchange'

/** One exchange from `checkauth` on. */
export interface Session {
  id: string
  caller: Caller
}

interface KeptSession {
  /** SHA-256 of the cookie's secret. */
  hash: string
  caller: Caller
  expiresAt: string
}

/** A large export takes an hour or two; a password that is changed meanwhile ends no exchange under way. */
const keepsMs = 4 * 3_600_000

const cookiePattern = /^([0-9a-f-]{36})\.([0-9a-f]{16})\.([0-9a-f]{64})$/

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Exchanges by their cookie. What a cookie opens is written down, so that any process of the gateway knows it. */
export class Sessions {
  readonly #notes: DoorNotes

  constructor(notes: DoorNotes) {
    this.#notes = notes
  }

  /** The value of the cookie. Old exchanges of the connection end with it. */
  async begin(caller: Caller, now: Date): Promise<string> {
    const { connectionId } = caller
    const id = randomBytes(8).toString('hex')
    const secret = randomBytes(32).toString('hex')
    const kept: KeptSession = {
      hash: hashOf(secret),
      caller,
      expiresAt: new Date(now.getTime() + keepsMs).toISOString(),
    }
    await this.#notes.write({ connectionId, door: doorName, key: `session/${id}` }, kept, 0)
    await this.#forgetExpired(connectionId, now)
    return `${connectionId}.${id}.${secret}`
  }

  /** Undefined for a cookie that is not ours, not known, or too old. */
  async of(cookie: string | undefined, now: Date): Promise<Session | undefined> {
    const [, connectionId = '', id = '', secret = ''] = cookiePattern.exec(cookie ?? '') ?? []
    if (id === '') return undefined
    const note = await this.#notes.read({ connectionId, door: doorName, key: `session/${id}` })
    const kept = note?.value as KeptSession | undefined
    if (kept === undefined || new Date(kept.expiresAt) <= now) return undefined
    const isRight = timingSafeEqual(Buffer.from(kept.hash, 'hex'), Buffer.from(hashOf(secret), 'hex'))
    return isRight ? { id, caller: kept.caller } : undefined
  }

  async #forgetExpired(connectionId: string, now: Date): Promise<void> {
    const place = { connectionId, door: doorName }
    const sessions = await this.#notes.list({ ...place, prefix: 'session/' }, { limit: 100 })
    for (const { key, value } of sessions) {
      if (new Date((value as KeptSession).expiresAt) > now) continue
      const files = await this.#notes.list(
        { ...place, prefix: `file/${key.slice('session/'.length)}/` },
        { limit: 500 },
      )
      for (const file of files) await this.#notes.remove({ ...place, key: file.key })
      await this.#notes.remove({ ...place, key })
    }
  }
}

/** `a=1; daneker_exchange=…`. */
export const cookieOf = (header: string): string | undefined => {
  for (const part of header.split(';')) {
    const mark = part.indexOf('=')
    if (part.slice(0, mark).trim() === cookieName) return part.slice(mark + 1).trim()
  }
  return undefined
}
