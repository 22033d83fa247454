import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { PgPool } from '../../../src/adapters/postgres/pool.ts'
import { clientOf, CommitUnknown, openPool, PgUnitOfWork } from '../../../src/adapters/postgres/pool.ts'
import type { Proxy } from '../../servers/proxy.ts'
import { startProxy } from '../../servers/proxy.ts'
import { serverStartMs, testPostgres } from '../../servers/index.ts'

describe('a line to PostgreSQL that fails', () => {
  let proxy: Proxy
  let direct: PgPool
  let url = ''

  beforeAll(async () => {
    url = await testPostgres({ migrated: false })
    proxy = await startProxy({ port: Number(new URL(url).port) })
    direct = openPool({ connection: url, embedded: false, max: 2 })
    await direct.query('create table written (n int)')
  }, serverStartMs)

  afterAll(async () => {
    await direct.close()
    await proxy.stop()
  })

  const through = async <T>(work: (pool: PgPool) => Promise<T>): Promise<T> => {
    const pool = openPool({ connection: proxy.url(url), embedded: false, max: 1 })
    try {
      await pool.query('select 1')
      return await work(pool)
    } finally {
      proxy.trouble({})
      await pool.close()
    }
  }

  const isWritten = async (n: number): Promise<boolean> =>
    (await direct.query('select 1 from written where n = $1', [n])).rows.length > 0

  it('leaves a commit unknown when the answer is lost, though the row is there', async () => {
    const error = await through((pool) => {
      proxy.trouble({ cutAt: { way: 'down', bytes: 'COMMIT', passOn: false } })
      return new PgUnitOfWork(pool)
        .run((tx) => clientOf(tx).query('insert into written values (1)'))
        .catch((thrown: unknown) => thrown)
    })
    expect(error).toBeInstanceOf(CommitUnknown)
    expect(await isWritten(1)).toBe(true)
  })

  it('leaves a commit unknown when it never arrived, and the row is not there', async () => {
    const error = await through((pool) => {
      proxy.trouble({ cutAt: { way: 'up', bytes: 'commit', passOn: false } })
      return new PgUnitOfWork(pool)
        .run((tx) => clientOf(tx).query('insert into written values (2)'))
        .catch((thrown: unknown) => thrown)
    })
    expect(error).toBeInstanceOf(CommitUnknown)
    expect(await isWritten(2)).toBe(false)
  })

  it('knows that nothing happened when the line fails before the commit', async () => {
    const error = await through((pool) => {
      proxy.trouble({ cutAt: { way: 'up', bytes: 'insert', passOn: true } })
      return new PgUnitOfWork(pool)
        .run((tx) => clientOf(tx).query('insert into written values (3)'))
        .catch((thrown: unknown) => thrown)
    })
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(CommitUnknown)
    expect(await isWritten(3)).toBe(false)
  })

  it('leaves a single writing statement unknown in the same way', async () => {
    const error = await through((pool) => {
      proxy.trouble({ cutAt: { way: 'down', bytes: 'INSERT', passOn: false } })
      return pool.run('insert into written values (4)').catch((thrown: unknown) => thrown)
    })
    expect(error).toBeInstanceOf(CommitUnknown)
    expect(await isWritten(4)).toBe(true)
  })

  it('gives up on a server that went silent, and does not wait for ever', async () => {
    const pool = openPool({ connection: proxy.url(url), embedded: false, max: 1, statementTimeoutMs: 200 })
    await pool.query('select 1')
    proxy.trouble({ silent: 'both' })
    await expect(pool.query('select 1')).rejects.toThrow('timeout')
    proxy.trouble({})
    proxy.cutAll()
    await pool.close()
  })
})

describe('the proxy', () => {
  it('keeps the order of what it delays', async () => {
    const url = await testPostgres({ migrated: false })
    const proxy = await startProxy({ port: Number(new URL(url).port) })
    const pool = openPool({ connection: proxy.url(url), embedded: false, max: 1 })
    try {
      proxy.trouble({ delayMs: 5 })
      const { rows } = await pool.query<{ sum: string }>('select sum(i) from generate_series(1, 10000) i')
      expect(rows[0]?.sum).toBe('50005000')
      const many = await pool.query<{ i: number }>('select i from generate_series(1, 5000) i')
      expect(many.rows.map(({ i }) => i)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
    } finally {
      await pool.close()
      await proxy.stop()
    }
  })
})
