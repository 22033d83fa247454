import type { ConnectionProfile, ConnectionProfiles } from '../../core/company/index.ts'
import type { PgPool } from './pool.ts'

/** Profiles of connections, a column of their row. */
export class PgConnectionProfiles implements ConnectionProfiles {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async of(connectionId: string): Promise<ConnectionProfile> {
    const { rows } = await this.#pool.query<{ profile: ConnectionProfile | null }>(
      `select profile from connection where id = $1`,
      [connectionId],
    )
    return rows[0]?.profile ?? {}
  }

  async set(connectionId: string, profile: ConnectionProfile): Promise<void> {
    await this.#pool.query(`update connection set profile = $2 where id = $1`, [
      connectionId,
      JSON.stringify(profile),
    ])
  }

  async withSettings(name: string): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select id from connection where closed_at is null and profile -> 'settings' -> $1 is not null order by id`,
      [name],
    )
    return rows.map(({ id }) => id)
  }
}
