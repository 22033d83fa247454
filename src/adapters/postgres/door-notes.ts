import type { DoorNote, DoorNotes } from '../../core/exchange/index.ts'
import type { PgPool } from './pool.ts'

interface NoteRow extends Record<string, unknown> {
  key: string
  value: unknown
  revision: number
}

/** What doors remember, in a table. */
export class PgDoorNotes implements DoorNotes {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async read({ connectionId, door, key }: Parameters<DoorNotes['read']>[0]): Promise<DoorNote | undefined> {
    const { rows } = await this.#pool.query<NoteRow>(
      `select key, value, revision from door_note where connection_id = $1 and door = $2 and key = $3`,
      [connectionId, door, key],
    )
    return rows[0]
  }

  async write(
    { connectionId, door, key }: Parameters<DoorNotes['write']>[0],
    value: unknown,
    revision: number,
  ): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      revision === 0
        ? `insert into door_note (connection_id, door, key, value, revision) values ($1, $2, $3, $4, 1)
           on conflict do nothing`
        : `update door_note set value = $4, revision = revision + 1
            where connection_id = $1 and door = $2 and key = $3 and revision = $5`,
      [connectionId, door, key, JSON.stringify(value), ...(revision === 0 ? [] : [revision])],
    )
    return rowCount === 1
  }

  async list(
    { connectionId, door, prefix }: Parameters<DoorNotes['list']>[0],
    { after, limit }: { after?: string; limit: number },
  ): Promise<DoorNote[]> {
    const { rows } = await this.#pool.query<NoteRow>(
      `select key, value, revision from door_note
        where connection_id = $1 and door = $2 and starts_with(key, $3) and key collate "C" > $4 collate "C"
        order by key collate "C" limit $5`,
      [connectionId, door, prefix, after ?? '', limit],
    )
    return rows
  }

  async remove({ connectionId, door, key }: Parameters<DoorNotes['remove']>[0]): Promise<void> {
    await this.#pool.query(`delete from door_note where connection_id = $1 and door = $2 and key = $3`, [
      connectionId,
      door,
      key,
    ])
  }
}
