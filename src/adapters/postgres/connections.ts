import type { Connection, ConnectionRecord, Connections, SigningMode } from '../../core/company/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { secretsOf, type KeptSecretJson } from './companies.ts'
import { clientOf, type PgPool } from './pool.ts'

interface ConnectionRow extends Record<string, unknown> {
  id: string
  company_id: string
  tax_id: string
  company_name: string
  name: string
  login: string
  signing: string
  door: string
  created_at: Date
  closed_at: Date | null
  secrets: KeptSecretJson[]
  keys: { keyId: string; createdAt: string; expiresAt: string | null }[]
}

const select = `
  select n.id, n.company_id, c.tax_id, c.name as company_name, n.name, n.login, n.signing, n.door, n.created_at,
         n.closed_at, n.secrets,
         coalesce((select jsonb_agg(jsonb_build_object('keyId', k.key_id, 'createdAt', k.created_at,
                                                       'expiresAt', k.expires_at) order by k.created_at, k.key_id)
                     from api_key k where k.connection_id = n.id), '[]') as keys
    from connection n join company c on c.id = n.company_id`

/** Connections with what hangs on them, in PostgreSQL. */
export class PgConnections implements Connections {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async find(idOrLogin: string): Promise<ConnectionRecord | undefined> {
    const { rows } = await this.#pool.query<ConnectionRow>(
      `${select} where n.id::text = $1 or n.login = $1`,
      [idOrLogin.toLowerCase()],
    )
    return rows[0] === undefined ? undefined : recordOf(rows[0])
  }

  async ofCompany(companyId: string): Promise<ConnectionRecord[]> {
    const { rows } = await this.#pool.query<ConnectionRow>(
      `${select} where n.company_id = $1 order by n.id`,
      [companyId],
    )
    return rows.map(recordOf)
  }

  async change(
    tx: Tx,
    connectionId: string,
    { name, signing, door }: Partial<Pick<Connection, 'name' | 'signing' | 'door'>>,
  ): Promise<void> {
    await clientOf(tx).query(
      `update connection
          set name = coalesce($2, name), signing = coalesce($3, signing), door = coalesce($4, door)
        where id = $1`,
      [connectionId, name ?? null, signing ?? null, door ?? null],
    )
  }

  async close(tx: Tx, connectionId: string, at: Date): Promise<void> {
    await clientOf(tx).query(`update connection set closed_at = $2 where id = $1 and closed_at is null`, [
      connectionId,
      at,
    ])
  }

  async endOtherKeys(tx: Tx, connectionId: string, keyId: string, at: Date): Promise<void> {
    await clientOf(tx).query(
      `update api_key set expires_at = $3
        where connection_id = $1 and key_id <> $2 and (expires_at is null or expires_at > $3)`,
      [connectionId, keyId, at],
    )
  }
}

const recordOf = (row: ConnectionRow): ConnectionRecord => ({
  connection: {
    id: row.id,
    companyId: row.company_id,
    name: row.name,
    login: row.login,
    signing: row.signing as SigningMode,
    door: row.door,
  },
  company: { id: row.company_id, taxId: row.tax_id, name: row.company_name },
  createdAt: row.created_at,
  closedAt: row.closed_at ?? undefined,
  secrets: secretsOf(row.secrets),
  keys: row.keys.map(({ keyId, createdAt, expiresAt }) => ({
    keyId,
    createdAt: new Date(createdAt),
    expiresAt: expiresAt === null ? undefined : new Date(expiresAt),
  })),
})
