import type { Fault } from './fault.ts'

/**
 * What an adapter says about a call to the world. Adapters only tell; `jobs/disposition.ts` alone
 * decides whether that means done, retry, snooze or give up.
 */
export type UpstreamWord =
  /** They said no, with reasons. */
  | 'refused'
  /** Rate limit, maintenance: come back later, costs no attempt. */
  | 'busy'
  /** Never reached them: safe to send again. */
  | 'unreachable'
  /** Sent, outcome unknown: ask before sending again. */
  | 'unclear'

/** Thrown by adapters that call the outside. */
export class UpstreamError extends Error {
  readonly word: UpstreamWord
  /** Who was asked, in our words: `portal`, `webhook`, `mail`, `signer`. */
  readonly partner: string
  readonly faults: Fault[]
  /** When they asked us to come back, if they did. */
  readonly retryAfterMs: number | undefined

  constructor(
    word: UpstreamWord,
    partner: string,
    message: string,
    options: { cause?: unknown; faults?: Fault[]; retryAfterMs?: number } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'UpstreamError'
    this.word = word
    this.partner = partner
    this.faults = options.faults ?? []
    this.retryAfterMs = options.retryAfterMs
  }
}
