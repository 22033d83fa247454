import type {
  BookedInvoice,
  Difference,
  Differences,
  KeptDifference,
  MirrorBooks,
} from '../../core/mirror/index.ts'
import type { LocalDate, Tx } from '../../core/kernel/index.ts'
import { clientOf } from './pool.ts'
import type { Querier } from './pool.ts'

interface DifferenceRow {
  id: string
  tax_id: string
  direction: KeptDifference['direction']
  kind: Difference['kind']
  action: Difference['action']
  invoice_date: string
  number: string
  document_id: string | null
  portal_id: string | null
  ours: string | null
  theirs: string | null
  first_seen_at: Date
  last_seen_at: Date
  taken_at: Date | null
  resolved_at: Date | null
}

/** The table of differences with the portal. */
export class PgDifferences implements Differences {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async note(tx: Tx, { taxId, range, at, differences }: Parameters<Differences['note']>[1]) {
    const db = clientOf(tx)
    const of = <T>(read: (one: (typeof differences)[number]) => T): T[] => differences.map(read)
    await db.query(
      `insert into portal_difference (id, tax_id, direction, kind, action, invoice_date, number, document_id,
           portal_id, ours, theirs, first_seen_at, last_seen_at)
       select d.id, $1, d.direction, d.kind, d.action, d.invoice_date, d.number, d.document_id, d.portal_id,
              d.ours, d.theirs, $2, $2
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::uuid[],
                     $10::text[], $11::text[], $12::text[])
           as d (id, direction, kind, action, invoice_date, number, document_id, portal_id, ours, theirs)
       on conflict (tax_id, direction, kind, invoice_date, number, coalesce(document_id::text, ''),
                    coalesce(portal_id, ''))
             where resolved_at is null
       do update set last_seen_at = excluded.last_seen_at, action = excluded.action, ours = excluded.ours,
                     theirs = excluded.theirs`,
      [
        taxId,
        at,
        of((one) => one.id),
        of((one) => one.direction),
        of((one) => one.kind),
        of((one) => one.action),
        of((one) => one.date),
        of((one) => one.number),
        of((one) => one.documentId ?? null),
        of((one) => one.portalId ?? null),
        of((one) => one.ours ?? null),
        of((one) => one.theirs ?? null),
      ],
    )
    await db.query(
      `update portal_difference set resolved_at = $4
        where tax_id = $1 and invoice_date between $2 and $3 and resolved_at is null and last_seen_at < $4`,
      [taxId, range.from, range.to, at],
    )
  }

  async of(taxId: string, { resolvedSince }: { resolvedSince?: Date } = {}): Promise<KeptDifference[]> {
    const { rows } = await this.#db.query<DifferenceRow>(
      `select id, tax_id, direction, kind, action, invoice_date, number, document_id, portal_id, ours, theirs,
              first_seen_at, last_seen_at, taken_at, resolved_at
         from portal_difference
        where tax_id = $1 and (resolved_at is null or resolved_at >= $2)
        order by invoice_date, number, id
        limit 10000`,
      [taxId, resolvedSince ?? null],
    )
    return rows.map(keptOf)
  }

  async taken(tx: Tx, ids: string[], at: Date) {
    await clientOf(tx).query(`update portal_difference set taken_at = $2 where id = any($1::uuid[])`, [
      ids,
      at,
    ])
  }
}

const keptOf = (row: DifferenceRow): KeptDifference => ({
  id: row.id,
  taxId: row.tax_id,
  direction: row.direction,
  kind: row.kind,
  action: row.action,
  date: row.invoice_date,
  number: row.number,
  ...(row.document_id === null ? {} : { documentId: row.document_id }),
  ...(row.portal_id === null ? {} : { portalId: row.portal_id }),
  ...(row.ours === null ? {} : { ours: row.ours }),
  ...(row.theirs === null ? {} : { theirs: row.theirs }),
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
  ...(row.taken_at === null ? {} : { takenAt: row.taken_at }),
  ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
})

interface BookedRow {
  document_id: string
  date: string
  number: string
  sender_state: string
  mirror_state: string
  registration_number: string | null
  registered: string | null
  metered: boolean
}

/** Documents, stamps, mirror records and meter lines of a company's tax invoices, side by side. */
export class PgMirrorBooks implements MirrorBooks {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async booked(
    taxId: string,
    { from, to, after, limit }: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ): Promise<BookedInvoice[]> {
    const { rows } = await this.#db.query<BookedRow>(
      `select d.id as document_id, d.date, d.number, d.sender_state, d.mirror_state,
              d.stamp ->> 'registrationNumber' as registration_number,
              case when m.phase = 'registered' then m.registration_number end as registered,
              l.document_id is not null as metered
         from document d
         left join mirror_record m on m.document_id = d.id
         left join meter_line l on l.document_id = d.id
        where d.kind = 'tax-invoice' and d.sender_tax_id = $1 and d.company_id is not null
          and d.date between $2 and $3 and ($4::uuid is null or d.id > $4)
        order by d.id
        limit $5`,
      [taxId, from, to, after ?? null, limit],
    )
    return rows.map((row) => ({
      documentId: row.document_id,
      date: row.date,
      number: row.number,
      senderState: row.sender_state,
      mirrorState: row.mirror_state,
      ...(row.registration_number === null ? {} : { registrationNumber: row.registration_number }),
      ...(row.registered === null ? {} : { registered: row.registered }),
      metered: row.metered,
    }))
  }
}
