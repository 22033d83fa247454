/**
 * A worker in a process of its own that says `at it` in the middle of a step and then hangs, so that a test
 * may kill it there. `node --import tsx dying-worker.ts ‹database url› ‹amqp url› ‹prefix›`
 */
import { randomUUID } from 'node:crypto'
import { openPool, PgUnitOfWork } from '../../../src/adapters/postgres/pool.ts'
import { PgTaskStore } from '../../../src/adapters/postgres/tasks.ts'
import { RabbitTaskQueue } from '../../../src/adapters/rabbitmq/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { Worker } from '../../../src/jobs/worker.ts'

const [databaseUrl = '', amqpUrl = '', prefix = ''] = process.argv.slice(2)
const pool = openPool({ connection: databaseUrl, embedded: false, max: 2 })
const queue = new RabbitTaskQueue({ url: amqpUrl, clock: systemClock }, { prefix })
await queue.start()
const worker = new Worker(
  {
    tasks: new PgTaskStore(pool),
    queue,
    unitOfWork: new PgUnitOfWork(pool),
    clock: systemClock,
    ids: { next: () => randomUUID() },
    procedures: {
      deliver: {
        step: () => {
          process.stdout.write('at it\n')
          return new Promise(() => {})
        },
      },
    },
  },
  { leaseMs: 3_000, heartbeatMs: 500 },
)
await worker.start()
process.stdout.write('listening\n')
