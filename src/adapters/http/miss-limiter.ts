import ipaddr from 'ipaddr.js'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

export interface MissLimits {
  /** Wrong guesses from one address before further ones are not even looked at. */
  misses: number
  /** How long they are remembered. */
  windowMs: number
}

/** Loses patience with an address that guesses secrets. Honest visitors are not counted. */
export class MissLimiter {
  readonly #limiter: RateLimiterMemory

  constructor({ misses, windowMs }: MissLimits) {
    this.#limiter = new RateLimiterMemory({ points: misses, duration: windowMs / 1000 })
  }

  /**
   * Counts a try as a miss before it is made, so that hundreds at once are no way around; take it back with
   * `hit`. Resolves with the time to wait when the address has tried enough.
   */
  async try(address: string): Promise<{ waitMs: number } | undefined> {
    try {
      await this.#limiter.consume(keyOf(address))
      return undefined
    } catch (error) {
      if (error instanceof RateLimiterRes) return { waitMs: Math.max(1000, error.msBeforeNext) }
      throw error
    }
  }

  async hit(address: string): Promise<void> {
    await this.#limiter.reward(keyOf(address))
  }
}

/** Whoever has an IPv6 address has 2^64 of them: the network is what is counted. */
const keyOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return 'parts' in parsed ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}
