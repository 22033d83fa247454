import { UpstreamError } from '../../core/kernel/index.ts'
import type { Clock } from '../../core/kernel/index.ts'

export interface BreakerOptions {
  /** Failures in a row after which the portal counts as down. */
  failures: number
  /** First pause; each probe that fails doubles it … */
  pauseMs: number
  /** … up to this. */
  pauseAtMostMs: number
}

export const breakerDefaults: BreakerOptions = { failures: 5, pauseMs: 10_000, pauseAtMostMs: 5 * 60_000 }

/** The portal does not answer as it should, since when, and when it is tried again. */
export interface Outage {
  since: Date
  until: Date
}

/**
 * Holds calls back while the portal is down. Without it every invoice that waits would try for itself, and an
 * outage of an hour would spend the calls of the day. While it is down one call at a time is let through as
 * a probe: after 10 s, 20 s, 40 s … 5 min; the first that succeeds opens the way for all. Calls held back
 * are `busy`, which costs their tasks no attempt.
 *
 * Each replica finds out for itself: that costs a few calls and needs nothing shared.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #clock: Clock
  #failures = 0
  #pauseMs = 0
  #outage: Outage | undefined
  #probing = false

  constructor(clock: Clock, options: BreakerOptions = breakerDefaults) {
    this.#clock = clock
    this.#options = options
  }

  get outage(): Outage | undefined {
    return this.#outage
  }

  /** Throws `busy` when a call would be held back now. */
  check(): void {
    if (this.#outage === undefined) return
    const leftMs = this.#outage.until.getTime() - this.#clock.now().getTime()
    if (leftMs <= 0 && !this.#probing) return
    throw new UpstreamError('busy', 'portal', 'the portal is down', {
      retryAfterMs: Math.max(leftMs, this.#options.pauseMs),
    })
  }

  /** Runs the call, or throws `busy` without running it. Every `UpstreamError` but a refusal counts as a failure. */
  async guard<T>(call: () => Promise<T>): Promise<T> {
    this.check()
    const isProbe = this.#outage !== undefined
    if (isProbe) this.#probing = true
    try {
      const value = await call()
      this.#succeeded()
      return value
    } catch (error) {
      if (error instanceof UpstreamError && error.word !== 'refused') this.#failed()
      else this.#succeeded()
      throw error
    } finally {
      if (isProbe) this.#probing = false
    }
  }

  #succeeded(): void {
    this.#failures = 0
    this.#outage = undefined
  }

  #failed(): void {
    this.#failures += 1
    if (this.#failures < this.#options.failures) return
    const now = this.#clock.now()
    this.#pauseMs =
      this.#outage === undefined
        ? this.#options.pauseMs
        : Math.min(this.#pauseMs * 2, this.#options.pauseAtMostMs)
    this.#outage = {
      since: this.#outage?.since ?? now,
      until: new Date(now.getTime() + this.#pauseMs),
    }
  }
}
