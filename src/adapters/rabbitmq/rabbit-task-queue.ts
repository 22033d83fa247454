import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, RecoveringChannelModel } from 'amqplib'
import { connect } from 'amqplib'
import { silentLog } from '../../core/kernel/index.ts'
import type { Bell, Clock, Heard, Log, TaskKind, TaskQueue } from '../../core/kernel/index.ts'
import { nextStep, Topology } from './topology.ts'

export interface RabbitOptions {
  /** Begins the name of every queue and exchange, so that installations and tests share a broker. */
  prefix: string
  /** Seconds. A frozen broker is noticed within three of them; without it never. */
  heartbeat: number
  /** No answer to a publish for this long: outcome unknown, the connection is made anew. */
  confirmTimeoutMs: number
  /** No connection within this: try the next time. */
  connectTimeoutMs: number
  /** Confirms awaited together. */
  window: number
  /** Redeliveries of a bell whose listener throws or dies, before it goes to the dead letters. */
  maxDeliveries: number
}

export const rabbitDefaults: RabbitOptions = {
  prefix: 'daneker',
  heartbeat: 10,
  confirmTimeoutMs: 15_000,
  connectTimeoutMs: 10_000,
  window: 1_000,
  maxDeliveries: 20,
}

interface Listening {
  kinds: readonly TaskKind[]
  prefetch: number
  /** Bells in the listener's hands. */
  busy: number
  /** Messages that wait for a free hand: a listening to several kinds gets `prefetch` from each queue. */
  waiting: (() => void)[]
  listener: (bell: Bell) => Promise<Heard>
  channel?: Channel
  tags: string[]
}

/** How long a goodbye may take: a frozen broker never answers it. */
const goodbyeMs = 3_000

/** How long listeners may take to end; workers have waited longer before they let the queue stop. */
const lastWordsMs = 10_000

/** Ids of tasks are UUIDs; anything else in a body was not put there by us. */
const taskIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The task queue over RabbitMQ. A message is a task id under the routing key of its kind, nothing else:
 * the row is the truth, so a message may come twice, late or never without harm.
 *
 * The connection heals itself: after any loss topology, publisher and consumers are set up anew. A channel
 * that dies alone takes its connection with it, so that there is one way back, not two.
 */
export class RabbitTaskQueue implements TaskQueue {
  private readonly options: RabbitOptions
  private readonly log: Log
  private readonly topology: Topology
  private readonly listenings: Listening[] = []
  private readonly running = new Set<Promise<void>>()
  private readonly returned = new Set<string>()
  private state: 'idle' | 'running' | 'stopped' = 'idle'
  private connection: RecoveringChannelModel | undefined
  private model: ChannelModel | undefined
  private publisher: ConfirmChannel | undefined
  private blocked = false
  private published = 0
  private stopping: Promise<void> | undefined

  constructor(
    private readonly deps: { url: string; clock: Clock; log?: Log },
    options: Partial<RabbitOptions> = {},
  ) {
    this.options = { ...rabbitDefaults, ...options }
    this.log = deps.log ?? silentLog
    this.topology = new Topology(this.options)
  }

  /**
   * Resolves once connected, or after `connectTimeoutMs` without: a gateway must start and take documents
   * in while its broker is down. It goes on trying by itself.
   */
  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'running'
    const connection = await connect(withHeartbeat(this.deps.url, this.options.heartbeat), {
      timeout: this.options.connectTimeoutMs,
      noDelay: true,
      clientProperties: { connection_name: this.options.prefix },
      recovery: {
        waitForConnect: false,
        initialDelay: 200,
        maxDelay: 5_000,
        setup: (model: ChannelModel) => this.setUp(model),
      },
    })
    this.connection = connection
    connection.on('connect', () => this.log.info({ prefix: this.options.prefix }, 'broker.connected'))
    connection.on('disconnect', (error) => {
      this.forget()
      this.log.warn({ reason: error.message }, 'broker.lost')
    })
    let failures = 0
    connection.on('connect-failed', (error: Error) => {
      this.forget()
      failures += 1
      // Of a broker that stays away the 1st, 2nd, 4th, 8th … failure is told.
      if (Number.isInteger(Math.log2(failures))) {
        this.log.warn({ reason: error.message, failures }, 'broker.not-reached')
      }
    })
    connection.on('blocked', (reason) => {
      this.blocked = true
      this.log.warn({ reason }, 'broker.blocked')
    })
    connection.on('unblocked', () => (this.blocked = false))
    // The loss itself is told by `disconnect`; without a listener it would end the process.
    connection.on('error', () => {})
    await within(this.options.connectTimeoutMs, connection.waitForConnect()).catch(() => {})
  }

  async ring(bells: (Bell & { delayMs: number })[]): Promise<void> {
    const now = this.deps.clock.now().getTime()
    for (let from = 0; from < bells.length; from += this.options.window) {
      const window = bells.slice(from, from + this.options.window)
      await this.publish(
        window.map(({ taskId, kind, delayMs }) => ({ taskId, kind, dueAt: now + delayMs, delayMs })),
      )
    }
  }

  async listen(
    kinds: readonly TaskKind[],
    { prefetch }: { prefetch: number },
    listener: (bell: Bell) => Promise<Heard>,
  ): Promise<void> {
    const listening: Listening = { kinds, prefetch, listener, busy: 0, waiting: [], tags: [] }
    this.listenings.push(listening)
    const { model } = this
    // Not set up yet: the set-up finds it in the list.
    if (model === undefined || this.publisher === undefined) return
    try {
      await this.consume(model, listening)
    } catch (error) {
      // The listening is kept and set up with the next connection.
      this.log.warn({ err: error }, 'broker.consume-failed')
      this.giveUpOn(model)
    }
  }

  healthy(): boolean {
    return this.state === 'running' && this.publisher !== undefined && !this.blocked
  }

  stop(): Promise<void> {
    this.stopping ??= this.end()
    return this.stopping
  }

  private async end() {
    this.state = 'stopped'
    for (const { channel, tags } of this.listenings) {
      for (const tag of tags) await within(goodbyeMs, channel?.cancel(tag)).catch(() => {})
    }
    await within(lastWordsMs, Promise.all([...this.running])).catch(() => {})
    // A channel that is closed in order has had its acknowledgements read by the broker.
    for (const { channel } of this.listenings) await within(goodbyeMs, channel?.close()).catch(() => {})
    const { model } = this
    this.forget()
    await within(goodbyeMs, this.connection?.close()).catch(() => hangUp(model))
  }

  /** Called by amqplib after every connection, the first and each later one. */
  private async setUp(model: ChannelModel): Promise<void> {
    // Recovery listens to the model only after this: meanwhile an error must find an ear.
    model.on('error', () => {})
    const declaring = await model.createChannel()
    declaring.on('error', () => {})
    await this.topology.declare(declaring)
    await declaring.close()

    // From here on a channel that dies takes the connection along, this set-up included.
    this.model = model

    const publisher = await model.createConfirmChannel()
    this.watch(publisher, model)
    publisher.on('return', (message) => {
      const number: unknown = message.properties.correlationId
      if (typeof number === 'string') this.returned.add(number)
    })
    this.blocked = false
    this.returned.clear()
    for (const listening of this.listenings) await this.consume(model, listening)
    if (this.model !== model) throw new Error('the connection was lost while it was set up')
    this.publisher = publisher
  }

  private watch(channel: Channel, model: ChannelModel) {
    channel.on('error', (error) => this.log.warn({ reason: error.message }, 'broker.channel-failed'))
    channel.on('close', () => this.giveUpOn(model))
  }

  private forget() {
    this.model = undefined
    this.publisher = undefined
  }

  /** Makes the connection anew: what is left of it cannot be trusted. */
  private giveUpOn(model: ChannelModel) {
    if (this.model !== model || this.state !== 'running') return
    this.forget()
    void within(goodbyeMs, model.close()).catch(() => hangUp(model))
  }

  /** Resolves once all are confirmed. Throws when one was refused, returned or left without an answer. */
  private async publish(bells: (Bell & { dueAt: number; delayMs: number })[]): Promise<void> {
    const { publisher, model } = this
    if (publisher === undefined || model === undefined || this.state === 'idle') {
      throw new Error('the broker is not connected')
    }
    const confirms = bells.map(
      ({ taskId, kind, dueAt, delayMs }) =>
        new Promise<void>((resolve, reject) => {
          const step = nextStep(delayMs)
          const number = String(++this.published)
          const exchange = step === 0 ? this.topology.ring() : this.topology.delay(step)
          const answered = (error: unknown) => {
            // A message without a queue is confirmed like any other; only its return tells.
            const homeless = this.returned.delete(number)
            if (error instanceof Error) reject(error)
            else if (homeless) reject(new Error(`no queue took the bell: ${exchange}`))
            else resolve()
          }
          publisher.publish(
            exchange,
            kind,
            Buffer.from(taskId),
            {
              persistent: true,
              mandatory: true,
              messageId: taskId,
              correlationId: number,
              contentType: 'text/plain',
              ...(step === 0 ? {} : { headers: { 'due-at': String(dueAt) } }),
            },
            answered,
          )
        }),
    )
    const outcome = await within(this.options.confirmTimeoutMs, Promise.allSettled(confirms)).catch(
      () => undefined,
    )
    if (outcome === undefined) {
      this.giveUpOn(model)
      throw new Error(`the broker did not confirm within ${this.options.confirmTimeoutMs} ms`)
    }
    const refusals = outcome.filter((confirm) => confirm.status === 'rejected')
    if (refusals.length === 0) return
    const cause: unknown = refusals[0]?.reason
    // Somebody deleted a queue: the next connection declares it again.
    if (refusals.some(({ reason }) => reason instanceof Error && reason.message.startsWith('no queue'))) {
      this.giveUpOn(model)
    }
    throw new Error(`${refusals.length} of ${bells.length} bells were not confirmed`, { cause })
  }

  private async consume(model: ChannelModel, listening: Listening) {
    const channel = await model.createChannel()
    this.watch(channel, model)
    await channel.prefetch(listening.prefetch)
    listening.channel = channel
    listening.tags = []
    for (const kind of listening.kinds) {
      const { consumerTag } = await channel.consume(this.topology.work(kind), (message) => {
        // Cancelled by the broker: the queue is gone, or its leader is.
        if (message === null) return this.giveUpOn(model)
        const work = this.take(channel, listening, kind, message).finally(() => this.running.delete(work))
        this.running.add(work)
      })
      listening.tags.push(consumerTag)
    }
  }

  private async take(channel: Channel, listening: Listening, kind: TaskKind, message: ConsumeMessage) {
    const taskId = taskIdOf(message)
    if (taskId === undefined) {
      this.log.error({ kind, bytes: message.content.length }, 'bell.malformed')
      return answer(() => channel.reject(message, false))
    }
    const earlyMs = dueAtOf(message) - this.deps.clock.now().getTime()
    // Half a second early is on time: another hop would make it half a second late.
    if (earlyMs > 500) return this.ringAgain(channel, message, { taskId, kind }, earlyMs)

    if (listening.busy >= listening.prefetch) {
      await new Promise<void>((resolve) => listening.waiting.push(resolve))
    } else listening.busy += 1
    try {
      // Left unanswered it goes to somebody else when the channel closes.
      if (this.state !== 'running') return
      const heard = await listening.listener({ taskId, kind })
      if (heard === 'done') answer(() => channel.ack(message))
      else await this.ringAgain(channel, message, { taskId, kind }, heard.ringAgainInMs)
    } catch (error) {
      this.log.warn({ err: error, task: taskId, kind }, 'bell.not-heard')
      answer(() => channel.nack(message, false, true))
    } finally {
      // The hand goes to the next in line, or is free.
      const next = listening.waiting.shift()
      if (next === undefined) listening.busy -= 1
      else next()
    }
  }

  /** The new bell is confirmed before the old one goes: better two than none. */
  private async ringAgain(channel: Channel, message: ConsumeMessage, bell: Bell, delayMs: number) {
    const dueAt = this.deps.clock.now().getTime() + delayMs
    try {
      await this.publish([{ ...bell, dueAt, delayMs }])
      answer(() => channel.ack(message))
    } catch {
      answer(() => channel.nack(message, false, true))
    }
  }
}

const taskIdOf = ({ content }: ConsumeMessage): string | undefined => {
  if (content.length !== 36) return undefined
  const text = content.toString('latin1')
  return taskIdPattern.test(text) ? text : undefined
}

const dueAtOf = ({ properties }: ConsumeMessage): number => {
  const header: unknown = properties.headers?.['due-at']
  const dueAt = typeof header === 'string' ? Number(header) : 0
  return Number.isFinite(dueAt) ? dueAt : 0
}

/** The channel may be gone by now; then the message comes again, and the row knows that its task is settled. */
const answer = (act: () => void) => {
  try {
    act()
  } catch {
    return
  }
}

/** A heartbeat in the URL stands; without one a frozen broker would hold us for ever. */
const withHeartbeat = (url: string, seconds: number): string => {
  const parts = new URL(url)
  if (!parts.searchParams.has('heartbeat')) parts.searchParams.set('heartbeat', String(seconds))
  return parts.href
}

/** A broker that does not answer a goodbye keeps the socket open, and with it the process. amqplib has no word for this. */
const hangUp = (model: ChannelModel | undefined) => {
  const { stream } = (model?.connection ?? {}) as { stream?: { destroy(): void } }
  stream?.destroy()
}

const within = async <T>(ms: number, work: Promise<T> | undefined): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
