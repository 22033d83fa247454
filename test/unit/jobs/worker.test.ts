import { afterEach, describe, expect, it } from '@jest/globals'
import { MemoryBellStore } from '../../../src/adapters/memory/bell-store.ts'
import { MemoryTaskStore } from '../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import { TableQueue } from '../../../src/adapters/table-queue/index.ts'
import { Outdated } from '../../../src/core/exchange/index.ts'
import { systemClock, UpstreamError } from '../../../src/core/kernel/index.ts'
import type {
  Log,
  NewTask,
  Procedures,
  Settlement,
  StepOutcome,
  Task,
  TaskKind,
} from '../../../src/core/kernel/index.ts'
import { patience } from '../../../src/jobs/disposition.ts'
import { Relay, type RelayOptions } from '../../../src/jobs/relay.ts'
import { Worker, type WorkerOptions } from '../../../src/jobs/worker.ts'
import { until } from '../../conformance/task-queue.ts'

/** Relay, queue and worker over memory: the whole of jobs without a server. */
class House {
  readonly tasks = new MemoryTaskStore()
  readonly bells = new MemoryBellStore()
  readonly unitOfWork = new MemoryUnitOfWork()
  readonly lines: { event: string; fields: Record<string, unknown> }[] = []
  readonly settled: { kind: TaskKind; settled: Settlement['state'] }[] = []
  private readonly parts: { stop(): Promise<void> }[] = []
  private lastId = 0

  private readonly log: Log = {
    debug: () => {},
    info: (fields, event) => this.keep(fields, event),
    warn: (fields, event) => this.keep(fields, event),
    error: (fields, event) => this.keep(fields, event),
  }

  async replica(
    procedures: Procedures,
    options: { worker?: Partial<WorkerOptions>; relay?: Partial<RelayOptions> } = {},
  ) {
    const queue = new TableQueue({ bells: this.bells, clock: systemClock }, { pollMs: 20, leaseMs: 200 })
    const relay = new Relay(
      { tasks: this.tasks, queue, clock: systemClock, log: this.log },
      { pollMs: 20, rescueEveryMs: 20, ...options.relay },
    )
    const worker = new Worker(
      {
        tasks: this.tasks,
        queue,
        unitOfWork: this.unitOfWork,
        procedures,
        clock: systemClock,
        ids: { next: () => `id-${++this.lastId}-${Math.random()}` },
        log: this.log,
        nudge: () => relay.nudge(),
        onAttempt: ({ kind, settled }) => this.settled.push({ kind, settled }),
        random: () => 0.5,
      },
      options.worker,
    )
    await queue.start()
    await relay.start()
    await worker.start()
    this.parts.push(worker, relay, queue)
    return { queue, relay, worker }
  }

  async add(given: Partial<NewTask> = {}): Promise<string> {
    const id = `task-${++this.lastId}`
    const task: NewTask = {
      id,
      kind: 'deliver',
      documentId: `document of ${id}`,
      subject: '',
      dueAt: new Date(),
      ...given,
    }
    await this.unitOfWork.run((tx) => this.tasks.add(tx, [task]))
    return id
  }

  async end() {
    for (const part of this.parts) await part.stop()
  }

  private keep(fields: object, event: string) {
    this.lines.push({ event, fields: fields as Record<string, unknown> })
  }
}

const done = (record: () => Promise<void> = async () => {}): StepOutcome => ({
  word: 'done',
  note: 'did it',
  record,
})

describe('the worker', () => {
  let house: House
  afterEach(() => house.end())

  it('carries a due task out and writes one line about it', async () => {
    house = new House()
    const recorded: string[] = []
    await house.replica({
      deliver: { step: async (task: Task) => done(async () => void recorded.push(task.id)) },
    })
    const id = await house.add()
    await until(() => house.settled.length === 1)
    expect(recorded).toEqual([id])
    expect(house.tasks.attempts).toMatchObject([{ taskId: id, number: 1, outcome: 'done', note: 'did it' }])
    expect(house.lines.filter(({ event }) => event === 'task.attempted')).toMatchObject([
      {
        fields: {
          document: `document of ${id}`,
          task: id,
          attempt: 1,
          of: patience.deliver.maxAttempts,
          outcome: 'done',
        },
      },
    ])
  })

  it('wakes at once when a step adds the next task', async () => {
    house = new House()
    const order: string[] = []
    await house.replica(
      {
        sign: {
          step: async (task) => ({
            word: 'done',
            note: '',
            record: async (tx) => {
              order.push('sign')
              await house.tasks.add(tx, [{ ...task, id: 'next', kind: 'deliver', dueAt: new Date() }])
            },
          }),
        },
        deliver: { step: async () => done(async () => void order.push('deliver')) },
      },
      // A poll that would not come within the test: only the nudge can.
      { relay: { pollMs: 600_000 } },
    )
    await until(() => house.lines.length === 0)
    const { relay } = await house.replica({})
    await house.add({ kind: 'sign' })
    relay.nudge()
    await until(() => order.length === 2)
    expect(order).toEqual(['sign', 'deliver'])
  })

  it('tries again later what could not be reached', async () => {
    house = new House()
    let tries = 0
    await house.replica({
      deliver: {
        step: async () => {
          tries += 1
          if (tries < 2) throw new UpstreamError('unreachable', 'mail', 'connection refused')
          return done()
        },
      },
    })
    await house.add()
    await until(() => house.settled.length === 2)
    expect(house.tasks.attempts.map(({ outcome, number }) => [number, outcome])).toEqual([
      [1, 'unreachable'],
      [2, 'done'],
    ])
    expect(house.lines.find(({ event }) => event === 'task.attempted')?.fields).toMatchObject({
      partner: 'mail',
      outcome: 'unreachable',
      state: 'due',
    })
  })

  it('records what a waiting step learnt and charges no attempt', async () => {
    house = new House()
    const learnt: string[] = []
    await house.replica({
      mirror: {
        step: async () =>
          learnt.length === 0
            ? {
                word: 'waiting',
                note: 'asked',
                askAgainInMs: 1_000,
                record: async () => void learnt.push('id 7'),
              }
            : done(),
      },
    })
    await house.add({ kind: 'mirror' })
    await until(() => house.settled.length === 2)
    expect(learnt).toEqual(['id 7'])
    expect(house.tasks.attempts.map(({ number }) => number)).toEqual([1, 1])
  })

  it('buries a task that was explicitly refused, and lets the document show it', async () => {
    house = new House()
    const shown: string[] = []
    await house.replica({
      mirror: {
        step: async () => {
          throw new UpstreamError('refused', 'portal', 'number and date are not unique')
        },
        onDead: async (task, reason) => async () => void shown.push(`${task.kind}: ${reason}`),
      },
    })
    const id = await house.add({ kind: 'mirror' })
    await until(() => house.settled.length === 1)
    expect(shown).toEqual(['mirror: number and date are not unique'])
    expect(await house.tasks.dead({ limit: 10 })).toMatchObject([
      { id, reason: 'number and date are not unique' },
    ])
  })

  it('looks again when the document was changed meanwhile', async () => {
    house = new House()
    let looks = 0
    await house.replica({
      deliver: {
        step: async () => {
          looks += 1
          const mine = looks
          return done(async () => {
            if (mine < 3) throw new Outdated('document')
          })
        },
      },
    })
    await house.add()
    await until(() => house.settled.length === 1)
    expect(looks).toBe(3)
    expect(house.tasks.attempts).toMatchObject([{ number: 1, outcome: 'done' }])
  })

  it('does not look for ever at a document that keeps changing', async () => {
    house = new House()
    let looks = 0
    await house.replica({
      deliver: {
        step: async () =>
          done(async () => {
            looks += 1
            if (looks <= 3) throw new Outdated('document')
          }),
      },
    })
    await house.add()
    await until(() => house.settled.length === 2)
    expect(house.tasks.attempts.map(({ outcome, number }) => [number, outcome])).toEqual([
      [1, 'waiting'],
      [1, 'done'],
    ])
  })

  it('resumes the task of a worker that died, within its lease', async () => {
    house = new House()
    const id = await house.add()
    // The dead one: it claimed the task and never came back.
    await house.tasks.claim(id, { now: new Date(), leaseMs: 300, holder: 'dead' })
    await house.replica({ deliver: { step: async () => done() } })
    await until(() => house.settled.length === 1)
    expect(house.tasks.attempts).toMatchObject([{ number: 2, outcome: 'done' }])
    expect(house.lines.map(({ event }) => event)).toContain('tasks.rescued')
  })

  it('keeps the lease of a long step, so that nobody else runs it', async () => {
    house = new House()
    let runs = 0
    let end: () => void = () => {}
    const long = new Promise<void>((resolve) => (end = resolve))
    const procedures: Procedures = {
      deliver: {
        step: async () => {
          runs += 1
          await long
          return done()
        },
      },
    }
    const worker = { leaseMs: 100, heartbeatMs: 20 }
    await house.replica(procedures, { worker })
    await house.replica(procedures, { worker })
    const id = await house.add()
    await until(() => runs === 1)
    const claimedUntil = await house.tasks.claimableAt(id)
    await until(async () => (await house.tasks.claimableAt(id))!.getTime() > claimedUntil!.getTime() + 200)
    end()
    await until(() => house.settled.length === 1)
    expect(runs).toBe(1)
  })

  it('writes nothing when its lease was taken meanwhile', async () => {
    house = new House()
    const recorded: string[] = []
    await house.replica(
      {
        deliver: {
          step: async (task) => {
            if (task.attempts === 1) {
              await house.tasks.claim(task.id, {
                now: new Date(Date.now() + 60_000),
                leaseMs: -59_000,
                holder: 'thief',
              })
            }
            return done(async () => void recorded.push(`attempt ${task.attempts}`))
          },
        },
      },
      { relay: { rescueEveryMs: 20 } },
    )
    await house.add()
    await until(() => house.settled.length === 1)
    expect(house.lines.map(({ event }) => event)).toContain('task.lease-lost')
    expect(house.tasks.attempts).toMatchObject([{ outcome: 'done', number: 3 }])
  })

  it('does not try again a task that killed its worker each time', async () => {
    house = new House()
    const id = await house.add({ kind: 'sign' })
    for (let n = 0; n < patience.sign.maxAttempts; n += 1) {
      await house.tasks.claim(id, { now: new Date(), leaseMs: 0, holder: `dead ${n}` })
    }
    let runs = 0
    await house.replica({
      sign: {
        step: async () => {
          runs += 1
          return done()
        },
      },
    })
    await until(() => house.settled.length === 1)
    expect(runs).toBe(0)
    expect(await house.tasks.dead({ limit: 1 })).toMatchObject([
      { id, reason: expect.stringContaining('each of its') },
    ])
  })

  it('does not let poison delay its neighbours', async () => {
    house = new House()
    await house.replica({
      deliver: {
        step: async (task) => {
          if (task.subject === 'poison') throw new TypeError('cannot read properties of undefined')
          return done()
        },
      },
    })
    for (let n = 0; n < 20; n += 1) {
      await house.add({ documentId: `poisoned ${n}`, subject: 'poison' })
      await house.add({ documentId: `good ${n}` })
    }
    await until(() => house.settled.filter(({ settled }) => settled === 'done').length === 20)
    expect(house.tasks.attempts.filter(({ outcome }) => outcome === 'done')).toHaveLength(20)
  })

  it('takes no new task once it is stopping, and lets the running one end', async () => {
    house = new House()
    let end: () => void = () => {}
    let started = 0
    const { worker } = await house.replica(
      {
        deliver: {
          step: async () => {
            started += 1
            await new Promise<void>((resolve) => (end = resolve))
            return done()
          },
        },
      },
      {
        worker: {
          concurrency: {
            sign: 1,
            invite: 1,
            prove: 1,
            deliver: 1,
            mirror: 1,
            command: 1,
            notify: 1,
            archive: 1,
          },
        },
      },
    )
    await house.add()
    await house.add()
    await until(() => started === 1)
    const stopped = worker.stop()
    end()
    await stopped
    expect(house.settled).toHaveLength(1)
    expect(started).toBe(1)
    await worker.stop()
  })
})

describe('the relay', () => {
  let house: House
  afterEach(() => house.end())

  it('rings every task at least once over two replicas, and the step runs once', async () => {
    house = new House()
    const ran: string[] = []
    const procedures: Procedures = {
      notify: { step: async (task) => done(async () => void ran.push(task.id)) },
    }
    await house.replica(procedures, { relay: { batch: 7 } })
    await house.replica(procedures, { relay: { batch: 7 } })
    for (let n = 0; n < 200; n += 1) await house.add({ kind: 'notify' })
    await until(() => house.settled.length === 200)
    expect(new Set(ran).size).toBe(200)
    expect(ran).toHaveLength(200)
  })

  it('takes the marks back and tries again when the queue does not confirm', async () => {
    house = new House()
    let refusals = 2
    const rung: string[] = []
    const relay = new Relay(
      {
        tasks: house.tasks,
        clock: systemClock,
        queue: {
          start: async () => {},
          stop: async () => {},
          listen: async () => {},
          healthy: () => true,
          ring: async (bells) => {
            if (refusals-- > 0) throw new Error('no confirm within 15 s')
            rung.push(...bells.map(({ taskId }) => taskId))
          },
        },
      },
      { pollMs: 5 },
    )
    const id = await house.add()
    await relay.start()
    await until(() => rung.length === 1)
    await relay.stop()
    await relay.stop()
    expect(rung).toEqual([id])
  })

  it('leaves the rows alone while the queue is not healthy', async () => {
    house = new House()
    await house.add()
    let asked = 0
    const relay = new Relay(
      {
        tasks: house.tasks,
        clock: systemClock,
        queue: {
          start: async () => {},
          stop: async () => {},
          listen: async () => {},
          healthy: () => ((asked += 1), false),
          ring: async () => {
            throw new Error('not to be asked')
          },
        },
      },
      { pollMs: 5 },
    )
    await relay.start()
    await until(() => asked > 3)
    await relay.stop()
    const taken = await house.tasks.takeToRing({ now: new Date(), limit: 9, aheadMs: 0, rungAgainAfterMs: 1 })
    expect(taken).toHaveLength(1)
  })
})
