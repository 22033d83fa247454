import type { DocumentKind } from '../../core/document/index.ts'
import type {
  ArchivedDocument,
  ArchiveQuestion,
  ArchiveRecords,
  NewArchiveRecord,
} from '../../core/archive/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { clientOf, type PgPool } from './pool.ts'

export interface ArchiveRow extends Record<string, unknown> {
  document_id: string
  company_id: string | null
  recipient_company_id: string | null
  kind: string
  number: string
  date: string
  sender_tax_id: string
  recipient_tax_id: string
  manifest_digest: Buffer
  at: Date
  size: string
  place: string | null
  purged_at: Date | null
}

export const archiveColumns = `a.document_id, a.company_id, a.recipient_company_id, a.kind, a.number, a.date,
  a.sender_tax_id, a.recipient_tax_id, a.manifest_digest, a.at, a.size, a.place`

export const archivedOf = (row: ArchiveRow): ArchivedDocument => ({
  documentId: row.document_id,
  companyId: row.company_id ?? undefined,
  recipientCompanyId: row.recipient_company_id ?? undefined,
  kind: row.kind as DocumentKind,
  number: row.number,
  date: row.date,
  senderTaxId: row.sender_tax_id,
  recipientTaxId: row.recipient_tax_id,
  manifestDigest: row.manifest_digest.toString('hex'),
  at: row.at,
  size: Number(row.size),
  place: row.place === null ? undefined : Number(row.place),
  purgedAt: row.purged_at ?? undefined,
})

/** Which documents are archived, in PostgreSQL. */
export class PgArchiveRecords implements ArchiveRecords {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async add(tx: Tx, record: NewArchiveRecord): Promise<void> {
    const db = clientOf(tx)
    const { rowCount } = await db.query(
      `insert into archive_record (document_id, company_id, recipient_company_id, kind, number, date, sender_tax_id,
                                   recipient_tax_id, manifest_digest, at, size)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
      [
        record.documentId,
        record.companyId ?? null,
        record.recipientCompanyId ?? null,
        record.kind,
        record.number,
        record.date,
        record.senderTaxId,
        record.recipientTaxId,
        bytesOfDigest(record.manifestDigest),
        record.at,
        record.size,
      ],
    )
    if (rowCount === 0) return
    await db.query(
      `insert into archive_piece (document_id, digest, size)
       select $1, digest, size from unnest($2::bytea[], $3::bigint[]) as p (digest, size) on conflict do nothing`,
      [
        record.documentId,
        record.pieces.map(({ digest }) => bytesOfDigest(digest)),
        record.pieces.map(({ size }) => size),
      ],
    )
  }

  async byDocument(documentId: string): Promise<ArchivedDocument | undefined> {
    const { rows } = await this.#pool.query<ArchiveRow>(
      `select ${archiveColumns}, t.purged_at from archive_record a left join tombstone t using (document_id)
        where a.document_id = $1`,
      [documentId],
    )
    return rows.map(archivedOf)[0]
  }

  async search({ after, limit, ...question }: ArchiveQuestion): Promise<ArchivedDocument[]> {
    const { where, values } = conditionsOf(question)
    if (after !== undefined) where.push(`a.document_id > $${values.push(after)}`)
    const { rows } = await this.#pool.query<ArchiveRow>(
      `select ${archiveColumns}, t.purged_at from archive_record a left join tombstone t using (document_id)
        where ${where.join(' and ')} order by a.document_id limit $${values.push(limit)}`,
      values,
    )
    return rows.map(archivedOf)
  }

  async count(
    question: Omit<ArchiveQuestion, 'after' | 'limit'>,
  ): Promise<{ documents: number; bytes: number }> {
    const { where, values } = conditionsOf(question)
    const { rows } = await this.#pool.query<{ documents: string; bytes: string }>(
      `select count(*) as documents, coalesce(sum(a.size), 0) as bytes from archive_record a
        where ${where.join(' and ')}`,
      values,
    )
    return { documents: Number(rows[0]?.documents ?? 0), bytes: Number(rows[0]?.bytes ?? 0) }
  }
}

/** Only what was asked for stands in the statement: each combination then finds its index. */
const conditionsOf = ({
  companyId,
  partner,
  kind,
  number,
  from,
  to,
}: Omit<ArchiveQuestion, 'after' | 'limit'>): { where: string[]; values: unknown[] } => {
  const values: unknown[] = []
  const where = ['true']
  if (companyId !== undefined) {
    const at = values.push(companyId)
    where.push(`(a.company_id = $${at} or a.recipient_company_id = $${at})`)
  }
  if (partner !== undefined) {
    const at = values.push(partner)
    where.push(`(a.sender_tax_id = $${at} or a.recipient_tax_id = $${at})`)
  }
  if (kind !== undefined) where.push(`a.kind = $${values.push(kind)}`)
  if (number !== undefined) where.push(`a.number = $${values.push(number)}`)
  if (from !== undefined) where.push(`a.date >= $${values.push(from)}`)
  if (to !== undefined) where.push(`a.date <= $${values.push(to)}`)
  return { where, values }
}
