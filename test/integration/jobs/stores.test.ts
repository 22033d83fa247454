import { randomUUID } from 'node:crypto'
import { PgBellStore } from '../../../src/adapters/postgres/bell-store.ts'
import { PgJobRuns, PgLeases } from '../../../src/adapters/postgres/leases.ts'
import type { PgPool } from '../../../src/adapters/postgres/pool.ts'
import { PgTaskStore } from '../../../src/adapters/postgres/tasks.ts'
import { TableQueue } from '../../../src/adapters/table-queue/index.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { bellStoreConformance } from '../../conformance/bell-store.ts'
import { jobRunsConformance } from '../../conformance/job-runs.ts'
import { leasesConformance } from '../../conformance/leases.ts'
import { taskQueueConformance } from '../../conformance/task-queue.ts'
import { taskStoreConformance } from '../../conformance/task-store.ts'
import { onBothStores } from '../../servers/index.ts'

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

/** A document row for tasks to belong to; what it says does not matter here. */
const aDocument = async (pool: PgPool): Promise<string> => {
  const [company, connection, document] = [randomUUID(), randomUUID(), randomUUID()]
  const taxId = String(Math.floor(Math.random() * 1e12)).padStart(12, '0')
  await pool.query(
    `with owner as (insert into company (id, tax_id, name) values ($1, $2::text, 'ТОО «Есеп»') returning id),
          base as (insert into connection (id, company_id, name, login, signing, secrets)
                   select $3::uuid, id, 'base', $3::uuid::text, 'key', '[]' from owner returning id, company_id)
     insert into document (id, kind, company_id, connection_id, sender_tax_id, sender_name, recipient_tax_id,
                           recipient_name, guid, version, number, date, digest, size, received_at,
                           sender_state, mirror_state, door, format, request_id)
     select $4::uuid, 'act', company_id, id, $2::text, 'sender', $2::text, 'recipient', $4::uuid::text, '1', '1', '2026-01-15',
            '\\x00', 1, now(), 'signed', 'none', 'rest', 'daneker-json', 'r' from base`,
    [company, taxId, connection, document],
  )
  return document
}
