import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from 'amqplib'
import { MemoryTaskStore } from '../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import { RabbitTaskQueue, type RabbitOptions } from '../../../src/adapters/rabbitmq/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { Relay } from '../../../src/jobs/relay.ts'
import { Worker } from '../../../src/jobs/worker.ts'
import { until } from '../../conformance/task-queue.ts'
import { serverStartMs } from '../../servers/index.ts'
import { startRabbit, type RabbitServer } from '../../servers/rabbit-server.ts'

let rabbit: RabbitServer
beforeAll(async () => {
  // A broker of our own: these tests kill it.
  rabbit = await startRabbit()
  await rabbit.createVirtualHost('faults')
}, serverStartMs)
afterAll(() => rabbit.stop())

/** The broker is several processes; they form a group. */
const freeze = () => process.kill(-rabbit.pid, 'SIGSTOP')
const thaw = () => process.kill(-rabbit.pid, 'SIGCONT')

const parts: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of parts.splice(0).reverse()) await part.stop()
})

let prefixes = 0
const aQueue = async (options: Partial<RabbitOptions> = {}) => {
  const queue = new RabbitTaskQueue(
    { url: rabbit.url('faults'), clock: systemClock },
    {
      prefix: `faults-${++prefixes}`,
      heartbeat: 1,
      confirmTimeoutMs: 2_000,
      connectTimeoutMs: 2_000,
      ...options,
    },
  )
  parts.push(queue)
  await queue.start()
  return queue
}

/** Relay and worker over the broker, rows in memory: whatever becomes of the broker, the rows stay. */
const aHouse = async (queue: RabbitTaskQueue) => {
  const tasks = new MemoryTaskStore()
  const unitOfWork = new MemoryUnitOfWork()
  const recorded: string[] = []
  let ids = 0
  const relay = new Relay({ tasks, queue, clock: systemClock }, { batch: 100, pollMs: 50 })
  const worker = new Worker({
    tasks,
    queue,
    unitOfWork,
    clock: systemClock,
    ids: { next: () => `holder ${++ids}` },
    procedures: {
      notify: {
        step: async ({ id }) => ({ word: 'done', note: '', record: async () => void recorded.push(id) }),
      },
    },
  })
  parts.push(relay, worker)
  await worker.start()
  await relay.start()
  /** What intake does: a row. The broker has no part in it. */
  const add = async (from: number, count: number) => {
    const some = Array.from({ length: count }, (_, n) => {
      const id = `00000000-0000-7000-8000-${String(from + n).padStart(12, '0')}`
      return { id, kind: 'notify' as const, documentId: id, subject: '', dueAt: new Date() }
    })
    await unitOfWork.run((tx) => tasks.add(tx, some))
    relay.nudge()
  }
  return { add, recorded }
}

describe('a broker in trouble', () => {
  it('loses nothing when it is killed in the middle of publishing, and nothing is done twice', async () => {
    const queue = await aQueue()
    const { add, recorded } = await aHouse(queue)
    await add(0, 3_000)
    await until(() => recorded.length > 300)
    await rabbit.crash()
    expect(recorded.length).toBeLessThan(3_000)
    await until(() => !queue.healthy())
    await add(3_000, 500)
    await rabbit.start()
    await until(() => recorded.length >= 3_500)
    expect(recorded).toHaveLength(3_500)
    expect(new Set(recorded).size).toBe(3_500)
  }, 90_000)

  it('makes the relay give up on a frozen one in time, while rows are written on', async () => {
    const queue = await aQueue()
    const { add, recorded } = await aHouse(queue)
    await add(0, 10)
    await until(() => recorded.length === 10)
    freeze()
    try {
      const asked = performance.now()
      const bell = { taskId: '00000000-0000-7000-8000-000000009999', kind: 'notify' as const, delayMs: 0 }
      await expect(queue.ring([bell])).rejects.toThrow()
      expect(performance.now() - asked).toBeLessThan(6_000)
      const written = performance.now()
      await add(10, 200)
      expect(performance.now() - written).toBeLessThan(1_500)
      await until(() => !queue.healthy())
    } finally {
      thaw()
    }
    await until(() => recorded.length === 210)
    expect(new Set(recorded).size).toBe(210)
  }, 60_000)

  it('is not waited for by the start, and is found when it comes up', async () => {
    await rabbit.crash()
    const queue = await aQueue({ connectTimeoutMs: 300 })
    expect(queue.healthy()).toBe(false)
    const { add, recorded } = await aHouse(queue)
    await add(0, 20)
    await rabbit.start()
    await until(() => recorded.length === 20)
    expect(queue.healthy()).toBe(true)
  }, 60_000)

  it('is not taken at its word when it confirms a bell that no queue took', async () => {
    const queue = await aQueue()
    const prefix = `faults-${prefixes}`
    const hand = await connect(rabbit.url('faults'))
    const channel = await hand.createChannel()
    await channel.deleteQueue(`${prefix}.work.sign`)
    await hand.close()
    const bell = { taskId: '00000000-0000-7000-8000-000000000001', kind: 'sign' as const, delayMs: 0 }
    await expect(queue.ring([bell])).rejects.toThrow('not confirmed')
    // The next connection declares the queue again.
    await until(() =>
      queue.ring([bell]).then(
        () => true,
        () => false,
      ),
    )
    const heard: string[] = []
    await queue.listen(['sign'], { prefetch: 1 }, async ({ taskId }) => {
      heard.push(taskId)
      return 'done'
    })
    await until(() => heard.length > 0)
    expect(heard[0]).toBe(bell.taskId)
  }, 60_000)

  it('may be stopped while the broker is frozen', async () => {
    const queue = await aQueue()
    await queue.listen(['sign'], { prefetch: 1 }, async () => 'done')
    freeze()
    try {
      const asked = performance.now()
      await queue.stop()
      expect(performance.now() - asked).toBeLessThan(12_000)
    } finally {
      thaw()
    }
  }, 60_000)
})
