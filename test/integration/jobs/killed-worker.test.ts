import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { openPool, PgUnitOfWork } from '../../../src/adapters/postgres/pool.ts'
import { PgTaskStore } from '../../../src/adapters/postgres/tasks.ts'
import { RabbitTaskQueue } from '../../../src/adapters/rabbitmq/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { Relay } from '../../../src/jobs/relay.ts'
import { Worker } from '../../../src/jobs/worker.ts'
import { until } from '../../conformance/task-queue.ts'
import { serverStartMs, testPostgres, testRabbit } from '../../servers/index.ts'
import { aDocument } from './documents.ts'

describe('a worker that is killed in the middle of a step', () => {
  it(
    'leaves its task to another, which takes it up when the lease ends',
    async () => {
      const [databaseUrl, amqpUrl] = [await testPostgres(), await testRabbit()]
      const prefix = `test-${randomBytes(4).toString('hex')}`
      const pool = openPool({ connection: databaseUrl, embedded: false, max: 5 })
      const tasks = new PgTaskStore(pool)
      const unitOfWork = new PgUnitOfWork(pool)
      const queue = new RabbitTaskQueue({ url: amqpUrl, clock: systemClock }, { prefix })
      await queue.start()
      const relay = new Relay({ tasks, queue, clock: systemClock }, { rescueEveryMs: 500, pollMs: 200 })
      await relay.start()

      const script = fileURLToPath(new URL('./dying-worker.ts', import.meta.url))
      const dying = spawn(process.execPath, ['--import', 'tsx', script, databaseUrl, amqpUrl, prefix], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const said: string[] = []
      createInterface({ input: dying.stdout }).on('line', (line) => said.push(line))

      const ended: string[] = []
      const worker = new Worker({
        tasks,
        queue,
        unitOfWork,
        clock: systemClock,
        ids: { next: () => randomUUID() },
        procedures: {
          deliver: {
            step: async ({ id }) => ({ word: 'done', note: '', record: async () => void ended.push(id) }),
          },
        },
      })
      try {
        await until(() => said.includes('listening'))
        const id = randomUUID()
        const documentId = await aDocument(pool)
        await unitOfWork.run((tx) =>
          tasks.add(tx, [{ id, kind: 'deliver', documentId, subject: '', dueAt: new Date() }]),
        )
        await until(() => said.includes('at it'))
        await worker.start()
        dying.kill('SIGKILL')
        const killed = performance.now()
        await until(() => ended.length > 0)
        // Its lease was 3 s; with the 30 s of production this is what keeps within the minute.
        expect(performance.now() - killed).toBeLessThan(20_000)
        expect(ended).toEqual([id])
        const { rows } = await pool.query('select number, outcome from attempt where task_id = $1', [id])
        expect(rows).toEqual([{ number: 2, outcome: 'done' }])
      } finally {
        dying.kill('SIGKILL')
        await worker.stop()
        await relay.stop()
        await queue.stop()
        await pool.close()
      }
    },
    serverStartMs,
  )
})
