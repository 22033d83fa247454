import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { migrate } from '../../../src/adapters/postgres/migrate.ts'
import { openPool } from '../../../src/adapters/postgres/pool.ts'
import { onBothStores, testPostgres } from '../../servers/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daneker-migrations-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, sql: string): void => writeFileSync(join(folder, name), sql)

onBothStores(
  'migrations',
  (store) => {
    it('build our own schema, and find nothing to do the second time', async () => {
      const files = await migrate(store.pool)
      expect(files.length).toBeGreaterThan(0)
      expect(files).toEqual([...files].sort())
      expect(await migrate(store.pool)).toEqual([])
    })
  },
  { migrated: false },
)

onBothStores(
  'a folder of migrations',
  (store) => {
    it('runs in the order of its numbers, once each, and keeps what went before a failure', async () => {
      file('README.md', 'not a migration')
      file('0002-then.sql', 'insert into steps values (2);')
      file('0001-first.sql', 'create table steps (n int); insert into steps values (1);')
      expect(await migrate(store.pool, { folder })).toEqual(['0001-first', '0002-then'])

      file('0003-good.sql', 'insert into steps values (3);')
      file('0004-bad.sql', 'insert into steps values (4); select nonsense;')
      await expect(migrate(store.pool, { folder })).rejects.toThrow('nonsense')
      const { rows } = await store.pool.query('select n from steps order by n')
      expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])

      file('0004-bad.sql', 'insert into steps values (4);')
      expect(await migrate(store.pool, { folder })).toEqual(['0004-bad'])
    })
  },
  { migrated: false },
)

describe('replicas that start together', () => {
  it('wait for each other and run each file once', async () => {
    const connection = await testPostgres({ migrated: false })
    file('0001-slow.sql', 'create table once (n int); select pg_sleep(0.2); insert into once values (1);')
    const pools = Array.from({ length: 4 }, () => openPool({ connection, embedded: false, max: 1 }))
    try {
      const ran = await Promise.all(pools.map((pool) => migrate(pool, { folder })))
      expect(ran.flat()).toEqual(['0001-slow'])
      expect((await pools[0]?.query('select n from once'))?.rows).toEqual([{ n: 1 }])
    } finally {
      await Promise.all(pools.map((pool) => pool.close()))
    }
  })
})
