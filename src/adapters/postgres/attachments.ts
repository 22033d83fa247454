import type { Attachment, Attachments } from '../../core/exchange/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { clientOf, PgUnitOfWork, type PgPool } from './pool.ts'

/** Large files in PostgreSQL, part by part; never more than one part in memory. */
export class PgAttachments implements Attachments {
  readonly #pool: PgPool
  readonly #unitOfWork: PgUnitOfWork

  constructor(pool: PgPool) {
    this.#pool = pool
    this.#unitOfWork = new PgUnitOfWork(pool)
  }

  keep(
    { connectionId, fileId, untouchedSince }: Parameters<Attachments['keep']>[0],
    { companyId, digest, size, parts, at }: Parameters<Attachments['keep']>[1],
  ): Promise<boolean> {
    const key = [companyId, bytesOfDigest(digest)]
    return this.#unitOfWork.run(async (tx) => {
      const db = clientOf(tx)
      // Whoever sends a part now waits until it is decided whose it is.
      const { rows } = await db.query<{ size: number; at: Date }>(
        `select length(bytes) as size, at from upload_part where connection_id = $1 and file_id = $2 for update`,
        [connectionId, fileId],
      )
      const same =
        rows.length === parts &&
        rows.reduce((sum, row) => sum + row.size, 0) === size &&
        rows.every((row) => row.at <= untouchedSince)
      if (!same) return false
      const { rows: kept } = await db.query<{ fresh: boolean }>(
        `insert into attachment (company_id, digest, size, parts, kept_at) values ($1, $2, $3, $4, $5)
         on conflict (company_id, digest) do update set kept_at = excluded.kept_at
         returning xmax = 0 as fresh                  -- 0: inserted, not updated`,
        [...key, size, parts, at],
      )
      if (kept[0]?.fresh === true) {
        await db.query(
          `insert into attachment_part (company_id, digest, part, bytes)
           select $1, $2, part, bytes from upload_part where connection_id = $3 and file_id = $4`,
          [...key, connectionId, fileId],
        )
      }
      await db.query(`delete from upload_part where connection_id = $1 and file_id = $2`, [
        connectionId,
        fileId,
      ])
      return true
    })
  }

  async of(companyId: string, digest: string): Promise<Attachment | undefined> {
    const { rows } = await this.#pool.query<{ size: string; parts: number }>(
      `select size, parts from attachment where company_id = $1 and digest = $2`,
      [companyId, bytesOfDigest(digest)],
    )
    return rows[0] && { digest, size: Number(rows[0].size), parts: rows[0].parts }
  }

  async ofDocument(documentId: string): Promise<(Attachment & { companyId: string }) | undefined> {
    const { rows } = await this.#pool.query<{
      company_id: string
      digest: Buffer
      size: string
      parts: number
    }>(
      `select a.company_id, a.digest, a.size, a.parts
         from document_attachment d join attachment a using (company_id, digest)
        where d.document_id = $1`,
      [documentId],
    )
    const [row] = rows
    return (
      row && {
        companyId: row.company_id,
        digest: row.digest.toString('hex'),
        size: Number(row.size),
        parts: row.parts,
      }
    )
  }

  async part(companyId: string, digest: string, part: number): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query<{ bytes: Buffer }>(
      `select bytes from attachment_part where company_id = $1 and digest = $2 and part = $3`,
      [companyId, bytesOfDigest(digest), part],
    )
    return rows[0]?.bytes
  }

  async purgeUnused(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with unused as materialized (
         select company_id, digest from attachment a
          where kept_at < $1
            and not exists (select from document_attachment d
                             where d.company_id = a.company_id and d.digest = a.digest)
          order by kept_at limit $2
            for update skip locked
       )
       delete from attachment a using unused u where a.company_id = u.company_id and a.digest = u.digest`,
      [before, limit],
    )
    return rowCount ?? 0
  }
}
