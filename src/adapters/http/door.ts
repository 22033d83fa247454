import type { Router } from '@koa/router'
import type { ParameterizedContext } from 'koa'
import type { Caller, Operator } from '../../core/company/index.ts'
import type { Language } from '../../core/kernel/index.ts'

/** What every request carries from the first middleware to the last. */
export interface HttpState {
  /** In the answer's `X-Request-Id`, in the log, in the intake log and in every fault. */
  requestId: string
  language: Language
  /** Fields that a door adds to the one log line of the request. No bodies, no secrets, no full tax ids. */
  noted: Record<string, unknown>
  /** Run when the answer is out: gives back what the request had reserved. */
  releases: (() => void)[]
  /** What the raw log will say of the request; begun when a recorded door asks who calls. */
  exchange?: ExchangeInHand
}

/** A request of a recorded door while it is being served. */
export interface ExchangeInHand {
  door: string
  caller?: Caller
  /** The body as it was read, unpacked. */
  received?: Uint8Array
  /** Sides that hold a secret made for this answer. */
  secrets: Set<'request' | 'response'>
}

/** A served request as the raw log is told of it, when its answer is out. */
export interface HttpExchange extends ExchangeInHand {
  requestId: string
  at: Date
  durationMs: number
  method: string
  target: string
  operation: string
  documentId: string | undefined
  status: number
  codes: readonly string[]
  requestHead: Record<string, string>
  responseHead: Record<string, string>
  requestSize: number
  /** What went out; undefined when it was a stream. */
  sent: Uint8Array | undefined
  sentSize: number
}

export type HttpContext = ParameterizedContext<HttpState>
export type HttpRouter = Router<HttpState>

/** Where operational lines go; pino fits. */
export interface HttpLog {
  info(fields: Record<string, unknown>, event: string): void
  warn(fields: Record<string, unknown>, event: string): void
  error(fields: Record<string, unknown>, event: string): void
}

/** What the HTTP floor does for a door. Everything here throws `Refusal` or `HttpRefusal`. */
export interface DoorTools {
  /**
   * The connection that asks, proved by its credentials. Ask before reading the body: a stranger's bytes are
   * never read.
   */
  caller(ctx: HttpContext): Promise<Caller>
  /** The operator's staff or tool that asks. */
  operator(ctx: HttpContext): Promise<Operator>
  /** The whole body, unpacked, at most `limitBytes`. */
  body(ctx: HttpContext, limitBytes?: number): Promise<Buffer>
  /** The raw log keeps no bytes of this side of the exchange: it holds a secret. */
  hush(ctx: HttpContext, side: 'request' | 'response'): void
  /** `https://edo.example.kz` as configured, or the request's own host when it is one of ours. Never a stranger's Host. */
  publicOrigin(ctx: HttpContext): string
  /** Writes what went wrong behind a generic answer. */
  surprised(ctx: HttpContext, error: unknown): void
}

/** One door of the gateway: a set of routes. What it throws is answered as problem+json. */
export interface Door {
  readonly name: string
  /** Its exchanges go into the raw log. */
  readonly isRecorded?: boolean
  mount(router: HttpRouter, tools: DoorTools): void
}
