import type { Acceptance } from '../../../core/exchange/index.ts'
import type { Querier } from '../pool.ts'

export interface Entered {
  id: string
  receivedAt: Date
  digest: Buffer
}

interface FoundRow {
  by: 'key' | 'content-id'
  id: string
  received_at: Date
  digest: Buffer
}

/** The document that an acceptance met: under its key, under its content id, or both. */
export const findEntered = async (
  db: Querier,
  { connectionId, key, facts }: Acceptance,
): Promise<{ byKey: Entered | undefined; byContentId: Entered | undefined }> => {
  const { rows } = await db.query<FoundRow & Record<string, unknown>>(
    `select 'key' as by, d.id, d.received_at, d.digest
       from idempotency_key k join document d on d.id = k.document_id
      where k.connection_id = $1 and k.key = $2
     union all
     select 'content-id', d.id, d.received_at, d.digest
       from document d
      where d.connection_id = $1 and d.guid = $3 and d.version = $4`,
    [connectionId, key ?? null, facts.guid, facts.version],
  )
  const found = (by: FoundRow['by']): Entered | undefined => {
    const row = rows.find((candidate) => candidate.by === by)
    return row === undefined ? undefined : { id: row.id, receivedAt: row.received_at, digest: row.digest }
  }
  return { byKey: found('key'), byContentId: found('content-id') }
}
