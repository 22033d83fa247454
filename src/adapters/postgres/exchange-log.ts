import type {
  ExchangeEntry,
  ExchangeFilter,
  ExchangeLine,
  ExchangeLog,
  KeptBytes,
} from '../../core/exchange/index.ts'
import type { PgPool } from './pool.ts'

interface LineRow extends Record<string, unknown> {
  id: string
  at: Date
  duration_ms: number
  direction: 'in' | 'out'
  door: string
  operation: string
  connection_id: string | null
  company_id: string | null
  request_id: string
  method: string
  target: string
  status: number
  codes: string[]
  document_id: string | null
  request_head: Record<string, string>
  request_size: number
  request_digest: string
  request_kept: KeptBytes
  request_blotted: boolean
  response_head: Record<string, string>
  response_size: number
  response_digest: string
  response_kept: KeptBytes
  response_blotted: boolean
}

const columns = `
  id, at, duration_ms, direction, door, operation, connection_id, company_id, request_id, method, target, status,
  codes, document_id, request_head, request_size, encode(request_digest, 'hex') as request_digest, request_kept,
  request_blotted, response_head, response_size, encode(response_digest, 'hex') as response_digest, response_kept,
  response_blotted`

/**
 * One statement a batch: the lines as one JSON, the bytes of all of them as one binary parameter. Returned are the
 * lines whose request was taken for the raw bytes of a document and is not: their bytes follow.
 */
const insert = `
with given as (
  select * from jsonb_to_recordset($1::jsonb) as t (
    id uuid, at timestamptz, duration integer, direction text, door text, operation text, connection uuid,
    company uuid, request_id text, method text, target text, status integer, codes text[], document uuid,
    q_head jsonb, q_size integer, q_digest text, q_kept text, q_blotted boolean, q_start integer, q_length integer,
    r_head jsonb, r_size integer, r_digest text, r_kept text, r_blotted boolean, r_start integer, r_length integer)
), known as (
  select id, q_kept = 'document' and not exists (select from blob where digest = decode(q_digest, 'hex')) as lacks
    from given
), written as (
  insert into exchange_line (id, at, duration_ms, direction, door, operation, connection_id, company_id, request_id,
      method, target, status, codes, document_id, request_head, request_size, request_digest, request_kept,
      request_blotted, request_bytes, response_head, response_size, response_digest, response_kept, response_blotted,
      response_bytes)
  select id, at, duration, direction, door, operation, connection, company, request_id, method, target, status, codes,
      document, q_head, q_size, decode(q_digest, 'hex'), case when lacks then 'none' else q_kept end, q_blotted,
      case when q_length >= 0 then substring($2::bytea from q_start + 1 for q_length) end,
      r_head, r_size, decode(r_digest, 'hex'), r_kept, r_blotted,
      case when r_length >= 0 then substring($2::bytea from r_start + 1 for r_length) end
    from given join known using (id)
  on conflict (id) do nothing
)
select id from known where lacks`

/** The raw log in PostgreSQL. */
export class PgExchangeLog implements ExchangeLog {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async append(entries: readonly ExchangeEntry[]): Promise<void> {
    if (entries.length === 0) return
    const pieces: Uint8Array[] = []
    let length = 0
    const placed = (bytes: Uint8Array | undefined): [number, number] => {
      if (bytes === undefined) return [0, -1]
      pieces.push(bytes)
      length += bytes.byteLength
      return [length - bytes.byteLength, bytes.byteLength]
    }
    const rows = entries.map(({ line, request, response }) => {
      // Bytes that lie with a document are not sent again.
      const [q_start, q_length] = placed(line.request.kept === 'document' ? undefined : request)
      const [r_start, r_length] = placed(response)
      return {
        id: line.id,
        at: line.at,
        duration: Math.round(line.durationMs),
        direction: line.direction,
        door: line.door,
        operation: line.operation,
        connection: line.connectionId,
        company: line.companyId,
        request_id: line.requestId,
        method: line.method,
        target: line.target,
        status: line.status,
        codes: line.codes,
        document: line.documentId,
        q_head: line.request.head,
        q_size: line.request.size,
        q_digest: line.request.digest,
        q_kept: line.request.kept,
        q_blotted: line.request.blotted,
        q_start,
        q_length,
        r_head: line.response.head,
        r_size: line.response.size,
        r_digest: line.response.digest,
        r_kept: line.response.kept,
        r_blotted: line.response.blotted,
        r_start,
        r_length,
      }
    })
    const { rows: lacking } = await this.#pool.query<{ id: string }>({
      name: 'append-exchanges',
      text: insert,
      values: [JSON.stringify(rows), Buffer.concat(pieces, length)],
    })
    if (lacking.length === 0) return
    const byId = new Map(entries.map((entry) => [entry.line.id, entry]))
    for (const { id } of lacking) {
      const bytes = byId.get(id)?.request
      if (bytes === undefined) continue
      await this.#pool.query(
        `update exchange_line set request_kept = 'whole', request_bytes = $2 where id = $1 and request_kept = 'none'`,
        [id, bytes],
      )
    }
  }

  async search(filter: ExchangeFilter): Promise<ExchangeLine[]> {
    const values: unknown[] = []
    const conditions: string[] = []
    const add = (condition: (parameter: string) => string, value: unknown): void => {
      if (value === undefined) return
      values.push(value)
      conditions.push(condition(`$${values.length}`))
    }
    add((p) => `connection_id = ${p}::uuid`, filter.connectionId)
    add((p) => `company_id = ${p}::uuid`, filter.companyId)
    add((p) => `door = ${p}`, filter.door)
    add((p) => `operation = ${p}`, filter.operation)
    add((p) => `direction = ${p}`, filter.direction)
    add((p) => `${p} = any(codes) and codes <> '{}'`, filter.code)
    add((p) => `document_id = ${p}::uuid`, filter.documentId)
    add((p) => `request_id = ${p}`, filter.requestId)
    add((p) => `at >= ${p}`, filter.from)
    add((p) => `at < ${p}`, filter.until)
    // Times are searched through the ids too, which have the index; a line is named when it ends.
    add((p) => `id >= ${p}::uuid`, filter.from && idAt(filter.from))
    add((p) => `id < ${p}::uuid`, filter.before)
    if (filter.refused === true) conditions.push(`codes <> '{}'`)
    if (filter.refused === false) conditions.push(`codes = '{}'`)
    values.push(filter.limit)
    const { rows } = await this.#pool.query<LineRow>(
      `select ${columns} from exchange_line
        ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
        order by id desc limit $${values.length}`,
      values,
    )
    return rows.map(lineOf)
  }

  async byId(id: string): Promise<ExchangeLine | undefined> {
    const { rows } = await this.#pool.query<LineRow>(`select ${columns} from exchange_line where id = $1`, [
      id,
    ])
    return rows[0] === undefined ? undefined : lineOf(rows[0])
  }

  async bytes(id: string, side: 'request' | 'response'): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query<{ bytes: Buffer | null }>(
      side === 'request'
        ? `select coalesce(l.request_bytes, b.bytes) as bytes
             from exchange_line l left join blob b on b.digest = l.request_digest and l.request_kept = 'document'
            where l.id = $1`
        : `select response_bytes as bytes from exchange_line where id = $1`,
      [id],
    )
    return rows[0]?.bytes ?? undefined
  }

  async purge(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with old as materialized (select id from exchange_line where id < $1::uuid order by id limit $2)
       delete from exchange_line l using old where l.id = old.id`,
      [idAt(before), limit],
    )
    return rowCount ?? 0
  }
}

/** The smallest id of version 7 that could have been made at an instant. */
const idAt = (at: Date): string => {
  const hex = at.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

const lineOf = (row: LineRow): ExchangeLine => ({
  id: row.id,
  at: row.at,
  durationMs: row.duration_ms,
  direction: row.direction,
  door: row.door,
  operation: row.operation,
  connectionId: row.connection_id ?? undefined,
  companyId: row.company_id ?? undefined,
  requestId: row.request_id,
  method: row.method,
  target: row.target,
  status: row.status,
  codes: row.codes,
  documentId: row.document_id ?? undefined,
  request: {
    head: row.request_head,
    size: row.request_size,
    digest: row.request_digest,
    kept: row.request_kept,
    blotted: row.request_blotted,
  },
  response: {
    head: row.response_head,
    size: row.response_size,
    digest: row.response_digest,
    kept: row.response_kept,
    blotted: row.response_blotted,
  },
})
