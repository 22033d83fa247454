import type { FileDocuments } from '../../core/exchange/index.ts'
import { documentColumns, recordOf, type DocumentRow } from './document-columns.ts'
import type { PgPool } from './pool.ts'

/** Documents that were read from foreign files, with those files, in PostgreSQL. */
export class PgFileDocuments implements FileDocuments {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async ofFormat({
    format,
    since,
    after,
    limit,
  }: Parameters<FileDocuments['ofFormat']>[0]): ReturnType<FileDocuments['ofFormat']> {
    const { rows } = await this.#pool.query<
      DocumentRow & Record<string, unknown> & { raw_digest: Buffer; raw: Buffer | null }
    >(
      `select ${documentColumns}, raw_digest,
              (select b.bytes from blob b where b.digest = document.raw_digest) as raw
         from document
        where format = $1 and mapping is not null and received_at >= $2
          and ($3::uuid is null or id > $3)
        order by id                              -- ids sort by time
        limit $4`,
      [format, since, after ?? null, limit],
    )
    return rows.map((row) => ({
      record: recordOf(row),
      rawDigest: row.raw_digest.toString('hex'),
      raw: row.raw ?? undefined,
    }))
  }
}
