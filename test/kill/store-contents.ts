import type { PgPool } from '../../src/adapters/postgres/pool.ts'

/** Everything in the store that a promise was made about, as plain rows. */
export interface StoreContents {
  documents: {
    id: string
    connectionId: string
    guid: string
    version: string
    /** As the row says. */
    digest: string
    rawDigest: string
    /** SHA-256 of the bytes that lie in the store now; undefined when there are none. */
    bytesDigest?: string
    rawBytesDigest?: string
    senderState: string
    recipientState: string
  }[]
  /** One entry for each line of the meter. */
  meterLines: string[]
  /** The chain over them, as the rows say, in the order of the numbers. One company sends in a run. */
  meterLinks: {
    number: number
    documentId: string
    taxId: string
    digest: string
    receivedAt: string
    month: string
    leaf: string
    head: string
  }[]
  keys: { connectionId: string; key: string; documentId: string }[]
  tasks: { documentId: string; kind: string; state: string }[]
  events: { documentId: string; name: string; companyId?: string }[]
}

interface Row {
  [column: string]: unknown
}

const read = async <R extends Row>(pool: PgPool, text: string): Promise<R[]> =>
  (await pool.query<R>(text)).rows

/** Reads the whole store past the gateway's own code. Digests are computed by the database from the bytes. */
export const readStore = async (pool: PgPool): Promise<StoreContents> => ({
  documents: (
    await read<{
      id: string
      connection_id: string
      guid: string
      version: string
      digest: string
      raw_digest: string
      bytes_digest: string | null
      raw_bytes_digest: string | null
      sender_state: string
      recipient_state: string
    }>(
      pool,
      `select d.id, d.connection_id, d.guid, d.version, encode(d.digest, 'hex') as digest,
              encode(d.raw_digest, 'hex') as raw_digest, encode(sha256(b.bytes), 'hex') as bytes_digest,
              encode(sha256(r.bytes), 'hex') as raw_bytes_digest, d.sender_state, d.recipient_state
         from document d
         left join blob b on b.digest = d.digest
         left join blob r on r.digest = d.raw_digest
        order by d.id`,
    )
  ).map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    guid: row.guid,
    version: row.version,
    digest: row.digest,
    rawDigest: row.raw_digest,
    bytesDigest: row.bytes_digest ?? undefined,
    rawBytesDigest: row.raw_bytes_digest ?? undefined,
    senderState: row.sender_state,
    recipientState: row.recipient_state,
  })),
  meterLines: (await read<{ document_id: string }>(pool, `select document_id from meter_line`)).map(
    (row) => row.document_id,
  ),
  meterLinks: (
    await read<{
      number: string
      document_id: string
      tax_id: string
      digest: string
      received_at: Date
      month: string
      leaf: string
      head: string
    }>(
      pool,
      `select number, document_id, tax_id, encode(digest, 'hex') as digest, received_at, month,
              encode(leaf, 'hex') as leaf, encode(head, 'hex') as head
         from meter_link order by company_id, number`,
    )
  ).map((row) => ({
    number: Number(row.number),
    documentId: row.document_id,
    taxId: row.tax_id,
    digest: row.digest,
    receivedAt: row.received_at.toISOString(),
    month: row.month,
    leaf: row.leaf,
    head: row.head,
  })),
  keys: (
    await read<{ connection_id: string; key: string; document_id: string }>(
      pool,
      `select connection_id, key, document_id from idempotency_key`,
    )
  ).map((row) => ({ connectionId: row.connection_id, key: row.key, documentId: row.document_id })),
  tasks: (
    await read<{ document_id: string; kind: string; state: string }>(
      pool,
      `select document_id, kind, state from task`,
    )
  ).map((row) => ({ documentId: row.document_id, kind: row.kind, state: row.state })),
  events: (
    await read<{ document_id: string; name: string; company_id: string | null }>(
      pool,
      `select document_id, name, company_id from event`,
    )
  ).map((row) => ({
    documentId: row.document_id,
    name: row.name,
    companyId: row.company_id ?? undefined,
  })),
})
