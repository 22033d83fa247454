import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import type { PgPool, StoreLog } from './pool.ts'

/** The SQL files lie beside this file, in the source and in the build alike. */
const ownMigrations = fileURLToPath(new URL('./migrations/', import.meta.url))

/**
 * Brings the schema up to date and says which files it ran. Forward only; each file in a transaction of its
 * own.
 */
export const migrate = async (
  pool: PgPool,
  { log, folder = ownMigrations }: { log?: StoreLog; folder?: string } = {},
): Promise<string[]> =>
  pool.withOwnClient(async (dbClient) => {
    if (!pool.embedded) {
      // Replicas that start together wait for each other; the lock goes with the connection.
      await dbClient.query('select pg_advisory_lock($1)', [migrationLock])
      // A migration that cannot get its table in 2 s gives up rather than hold up every request behind it.
      await dbClient.query(`set lock_timeout = '2s'`)
    }
    const done = await runner({
      dbClient,
      dir: folder,
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'schema_migrations',
      singleTransaction: false,
      checkOrder: true,
      noLock: true,
      // It narrates every step; what ran is told in one line below.
      logger: {
        info: () => {},
        warn: () => {},
        error: (message) => log?.error({ message }, 'schema.migration-failed'),
      },
    })
    const files = done.map(({ name }) => name)
    if (files.length > 0) log?.info({ files }, 'schema.migrated')
    return files
  })

/** Any number, but the same in every version: ASCII of `daneker`. */
const migrationLock = '28254624446899570'
