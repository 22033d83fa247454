import type { NewNotice, Notice, Notices, NoticeKind } from '../../core/contract/index.ts'
import type { Ids, Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool, type Querier, type Row } from './pool.ts'

/** Adds mails that are owed; one whose key is known is owed already. */
export const insertNotices = async (
  client: Querier,
  notices: readonly NewNotice[],
  ids: Ids,
): Promise<void> => {
  if (notices.length === 0) return
  await client.query(
    `insert into notice (id, company_id, audience, kind, key, facts, document_id, due_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::uuid[],
                          $8::timestamptz[])
     on conflict do nothing`,
    [
      notices.map(() => ids.next()),
      notices.map(({ companyId }) => companyId ?? null),
      notices.map(({ to }) => to),
      notices.map(({ kind }) => kind),
      notices.map(({ key }) => key),
      notices.map(({ facts }) => JSON.stringify(facts)),
      notices.map(({ documentId }) => documentId ?? null),
      notices.map(({ dueAt }) => dueAt),
    ],
  )
}

interface NoticeRow extends Row {
  id: string
  company_id: string | null
  audience: 'client' | 'operator'
  kind: NoticeKind
  key: string
  facts: Record<string, string>
  document_id: string | null
  due_at: Date
  attempts: number
  sent_at: Date | null
  sent_to: string | null
  trouble: string | null
}

const noticeOf = (row: NoticeRow): Notice => ({
  id: row.id,
  companyId: row.company_id ?? undefined,
  to: row.audience,
  kind: row.kind,
  key: row.key,
  facts: row.facts,
  documentId: row.document_id ?? undefined,
  dueAt: row.due_at,
  attempts: row.attempts,
  sentAt: row.sent_at ?? undefined,
  sentTo: row.sent_to ?? undefined,
  trouble: row.trouble ?? undefined,
})

/** Mails that are owed, in PostgreSQL. */
export class PgNotices implements Notices {
  readonly #pool: PgPool
  readonly #ids: Ids

  constructor(pool: PgPool, ids: Ids) {
    this.#pool = pool
    this.#ids = ids
  }

  add(tx: Tx, notices: readonly NewNotice[]): Promise<void> {
    return insertNotices(clientOf(tx), notices, this.#ids)
  }

  async due(now: Date, limit: number): Promise<Notice[]> {
    const { rows } = await this.#pool.query<NoticeRow>(
      `select * from notice where sent_at is null and due_at <= $1 order by due_at, id limit $2`,
      [now, limit],
    )
    return rows.map(noticeOf)
  }

  async sent(id: string, { at, to, messageId }: { at: Date; to: string; messageId: string }): Promise<void> {
    await this.#pool.query(
      `update notice set sent_at = $2, sent_to = $3, message_id = $4, attempts = attempts + 1, trouble = null
        where id = $1 and sent_at is null`,
      [id, at, to, messageId],
    )
  }

  async failed(id: string, { trouble, dueAt }: { trouble: string; dueAt: Date }): Promise<void> {
    await this.#pool.query(
      `update notice set attempts = attempts + 1, trouble = $2, due_at = $3 where id = $1 and sent_at is null`,
      [id, trouble, dueAt],
    )
  }

  async list({
    companyId,
    open,
    limit,
  }: {
    companyId?: string
    open?: boolean
    limit: number
  }): Promise<Notice[]> {
    const { rows } = await this.#pool.query<NoticeRow>(
      `select * from notice
        where ($1::uuid is null or company_id = $1) and ($2::boolean is not true or sent_at is null)
        order by id desc limit $3`,
      [companyId ?? null, open ?? null, limit],
    )
    return rows.map(noticeOf)
  }
}
