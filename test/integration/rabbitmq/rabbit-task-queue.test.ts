import { randomBytes } from 'node:crypto'
import { beforeAll } from '@jest/globals'
import { connect, type ChannelModel } from 'amqplib'
import { RabbitTaskQueue } from '../../../src/adapters/rabbitmq/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { taskQueueConformance } from '../../conformance/task-queue.ts'
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
