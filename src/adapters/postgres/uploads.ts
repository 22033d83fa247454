import type { Upload, Uploads } from '../../core/exchange/index.ts'
import type { PgPool } from './pool.ts'

/** Parts of large files in PostgreSQL; never more than one part in memory. */
export class PgUploads implements Uploads {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async put({
    connectionId,
    fileId,
    part,
    bytes,
    at,
    atMost,
  }: {
    connectionId: string
    fileId: string
    part: number
    bytes: Uint8Array
    at: Date
    atMost: number
  }): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into upload_part (connection_id, file_id, part, bytes, at)
       select $1, $2, $3, $4, $5
        where (select count(*) from upload_part where connection_id = $1) < $6
           or exists (select from upload_part where connection_id = $1 and file_id = $2 and part = $3)
       on conflict (connection_id, file_id, part) do update set bytes = excluded.bytes, at = excluded.at`,
      [connectionId, fileId, part, bytes, at, atMost],
    )
    return rowCount === 1
  }

  async read(connectionId: string, fileId: string): Promise<Upload | undefined> {
    const { rows } = await this.#pool.query<{
      parts: string
      last: number | null
      size: string
      missing: number | null
      sizes: number[]
    }>(
      `select count(*) as parts, max(part) as last, coalesce(sum(length(bytes)), 0) as size,
              array_agg(length(bytes) order by part) as sizes,
              (select min(n) from generate_series(1, coalesce(max(p.part), 0)) n
                where not exists (select from upload_part u
                                   where u.connection_id = $1 and u.file_id = $2 and u.part = n)) as missing
         from upload_part p where connection_id = $1 and file_id = $2`,
      [connectionId, fileId],
    )
    const row = rows[0]
    if (row === undefined || row.last === null) return undefined
    return {
      parts: Number(row.parts),
      size: Number(row.size),
      missing: row.missing ?? undefined,
      sizes: row.sizes,
    }
  }

  async part(connectionId: string, fileId: string, part: number): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query<{ bytes: Buffer }>(
      `select bytes from upload_part where connection_id = $1 and file_id = $2 and part = $3`,
      [connectionId, fileId, part],
    )
    return rows[0]?.bytes
  }

  async discard(connectionId: string, fileId: string): Promise<void> {
    await this.#pool.query(`delete from upload_part where connection_id = $1 and file_id = $2`, [
      connectionId,
      fileId,
    ])
  }

  async purge(before: Date): Promise<number> {
    const { rowCount } = await this.#pool.query(`delete from upload_part where at < $1`, [before])
    return rowCount ?? 0
  }
}
