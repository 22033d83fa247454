import { almatyDate, UpstreamError } from '../../core/kernel/index.ts'
import type { Clock } from '../../core/kernel/index.ts'
import type { CallBudget } from '../../core/mirror/index.ts'
import { Breaker } from './breaker.ts'
import type { Outage } from './breaker.ts'
import { envelope, readAnswer } from './envelope.ts'
import type { Credentials, PortalFault } from './envelope.ts'
import { TransportFailure } from './transport.ts'
import type { HttpAnswer, Transport } from './transport.ts'
import type { XmlElement } from './xml.ts'

/** One call of one operation. */
export interface PortalCall {
  service: string
  operation: string
  /** Top element of the request, where it is not the operation's name and `Request`. */
  request?: string
  /** Of the request's top element; `esf` for everything but acts. */
  namespace?: string
  /** Top element of the answer, where it is not the operation's name and `Response`. */
  answer?: string
  content: string
  /** UsernameToken of WS-Security: SessionService alone wants it. */
  credentials?: Credentials
  timeoutMs: number
  /** True when the call may be repeated freely: a question. False when it may leave something behind. */
  isQuestion: boolean
}

/** The calls of the day are spent: says nothing about the portal. */
export class BudgetSpent extends UpstreamError {
  constructor(retryAfterMs: number) {
    super('busy', 'portal', 'the calls of the day to the portal are spent', { retryAfterMs })
    this.name = 'BudgetSpent'
  }
}

/** The session is over; nothing was done. Stays inside this folder. */
export class SessionOver extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'SessionOver'
  }
}

export interface CallerOptions {
  /** `https://esf.gov.kz:8443/esf-web/ws/api1` */
  baseUrl: string
  /** Calls a business day, over all replicas: 3 000 by the terms of KGD. */
  callsPerDay: number
  /** Part of the day's calls that uploads leave alone, so that what was sent can still be asked about. */
  callsKeptForQuestions: number
}

/** Calls the portal's operations and says in the gateway's words what became of them. */
export class PortalCaller {
  readonly #options: CallerOptions
  readonly #transport: Transport
  readonly #budget: CallBudget
  readonly #clock: Clock
  readonly #breaker: Breaker
  #aheadMs = 0

  constructor(options: CallerOptions, deps: { transport: Transport; budget: CallBudget; clock: Clock }) {
    this.#options = options
    this.#transport = deps.transport
    this.#budget = deps.budget
    this.#clock = deps.clock
    this.#breaker = new Breaker(deps.clock)
  }

  /** Set while the portal is down. */
  get outage(): Outage | undefined {
    return this.#breaker.outage
  }

  /** By how much our clock was ahead of the portal's at the last answer; negative: behind. A second is nothing. */
  get aheadMs(): number {
    return this.#aheadMs
  }

  /** The answer's top element. Throws `UpstreamError` or `SessionOver`. */
  async call(call: PortalCall): Promise<XmlElement> {
    // What is held back costs nothing; a day's budget that is spent is no outage.
    this.#breaker.check()
    await this.#pay(call)
    return this.#breaker.guard(() => this.#make(call))
  }

  async #make(call: PortalCall): Promise<XmlElement> {
    const url = new URL(`${this.#options.baseUrl.replace(/\/+$/, '')}/${call.service}`)
    const request = envelope(
      call.request ?? `${call.operation}Request`,
      call.content,
      call.credentials,
      call.namespace,
    )
    let answer: HttpAnswer
    try {
      answer = await this.#transport.post(url, request, call.timeoutMs)
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      throw upstream(call, call.isQuestion || !error.sent ? 'unreachable' : 'unclear', error.message, error)
    }
    if (answer.date !== undefined) this.#aheadMs = this.#clock.now().getTime() - answer.date.getTime()
    return this.#read(call, answer)
  }

  #read(call: PortalCall, answer: HttpAnswer): XmlElement {
    const read = readAnswer(answer.text, call.answer ?? `${call.operation}Response`)
    if (read === undefined) throw notSoap(call, answer)
    if ('payload' in read) {
      // CXF answers faults with 500 and results with 200; a result under an error is not a result.
      if (answer.status === 200) return read.payload
      throw upstream(call, call.isQuestion ? 'unreachable' : 'unclear', `HTTP ${answer.status}`)
    }
    throw fromFault(call, read.fault)
  }

  /** A call costs one of the day's budget before it is made: the portal counts what fails, too. */
  async #pay({ operation, isQuestion }: PortalCall): Promise<void> {
    const now = this.#clock.now()
    const { callsPerDay, callsKeptForQuestions } = this.#options
    const { taken } = await this.#budget.takeCall({
      day: almatyDate(now),
      kind: operation,
      perDay: isQuestion ? callsPerDay : Math.max(1, callsPerDay - callsKeptForQuestions),
    })
    if (!taken) {
      throw new BudgetSpent(msToMidnight(now))
    }
  }
}

/** Almaty is five hours ahead of UTC, without summer time. */
const msToMidnight = (now: Date): number => 86_400_000 - ((now.getTime() + 5 * 3_600_000) % 86_400_000)

const upstream = (
  { operation }: PortalCall,
  word: 'refused' | 'busy' | 'unreachable' | 'unclear',
  reason: string,
  cause?: unknown,
  retryAfterMs?: number,
): UpstreamError =>
  new UpstreamError(word, 'portal', `${operation}: ${reason.slice(0, 500)}`, { cause, retryAfterMs })

/** A page of a proxy, half an answer, nothing. An upload may have landed behind any of them. */
const notSoap = (call: PortalCall, { status, text, retryAfterMs }: HttpAnswer): UpstreamError => {
  // 429 comes from in front of the portal and says that nothing was passed on.
  if (status === 429) return upstream(call, 'busy', 'HTTP 429', undefined, retryAfterMs)
  const what = `HTTP ${status}, no SOAP answer (${text.length} characters)`
  if (!call.isQuestion) return upstream(call, 'unclear', what)
  const isMaintenance = status === 503 || maintenance.test(text.slice(0, 10_000))
  return isMaintenance
    ? upstream(call, 'busy', what, undefined, retryAfterMs)
    : upstream(call, 'unreachable', what)
}

const maintenance =
  /технически\S* работ|профилактическ|временно недоступ|maintenance|temporarily unavailable/i

/** Faults that pass by themselves. */
const passing = /LOCK_ACKQUIRING_TIME_EXCEEDED|OCSP_NOT_AVAILABLE|too many|перегруж/i

/** Faults about the request itself: repeating it brings the same answer. */
const aboutRequest =
  /unmarshalling|cvc-|FIELD_IS_NULL|FIELD_INVALID|WRONG_XML_FORMAT|METHOD_NOT_SUPPORT|не более 1 квартала|CERTIFICATE_|SIGNATURE_|PASSWORD_|USER_|NO_REQUIRED|IIN_NOT_VALID|ENTERPRISE_NOT_FOUND|PERMISSIONS_EXPIRED/i

const fromFault = (call: PortalCall, { name, reason }: PortalFault): Error => {
  const said = `${name}: ${reason}`
  switch (name) {
    case 'session-closed':
      return new SessionOver(reason)
    case 'access-denied':
    case 'security':
      return upstream(call, 'refused', said)
    default:
      if (aboutRequest.test(reason)) return upstream(call, 'refused', said)
      // "Fault occurred while processing." may hide anything, also an upload that went through.
      if (!call.isQuestion) return upstream(call, 'unclear', said)
      return passing.test(reason) || maintenance.test(reason)
        ? upstream(call, 'busy', said)
        : upstream(call, 'unreachable', said)
  }
}
