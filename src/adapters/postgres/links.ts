import { createHash, randomBytes } from 'node:crypto'
import type { Links } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** One-document links in PostgreSQL: 256 random bits, of which only the hash is kept. */
export class PgLinks implements Links {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async make(
    tx: Tx,
    link: { documentId: string; purpose: 'receive' | 'sign'; expiresAt: Date; sentTo: string },
  ): Promise<{ token: string }> {
    const token = randomBytes(32).toString('base64url')
    await clientOf(tx).query(
      `insert into link (token_hash, document_id, purpose, sent_to, expires_at) values ($1, $2, $3, $4, $5)`,
      [hashOf(token), link.documentId, link.purpose, link.sentTo, link.expiresAt],
    )
    return { token }
  }

  async byToken(
    token: string,
    now: Date,
  ): Promise<
    { documentId: string; purpose: 'receive' | 'sign'; sentTo: string; expiresAt: Date } | undefined
  > {
    const { rows } = await this.#pool.query<{
      document_id: string
      purpose: 'receive' | 'sign'
      sent_to: string
      expires_at: Date
    }>(
      `select document_id, purpose, sent_to, expires_at from link where token_hash = $1 and expires_at > $2`,
      [hashOf(token), now],
    )
    const row = rows[0]
    return row === undefined
      ? undefined
      : { documentId: row.document_id, purpose: row.purpose, sentTo: row.sent_to, expiresAt: row.expires_at }
  }
}
