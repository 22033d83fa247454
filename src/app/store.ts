import { PgBellStore } from '../adapters/postgres/bell-store.ts'
import { startEmbeddedPostgres } from '../adapters/postgres/embedded.ts'
import { migrate } from '../adapters/postgres/migrate.ts'
import { checkServer, openPool, type PgPool } from '../adapters/postgres/pool.ts'
import { RabbitTaskQueue } from '../adapters/rabbitmq/index.ts'
import { TableQueue } from '../adapters/table-queue/index.ts'
import type { Clock, Log, TaskQueue } from '../core/kernel/index.ts'
import type { GatewaySettings, Surroundings } from './gateway.ts'

/** Opens the store of the settings, migrated and checked. */
export const openStore = async (
  store: GatewaySettings['store'],
  { log, started }: Pick<Surroundings, 'log' | 'started'>,
): Promise<{ pool: PgPool; lost: Promise<never> }> => {
  if (store.kind === 'postgres') {
    const pool = openPool({ connection: store.url, embedded: false, max: store.max, log })
    started.push({ stop: () => pool.close() })
    await checkServer(pool, { durabilityRequired: store.mustBeDurable })
    await migrate(pool, { log })
    // A server that is away comes back: requests answer 503 meanwhile.
    return { pool, lost: new Promise<never>(() => {}) }
  }
  const embedded = await startEmbeddedPostgres({ dataDir: store.dataDir, log })
  started.push(embedded)
  const pool = openPool({ connection: embedded.connection, embedded: true, log })
  started.push({ stop: () => pool.close() })
  await migrate(pool, { log })
  return { pool, lost: embedded.lost }
}

/** The driver that carries bells. */
export const openQueue = (
  queue: GatewaySettings['queue'],
  pool: PgPool,
  deps: { log: Log; clock: Clock },
): TaskQueue =>
  queue.kind === 'table'
    ? new TableQueue({ bells: new PgBellStore(pool), ...deps })
    : new RabbitTaskQueue({ url: queue.url, ...deps }, { prefix: queue.prefix })
