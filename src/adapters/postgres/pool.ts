import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Tx, UnitOfWork } from '../../core/kernel/index.ts'
import { oldServer, unsafeServer, wrongEncoding } from './refusal.ts'

/** What the store says about itself; a pino logger fits. */
export interface StoreLog {
  info(details: Record<string, unknown>, event: string): void
  warn(details: Record<string, unknown>, event: string): void
  error(details: Record<string, unknown>, event: string): void
}

export interface PoolOptions {
  /** `postgres://…`, or the connection of the embedded store. */
  connection: string | pg.ClientConfig
  /** The embedded store has one backend behind all connections: the pool gets one connection. */
  embedded: boolean
  /** Connections at most (PostgreSQL); default 10. */
  max?: number
  /** A statement that runs longer is given up, on the server and here; default 30 s. */
  statementTimeoutMs?: number
  /** How long a caller waits for a free connection before the store counts as overloaded; default 15 s. */
  acquireTimeoutMs?: number
  log?: StoreLog
}

/** A row nobody has described yet. */
export type Row = Record<string, unknown>

/**
 * A statement with a name is prepared once per connection: planning a long one costs more than running it.
 * The embedded store has one backend behind every connection, which would mix up the names; there the name is
 * left out.
 */
export interface Statement {
  name?: string
  text: string
  values?: unknown[]
}

/** Anything that runs a statement: the pool, or the client of a transaction. */
export interface Querier {
  query<R extends pg.QueryResultRow = Row>(
    statement: string | Statement,
    values?: unknown[],
  ): Promise<pg.QueryResult<R>>
}

// A `date` made into a JavaScript Date moves by the zone of the machine; ours are `YYYY-MM-DD` and stay so.
// numeric and bigint arrive as strings already. Instants (timestamptz) arrive as Date.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.DATE, (text) => text)

/** Whether the code now running is inside a transaction of a pool. */
interface Scope {
  pool: PgPool
  open: boolean
}

const scopes = new AsyncLocalStorage<Scope>()

/** The commit was sent and no answer came: it happened or it did not. Look the thing up by its key. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('the connection was lost while committing; the outcome is unknown', { cause })
    this.name = 'CommitUnknown'
  }
}

/** `work` went on after a failed statement: the server had given up the transaction already. */
class NothingCommitted extends Error {
  constructor() {
    super('a failed statement was ignored, so nothing was committed')
    this.name = 'NothingCommitted'
  }
}

/** Opens the pool that every store class of this folder shares. Nothing is connected before the first statement. */
export const openPool = (options: PoolOptions): PgPool => new PgPool(options)

/** The connections to the store, embedded or not. */
export class PgPool implements Querier {
  readonly embedded: boolean
  readonly #pool: pg.Pool
  readonly #connection: pg.ClientConfig
  readonly #log: StoreLog | undefined
  #closed: Promise<void> | undefined

  constructor(options: PoolOptions) {
    const timeoutMs = options.statementTimeoutMs ?? 30_000
    this.embedded = options.embedded
    this.#log = options.log
    this.#connection =
      typeof options.connection === 'string' ? { connectionString: options.connection } : options.connection
    this.#pool = new pg.Pool({
      ...this.#connection,
      max: options.embedded ? 1 : (options.max ?? 10),
      connectionTimeoutMillis: options.acquireTimeoutMs ?? 15_000,
      // The embedded store's only connection stays: opening it again costs more than keeping it.
      idleTimeoutMillis: options.embedded ? 0 : 30_000,
      application_name: 'daneker',
      keepAlive: true,
      types,
      // The server gives up first and says so; our own timer is for a server that is gone.
      query_timeout: timeoutMs + Math.min(timeoutMs, 5_000),
      // The embedded store ignores its timeouts.
      ...(options.embedded
        ? {}
        : { statement_timeout: timeoutMs, idle_in_transaction_session_timeout: timeoutMs * 2 }),
    })
    // Without these two listeners a restart of the server ends this process: the first hears idle
    // connections, the second those in use.
    this.#pool.on('error', (error) => this.#log?.warn({ error: error.message }, 'store.connection-lost'))
    this.#pool.on('connect', (client) => {
      client.on('error', (error) => this.#log?.warn({ error: error.message }, 'store.connection-lost'))
    })
  }

  /** One statement outside any transaction. Throws inside one: there the transaction's client must be used. */
  async query<R extends pg.QueryResultRow = Row>(
    statement: string | Statement,
    values?: unknown[],
  ): Promise<pg.QueryResult<R>> {
    this.#mustBeOutsideTransaction()
    return this.#pool.query<R>(this.#prepare(statement, values))
  }

  /** One statement that writes, a transaction by itself. Throws `CommitUnknown` when its answer was lost. */
  async run<R extends pg.QueryResultRow = Row>(
    statement: string | Statement,
    values?: unknown[],
  ): Promise<pg.QueryResult<R>> {
    this.#mustBeOutsideTransaction()
    const client = await this.#pool.connect()
    let broken = false
    try {
      return await client.query<R>(this.#prepare(statement, values))
    } catch (error) {
      broken = isConnectionLoss(error)
      throw broken ? new CommitUnknown(error) : error
    } finally {
      client.release(broken)
    }
  }

  /**
   * A connection of its own, outside the pool and without time limits, for work that takes as long as it
   * takes: migrations, moving a store.
   */
  async withOwnClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    this.#mustBeOutsideTransaction()
    const client = new pg.Client({ ...this.#connection, application_name: 'daneker', keepAlive: true, types })
    client.on('error', (error) => this.#log?.warn({ error: error.message }, 'store.connection-lost'))
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Runs `work` inside `begin … commit` once, without repeats; `PgUnitOfWork` adds them. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.#mustBeOutsideTransaction()
    const client = await this.#pool.connect()
    const scope: Scope = { pool: this, open: true }
    let broken = false
    try {
      await client.query('begin')
      const value = await scopes.run(scope, () => work(this.#txOf(client)))
      scope.open = false
      try {
        const { command } = await client.query('commit')
        // A statement failed and `work` swallowed it: the server rolled back and reports so, without an error.
        if (command === 'ROLLBACK') throw new NothingCommitted()
      } catch (error) {
        // An answer of the server, even a refusal, is an answer; its absence is not.
        throw isConnectionLoss(error) ? new CommitUnknown(error) : error
      }
      return value
    } catch (error) {
      scope.open = false
      if (error instanceof CommitUnknown) broken = true
      else {
        await client.query('rollback').catch(() => {
          broken = true
        })
      }
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** How busy the pool is, for the metrics and the readiness check. */
  load(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  /** Resolves once every connection is given back and closed. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end()
    return this.#closed
  }

  #txOf(client: pg.PoolClient): Tx {
    const querier: Querier = {
      query: (statement, values) => client.query(this.#prepare(statement, values)),
    }
    return querier as unknown as Tx
  }

  #prepare(statement: string | Statement, values: unknown[] | undefined): pg.QueryConfig {
    if (typeof statement === 'string') return { text: statement, values }
    if (!this.embedded || statement.name === undefined) return statement
    return { text: statement.text, values: statement.values }
  }

  #mustBeOutsideTransaction(): void {
    const scope = scopes.getStore()
    if (scope?.open && scope.pool === this) {
      // The embedded store has one connection, which the transaction holds: waiting for it would be for ever.
      throw new Error('inside a transaction only its own client may be used: take clientOf(tx)')
    }
  }
}

/** The client of a transaction: the only connection that `work` may use. */
export const clientOf = (tx: Tx): Querier => tx as unknown as Querier

/** Serialisation failure and deadlock: the same work may well succeed when it is run again. */
const repeatable: ReadonlySet<string> = new Set(['40001', '40P01'])
const repeatsAtMost = 3

/** All of the work or none of it, in PostgreSQL. */
export class PgUnitOfWork implements UnitOfWork {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await this.#pool.transaction(work)
      } catch (error) {
        if (repeats === repeatsAtMost || !repeatable.has(sqlStateOf(error) ?? '')) throw error
        // 0–20, 0–40, 0–80 ms: two that met in a deadlock must not meet again.
        await pause(Math.random() * 20 * 2 ** repeats)
      }
    }
  }
}

/** The five characters PostgreSQL gives every error (`23505` = unique violation); undefined when it was not PostgreSQL. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

// pg gives a lost connection no code of its own, so what is not an answer of the server counts as its absence.
// 57P01–57P03: the server says goodbye while it is shut down, which leaves the commit as unknown as silence.
const isConnectionLoss = (error: unknown): boolean => {
  const state = sqlStateOf(error)
  return state === undefined
    ? !(error instanceof NothingCommitted)
    : state.startsWith('57P') || state.startsWith('08')
}

/**
 * Stops the start when the server cannot keep the promise of a receipt. `durabilityRequired: false` is for
 * tests and benchmarks, whose servers forget on purpose.
 */
export const checkServer = async (
  pool: PgPool,
  { durabilityRequired }: { durabilityRequired: boolean },
): Promise<void> => {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
      where name in ('server_version', 'server_version_num', 'server_encoding',
                     'fsync', 'synchronous_commit', 'full_page_writes')`,
  )
  const setting = new Map(rows.map((row) => [row.name, row.setting]))

  if (Number(setting.get('server_version_num')) < 150_000)
    throw oldServer(setting.get('server_version') ?? '')
  if (setting.get('server_encoding') !== 'UTF8') throw wrongEncoding(setting.get('server_encoding') ?? '')
  if (!durabilityRequired) return
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    if (setting.get(name) === 'off') throw unsafeServer(name, 'off')
  }
}
