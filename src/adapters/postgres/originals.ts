import type { PgPool } from './pool.ts'

/** The bytes a document came in, before anything read them; undefined when purged. */
export const originalOf =
  (pool: PgPool) =>
  async (documentId: string): Promise<Uint8Array | undefined> => {
    const { rows } = await pool.query<{ bytes: Buffer }>(
      `select b.bytes from document d join blob b on b.digest = d.raw_digest where d.id = $1`,
      [documentId],
    )
    return rows[0]?.bytes
  }
