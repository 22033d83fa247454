import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers one request; `undefined` keeps the caller waiting, a number is an HTTP status. */
export type Answer = (
  body: Uint8Array,
  path: string,
) => Promise<Uint8Array | number | undefined> | Uint8Array | number | undefined

export interface AuthorityServer {
  url: string
  /** Paths asked for so far. */
  asked: string[]
  /** Replaces what the server answers. */
  answer: Answer
  stop(): Promise<void>
}

/** An OCSP, TSP or CRL server on 127.0.0.1 whose answers the test writes. */
export const anAuthorityServer = async (answer: Answer): Promise<AuthorityServer> => {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const path = request.url ?? '/'
      running.asked.push(path)
      void Promise.resolve(running.answer(Buffer.concat(pieces), path)).then((result) => {
        if (result === undefined) return
        if (typeof result === 'number') response.writeHead(result).end()
        else response.end(result)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const running: AuthorityServer = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    answer,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return running
}
