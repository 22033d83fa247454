import type { FaultName } from './contract.ts'
import { seededRandom } from './random.ts'

/**
 * What can go wrong with a call. "accept-then-…" and everything listed under `afterwards` does the work
 * first: the portal remembers what the caller never learns.
 */
export type InjectedFault = SimpleFault | DelayFault | HugeFault | DeclaredFault

export type SimpleFault =
  /** The connection is cut before the portal has read anything: nothing happened there. */
  | 'drop'
  /** HTTP 500 without a SOAP body; nothing happened. */
  | 'error-500'
  /** HTTP 200 with an HTML page (a proxy, a login form); nothing happened. */
  | 'html'
  /** HTTP 503 with the page of planned works; nothing happened. */
  | 'unavailable'
  /** The caller's session is closed first, so the call ends with SessionClosedFault. */
  | 'session-killed'
  /** The work is done, then the connection is cut. */
  | 'accept-then-drop'
  /** The work is done, then HTTP 500 without a SOAP body. */
  | 'accept-then-500'
  /** The work is done, then an HTML page with HTTP 200. */
  | 'accept-then-html'
  /** The work is done, and no byte of an answer ever comes (until the simulator stops). */
  | 'accept-then-hang'
  /** The work is done; half of the answer is sent, then the connection is cut. */
  | 'truncate'
  /** The work is done; every document id in the answer is another's. */
  | 'wrong-id'
  /** The work is done; statuses in the answer are words nobody has seen before. */
  | 'unknown-status'
  /** The work is done; same answer with other prefixes and `xs:all` children backwards. */
  | 'other-dress'
  /** The work is done, the answer is an empty body with HTTP 200. */
  | 'empty'

export interface DelayFault {
  readonly kind: 'delay'
  /** The work is done at once; the answer waits this long. */
  readonly ms: number
}

export interface HugeFault {
  readonly kind: 'huge'
  /** The answer is padded with white space to at least this size. */
  readonly bytes: number
}

export interface DeclaredFault {
  readonly kind: 'fault'
  readonly name: FaultName
  readonly description: string
  /** Only "Fault occurred while processing.", as CXF often leaves it [L]. */
  readonly withoutDetail?: boolean
}

/** Kinds that a random run draws from when it is not told which. */
export const everyKind: readonly InjectedFault[] = [
  'drop',
  'error-500',
  'html',
  'unavailable',
  'session-killed',
  'accept-then-drop',
  'accept-then-500',
  'accept-then-html',
  'truncate',
  'wrong-id',
  'unknown-status',
  'other-dress',
  'empty',
  { kind: 'fault', name: 'business', description: 'LOCK_ACKQUIRING_TIME_EXCEEDED', withoutDetail: true },
]

export const nameOf = (fault: InjectedFault): string => (typeof fault === 'string' ? fault : fault.kind)

export interface RandomFaults {
  /** Share of calls that go wrong, 0..1. */
  readonly rate: number
  readonly kinds?: readonly InjectedFault[]
  /** Only these operations; all when absent. */
  readonly operations?: readonly string[]
}

/** Decides which call goes wrong and how. */
export class FaultScript {
  readonly #queued = new Map<string, InjectedFault[]>()
  readonly #draw: () => number
  readonly #onWindow: (window: { from: Date; until: Date }) => void
  readonly #windows: { from: Date; until: Date }[] = []
  #random: RandomFaults | undefined
  #injected = 0

  constructor(seed: number, onWindow: (window: { from: Date; until: Date }) => void) {
    this.#draw = seededRandom(seed)
    this.#onWindow = onWindow
  }

  /** Faults done so far. */
  get injected(): number {
    return this.#injected
  }

  /** The next calls of an operation (`'*'`: of any) go wrong, one fault each, in this order. */
  next(operation: string, ...faults: InjectedFault[]): void {
    this.#queued.set(operation, [...(this.#queued.get(operation) ?? []), ...faults])
  }

  /** From now on calls go wrong by chance; the seed makes the run repeatable. */
  random(faults: RandomFaults): void {
    this.#random = faults
  }

  /** Planned works: HTTP 503 for every call inside the window. It also counts as a known outage. */
  maintenance(window: { from: Date; until: Date }): void {
    this.#windows.push(window)
    this.#onWindow(window)
  }

  /** Forgets queued faults, chance and windows that have not ended. */
  clear(): void {
    this.#queued.clear()
    this.#random = undefined
    this.#windows.length = 0
  }

  /** The fault of this call, taken from the script. */
  take(operation: string, now: Date): InjectedFault | undefined {
    const fault = this.#choose(operation, now)
    if (fault !== undefined) this.#injected += 1
    return fault
  }

  #choose(operation: string, now: Date): InjectedFault | undefined {
    if (this.#windows.some(({ from, until }) => from <= now && now < until)) return 'unavailable'
    const queued = this.#queued.get(operation)?.shift() ?? this.#queued.get('*')?.shift()
    if (queued !== undefined || this.#random === undefined) return queued
    const { rate, kinds = everyKind, operations } = this.#random
    if (operations !== undefined && !operations.includes(operation)) return undefined
    if (this.#draw() >= rate) return undefined
    return kinds[Math.floor(this.#draw() * kinds.length)]
  }
}
