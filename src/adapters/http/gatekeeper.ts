import { createHash } from 'node:crypto'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Authenticate, Identity, Proof } from '../../core/company/index.ts'
import { Refusal } from '../../core/exchange/index.ts'
import type { Clock } from '../../core/kernel/index.ts'
import { keyIdOf } from './api-key.ts'
import { httpFault } from './http-faults.ts'

export interface GateLimits {
  /** Failed attempts with one login or key from one address before further ones are not even looked at. */
  failuresPerLogin: number
  /** Failed attempts from one address, whatever the login: an office behind one address has many bases. */
  failuresPerAddress: number
  /** How long failures are remembered. */
  failureWindowMs: number
  /** A proof once accepted is accepted again without a query for this long; a changed password bites that late. */
  rememberMs: number
  /** Requests of one connection being served at one time. */
  requestsPerConnection: number
}

export const defaultGateLimits: GateLimits = {
  failuresPerLogin: 20,
  failuresPerAddress: 200,
  failureWindowMs: 10 * 60_000,
  rememberMs: 10_000,
  requestsPerConnection: 50,
}

/** Proofs remembered at one time; beyond it the oldest goes. */
const maxRemembered = 10_000
const maxLoginLength = 128

interface Remembered {
  identity: Identity
  until: number
}

/** What the Authorization header shows; undefined when it is absent or makes no sense. */
export const proofOf = (authorization: string | undefined): Proof | undefined => {
  const match = /^(basic|bearer) +([^\s]{1,2000})$/i.exec(authorization ?? '')
  const [, scheme = '', value = ''] = match ?? []
  if (scheme.toLowerCase() === 'bearer') {
    const keyId = keyIdOf(value)
    return keyId === undefined ? undefined : { by: 'key', keyId, key: value }
  }
  if (scheme.toLowerCase() !== 'basic') return undefined
  // 1C and browsers write Cyrillic logins in UTF-8 since the challenge asks for it.
  const text = Buffer.from(value, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1 || colon > maxLoginLength || text.includes('\0')) return undefined
  return { by: 'login', login: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Lets in who proves to be somebody, slowly loses patience with who does not. */
export class Gatekeeper {
  private readonly authenticate: Authenticate
  private readonly clock: Clock
  private readonly limits: GateLimits
  private readonly failuresOfLogin: RateLimiterMemory
  private readonly failuresOfAddress: RateLimiterMemory
  private readonly remembered = new Map<string, Remembered>()
  private readonly serving = new Map<string, number>()

  constructor(authenticate: Authenticate, clock: Clock, limits: Partial<GateLimits> = {}) {
    this.authenticate = authenticate
    this.clock = clock
    this.limits = { ...defaultGateLimits, ...limits }
    const duration = this.limits.failureWindowMs / 1000
    this.failuresOfLogin = new RateLimiterMemory({ points: this.limits.failuresPerLogin, duration })
    this.failuresOfAddress = new RateLimiterMemory({ points: this.limits.failuresPerAddress, duration })
  }

  /** Who shows this header from this address; throws `Refusal` when nobody is proved. */
  async identify(authorization: string | undefined, address: string): Promise<Identity> {
    if (authorization === undefined || authorization === '') throw unproved()

    // The digest, not the header: a heap dump should not hold passwords.
    const shown = createHash('sha256').update(authorization).digest('base64')
    const now = this.clock.now().getTime()
    const known = this.remembered.get(shown)
    if (known !== undefined && known.until > now) return known.identity

    const proof = proofOf(authorization)
    // Malformed headers and mistyped keys share one count.
    const claimed = proof === undefined ? '' : proof.by === 'login' ? `l:${proof.login}` : `k:${proof.keyId}`
    const loginKey = `${address}|${claimed}`
    await this.refuseWhenTried(this.failuresOfLogin, loginKey, this.limits.failuresPerLogin)
    await this.refuseWhenTried(this.failuresOfAddress, address, this.limits.failuresPerAddress)

    const identity = proof === undefined ? undefined : await this.authenticate(proof)
    if (identity === undefined) {
      // `consume` rejects at the limit; the next attempt is the one that is refused for it.
      await Promise.allSettled([
        this.failuresOfLogin.consume(loginKey),
        this.failuresOfAddress.consume(address),
      ])
      throw unproved()
    }
    this.remember(shown, { identity, until: now + this.limits.rememberMs })
    return identity
  }

  /** Counts a request of a connection; the returned function uncounts it. Throws `Refusal` above the limit. */
  enter(connectionId: string): () => void {
    const limit = this.limits.requestsPerConnection
    const count = this.serving.get(connectionId) ?? 0
    if (count >= limit)
      throw new Refusal('too-many', [httpFault('AUTH-05', { limit })], { retryAfterMs: 1000 })
    this.serving.set(connectionId, count + 1)
    return () => {
      const left = (this.serving.get(connectionId) ?? 1) - 1
      if (left > 0) this.serving.set(connectionId, left)
      else this.serving.delete(connectionId)
    }
  }

  private async refuseWhenTried(limiter: RateLimiterMemory, key: string, limit: number): Promise<void> {
    const tried = await limiter.get(key)
    if (tried === null || tried.consumedPoints < limit) return
    const seconds = Math.max(1, Math.ceil(tried.msBeforeNext / 1000))
    throw new Refusal('too-many', [httpFault('AUTH-02', { seconds })], { retryAfterMs: tried.msBeforeNext })
  }

  private remember(shown: string, entry: Remembered): void {
    this.remembered.delete(shown)
    this.remembered.set(shown, entry)
    if (this.remembered.size <= maxRemembered) return
    const oldest = this.remembered.keys().next().value
    if (oldest !== undefined) this.remembered.delete(oldest)
  }
}

const unproved = (): Refusal => new Refusal('unauthenticated', [httpFault('AUTH-01')])
