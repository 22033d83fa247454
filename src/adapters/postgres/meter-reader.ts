import type { Digest } from '../../core/exchange/index.ts'
import type { LocalDate } from '../../core/kernel/index.ts'
import type { MeterDay, MeterLine, MeterLink, MeterReader, MeterSeal } from '../../core/meter/index.ts'
import {
  dayColumns,
  dayOf,
  hexOf,
  lineOf,
  linkOf,
  sealOf,
  type DayRow,
  type LineRow,
  type LinkRow,
  type SealRow,
} from './meter-rows.ts'
import type { PgPool } from './pool.ts'

/** Questions about the meter, in PostgreSQL. */
export class PgMeterReader implements MeterReader {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async months(companyId: string): Promise<{ month: string; count: number; linked: number }[]> {
    const { rows } = await this.#pool.query<{ month: string; count: string; linked: string }>(
      `select month, count(*) as count,
              (select count(*) from meter_link k where k.company_id = $1 and k.month = l.month) as linked
         from meter_line l where company_id = $1 group by month order by month desc`,
      [companyId],
    )
    return rows.map(({ month, count, linked }) => ({ month, count: Number(count), linked: Number(linked) }))
  }

  async linksOfMonth(companyId: string, month: string): Promise<MeterLink[]> {
    return this.#links(
      `where company_id = $1 and number between
              (select min(number) from meter_link where company_id = $1 and month = $2)
          and (select max(number) from meter_link where company_id = $1 and month = $2)
        order by number`,
      [companyId, month],
    )
  }

  async openLines(companyId: string, month: string): Promise<MeterLine[]> {
    const { rows } = await this.#pool.query<LineRow>(
      `select l.document_id, l.company_id, l.month, c.tax_id, d.digest, d.received_at
         from meter_line l join document d on d.id = l.document_id join company c on c.id = l.company_id
        where l.company_id = $1 and l.month = $2
          and not exists (select 1 from meter_link k where k.document_id = l.document_id)
        order by l.document_id`,
      [companyId, month],
    )
    return rows.map(lineOf)
  }

  async link(documentId: string): Promise<MeterLink | undefined> {
    return (await this.#links('where document_id = $1', [documentId]))[0]
  }

  async linkAt(companyId: string, number: number): Promise<MeterLink | undefined> {
    return (await this.#links('where company_id = $1 and number = $2', [companyId, number]))[0]
  }

  leaves(companyId: string, first: number, last: number): Promise<Digest[]> {
    return this.#pool
      .query<{ leaf: Buffer }>(
        `select leaf from meter_link where company_id = $1 and number between $2 and $3 order by number`,
        [companyId, first, last],
      )
      .then(({ rows }) => rows.map(({ leaf }) => hexOf(leaf)))
  }

  seals(companyId: string, first: number, last: number): Promise<MeterSeal[]> {
    return this.#seals(`where company_id = $1 and last >= $2 and first <= $3 order by last`, [
      companyId,
      first,
      last,
    ])
  }

  sealsOfDay(day: LocalDate): Promise<MeterSeal[]> {
    return this.#seals(`where day = $1 order by tax_id collate "C"`, [day])
  }

  days(days: readonly LocalDate[]): Promise<MeterDay[]> {
    return this.#days(`where d.day = any ($1::date[]) order by d.number`, [days])
  }

  allDays(): Promise<MeterDay[]> {
    return this.#days(`order by d.number`, [])
  }

  linksAfter(after: { companyId: string; number: number } | undefined, limit: number): Promise<MeterLink[]> {
    return after === undefined
      ? this.#links('order by company_id, number limit $1', [limit])
      : this.#links(
          `where (company_id, number) > ($1::uuid, $2::bigint) order by company_id, number limit $3`,
          [after.companyId, after.number, limit],
        )
  }

  async differences(
    limit: number,
  ): Promise<{ what: 'uncounted' | 'nothing-counted' | 'wrong-month'; documentId: string }[]> {
    const { rows } = await this.#pool.query<{
      what: 'uncounted' | 'nothing-counted' | 'wrong-month'
      document_id: string
    }>(
      `select case when l.document_id is null then 'uncounted' when d.id is null then 'nothing-counted'
                   else 'wrong-month' end as what,
              coalesce(d.id, l.document_id) as document_id
         from document d full join meter_line l on l.document_id = d.id
           -- what the state portal brought has no sender of ours, and is never counted
        where (l.document_id is null and d.company_id is not null) or d.id is null
           or (l.document_id is not null and l.company_id is distinct from d.company_id)
           -- UTC+5 since 1 March 2024; a server's zone table may be older than that
           or l.month <> to_char(d.received_at at time zone
                case when d.received_at >= '2024-02-29T19:00:00Z' then interval '5 hours' else interval '6 hours' end,
                'YYYY-MM')
        order by 2 limit $1`,
      [limit],
    )
    return rows.map((row) => ({ what: row.what, documentId: row.document_id }))
  }

  async #links(rest: string, values: unknown[]): Promise<MeterLink[]> {
    const { rows } = await this.#pool.query<LinkRow>(
      `select company_id, number, document_id, tax_id, digest, received_at, month, leaf, head from meter_link ${rest}`,
      values,
    )
    return rows.map(linkOf)
  }

  async #seals(rest: string, values: unknown[]): Promise<MeterSeal[]> {
    const { rows } = await this.#pool.query<SealRow>(
      `select company_id, tax_id, day, first, last, root, head, knots from meter_seal ${rest}`,
      values,
    )
    return rows.map(sealOf)
  }

  async #days(rest: string, values: unknown[]): Promise<MeterDay[]> {
    const { rows } = await this.#pool.query<DayRow>(
      `select ${dayColumns} from meter_day d left join meter_day_stamp s using (day) ${rest}`,
      values,
    )
    return rows.map(dayOf)
  }
}
