import type { CompanyKey, CompanyKeys } from '../../core/company/index.ts'
import type { Seal, Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

/** Signing keys in PostgreSQL: file and password sealed together, bound to their company. */
export class PgCompanyKeys implements CompanyKeys {
  readonly #pool: PgPool
  readonly #seal: Seal

  constructor(pool: PgPool, seal: Seal) {
    this.#pool = pool
    this.#seal = seal
  }

  async put(tx: Tx, companyId: string, key: CompanyKey, at: Date): Promise<void> {
    await clientOf(tx).query(
      `insert into company_key (company_id, sealed, changed_at) values ($1, $2, $3)
       on conflict (company_id) do update set sealed = excluded.sealed, changed_at = excluded.changed_at`,
      [companyId, this.#seal.seal(pack(key), context(companyId)), at],
    )
  }

  async of(companyId: string): Promise<CompanyKey | undefined> {
    const { rows } = await this.#pool.query<{ sealed: Buffer }>(
      `select sealed from company_key where company_id = $1`,
      [companyId],
    )
    return rows[0] === undefined ? undefined : unpack(this.#seal.open(rows[0].sealed, context(companyId)))
  }

  async versionOf(companyId: string): Promise<string | undefined> {
    // Every sealing has a nonce of its own, so the same file loaded twice has two versions.
    const { rows } = await this.#pool.query<{ version: string }>(
      `select encode(sha256(sealed), 'hex') as version from company_key where company_id = $1`,
      [companyId],
    )
    return rows[0]?.version
  }

  async remove(tx: Tx, companyId: string): Promise<boolean> {
    const { rowCount } = await clientOf(tx).query(`delete from company_key where company_id = $1`, [
      companyId,
    ])
    return rowCount === 1
  }
}

const context = (companyId: string): string => `company-key ${companyId}`

/** Length of the password in two bytes, the password, the file. */
const pack = ({ file, password }: CompanyKey): Buffer => {
  const secret = Buffer.from(password)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(secret.byteLength)
  return Buffer.concat([length, secret, file])
}

const unpack = (packed: Uint8Array): CompanyKey => {
  const bytes = Buffer.from(packed)
  const end = 2 + bytes.readUInt16BE(0)
  return { password: bytes.toString('utf8', 2, end), file: bytes.subarray(end) }
}
