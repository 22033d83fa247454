import type { ArchiveRecords, Digest } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { clientOf, type PgPool } from './pool.ts'

/** Which manifest holds a document, in PostgreSQL. */
export class PgArchiveRecords implements ArchiveRecords {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async add(
    tx: Tx,
    { documentId, manifestDigest, at }: { documentId: string; manifestDigest: Digest; at: Date },
  ): Promise<void> {
    await clientOf(tx).query(
      `insert into archive_record (document_id, manifest_digest, at) values ($1, $2, $3) on conflict do nothing`,
      [documentId, bytesOfDigest(manifestDigest), at],
    )
  }

  async byDocument(documentId: string): Promise<{ manifestDigest: Digest; at: Date } | undefined> {
    const { rows } = await this.#pool.query<{ manifest_digest: Buffer; at: Date }>(
      `select manifest_digest, at from archive_record where document_id = $1`,
      [documentId],
    )
    const row = rows[0]
    return row === undefined ? undefined : { manifestDigest: row.manifest_digest.toString('hex'), at: row.at }
  }
}
