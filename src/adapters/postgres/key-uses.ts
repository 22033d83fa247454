import type { KeyUse, KeyUses } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'
import { addKeyUse } from './sql/add-key-use.ts'

export interface KeyUseRow {
  company_id: string
  document_id: string | null
  signature_id: string | null
  digest: Buffer
  serial: string
  by: string
  purpose: KeyUse['purpose']
  at: Date
}

export const keyUseColumns = 'company_id, document_id, signature_id, digest, serial, by, purpose, at'

export const keyUseOf = (row: KeyUseRow): KeyUse => ({
  companyId: row.company_id,
  documentId: row.document_id ?? undefined,
  signatureId: row.signature_id ?? undefined,
  digest: row.digest.toString('hex'),
  serial: row.serial,
  by: row.by,
  purpose: row.purpose,
  at: row.at,
})

/** The book of key uses in PostgreSQL: append-only. */
export class PgKeyUses implements KeyUses {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  add(tx: Tx, use: KeyUse): Promise<void> {
    return addKeyUse(clientOf(tx), use)
  }

  async of(companyId: string, limit: number): Promise<KeyUse[]> {
    const { rows } = await this.#pool.query<KeyUseRow & Record<string, unknown>>(
      `select ${keyUseColumns} from key_use where company_id = $1 order by at desc, id desc limit $2`,
      [companyId, limit],
    )
    return rows.map(keyUseOf)
  }
}
