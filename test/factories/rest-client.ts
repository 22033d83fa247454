/** What REST answered: problems are answers too. */
export interface RestAnswer {
  status: number
  headers: Headers
  /** The JSON, or the text of what is none. */
  body: unknown
}

export interface RestClient {
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<RestAnswer>
  /** As `ask`, but throws with the whole answer when it is not 2xx. */
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T>
  bytes(path: string): Promise<Buffer>
  /** Reads the feed from its beginning until an event satisfies; every event seen is kept. */
  changesUntil(isIt: (change: FeedChange) => boolean, withinMs?: number): Promise<FeedChange[]>
}

export interface FeedChange {
  cursor: string
  documentId: string
  name: string
  details: Record<string, unknown>
  status: {
    senderState: string
    recipientState: string
    mirrorState: string
    final: boolean
    reason?: string
    registrationNumber?: string
  }
}

/** REST as a client of another company's programmer sees it. `root` is asked for each time: gateways restart. */
export const restClient = (root: () => string, authorization: string): RestClient => {
  const send = (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${root()}${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
    })
  const ask: RestClient['ask'] = async (method, path, body, headers) => {
    const answer = await send(method, path, body, headers)
    const text = await answer.text()
    const isJson = (answer.headers.get('content-type') ?? '').includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }
  const must = async <T>(...[method, path, body, headers]: Parameters<RestClient['ask']>): Promise<T> => {
    const answer = await ask(method, path, body, headers)
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as T
  }
  const get: RestClient['get'] = (path) => must('GET', path)
  return {
    ask,
    get,
    post: (path, body, headers) => must('POST', path, body, headers),
    bytes: async (path) => Buffer.from(await (await send('GET', path, undefined)).arrayBuffer()),
    async changesUntil(isIt, withinMs = 20_000) {
      const seen: FeedChange[] = []
      const end = performance.now() + withinMs
      for (let cursor = ''; performance.now() < end;) {
        const page = await get<{ changes: FeedChange[]; cursor: string }>(
          `/changes?cursor=${encodeURIComponent(cursor)}`,
        )
        seen.push(...page.changes)
        cursor = page.cursor
        if (page.changes.some(isIt)) return seen
        // The feed is polled by clients, and so it is here: an event is awaited, not a time.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(
        `not in the feed: ${JSON.stringify(seen.map(({ name, status }) => [name, status.reason]))}`,
      )
    },
  }
}
