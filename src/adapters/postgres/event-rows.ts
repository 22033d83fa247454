import type { Event, EventName } from '../../core/exchange/index.ts'

/** A row of `event` as the driver gives it. */
export interface EventRow {
  tx: string
  seq: string
  document_id: string
  company_id: string | null
  name: string
  at: Date
  details: Record<string, unknown> | null
}

export const eventOf = (row: EventRow): Event => ({
  documentId: row.document_id,
  companyId: row.company_id ?? undefined,
  name: row.name as EventName,
  at: row.at,
  details: row.details ?? undefined,
  cursor: `${row.tx}.${row.seq}`,
})
