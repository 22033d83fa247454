import type { DoorTools, ExchangeInHand, HttpContext, HttpExchange } from './door.ts'

/** Headers that say how to read the bytes. Others stay out: among them are those that carry secrets. */
const requestHeaders = [
  'content-type',
  'content-encoding',
  'soapaction',
  'accept',
  'accept-language',
  'idempotency-key',
  'user-agent',
]
const responseHeaders = ['content-type', 'content-disposition', 'retry-after', 'location', 'etag']

/** The tools of a door whose exchanges go into the raw log: they remember who asks and what was read. */
export const recording = (door: string, tools: DoorTools): DoorTools => ({
  ...tools,
  caller: async (ctx) => {
    // Before the proof: an exchange that is refused for its credentials is one too.
    const exchange: ExchangeInHand = (ctx.state.exchange ??= { door, secrets: new Set() })
    const caller = await tools.caller(ctx)
    exchange.caller = caller
    return caller
  },
  body: async (ctx, limitBytes) => {
    const bytes = await tools.body(ctx, limitBytes)
    if (ctx.state.exchange !== undefined) ctx.state.exchange.received = bytes
    return bytes
  },
})

export const exchangeOf = (
  ctx: HttpContext,
  inHand: ExchangeInHand,
  { at, durationMs, status }: { at: Date; durationMs: number; status: number },
): HttpExchange => {
  const { noted } = ctx.state
  const body: unknown = ctx.body
  const sent =
    typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? body : new Uint8Array()
  return {
    ...inHand,
    requestId: ctx.state.requestId,
    at,
    durationMs,
    method: ctx.method,
    target: withoutSecrets(ctx.url),
    operation: textOf(noted.operation),
    documentId: typeof noted.document === 'string' ? noted.document : undefined,
    status,
    codes: Array.isArray(noted.codes) ? noted.codes.map(textOf) : [],
    requestHead: headOf(requestHeaders, (name) => ctx.get(name)),
    responseHead: headOf(responseHeaders, (name) => String(ctx.response.get(name))),
    requestSize: inHand.received?.byteLength ?? ctx.request.length ?? 0,
    sent: isStream(body) ? undefined : sent,
    sentSize: isStream(body) ? (ctx.response.length ?? 0) : sent.byteLength,
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const isStream = (body: unknown): boolean => typeof body === 'object' && body !== null && 'pipe' in body

const headOf = (names: readonly string[], read: (name: string) => string): Record<string, string> => {
  const head: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value !== '') head[name] = value.slice(0, 500)
  }
  return head
}

/** Values of parameters that are named as a secret is. */
const withoutSecrets = (url: string): string =>
  url.includes('=')
    ? url.replace(/([?&](?:[^=&]*(?:sess|token|key|passw|secret)[^=&]*)=)[^&]*/gi, '$1*')
    : url
