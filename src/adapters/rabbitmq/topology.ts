import type { Channel } from 'amqplib'
import { taskKinds, type TaskKind } from '../../core/kernel/index.ts'

/**
 * Everything we declare at the broker, in one place. The same on RabbitMQ 3.10 and 4.x: durable quorum
 * queues, no transient queues, no global prefetch, no plugin.
 *
 *     relay ──▶ ‹p›.ring (direct) ──kind──▶ ‹p›.work.‹kind› ──▶ workers
 *                  ▲                              │ malformed, or delivered too often
 *     relay ──▶ ‹p›.delay.4s ─▶ queue ─4 s─┘      └──▶ ‹p›.dead
 *
 * A delay queue has one TTL for all its messages, so none waits behind a slower one; when it is over the
 * message goes to `ring` under the routing key it was published with: its kind.
 */
export class Topology {
  private readonly prefix: string
  private readonly maxDeliveries: number

  constructor(options: { prefix: string; maxDeliveries: number }) {
    this.prefix = options.prefix
    this.maxDeliveries = options.maxDeliveries
  }

  readonly ring = (): string => `${this.prefix}.ring`
  readonly work = (kind: TaskKind): string => `${this.prefix}.work.${kind}`
  readonly delay = (seconds: number): string => `${this.prefix}.delay.${seconds}s`
  readonly dead = (): string => `${this.prefix}.dead`

  /** Declares it all; what is there already and equal stays. A queue declared otherwise by hand makes it throw. */
  async declare(channel: Channel): Promise<void> {
    await channel.assertExchange(this.dead(), 'fanout', { durable: true })
    await channel.assertQueue(this.dead(), {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        // Evidence for a person, not work: the rows know what is to be done. Two weeks, then it is forgotten.
        'x-message-ttl': 14 * 24 * 3_600_000,
        'x-max-length': 100_000,
      },
    })
    await channel.bindQueue(this.dead(), this.dead(), '')

    await channel.assertExchange(this.ring(), 'direct', { durable: true })
    for (const kind of taskKinds) {
      await channel.assertQueue(this.work(kind), {
        durable: true,
        arguments: {
          ...safely(this.dead()),
          // RabbitMQ 4 would bring a limit of its own; a limit of n allows n + 1 deliveries.
          'x-delivery-limit': this.maxDeliveries,
        },
      })
      await channel.bindQueue(this.work(kind), this.ring(), kind)
    }

    for (const seconds of delaySteps) {
      await channel.assertExchange(this.delay(seconds), 'fanout', { durable: true })
      await channel.assertQueue(this.delay(seconds), {
        durable: true,
        arguments: { ...safely(this.ring()), 'x-message-ttl': seconds * 1_000 },
      })
      await channel.bindQueue(this.delay(seconds), this.delay(seconds), '')
    }
  }
}

/** Quorum, and dead letters that are confirmed on the other side before they leave this one. */
const safely = (deadLetterExchange: string) => ({
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': deadLetterExchange,
  'x-dead-letter-strategy': 'at-least-once',
  // The strategy asks for it: a full queue refuses the publisher rather than drop its head.
  'x-overflow': 'reject-publish',
})

/** Seconds; each four times the one before, so that any delay is reached in a few hops. */
export const delaySteps: readonly number[] = [1, 4, 16, 64, 256, 1024]

/**
 * The step a bell waits in next: the longest that does not overshoot. 10 s go 4 + 4 + 1 + 1;
 * half a second goes 1, because a bell may be late but not before its time. 0: no delay.
 */
export const nextStep = (delayMs: number): number => {
  if (delayMs <= 0) return 0
  return delaySteps.findLast((seconds) => seconds * 1_000 <= delayMs) ?? 1
}
