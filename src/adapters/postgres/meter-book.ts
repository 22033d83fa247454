import type { Digest } from '../../core/exchange/index.ts'
import type { LocalDate, Tx } from '../../core/kernel/index.ts'
import type {
  ChainEnd,
  MeterBook,
  MeterDay,
  MeterLine,
  MeterLink,
  MeterSeal,
} from '../../core/meter/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { dayColumns, dayOf, hexOf, idBefore, lineOf, type DayRow, type LineRow } from './meter-rows.ts'
import { clientOf, type PgPool, type Querier } from './pool.ts'

/** Any number that nobody else locks with: `meter` in ASCII. */
const lockNumber = 0x6d65746572

/** The book of the meter in PostgreSQL. */
export class PgMeterBook implements MeterBook {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async lock(tx: Tx): Promise<void> {
    await clientOf(tx).query(`select pg_advisory_xact_lock($1)`, [lockNumber])
  }

  async unlinked(tx: Tx, limit: number, look: 'quick' | 'whole'): Promise<MeterLine[]> {
    const db = clientOf(tx)
    const since = look === 'whole' ? idBefore(undefined) : await quickStart(db)
    const { rows } = await db.query<LineRow>(
      `select l.document_id, l.company_id, l.month, c.tax_id, d.digest, d.received_at
         from meter_line l join document d on d.id = l.document_id join company c on c.id = l.company_id
        where l.document_id >= $1
          and not exists (select 1 from meter_link k where k.document_id = l.document_id)
        order by l.document_id                   -- ids sort by time
        limit $2`,
      [since, limit],
    )
    return rows.map(lineOf)
  }

  async ends(tx: Tx, companyIds: readonly string[]): Promise<Map<string, ChainEnd>> {
    const { rows } = await clientOf(tx).query<{ company_id: string; number: string; head: Buffer }>(
      `select k.company_id, k.number, k.head
         from unnest($1::uuid[]) as asked (company_id)
         cross join lateral (select company_id, number, head from meter_link
                              where company_id = asked.company_id order by number desc limit 1) k`,
      [companyIds],
    )
    return new Map(rows.map((row) => [row.company_id, { number: Number(row.number), head: hexOf(row.head) }]))
  }

  async append(tx: Tx, links: readonly MeterLink[], at: Date): Promise<void> {
    const of = <T>(read: (link: MeterLink) => T): T[] => links.map(read)
    await clientOf(tx).query(
      `insert into meter_link (company_id, number, document_id, tax_id, digest, received_at, month, leaf, head, linked_at)
       select *, $10::timestamptz
         from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[],
                     $8::bytea[], $9::bytea[])`,
      [
        of((l) => l.companyId),
        of((l) => l.number),
        of((l) => l.documentId),
        of((l) => l.taxId),
        of((l) => bytesOfDigest(l.digest)),
        of((l) => l.receivedAt),
        of((l) => l.month),
        of((l) => bytesOfDigest(l.leaf)),
        of((l) => bytesOfDigest(l.head)),
        at,
      ],
    )
  }

  async lastDay(tx?: Tx): Promise<MeterDay | undefined> {
    const { rows } = await this.#in(tx).query<DayRow>(
      `select ${dayColumns} from meter_day d left join meter_day_stamp s using (day) order by d.number desc limit 1`,
    )
    return rows.map(dayOf)[0]
  }

  async unsealed(
    tx: Tx,
    before: Date,
  ): Promise<{ companyId: string; taxId: string; first: number; last: number; head: Digest }[]> {
    const { rows } = await clientOf(tx).query<{
      company_id: string
      tax_id: string
      first: string
      last: string
      head: Buffer
    }>(
      `with sealed as (
         select c.id as company_id, c.tax_id,
                coalesce((select s.last from meter_seal s where s.company_id = c.id order by s.last desc limit 1), 0) as upto
           from company c
       ), range as (
         select company_id, upto + 1 as first,
                -- the last link before the first one of a later day
                coalesce((select min(k.number) - 1 from meter_link k
                           where k.company_id = sealed.company_id and k.number > upto and k.received_at >= $1),
                         (select max(k.number) from meter_link k where k.company_id = sealed.company_id)) as last
           from sealed
       )
       select r.company_id, k.tax_id, r.first, r.last, k.head
         from range r join meter_link k on k.company_id = r.company_id and k.number = r.last
        where r.last >= r.first`,
      [before],
    )
    return rows.map((row) => ({
      companyId: row.company_id,
      taxId: row.tax_id,
      first: Number(row.first),
      last: Number(row.last),
      head: hexOf(row.head),
    }))
  }

  async leaves(companyId: string, first: number, last: number, tx?: Tx): Promise<Digest[]> {
    const { rows } = await this.#in(tx).query<{ leaf: Buffer }>(
      `select leaf from meter_link where company_id = $1 and number between $2 and $3 order by number`,
      [companyId, first, last],
    )
    return rows.map(({ leaf }) => hexOf(leaf))
  }

  async close(tx: Tx, day: MeterDay, seals: readonly MeterSeal[]): Promise<void> {
    const db = clientOf(tx)
    await db.query(
      `insert into meter_day (day, number, companies, documents, root, previous, digest, signature, closed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        day.day,
        day.number,
        day.companies,
        day.documents,
        bytesOfDigest(day.root),
        bytesOfDigest(day.previous),
        bytesOfDigest(day.digest),
        day.signature,
        day.closedAt,
      ],
    )
    for (const seal of seals) {
      await db.query(
        `insert into meter_seal (company_id, tax_id, day, first, last, root, head, knots)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          seal.companyId,
          seal.taxId,
          seal.day,
          seal.first,
          seal.last,
          bytesOfDigest(seal.root),
          bytesOfDigest(seal.head),
          Buffer.concat(seal.knots.map(bytesOfDigest)),
        ],
      )
    }
  }

  async stamp(day: LocalDate, stamp: Uint8Array): Promise<void> {
    await this.#pool.query(
      `insert into meter_day_stamp (day, token) values ($1, $2) on conflict do nothing`,
      [day, stamp],
    )
  }

  async unstamped(limit: number): Promise<MeterDay[]> {
    const { rows } = await this.#pool.query<DayRow>(
      `select ${dayColumns} from meter_day d left join meter_day_stamp s using (day)
        where s.day is null order by d.number limit $1`,
      [limit],
    )
    return rows.map(dayOf)
  }

  #in(tx: Tx | undefined): Querier {
    return tx === undefined ? this.#pool : clientOf(tx)
  }
}

const quickStart = async (db: Querier): Promise<string> => {
  const { rows } = await db.query<{ document_id: string }>(
    `select document_id from meter_link order by document_id desc limit 1`,
  )
  return idBefore(rows[0]?.document_id)
}
