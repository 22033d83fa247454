import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** What the person in front of the stand-in does, or what the stand-in is. */
export type NcalayerMood =
  /** A current version; the person chooses the key. */
  | 'signs'
  /** An older version: no `basics` module. */
  | 'old'
  /** The person closes the window. */
  | 'cancels'
  | 'old-cancels'
  /** The key cannot be used. */
  | 'fails'
  /** The window stays open. */
  | 'waits'
  /** Gives back one signature too few for several documents. */
  | 'miscounts'
  /** The program ends while the window is open. */
  | 'dies'
  /** It is not there. */
  | 'absent'

export interface NcalayerStandIn {
  /** `ws://127.0.0.1:port/`. */
  url: string
  mood: NcalayerMood
  /** The key that the person chooses: gives a detached CMS over the bytes. */
  sign: (data: Uint8Array) => Promise<Uint8Array>
  /** Requests as they came, oldest first. */
  readonly requests: { module: string; method: string; args: unknown }[]
  /** Heartbeats received. */
  readonly heartbeats: number
  /** Resolves when the next request arrives. */
  asked(): Promise<void>
  stop(): Promise<void>
}

interface Request {
  module: string
  method: string
  args: unknown
}

interface BasicsArguments {
  format: string
  /** Several documents are signed in one window. */
  data: string | string[]
  signingParams: { decode: boolean; encapsulate: boolean }
}

/** PEM as NCALayer writes it: with a label of its own. */
const pemOf = (cms: Uint8Array): string =>
  `-----BEGIN CMS-----\n${Buffer.from(cms)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END CMS-----\n`

/**
 * Stands in for NCALayer on a free port: says hello, answers `basics.sign` and the methods of `commonUtils` that
 * pages use, in the shapes of the recorded protocol, one request at a time. Without TLS: the certificate of the
 * real one is installed on the person's machine.
 */
export const startNcalayerStandIn = async (sign: NcalayerStandIn['sign']): Promise<NcalayerStandIn> => {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    maxPayload: 64 * 1024 * 1024,
    verifyClient: () => standIn.mood !== 'absent',
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const requests: Request[] = []
  let heartbeats = 0
  let heard: (() => void)[] = []

  const standIn: NcalayerStandIn = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    mood: 'signs',
    sign,
    requests,
    get heartbeats() {
      return heartbeats
    },
    asked: () => new Promise((resolve) => heard.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }

  const answerTo = async (request: Request, socket: WebSocket): Promise<object | undefined> => {
    const isOld = standIn.mood === 'old' || standIn.mood === 'old-cancels'
    if (request.module === 'kz.gov.pki.knca.basics') {
      if (isOld) return { success: false, errorCode: 'MODULE_NOT_FOUND' }
      const { data, format, signingParams } = request.args as BasicsArguments
      if (request.method !== 'sign' || format !== 'cms' || signingParams.encapsulate || !signingParams.decode)
        return invocationError('unsupported request')
      if (standIn.mood === 'cancels') return { status: true, body: {} }
      if (standIn.mood === 'fails') return invocationError('KEYSTORE_NOT_FOUND')
      if (standIn.mood === 'waits') return undefined
      if (standIn.mood === 'dies') {
        socket.terminate()
        return undefined
      }
      const documents = [data].flat()
      const result = []
      for (const one of documents) result.push(pemOf(await standIn.sign(Buffer.from(one, 'base64'))))
      if (standIn.mood === 'miscounts') result.pop()
      return { status: true, body: { result } }
    }
    if (request.module !== 'kz.gov.pki.knca.commonUtils')
      return { success: false, errorCode: 'MODULE_NOT_FOUND' }
    const args = request.args as unknown[]
    switch (request.method) {
      case 'changeLocale':
        return { code: '200', responseObject: {} }
      case 'getActiveTokens':
        return { responseObject: [], code: '200' }
      case 'createCAdESFromBase64': {
        if (standIn.mood === 'old-cancels') return { code: '500', message: 'action.canceled' }
        const [storage, keyType, data, attach] = args
        if (storage !== 'PKCS12' || keyType !== 'SIGNATURE' || typeof data !== 'string' || attach !== false)
          return {
            code: '500',
            message:
              'java.lang.IllegalArgumentException: argument type mismatch. Method: createCAdESFromBase64',
          }
        return { code: '200', responseObject: pemOf(await standIn.sign(Buffer.from(data, 'base64'))) }
      }
      default:
        return { code: '500', message: `java.lang.NoSuchMethodException: ${request.method}` }
    }
  }

  server.on('connection', (socket) => {
    socket.send(JSON.stringify({ result: { version: '1.4' } }))
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8')
      if (text === '--heartbeat--') {
        heartbeats++
        socket.send(text)
        return
      }
      const request = JSON.parse(text) as Request
      requests.push(request)
      for (const tell of heard) tell()
      heard = []
      void answerTo(request, socket).then((answer) => {
        if (answer !== undefined && socket.readyState === socket.OPEN) socket.send(JSON.stringify(answer))
      })
    })
  })
  return standIn
}

const invocationError = (details: string): object => ({
  status: false,
  code: 'INVOCATION_ERROR',
  message: 'Method invocation failed',
  details,
})
