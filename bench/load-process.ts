import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { headOf, Letter, letterFor, type DoorName } from './letters.ts'
import { quantile } from './measure.ts'

/**
 * The load: a process of its own, because on a small machine the client's work would otherwise be booked to the
 * server. It speaks HTTP over bare sockets, one request at a time on each. One line of JSON in, one out.
 */
export interface LoadOrder {
  /** More than one: connections are dealt out in turns, as a load balancer does. */
  urls: readonly string[]
  door: DoorName
  authorization: string
  connections: number
  seconds: number
  /** False: a new connection for every request, as 1C does. */
  keepAlive: boolean
}

export interface LoadResult {
  /** Answers with 200 or 201. */
  accepted: number
  refused: number
  /** The first refusal, to be understood. */
  firstRefusal?: string
  seconds: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  requestBytes: number
}

const endOfHead = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('\r\n0\r\n\r\n')

/** Reads answers off one socket: status and the whole body, by length or by chunks. */
class Answers {
  #bytes: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | undefined

  constructor(socket: Socket) {
    socket.on('data', (piece) => {
      this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece])
      this.#look()
    })
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('closed before its answer')))
  }

  next(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#look()
    })
  }

  #look(): void {
    const head = this.#bytes.indexOf(endOfHead)
    if (head === -1 || this.#waiting === undefined) return
    const text = this.#bytes.toString('latin1', 0, head)
    const length = /content-length: *([0-9]+)/i.exec(text)?.[1]
    let end = head + endOfHead.length
    if (length !== undefined) end += Number(length)
    else {
      const last = this.#bytes.indexOf(lastChunk, head)
      if (last === -1) return
      end = last + lastChunk.length
    }
    if (this.#bytes.length < end) return
    const answer = this.#bytes.subarray(0, end)
    this.#bytes = this.#bytes.subarray(end)
    const { resolve } = this.#waiting
    this.#waiting = undefined
    resolve(answer)
  }
}

const opened = (url: URL): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

const run = async (order: LoadOrder): Promise<LoadResult> => {
  const urls = order.urls.map((url) => new URL(url))
  const [first] = urls
  if (first === undefined) throw new Error('no address to send to')
  const body = letterFor(order.door)
  const head = headOf(order.door, { ...order, url: first, length: body.size })
  const request = new Letter(
    Buffer.concat([Buffer.from(head), body.copy('00000000-0000-4000-8000-00000000abcd')]),
  )

  const latencies: number[] = []
  let refused = 0
  let firstRefusal: string | undefined
  const start = performance.now()
  const end = start + order.seconds * 1_000

  const client = async (_: unknown, index: number): Promise<void> => {
    const url = urls[index % urls.length] ?? first
    let socket = await opened(url)
    let answers = new Answers(socket)
    while (performance.now() < end) {
      const sentAt = performance.now()
      if (!order.keepAlive && socket.bytesWritten > 0) {
        socket.destroy()
        socket = await opened(url)
        answers = new Answers(socket)
      }
      socket.write(request.copy())
      const answer = await answers.next()
      latencies.push(performance.now() - sentAt)
      // `HTTP/1.1 200`: the ninth letter is the class of the status.
      if (answer[9] !== 0x32) {
        refused += 1
        firstRefusal ??= answer.toString('utf8', 0, 2_000)
      }
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: order.connections }, client))
  const seconds = (performance.now() - start) / 1_000
  const accepted = latencies.length - refused
  return {
    accepted,
    refused,
    firstRefusal,
    seconds,
    perSecond: accepted / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    requestBytes: request.size,
  }
}

if (process.argv.includes('--serve')) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    run(JSON.parse(line) as LoadOrder).then(
      (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
}
