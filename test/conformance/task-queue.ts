import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Bell, Heard, TaskKind, TaskQueue } from '../../src/core/kernel/index.ts'

/** A queue to try: started, empty, with a delivery limit of `maxDeliveries`. */
export interface TaskQueueUnderTest {
  queue: TaskQueue
  maxDeliveries: number
  /** Another process on the same queue. */
  another(): Promise<TaskQueue>
  /** Task ids in the dead-letter place. */
  buried(): Promise<string[]>
  /** Puts a message there that no relay of ours would send; undefined when the driver has no such thing. */
  ringMalformed?(kind: TaskKind): Promise<void>
  close(): Promise<void>
}

type Answer = (bell: Bell, nth: number) => Promise<Heard> | Heard

/** Collects bells and lets a test wait for them. */
class Ear {
  readonly heard: Bell[] = []
  private waiting: { count: number; resolve(): void }[] = []

  constructor(private readonly answer: Answer = () => 'done') {}

  readonly listener = async (bell: Bell): Promise<Heard> => {
    this.heard.push(bell)
    const nth = this.heard.length
    this.waiting = this.waiting.filter(({ count, resolve }) => {
      if (nth < count) return true
      resolve()
      return false
    })
    return this.answer(bell, nth)
  }

  /** Resolves once `count` bells were heard. */
  hears(count: number): Promise<void> {
    if (this.heard.length >= count) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push({ count, resolve }))
  }

  get tasks(): string[] {
    return this.heard.map(({ taskId }) => taskId)
  }
}

/** Asks again and again until it is so; the test's own limit ends it. */
export const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const bells = (count: number, kind: TaskKind = 'deliver', delayMs = 0) =>
  Array.from({ length: count }, (_, n) => ({ taskId: id(n), kind, delayMs }))

/** The promises of `TaskQueue`, for every driver. */
export const taskQueueConformance = (name: string, open: () => Promise<TaskQueueUnderTest>): void => {
  describe(`${name} carries bells`, () => {
    let under: TaskQueueUnderTest
    let queue: TaskQueue

    beforeEach(async () => {
      under = await open()
      queue = under.queue
    })
    afterEach(() => under.close())

    it('brings every bell to the listener of its kind', async () => {
      const deliveries = new Ear()
      const signings = new Ear()
      await queue.listen(['deliver', 'mirror'], { prefetch: 10 }, deliveries.listener)
      await queue.listen(['sign'], { prefetch: 10 }, signings.listener)
      await queue.ring([...bells(50), ...bells(20, 'sign')])
      await Promise.all([deliveries.hears(50), signings.hears(20)])
      expect(new Set(deliveries.tasks).size).toBe(50)
      expect(new Set(deliveries.heard.map(({ kind }) => kind))).toEqual(new Set(['deliver']))
      expect(new Set(signings.tasks).size).toBe(20)
    })

    it('keeps bells for a listener that comes later', async () => {
      await queue.ring(bells(5))
      const ear = new Ear()
      await queue.listen(['deliver'], { prefetch: 10 }, ear.listener)
      await ear.hears(5)
      expect(new Set(ear.tasks).size).toBe(5)
    })

    it('brings a delayed bell not before its time', async () => {
      const ear = new Ear()
      await queue.listen(['deliver'], { prefetch: 10 }, ear.listener)
      const rung = performance.now()
      await queue.ring([
        { taskId: id(1), kind: 'deliver', delayMs: 1_000 },
        { taskId: id(2), kind: 'deliver', delayMs: 0 },
      ])
      await ear.hears(1)
      expect(ear.tasks).toEqual([id(2)])
      await ear.hears(2)
      // TTL queues and timers keep milliseconds only roughly; early by a hair is harmless, the row decides.
      expect(performance.now() - rung).toBeGreaterThan(950)
    })

    it('rings again when the listener asks for it, as often as it asks', async () => {
      const times = under.maxDeliveries + 2
      const ear = new Ear((_, nth) => (nth < times ? { ringAgainInMs: 30 } : 'done'))
      await queue.listen(['deliver'], { prefetch: 10 }, ear.listener)
      await queue.ring(bells(1))
      await ear.hears(times)
      expect(ear.tasks).toHaveLength(times)
      expect(await under.buried()).toEqual([])
    })

    it('brings a bell again when the listener throws, and lays it aside in the end', async () => {
      const poison = id(1)
      const ear = new Ear((bell) => {
        if (bell.taskId === poison) throw new Error('cannot hear this one')
        return 'done'
      })
      await queue.listen(['deliver'], { prefetch: 1 }, ear.listener)
      await queue.ring(bells(4))
      await until(async () => (await under.buried()).includes(poison))
      const heard = (task: string) => ear.tasks.filter((one) => one === task).length
      expect(heard(poison)).toBeGreaterThan(1)
      // RabbitMQ's limit of n allows n + 1 deliveries.
      expect(heard(poison)).toBeLessThanOrEqual(under.maxDeliveries + 1)
      expect([id(0), id(2), id(3)].every((task) => heard(task) === 1)).toBe(true)
    })

    it('lays aside what is not a bell, without disturbing others', async () => {
      if (under.ringMalformed === undefined) return
      const ear = new Ear()
      await queue.listen(['deliver'], { prefetch: 1 }, ear.listener)
      await under.ringMalformed('deliver')
      await queue.ring(bells(2))
      await ear.hears(2)
      await until(async () => (await under.buried()).length === 1)
      expect(ear.tasks.sort()).toEqual([id(0), id(1)])
    })

    it('gives a listener no more than its prefetch at once', async () => {
      let now = 0
      let most = 0
      const ear = new Ear(async (): Promise<Heard> => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 5))
        now -= 1
        return 'done'
      })
      await queue.listen(['deliver'], { prefetch: 3 }, ear.listener)
      await queue.ring(bells(30))
      await ear.hears(30)
      await until(() => now === 0)
      expect(most).toBeLessThanOrEqual(3)
    })

    it('shares bells between processes', async () => {
      const other = await under.another()
      const [mine, theirs] = [new Ear(), new Ear()]
      await queue.listen(['deliver'], { prefetch: 2 }, mine.listener)
      await other.listen(['deliver'], { prefetch: 2 }, theirs.listener)
      await queue.ring(bells(40))
      await until(() => new Set([...mine.tasks, ...theirs.tasks]).size === 40)
      await other.stop()
      expect(mine.heard.length + theirs.heard.length).toBeGreaterThanOrEqual(40)
    })

    it('lets running listeners end before it stops, and leaves the rest for others', async () => {
      let release: () => void = () => {}
      let ended = false
      const ear = new Ear(async (): Promise<Heard> => {
        await new Promise<void>((resolve) => (release = resolve))
        ended = true
        return 'done'
      })
      const other = await under.another()
      await other.listen(['deliver'], { prefetch: 1 }, ear.listener)
      await queue.ring(bells(3))
      await ear.hears(1)
      const stopped = other.stop()
      release()
      await stopped
      expect(ended).toBe(true)
      const rest = new Ear()
      await queue.listen(['deliver'], { prefetch: 5 }, rest.listener)
      await rest.hears(2)
      expect(new Set([...ear.tasks, ...rest.tasks]).size).toBe(3)
    })

    it('takes an empty ring for what it is', async () => {
      await queue.ring([])
      expect(queue.healthy()).toBe(true)
    })

    it('may be stopped twice, and is not healthy afterwards', async () => {
      const other = await under.another()
      expect(other.healthy()).toBe(true)
      await other.stop()
      await other.stop()
      expect(other.healthy()).toBe(false)
      await expect(other.ring(bells(1))).rejects.toThrow()
    })
  })
}
