import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe } from '@jest/globals'
import type { EmbeddedPostgres } from '../../src/adapters/postgres/embedded.ts'
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded.ts'
import type { PgPool, PoolOptions } from '../../src/adapters/postgres/pool.ts'
import { openPool, PgUnitOfWork } from '../../src/adapters/postgres/pool.ts'
import type { Answer, Question } from './keeper.ts'

/** Starting RabbitMQ takes five seconds, installing it on a bare machine a minute or two. */
export const serverStartMs = 300_000

const ask = async (question: Question): Promise<string> => {
  const path = process.env.DANEKER_TEST_SERVERS
  if (path === undefined)
    throw new Error('run the tests with jest.config.mjs: it starts the keeper of the servers')
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    socket.write(`${JSON.stringify(question)}\n`)
    const lines = createInterface({ input: socket })
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(lines, 'close').then(() => {
        throw new Error('the keeper of the test servers is gone')
      }),
    ])) as [string]
    const answer = JSON.parse(line) as Answer
    if (!answer.ok) throw new Error(answer.message)
    return answer.value
  } finally {
    socket.destroy()
  }
}

/** A database of a real PostgreSQL that nobody else uses: with our tables, or empty. Call it once a test file. */
export const testPostgres = ({ migrated = true } = {}): Promise<string> => ask({ ask: 'postgres', migrated })

/** The URL of a virtual host of a real RabbitMQ that nobody else uses. Call it once a test file. */
export const testRabbit = (): Promise<string> => ask({ ask: 'rabbit' })

/** A fresh folder of the embedded store, not opened yet. Remove it when the test is over. */
export const testEmbeddedFolder = async ({ migrated = true } = {}): Promise<string> => {
  const seed = await ask({ ask: 'embedded', migrated })
  const folder = mkdtempSync(join(tmpdir(), 'daneker-store-'))
  cpSync(seed, folder, { recursive: true })
  return folder
}

/** What a suite that runs on both stores works with; filled before its first test. */
export interface TestStore {
  readonly kind: 'embedded' | 'postgresql'
  readonly pool: PgPool
  readonly unitOfWork: PgUnitOfWork
  /** For a second pool on the same store. */
  readonly connection: PoolOptions['connection']
}

/**
 * Runs the same tests on the embedded store and on PostgreSQL, each with a database of its own.
 *
 *     onBothStores('task store', (store) => {
 *       it('keeps a task', async () => { await store.pool.query('…') })
 *     })
 */
export const onBothStores = (
  name: string,
  tests: (store: TestStore) => void,
  { migrated = true }: { migrated?: boolean } = {},
): void => {
  describe.each(['embedded', 'postgresql'] as const)(`${name} on %s`, (kind) => {
    let pool: PgPool | undefined
    let connection: PoolOptions['connection'] | undefined
    let embedded: EmbeddedPostgres | undefined
    let folder: string | undefined
    const ready = <T>(thing: T | undefined): T => {
      if (thing === undefined) throw new Error('the store is there from `beforeAll` on')
      return thing
    }

    beforeAll(async () => {
      if (kind === 'embedded') {
        folder = await testEmbeddedFolder({ migrated })
        embedded = await startEmbeddedPostgres({ dataDir: folder, ballast: false })
        connection = embedded.connection
      } else {
        connection = await testPostgres({ migrated })
      }
      pool = openPool({ connection, embedded: kind === 'embedded', max: 5 })
    }, serverStartMs)

    afterAll(async () => {
      await pool?.close()
      await embedded?.stop()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    })

    tests({
      kind,
      get pool() {
        return ready(pool)
      },
      get unitOfWork() {
        return new PgUnitOfWork(ready(pool))
      },
      get connection() {
        return ready(connection)
      },
    })
  })
}
