import type { NewEvent } from '../../../core/exchange/index.ts'
import type { Querier } from '../pool.ts'

/** Writes events in their order, and a `notify` task for each webhook of the company an event belongs to. */
export const addEvents = async (db: Querier, events: NewEvent[]): Promise<void> => {
  if (events.length === 0) return
  await db.query(
    `with told as (
       insert into event (document_id, company_id, name, at, details)
       select e.document_id, e.company_id, e.name, e.at, e.details
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::jsonb[])
           with ordinality as e (document_id, company_id, name, at, details, nth)
        order by e.nth
       returning seq, document_id, company_id, name, at
     )
     insert into task (id, kind, document_id, subject, due_at, details)
     select gen_random_uuid(), 'notify', told.document_id, 'webhook:' || w.id || ':' || told.seq, told.at,
            jsonb_build_object('endpointId', w.id, 'seq', told.seq::text, 'name', told.name)
       from told join webhook_endpoint w on w.company_id = told.company_id and w.disabled_at is null`,
    [
      events.map((e) => e.documentId),
      events.map((e) => e.companyId ?? null),
      events.map((e) => e.name),
      events.map((e) => e.at),
      events.map((e) => (e.details === undefined ? null : JSON.stringify(e.details))),
    ],
  )
}
