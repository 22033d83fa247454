import type { CommandKind, CommandRecord, CommandRecords, CommandState } from '../../core/mirror/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf } from './pool.ts'
import type { Querier } from './pool.ts'

interface CommandRow {
  id: string
  document_id: string
  tax_id: string
  company_id: string
  portal_id: string
  kind: CommandKind
  reason: string | null
  by: string
  requested_at: Date
  status_before: string | null
  state: CommandState
  claimed_until: Date | null
  settled_at: Date | null
  status: string | null
  error_code: string | null
}

const columns = `id, document_id, tax_id, company_id, portal_id, kind, reason, by, requested_at, status_before,
  state, claimed_until, settled_at, status, error_code`

/** Commands about invoices at the portal. */
export class PgCommandRecords implements CommandRecords {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async add(tx: Tx, command: CommandRecord) {
    const db = clientOf(tx)
    await db.query(
      `insert into portal_command
         (id, document_id, tax_id, company_id, portal_id, kind, reason, by, requested_at, status_before, state)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting')
       on conflict (document_id, company_id, kind) where state in ('waiting', 'sending') do nothing`,
      [
        command.id,
        command.documentId,
        command.taxId,
        command.companyId,
        command.portalId,
        command.kind,
        command.reason ?? null,
        command.by,
        command.requestedAt,
        command.statusBefore ?? null,
      ],
    )
    const { rows } = await db.query<CommandRow>(
      `select ${columns} from portal_command
        where document_id = $1 and company_id = $2 and kind = $3 and state in ('waiting', 'sending')`,
      [command.documentId, command.companyId, command.kind],
    )
    const [kept] = rows
    if (kept === undefined) throw new Error(`the command ${command.id} was neither added nor found`)
    return recordOf(kept)
  }

  async byId(id: string) {
    const { rows } = await this.#db.query<CommandRow>(`select ${columns} from portal_command where id = $1`, [
      id,
    ])
    return rows[0] === undefined ? undefined : recordOf(rows[0])
  }

  async ofDocument(documentId: string) {
    const { rows } = await this.#db.query<CommandRow>(
      `select ${columns} from portal_command where document_id = $1 order by requested_at, id`,
      [documentId],
    )
    return rows.map(recordOf)
  }

  async claim(tx: Tx, wanted: { id: string; limit: number; claimedUntil: Date }) {
    const { rows } = await clientOf(tx).query<CommandRow>(
      `with first as materialized (
         select id, tax_id, kind from portal_command where id = $1 and state = 'waiting'
          for update skip locked               -- another replica takes it along; do not wait
       ), others as materialized (
         select c.id from portal_command c, first f
          where c.tax_id = f.tax_id and c.kind = f.kind and c.state = 'waiting' and c.id <> f.id
          order by c.requested_at, c.id
          limit $2::int - 1
          for update of c skip locked
       )
       update portal_command set state = 'sending', claimed_until = $3
        where id in (select id from first union all select id from others)
       returning ${columns}`,
      [wanted.id, wanted.limit, wanted.claimedUntil],
    )
    return rows.map(recordOf)
  }

  async change(
    tx: Tx,
    id: string,
    change: Pick<CommandRecord, 'state' | 'status' | 'errorCode' | 'settledAt'>,
  ) {
    const { rowCount } = await clientOf(tx).query(
      `update portal_command
          set state = $2, claimed_until = null, settled_at = $3, status = coalesce($4, status), error_code = $5
        where id = $1 and state = 'sending'`,
      [id, change.state, change.settledAt ?? null, change.status ?? null, change.errorCode ?? null],
    )
    return rowCount === 1
  }
}

const recordOf = (row: CommandRow): CommandRecord => ({
  id: row.id,
  documentId: row.document_id,
  taxId: row.tax_id,
  companyId: row.company_id,
  portalId: row.portal_id,
  kind: row.kind,
  ...(row.reason === null ? {} : { reason: row.reason }),
  by: row.by,
  requestedAt: row.requested_at,
  ...(row.status_before === null ? {} : { statusBefore: row.status_before }),
  state: row.state,
  ...(row.claimed_until === null ? {} : { claimedUntil: row.claimed_until }),
  ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
  ...(row.status === null ? {} : { status: row.status }),
  ...(row.error_code === null ? {} : { errorCode: row.error_code }),
})
