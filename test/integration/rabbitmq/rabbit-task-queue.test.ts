import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { connect, type ChannelModel } from 'amqplib'
import { RabbitTaskQueue } from '../../../src/adapters/rabbitmq/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { taskQueueConformance, until } from '../../conformance/task-queue.ts'
import { serverStartMs, testRabbit } from '../../servers/index.ts'

let url: string
beforeAll(async () => {
  url = await testRabbit()
}, serverStartMs)

const maxDeliveries = 3

taskQueueConformance('RabbitMQ', async () => {
  // A prefix of its own for each test: queues of one never meet messages of another.
  const prefix = `test-${randomBytes(4).toString('hex')}`
  const opened: RabbitTaskQueue[] = []
  const open = async () => {
    const queue = new RabbitTaskQueue({ url, clock: systemClock }, { prefix, maxDeliveries })
    opened.push(queue)
    await queue.start()
    return queue
  }
  const queue = await open()
  const eye: ChannelModel = await connect(url)
  const channel = await eye.createConfirmChannel()
  const buried: string[] = []
  return {
    queue,
    maxDeliveries,
    another: open,
    buried: async () => {
      for (;;) {
        const message = await channel.get(`${prefix}.dead`, { noAck: true })
        if (message === false) return buried
        buried.push(message.content.toString())
      }
    },
    ringMalformed: async (kind) => {
      channel.publish(`${prefix}.ring`, kind, Buffer.from('{"task":1}'))
      await channel.waitForConfirms()
    },
    close: async () => {
      for (const one of opened) await one.stop()
      await eye.close()
    },
  }
})

describe('RabbitMQ full of poison', () => {
  it('sets all of it aside with its reason, and brings the good ones', async () => {
    const prefix = `test-${randomBytes(4).toString('hex')}`
    const queue = new RabbitTaskQueue({ url, clock: systemClock }, { prefix, maxDeliveries })
    await queue.start()
    const eye = await connect(url)
    const channel = await eye.createConfirmChannel()
    try {
      const heard = new Set<string>()
      const poison = [
        () => randomBytes(40),
        () => Buffer.alloc(0),
        () => Buffer.from('{"taskId":"00000000-0000-7000-8000-000000000000"}'),
        () => Buffer.from("00000000-0000-7000-8000-00000000000'"),
        () => Buffer.alloc(1_000_000, 'x'),
      ]
      for (let n = 0; n < 200; n += 1) {
        channel.publish(`${prefix}.ring`, 'notify', poison[n % poison.length]!(), {
          headers: { 'due-at': 'never' },
        })
      }
      await channel.waitForConfirms()
      await queue.listen(['notify'], { prefetch: 8 }, async ({ taskId }) => {
        heard.add(taskId)
        return 'done'
      })
      const good = Array.from(
        { length: 1_000 },
        (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      )
      await queue.ring(good.map((taskId) => ({ taskId, kind: 'notify', delayMs: 0 })))
      await until(() => heard.size === 1_000)
      await until(async () => (await channel.checkQueue(`${prefix}.dead`)).messageCount === 200)
      const message = await channel.get(`${prefix}.dead`, { noAck: true })
      if (message === false) throw new Error('the dead letters are gone')
      expect(message.properties.headers?.['x-first-death-reason']).toBe('rejected')
      expect(message.properties.headers?.['x-first-death-queue']).toBe(`${prefix}.work.notify`)
    } finally {
      await queue.stop()
      await eye.close()
    }
  })
})
