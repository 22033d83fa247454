import type {
  BadFaithEntry,
  BadFaithRegister,
  MonthlyCounts,
  OverduePickUp,
  Payment,
  Payments,
  PickUps,
  Publication,
  Publications,
} from '../../core/contract/index.ts'
import { Outdated } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { withInstants } from './dated-json.ts'
import { clientOf, sqlStateOf, type PgPool, type Row } from './pool.ts'

interface PaymentRow extends Row {
  key: string
  payer_tax_id: string
  amount: string
  paid_on: string
  purpose: string
  source: string
  company_id: string | null
  outcome: Payment['outcome']
  at: Date
  by: string
}

const paymentOf = (row: PaymentRow): Payment => ({
  key: row.key,
  payerTaxId: row.payer_tax_id,
  amount: row.amount,
  paidOn: row.paid_on,
  purpose: row.purpose,
  source: row.source,
  companyId: row.company_id ?? undefined,
  outcome: row.outcome,
  at: row.at,
  by: row.by,
})

/** Lines of bank statements, each once. */
export class PgPayments implements Payments {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async byKey(key: string): Promise<Payment | undefined> {
    const { rows } = await this.#pool.query<PaymentRow>(`select * from payment where key = $1`, [key])
    return rows[0] === undefined ? undefined : paymentOf(rows[0])
  }

  async record(tx: Tx, payment: Payment): Promise<boolean> {
    const { rowCount } = await clientOf(tx).query(
      `insert into payment (key, payer_tax_id, amount, paid_on, purpose, source, company_id, outcome, at, by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      [
        payment.key,
        payment.payerTaxId,
        payment.amount,
        payment.paidOn,
        payment.purpose,
        payment.source,
        payment.companyId ?? null,
        payment.outcome,
        payment.at,
        payment.by,
      ],
    )
    return rowCount === 1
  }

  async list({
    companyId,
    outcome,
    limit,
  }: {
    companyId?: string
    outcome?: Payment['outcome']
    limit: number
  }): Promise<Payment[]> {
    const { rows } = await this.#pool.query<PaymentRow>(
      `select * from payment
        where ($1::uuid is null or company_id = $1) and ($2::text is null or outcome = $2)
        order by at desc, key limit $3`,
      [companyId ?? null, outcome ?? null, limit],
    )
    return rows.map(paymentOf)
  }
}

/** How old the log may be when something is counted by it: nothing takes effect faster than it is published. */
const freshMs = 2_000

/** The publication log. */
export class PgPublications implements Publications {
  readonly #pool: PgPool
  #known: { until: number; log: Promise<readonly Publication[]> } | undefined

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  all({ fresh: mustBeFresh } = { fresh: false }): Promise<readonly Publication[]> {
    const now = performance.now()
    if (!mustBeFresh && this.#known !== undefined && this.#known.until > now) return this.#known.log
    const fresh = { until: now + freshMs, log: this.#read() }
    this.#known = fresh
    fresh.log.catch(() => {
      if (this.#known === fresh) this.#known = undefined
    })
    return fresh.log
  }

  async content(seq: number): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query<{ content: Uint8Array }>(
      `select content from publication where seq = $1`,
      [seq],
    )
    return rows[0]?.content
  }

  async append(tx: Tx, entry: Publication, content: Uint8Array): Promise<void> {
    this.#known = undefined
    try {
      await clientOf(tx).query(`insert into publication (seq, entry, content) values ($1, $2, $3)`, [
        entry.seq,
        JSON.stringify(entry),
        content,
      ])
    } catch (error) {
      if (sqlStateOf(error) === '23505') throw new Outdated(`publication ${entry.seq}`)
      throw error
    }
  }

  async #read(): Promise<readonly Publication[]> {
    const { rows } = await this.#pool.query<{ entry: unknown }>(`select entry from publication order by seq`)
    return rows.map(({ entry }) => withInstants(entry) as Publication)
  }
}

/** The month's counts, from the meter's lines. */
export class PgMonthlyCounts implements MonthlyCounts {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async of(companyIds: readonly string[], month: string): Promise<Map<string, number>> {
    if (companyIds.length === 0) return new Map()
    const { rows } = await this.#pool.query<{ company_id: string; count: string }>(
      `select company_id, count(*) from meter_line where company_id = any($1::uuid[]) and month = $2
        group by company_id`,
      [companyIds, month],
    )
    return new Map(rows.map(({ company_id, count }) => [company_id, Number(count)]))
  }
}

const notedEveryMs = 600_000
const rememberedAtMost = 100_000

/** When clients last fetched something. */
export class PgPickUps implements PickUps {
  readonly #pool: PgPool
  readonly #noted = new Map<string, number>()

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async noted(companyId: string, at: Date): Promise<void> {
    const last = this.#noted.get(companyId)
    if (last !== undefined && Math.abs(at.getTime() - last) < notedEveryMs) return
    if (this.#noted.size >= rememberedAtMost) this.#noted.clear()
    this.#noted.set(companyId, at.getTime())
    try {
      await this.#pool.query(
        `insert into pick_up (company_id, at) values ($1, $2)
         on conflict (company_id) do update set at = greatest(pick_up.at, excluded.at)`,
        [companyId, at],
      )
    } catch {
      // Reading must not fail over a note; the next fetch writes it.
      this.#noted.delete(companyId)
    }
  }

  async overdue(before: Date, limit: number): Promise<OverduePickUp[]> {
    const { rows } = await this.#pool.query<{
      company_id: string
      since: Date
      waiting: string
      titles: OverduePickUp['titles'] | null
    }>(
      `with late as materialized (
         select access.company_id, coalesce(pick_up.at, access.activated_at) as since
           from access left join pick_up using (company_id)
          where access.state in ('ACTIVE', 'RESTRICTED', 'ARCHIVE_ONLY', 'TERMINATING')
            and coalesce(pick_up.at, access.activated_at) < $1
            and (pick_up.told_at is null or pick_up.told_at < $1)
          order by access.company_id
          limit $2
       )
       select late.company_id, late.since, waiting.count as waiting, waiting.titles
         from late
         cross join lateral (
           select count(*), jsonb_agg(jsonb_build_object('kind', kind, 'number', number, 'sender', sender_name))
                              filter (where nth <= 5) as titles
             from (select kind, number, sender_name, row_number() over (order by id) as nth from document
                    where recipient_company_id = late.company_id and recipient_state = 'arrived') as inbox
         ) as waiting`,
      [before, limit],
    )
    return rows.map(({ company_id, since, waiting, titles }) => ({
      companyId: company_id,
      since,
      waiting: Number(waiting),
      titles: titles ?? [],
    }))
  }

  async told(tx: Tx, companyIds: readonly string[], at: Date): Promise<void> {
    await clientOf(tx).query(
      `insert into pick_up (company_id, told_at) select unnest($1::uuid[]), $2
       on conflict (company_id) do update set told_at = excluded.told_at`,
      [companyIds, at],
    )
  }
}

/** The register of bad-faith participants. */
export class PgBadFaithRegister implements BadFaithRegister {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async put(tx: Tx, entry: BadFaithEntry): Promise<void> {
    await clientOf(tx).query(
      `insert into bad_faith (id, tax_id, entry) values ($1, $2, $3)
       on conflict (id) do update set tax_id = excluded.tax_id, entry = excluded.entry`,
      [entry.id, entry.taxId, JSON.stringify(entry)],
    )
  }

  async byId(id: string): Promise<BadFaithEntry | undefined> {
    const { rows } = await this.#pool.query<{ entry: unknown }>(
      `select entry from bad_faith where id::text = $1`,
      [id],
    )
    return rows[0] === undefined ? undefined : (withInstants(rows[0].entry) as BadFaithEntry)
  }

  async list(): Promise<BadFaithEntry[]> {
    const { rows } = await this.#pool.query<{ entry: unknown }>(`select entry from bad_faith order by id`)
    return rows.map(({ entry }) => withInstants(entry) as BadFaithEntry)
  }
}
