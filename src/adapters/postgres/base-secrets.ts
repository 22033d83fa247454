import type { BaseSecretName, BaseSecrets } from '../../core/company/index.ts'
import type { Seal } from '../../core/kernel/index.ts'
import type { PgPool } from './pool.ts'

/** Secrets of bases in PostgreSQL, each sealed for its own connection and use. */
export class PgBaseSecrets implements BaseSecrets {
  readonly #pool: PgPool
  readonly #seal: Seal

  constructor(pool: PgPool, seal: Seal) {
    this.#pool = pool
    this.#seal = seal
  }

  async put(connectionId: string, name: BaseSecretName, secret: string, at: Date): Promise<void> {
    await this.#pool.query(
      `insert into base_secret (connection_id, name, sealed, changed_at) values ($1, $2, $3, $4)
       on conflict (connection_id, name) do update set sealed = excluded.sealed, changed_at = excluded.changed_at`,
      [connectionId, name, this.#seal.seal(Buffer.from(secret), context(connectionId, name)), at],
    )
  }

  async of(connectionId: string, name: BaseSecretName): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ sealed: Buffer }>(
      `select sealed from base_secret where connection_id = $1 and name = $2`,
      [connectionId, name],
    )
    return rows[0] === undefined
      ? undefined
      : Buffer.from(this.#seal.open(rows[0].sealed, context(connectionId, name))).toString()
  }

  async remove(connectionId: string, name: BaseSecretName): Promise<void> {
    await this.#pool.query(`delete from base_secret where connection_id = $1 and name = $2`, [
      connectionId,
      name,
    ])
  }
}

const context = (connectionId: string, name: BaseSecretName): string => `base-secret ${connectionId} ${name}`
