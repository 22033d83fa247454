import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  /** 0 when the server closed without a word. */
  status: number
  headers: Record<string, string>
  body: string
}

/** Longest wait for an answer that never comes; a healthy server answers at once. */
const patienceMs = 15_000

const parsed = (bytes: Buffer): RawAnswer => {
  const text = bytes.toString('utf8')
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0),
    headers: Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    ),
    body: rest.join('\r\n\r\n'),
  }
}

/**
 * Writes bytes to a socket as they are and reads until the server closes: what no HTTP client would send.
 * Ask for `Connection: close` where the request is whole.
 */
export const rawHttp = async (url: string, ...chunks: (string | Uint8Array)[]): Promise<RawAnswer> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('the server neither answered nor closed')))
  const received: Buffer[] = []
  socket.on('data', (data: Buffer) => received.push(data))
  await once(socket, 'connect')
  // The server may answer and close while we still write: what it said is what counts.
  let failure: NodeJS.ErrnoException | undefined
  socket.on('error', (error) => {
    failure = error
  })
  for (const chunk of chunks) socket.write(chunk)
  if (!socket.closed) await once(socket, 'close').catch(() => undefined)
  if (
    received.length === 0 &&
    failure !== undefined &&
    failure.code !== 'ECONNRESET' &&
    failure.code !== 'EPIPE'
  )
    throw failure
  return parsed(Buffer.concat(received))
}
