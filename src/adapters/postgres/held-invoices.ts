import type { HeldInvoices } from '../../core/mirror/index.ts'
import { documentColumns, recordOf, type DocumentRow } from './document-columns.ts'
import type { Querier } from './pool.ts'

/** Signed invoices that have not been registered yet, and are not given up. */
const held = `kind = 'tax-invoice' and mirror_state in ('waiting', 'submitted') and sender_state not in ('annulled', 'awaiting_signature')
  and company_id is not null`

/** Invoices on their way to the portal. */
export class PgHeldInvoices implements HeldInvoices {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async count() {
    const { rows } = await this.#db.query<{ count: string }>(`select count(*) from document where ${held}`)
    return Number(rows[0]?.count ?? 0)
  }

  async oldest(limit: number) {
    const { rows } = await this.#db.query<DocumentRow & Record<string, unknown>>(
      `select ${documentColumns} from document where ${held} order by date, id limit $1`,
      [limit],
    )
    return rows.map(recordOf)
  }
}
