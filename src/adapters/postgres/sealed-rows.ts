import type { SealedRow } from '../../core/archive/index.ts'
import type { PgPool } from './pool.ts'

/** Rows read at once. */
const page = 5_000

/**
 * Every row that a chain covers, as it lies here, past the gateway's own reading: for a checker that believes nobody.
 * The digest of a document is computed by the database from the bytes that lie there.
 */
export async function* sealedRows(pool: PgPool): AsyncGenerator<SealedRow> {
  yield* paged(pool, 'document', (after) => [
    `select d.id as key, d.id, encode(coalesce(sha256(b.bytes), d.digest), 'hex') as digest
       from document d left join blob b on b.digest = d.digest
      where d.id > $1 and d.company_id is not null order by d.id limit $2`,
    after ?? lowest,
  ])
  // By company and number, one company after another.
  const { rows: companies } = await pool.query<{ company_id: string }>(
    `select distinct company_id from meter_link order by company_id`,
  )
  for (const { company_id: companyId } of companies)
    yield* paged(
      pool,
      'meter',
      (after) => [
        `select number as key, tax_id as "taxId", number::int as number, document_id as "documentId",
                encode(digest, 'hex') as digest, received_at as "receivedAt", month, encode(leaf, 'hex') as leaf,
                encode(head, 'hex') as head
           from meter_link where company_id = $3 and number > $1 order by number limit $2`,
        after ?? '0',
      ],
      [companyId],
    )
  yield* whole(
    pool,
    'meter-seal',
    `select tax_id as "taxId", day, first::int as first, last::int as last, encode(root, 'hex') as root,
            encode(head, 'hex') as head from meter_seal order by day, tax_id collate "C"`,
  )
  yield* whole(
    pool,
    'meter-day',
    `select day, number::int as number, companies, documents::int as documents, encode(root, 'hex') as root,
            encode(previous, 'hex') as previous, encode(digest, 'hex') as digest,
            encode(signature, 'base64') as signature from meter_day order by number`,
  )
  yield* paged(pool, 'audit', (after) => [
    `select k.number as key, k.number::int as number, l.id, l.at, l.who, l.actor, l.deed, l.object,
            l.company_id as "companyId", l.reason, encode(k.leaf, 'hex') as leaf, encode(k.head, 'hex') as head
       from audit_link k join audit_line l on l.id = k.line_id where k.number > $1 order by k.number limit $2`,
    after ?? '0',
  ])
  yield* whole(
    pool,
    'audit-day',
    `select day, last::int as last, encode(head, 'hex') as head, encode(signature, 'base64') as signature
       from audit_day order by day`,
  )
  yield* whole(
    pool,
    'archive-package',
    `select number::int as number, day, encode(digest, 'hex') as digest from archive_package order by number`,
  )
  yield* whole(
    pool,
    'tombstone',
    `select document_id as "documentId", encode(digest, 'hex') as digest, purged_at as "purgedAt", by, basis
       from tombstone order by document_id`,
  )
}

const lowest = '00000000-0000-0000-0000-000000000000'

async function* paged(
  pool: PgPool,
  kind: string,
  question: (after: string | undefined) => [text: string, after: string],
  more: unknown[] = [],
): AsyncGenerator<SealedRow> {
  for (let after: string | undefined; ;) {
    const [text, from] = question(after)
    const { rows } = await pool.query<{ key: string } & Record<string, unknown>>(text, [from, page, ...more])
    for (const { key, ...row } of rows) {
      after = key
      yield { row: kind, ...plain(row) }
    }
    if (rows.length < page) return
  }
}

async function* whole(pool: PgPool, kind: string, text: string): AsyncGenerator<SealedRow> {
  const { rows } = await pool.query(text)
  for (const row of rows) yield { row: kind, ...plain(row) }
}

/** Instants as text, base64 on one line. */
const plain = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date
        ? value.toISOString()
        : typeof value === 'string' && name === 'signature'
          ? value.replaceAll('\n', '')
          : value,
    ]),
  )
