import type {
  Companies,
  Company,
  Connection,
  Credential,
  Credentials,
  KeptSecret,
  SigningMode,
} from '../../core/company/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

export interface KeptSecretJson {
  hash: string
  expiresAt?: string
}

export const secretsOf = (secrets: KeptSecretJson[]): KeptSecret[] =>
  secrets.map(({ hash, expiresAt }) => ({
    hash,
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  }))

interface CompanyRow extends Record<string, unknown> {
  id: string
  tax_id: string
  name: string
}

const companyOf = (row: CompanyRow): Company => ({ id: row.id, taxId: row.tax_id, name: row.name })

/** The register of companies and connections in PostgreSQL. */
export class PgCompanies implements Companies {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async byId(id: string): Promise<Company | undefined> {
    const { rows } = await this.#pool.query<CompanyRow>(
      `select id, tax_id, name from company where id = $1`,
      [id],
    )
    return rows[0] === undefined ? undefined : companyOf(rows[0])
  }

  async byTaxId(taxId: string): Promise<Company | undefined> {
    const { rows } = await this.#pool.query<CompanyRow>(
      `select id, tax_id, name from company where tax_id = $1`,
      [taxId],
    )
    return rows[0] === undefined ? undefined : companyOf(rows[0])
  }

  async register(tx: Tx, company: Company): Promise<Company> {
    const { rows } = await clientOf(tx).query<CompanyRow>(
      `insert into company (id, tax_id, name) values ($1, $2, $3)
       on conflict (tax_id) do update set name = excluded.name
       returning id, tax_id, name`,
      [company.id, company.taxId, company.name],
    )
    return companyOf(rows[0] as CompanyRow)
  }

  async addConnection(tx: Tx, connection: Connection & { secrets: KeptSecret[] }): Promise<void> {
    await clientOf(tx).query(
      `insert into connection (id, company_id, name, login, signing, secrets, door)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        connection.id,
        connection.companyId,
        connection.name,
        connection.login,
        connection.signing,
        JSON.stringify(connection.secrets),
        connection.door,
      ],
    )
  }

  async connectionsOf(companyId: string): Promise<Connection[]> {
    const { rows } = await this.#pool.query<{
      id: string
      company_id: string
      name: string
      login: string
      signing: string
      door: string
    }>(
      `select id, company_id, name, login, signing, door from connection
        where company_id = $1 and closed_at is null order by id`,
      [companyId],
    )
    return rows.map((row) => ({
      id: row.id,
      companyId: row.company_id,
      name: row.name,
      login: row.login,
      signing: row.signing as SigningMode,
      door: row.door,
    }))
  }

  async secretsOf(connectionId: string): Promise<KeptSecret[]> {
    const { rows } = await this.#pool.query<{ secrets: KeptSecretJson[] }>(
      `select secrets from connection where id = $1`,
      [connectionId],
    )
    return secretsOf(rows[0]?.secrets ?? [])
  }

  async setSecrets(tx: Tx, connectionId: string, secrets: KeptSecret[]): Promise<void> {
    await clientOf(tx).query(`update connection set secrets = $2 where id = $1`, [
      connectionId,
      JSON.stringify(secrets),
    ])
  }

  async setSigning(tx: Tx, connectionId: string, signing: SigningMode): Promise<void> {
    await clientOf(tx).query(`update connection set signing = $2 where id = $1`, [connectionId, signing])
  }

  async addApiKey(
    tx: Tx,
    { keyId, hash, name, connectionId }: { keyId: string; hash: string; name: string; connectionId?: string },
  ): Promise<void> {
    await clientOf(tx).query(
      `insert into api_key (key_id, connection_id, name, hash) values ($1, $2, $3, $4)`,
      [keyId, connectionId ?? null, name, hash],
    )
  }
}

interface CredentialRow extends Record<string, unknown> {
  connection_id: string | null
  connection_name: string | null
  company_id: string | null
  tax_id: string | null
  company_name: string | null
  signing: string | null
  secrets: KeptSecretJson[]
  key_name: string | null
}

const credentialOf = (row: CredentialRow, keyId: string): Credential => {
  const secrets = secretsOf(row.secrets)
  if (row.connection_id === null) {
    return { role: 'operator', operator: { keyId, name: row.key_name ?? '' }, secrets }
  }
  return {
    role: 'connection',
    caller: {
      companyId: row.company_id as string,
      companyTaxId: row.tax_id as string,
      companyName: row.company_name as string,
      connectionId: row.connection_id,
      connectionName: row.connection_name as string,
      signing: row.signing as SigningMode,
    },
    secrets,
  }
}

/** Logins and keys in PostgreSQL; only hashes ever leave it. */
export class PgCredentials implements Credentials {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async byLogin(login: string): Promise<Credential | undefined> {
    const { rows } = await this.#pool.query<CredentialRow>(
      `select n.id as connection_id, n.name as connection_name, n.company_id, c.tax_id, c.name as company_name,
              n.signing, n.secrets, null as key_name
         from connection n join company c on c.id = n.company_id
        where n.login = $1 and n.closed_at is null`,
      [login],
    )
    return rows[0] === undefined ? undefined : credentialOf(rows[0], '')
  }

  async byKeyId(keyId: string): Promise<Credential | undefined> {
    const { rows } = await this.#pool.query<CredentialRow>(
      `select n.id as connection_id, n.name as connection_name, n.company_id, c.tax_id, c.name as company_name,
              n.signing, jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('hash', k.hash, 'expiresAt', k.expires_at)))
                as secrets, k.name as key_name
         from api_key k
         left join connection n on n.id = k.connection_id
         left join company c on c.id = n.company_id
        where k.key_id = $1 and n.closed_at is null`,
      [keyId],
    )
    return rows[0] === undefined ? undefined : credentialOf(rows[0], keyId)
  }
}
