import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** Which way the bytes go: from the client to the server, or back. */
export type Way = 'up' | 'down'

/** What goes wrong on the line. Everything undefined is a line that works. */
export interface Trouble {
  /** Every piece arrives this much later, both ways. */
  delayMs?: number
  /** The connection is cut once so many bytes went this way: half a request, an answer that never came. */
  cutAfter?: { way: Way; bytes: number }
  /** The connection is cut when these bytes pass, before or after they are passed on. */
  cutAt?: { way: Way; bytes: Buffer | string; passOn: boolean }
  /** Nothing goes this way any more and nobody is told: a half-open connection, an unplugged cable. */
  silent?: Way | 'both'
  /** How a connection is cut; a reset unless told otherwise. */
  cutBy?: 'reset' | 'end'
}

export interface Proxy {
  /** Port on 127.0.0.1 to connect to instead of the server's. */
  port: number
  /** The same URL with our port in it. */
  url(of: string): string
  /** For connections from now on and for those that are open. */
  trouble(trouble: Trouble): void
  /** Cuts every open connection now. */
  cutAll(by?: 'reset' | 'end'): void
  /** Refuses new connections until told otherwise; open ones live on. */
  refuse(refuse: boolean): void
  /** Connections it saw, connections it cut, bytes it passed on. */
  seen(): { connections: number; cut: number; up: number; down: number }
  /** Resolves once a connection was cut by `trouble`. */
  nextCut(): Promise<void>
  stop(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket
  /** Bytes that came so far on this connection, by way. */
  came: Record<Way, number>
  /** The end of what came before, so that bytes to cut at are found across two pieces. */
  tail: Record<Way, Buffer>
  /** Pieces on their way, so that a delay keeps their order. */
  sending: Record<Way, Promise<void>>
}

/** A line between a client and a server on this machine that can be made to fail. Stop it after the test. */
export const startProxy = async (target: { host?: string; port: number }): Promise<Proxy> => {
  const pairs = new Set<Pair>()
  const counts = { connections: 0, cut: 0, up: 0, down: 0 }
  const cutWatchers = new Set<() => void>()
  let trouble: Trouble = {}
  let refusing = false

  const cut = (pair: Pair, by: 'reset' | 'end'): void => {
    if (!pairs.delete(pair)) return
    for (const socket of [pair.client, pair.server]) {
      if (by === 'reset') socket.resetAndDestroy()
      else socket.end()
    }
  }

  const cutByTrouble = (pair: Pair): void => {
    counts.cut += 1
    cut(pair, trouble.cutBy ?? 'reset')
    for (const watcher of cutWatchers) watcher()
    cutWatchers.clear()
  }

  const pass = async (pair: Pair, way: Way, piece: Buffer): Promise<void> => {
    if (trouble.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, trouble.delayMs))
    const to = way === 'up' ? pair.server : pair.client
    if (to.destroyed || to.writableEnded) return
    counts[way] += piece.length
    if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')])
  }

  const hear = (pair: Pair, way: Way, piece: Buffer): void => {
    if (trouble.silent === way || trouble.silent === 'both') return
    const before = pair.came[way]
    pair.came[way] += piece.length

    let passed = piece
    let cutting = false
    const { cutAfter, cutAt } = trouble
    if (cutAfter?.way === way && pair.came[way] >= cutAfter.bytes) {
      passed = piece.subarray(0, Math.max(0, cutAfter.bytes - before))
      cutting = true
    }
    if (cutAt?.way === way) {
      const wanted = Buffer.from(cutAt.bytes)
      const looked = Buffer.concat([pair.tail[way], piece])
      if (looked.includes(wanted)) {
        cutting = true
        if (!cutAt.passOn) passed = Buffer.alloc(0)
      }
      pair.tail[way] = looked.subarray(Math.max(0, looked.length - wanted.length + 1))
    }

    const from = way === 'up' ? pair.client : pair.server
    from.pause()
    pair.sending[way] = pair.sending[way]
      .then(() => (passed.length > 0 ? pass(pair, way, passed) : undefined))
      .then(() => {
        if (cutting) cutByTrouble(pair)
        else from.resume()
      })
  }

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    counts.connections += 1
    if (refusing) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true })
    const nothing = Buffer.alloc(0)
    const pair: Pair = {
      client,
      server,
      came: { up: 0, down: 0 },
      tail: { up: nothing, down: nothing },
      sending: { up: Promise.resolve(), down: Promise.resolve() },
    }
    pairs.add(pair)
    client.on('data', (piece: Buffer) => hear(pair, 'up', piece))
    server.on('data', (piece: Buffer) => hear(pair, 'down', piece))
    for (const [way, from, to] of [
      ['up', client, server],
      ['down', server, client],
    ] as const) {
      from.on('error', () => cut(pair, 'reset'))
      from.on('end', () => void pair.sending[way].then(() => to.end()))
      from.on('close', () => {
        if (client.destroyed && server.destroyed) pairs.delete(pair)
      })
    }
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  return {
    port,
    url: (of) => {
      const url = new URL(of)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    trouble: (next) => {
      trouble = next
    },
    cutAll: (by = 'reset') => {
      for (const pair of [...pairs]) cut(pair, by)
    },
    refuse: (refuse) => {
      refusing = refuse
    },
    seen: () => ({ ...counts }),
    nextCut: () => new Promise((resolve) => cutWatchers.add(resolve)),
    stop: async () => {
      const closed = once(listener, 'close')
      listener.close()
      for (const pair of [...pairs]) cut(pair, 'reset')
      await closed
    },
  }
}
