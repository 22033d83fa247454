import { Refusal } from '../../core/exchange/index.ts'
import type { RefusalStatus } from '../../core/exchange/index.ts'
import type { Fault } from '../../core/kernel/index.ts'
import { httpFault } from './http-faults.ts'

/** Thrown for what is wrong with a request as HTTP, where core has no word for it. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly faults: Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, faults: Fault[], headers: Readonly<Record<string, string>> = {}) {
    super(faults.map((f) => f.code).join(', '))
    this.name = 'HttpRefusal'
    this.status = status
    this.faults = faults
    this.headers = headers
  }
}

/** The client went away while its request was being read: nobody is there to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away')
    this.name = 'ClientGone'
  }
}

/** A refusal or a surprise as every door answers it, each in its own form. */
export interface Answerable {
  status: number
  faults: Fault[]
  headers: Readonly<Record<string, string>>
  /** The document that a conflict is about. */
  documentId?: string
  /** What it really was, for the log only; undefined for what a caller can fix. */
  surprise?: unknown
}

export const httpStatusOf: Readonly<Record<RefusalStatus, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
}

/** Both kinds of credentials are welcome; the charset tells browsers and 1C to send Cyrillic logins as UTF-8. */
export const challenge = 'Basic realm="Daneker", charset="UTF-8", Bearer realm="Daneker"'

const seconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)))

/** Turns anything thrown into an answer. What we did not foresee becomes a generic sentence with the request id. */
export const answerFor = (error: unknown, requestId: string): Answerable => {
  if (error instanceof HttpRefusal)
    return { status: error.status, faults: error.faults, headers: error.headers }
  if (error instanceof Refusal) {
    const headers: Record<string, string> = {}
    if (error.status === 'unauthenticated') headers['WWW-Authenticate'] = challenge
    if (error.retryAfterMs !== undefined) headers['Retry-After'] = seconds(error.retryAfterMs)
    return {
      status: httpStatusOf[error.status],
      faults: error.faults,
      headers,
      ...(error.documentId === undefined ? {} : { documentId: error.documentId }),
    }
  }
  return { status: 500, faults: [httpFault('HTTP-11', { requestId })], headers: {}, surprise: error }
}
