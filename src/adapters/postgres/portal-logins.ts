import type { Company, PortalLogin, PortalLogins } from '../../core/company/index.ts'
import type { Seal, Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

interface LoginRow extends Record<string, unknown> {
  user_iin: string
  sealed_password: Buffer
  login: 'ticket' | 'certificate'
  profile: string | null
}

/** Portal logins in PostgreSQL, passwords sealed. */
export class PgPortalLogins implements PortalLogins {
  readonly #pool: PgPool
  readonly #seal: Seal

  constructor(pool: PgPool, seal: Seal) {
    this.#pool = pool
    this.#seal = seal
  }

  async put(tx: Tx, companyId: string, login: PortalLogin, at: Date): Promise<void> {
    await clientOf(tx).query(
      `insert into portal_login (company_id, user_iin, sealed_password, login, profile, changed_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (company_id) do update
          set user_iin = excluded.user_iin, sealed_password = excluded.sealed_password, login = excluded.login,
              profile = excluded.profile, changed_at = excluded.changed_at`,
      [
        companyId,
        login.userIin,
        this.#seal.seal(Buffer.from(login.password), context(companyId)),
        login.login,
        login.profile ?? null,
        at,
      ],
    )
  }

  async of(companyId: string): Promise<PortalLogin | undefined> {
    const { rows } = await this.#pool.query<LoginRow>(
      `select user_iin, sealed_password, login, profile from portal_login where company_id = $1`,
      [companyId],
    )
    const row = rows[0]
    return row === undefined
      ? undefined
      : {
          userIin: row.user_iin,
          password: Buffer.from(this.#seal.open(row.sealed_password, context(companyId))).toString(),
          login: row.login,
          profile: row.profile ?? undefined,
        }
  }

  async companies(): Promise<Company[]> {
    const { rows } = await this.#pool.query<{ id: string; tax_id: string; name: string }>(
      `select c.id, c.tax_id, c.name from portal_login p join company c on c.id = p.company_id order by c.id`,
    )
    return rows.map((row) => ({ id: row.id, taxId: row.tax_id, name: row.name }))
  }
}

const context = (companyId: string): string => `portal-login ${companyId}`
