import { createHash, randomBytes } from 'node:crypto'
import type { Link, Links } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

interface LinkRow {
  document_ids: string[]
  purpose: Link['purpose']
  sent_to: string
  expires_at: Date
  asked_by: string | null
  sign_by: string | null
  note: string | null
}

/** Links in PostgreSQL: 256 random bits, of which only the hash is kept. */
export class PgLinks implements Links {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async make(tx: Tx, link: Link, asker?: { companyId: string; at: Date }): Promise<{ token: string }> {
    const token = randomBytes(32).toString('base64url')
    const hash = hashOf(token)
    const db = clientOf(tx)
    await db.query(
      `insert into link (token_hash, document_id, purpose, sent_to, expires_at, asked_by, sign_by, note, company_id, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, now()))`,
      [
        hash,
        link.documentIds[0],
        link.purpose,
        link.sentTo,
        link.expiresAt,
        link.askedBy ?? null,
        link.signBy ?? null,
        link.note ?? null,
        asker?.companyId ?? null,
        asker?.at ?? null,
      ],
    )
    if (link.documentIds.length > 1)
      await db.query(
        `insert into package_document (token_hash, place, document_id)
         select $1, place, id from unnest($2::uuid[]) with ordinality as given(id, place)`,
        [hash, link.documentIds],
      )
    return { token }
  }

  async byToken(token: string, now: Date): Promise<Link | undefined> {
    const { rows } = await this.#pool.query<LinkRow & Record<string, unknown>>(
      `select coalesce(
                (select array_agg(p.document_id order by p.place) from package_document p
                  where p.token_hash = link.token_hash),
                array[document_id]) as document_ids,
              purpose, sent_to, expires_at, asked_by, sign_by::text, note
         from link where token_hash = $1 and expires_at > $2`,
      [hashOf(token), now],
    )
    const row = rows[0]
    return row === undefined
      ? undefined
      : {
          documentIds: row.document_ids,
          purpose: row.purpose,
          sentTo: row.sent_to,
          expiresAt: row.expires_at,
          askedBy: row.asked_by ?? undefined,
          signBy: row.sign_by ?? undefined,
          note: row.note ?? undefined,
        }
  }

  async asked(
    companyId: string,
    documentId: string,
    since: Date,
  ): Promise<{ all: number; document: number }> {
    const { rows } = await this.#pool.query<{ all: string; document: string }>(
      `select count(*) as all,
              count(*) filter (where document_id = $2 or exists (
                select from package_document p
                 where p.token_hash = link.token_hash and p.document_id = $2)) as document
         from link where company_id = $1 and created_at > $3`,
      [companyId, documentId, since],
    )
    return { all: Number(rows[0]?.all), document: Number(rows[0]?.document) }
  }
}
