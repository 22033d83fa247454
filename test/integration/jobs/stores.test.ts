import { randomUUID } from 'node:crypto'
import { PgBellStore } from '../../../src/adapters/postgres/bell-store.ts'
import { PgJobRuns, PgLeases } from '../../../src/adapters/postgres/leases.ts'
import { PgTaskStore } from '../../../src/adapters/postgres/tasks.ts'
import { TableQueue } from '../../../src/adapters/table-queue/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { bellStoreConformance } from '../../conformance/bell-store.ts'
import { jobRunsConformance } from '../../conformance/job-runs.ts'
import { leasesConformance } from '../../conformance/leases.ts'
import { taskQueueConformance } from '../../conformance/task-queue.ts'
import { taskStoreConformance } from '../../conformance/task-store.ts'
import { onBothStores } from '../../servers/index.ts'
import { aDocument } from './documents.ts'

const close = () => Promise.resolve()

onBothStores('tasks', (store) => {
  taskStoreConformance('the task table', async () => {
    const { pool } = store
    await pool.query('delete from attempt')
    await pool.query('delete from task')
    return {
      tasks: new PgTaskStore(pool),
      unitOfWork: store.unitOfWork,
      newId: () => randomUUID(),
      documentId: () => aDocument(pool),
      close,
    }
  })
  leasesConformance('the lease table', async () => {
    await store.pool.query('delete from lease')
    return { leases: new PgLeases(store.pool), close }
  })
  jobRunsConformance('the table of job runs', async () => {
    await store.pool.query('delete from job_run')
    return { runs: new PgJobRuns(store.pool), close }
  })
  bellStoreConformance('the bell table', async () => {
    await store.pool.query('delete from bell')
    return { bells: new PgBellStore(store.pool), close }
  })
  taskQueueConformance('the table queue', async () => {
    await store.pool.query('delete from bell')
    const bells = new PgBellStore(store.pool)
    const opened: TableQueue[] = []
    const maxDeliveries = 4
    const open = async () => {
      const queue = new TableQueue(
        { bells, clock: systemClock },
        { pollMs: 100, maxDeliveries, afterThrowMs: 10 },
      )
      opened.push(queue)
      await queue.start()
      return queue
    }
    return {
      queue: await open(),
      maxDeliveries,
      another: open,
      buried: async () => (await bells.buried(100)).map(({ taskId }) => taskId),
      close: async () => {
        for (const queue of opened) await queue.stop()
      },
    }
  })
})
