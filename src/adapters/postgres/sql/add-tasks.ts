import type { NewTask } from '../../../core/kernel/index.ts'
import type { Querier } from '../pool.ts'

/** Writes tasks; one that is there already (document, kind, subject) is left as it is. */
export const addTasks = async (db: Querier, tasks: NewTask[]): Promise<void> => {
  if (tasks.length === 0) return
  await db.query(
    `insert into task (id, kind, document_id, subject, due_at, details)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[])
     on conflict (document_id, kind, subject) do nothing`,
    [
      tasks.map((t) => t.id),
      tasks.map((t) => t.kind),
      tasks.map((t) => t.documentId),
      tasks.map((t) => t.subject),
      tasks.map((t) => t.dueAt),
      tasks.map((t) => (t.details === undefined ? null : JSON.stringify(t.details))),
    ],
  )
}
