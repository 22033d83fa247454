import { describe, expect, it } from '@jest/globals'
import {
  checkServer,
  clientOf,
  CommitUnknown,
  openPool,
  PgUnitOfWork,
  sqlStateOf,
} from '../../../src/adapters/postgres/pool.ts'
import { StoreRefusal } from '../../../src/adapters/postgres/refusal.ts'
import { onBothStores, testPostgres } from '../../servers/index.ts'

onBothStores(
  'the pool',
  (store) => {
    it('gives money, big integers and business days as text, instants as dates', async () => {
      const { rows } = await store.pool.query(
        `select 12345678901234567.89::numeric as money, 9007199254740993::bigint as big,
                date '2026-01-31' as day, timestamptz '2026-01-31 23:30:00+05' as instant, 'Әділ қаңтар' as words`,
      )
      expect(rows).toEqual([
        {
          money: '12345678901234567.89',
          big: '9007199254740993',
          day: '2026-01-31',
          instant: new Date('2026-01-31T18:30:00Z'),
          words: 'Әділ қаңтар',
        },
      ])
    })

    it('commits all of the work', async () => {
      await store.pool.query('create table if not exists kept (n int primary key)')
      const answer = await store.unitOfWork.run(async (tx) => {
        await clientOf(tx).query('insert into kept values (1)')
        await clientOf(tx).query('insert into kept values (2)')
        return 'done'
      })
      expect(answer).toBe('done')
      expect((await store.pool.query('select n from kept order by n')).rows).toEqual([{ n: 1 }, { n: 2 }])
    })

    it('commits none of the work that throws', async () => {
      await store.pool.query('create table if not exists undone (n int)')
      const work = store.unitOfWork.run(async (tx) => {
        await clientOf(tx).query('insert into undone values (1)')
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      expect((await store.pool.query('select n from undone')).rows).toEqual([])
    })

    it('does not report success when a failed statement was swallowed', async () => {
      const work = store.unitOfWork.run(async (tx) => {
        await clientOf(tx)
          .query('select 1/0')
          .catch(() => {})
      })
      await expect(work).rejects.toThrow('nothing was committed')
    })

    it('throws instead of waiting for ever when the pool is used inside a transaction', async () => {
      await expect(store.unitOfWork.run(() => store.pool.query('select 1'))).rejects.toThrow('clientOf(tx)')
      await expect(store.unitOfWork.run(() => store.unitOfWork.run(async () => 1))).rejects.toThrow(
        'clientOf(tx)',
      )
      expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    })

    it('lets work that a transaction started, and did not wait for, use the pool afterwards', async () => {
      let later: Promise<unknown> = Promise.resolve()
      let release = (): void => {}
      const gate = new Promise<void>((resolve) => (release = resolve))
      await store.unitOfWork.run(async () => {
        later = gate.then(() => store.pool.query('select 2 as two'))
      })
      release()
      await expect(later).resolves.toMatchObject({ rows: [{ two: 2 }] })
    })

    it.each(['40001', '40P01'])('repeats the whole work after %s', async (state) => {
      let runs = 0
      const answer = await store.unitOfWork.run(async (tx) => {
        runs += 1
        if (runs < 4) await raise(tx, state)
        return runs
      })
      expect(answer).toBe(4)
    })

    it('gives up after three repeats', async () => {
      let runs = 0
      const work = store.unitOfWork.run(async (tx) => {
        runs += 1
        await raise(tx, '40001')
      })
      await expect(work).rejects.toMatchObject({ code: '40001' })
      expect(runs).toBe(4)
    })

    it('repeats nothing after other errors', async () => {
      let runs = 0
      const error: unknown = await store.unitOfWork
        .run(async (tx) => {
          runs += 1
          await raise(tx, '23505')
        })
        .catch((thrown: unknown) => thrown)
      expect(sqlStateOf(error)).toBe('23505')
      expect(runs).toBe(1)
    })

    it('loses no update of parallel transactions', async () => {
      await store.pool.query('create table if not exists counter (n int)')
      await store.pool.query('insert into counter values (0)')
      await Promise.all(
        Array.from({ length: 100 }, () =>
          store.unitOfWork.run(async (tx) => {
            const { rows } = await clientOf(tx).query<{ n: number }>('select n from counter for update')
            await clientOf(tx).query('update counter set n = $1', [(rows[0]?.n ?? 0) + 1])
          }),
        ),
      )
      expect((await store.pool.query('select n from counter')).rows).toEqual([{ n: 100 }])
    })

    it('runs named statements, also from a second pool', async () => {
      const second = openPool({ connection: store.connection, embedded: store.pool.embedded })
      try {
        const statement = { name: 'same-name', text: 'select $1::int + 1 as n' }
        for (const pool of [store.pool, second, store.pool, second]) {
          expect((await pool.query({ ...statement, values: [41] })).rows).toEqual([{ n: 42 }])
        }
      } finally {
        await second.close()
      }
    })

    it('carries half a megabyte each way', async () => {
      const large = 'ң'.repeat(262_144)
      const { rows } = await store.pool.query<{ back: string }>('select $1::text as back', [large])
      expect(rows[0]?.back).toBe(large)
    })

    it('can be closed twice', async () => {
      const pool = openPool({ connection: store.connection, embedded: store.pool.embedded })
      await pool.query('select 1')
      await Promise.all([pool.close(), pool.close()])
      await pool.close()
      await expect(pool.query('select 1')).rejects.toThrow()
    })

    const raise = (tx: Parameters<typeof clientOf>[0], state: string): Promise<unknown> =>
      clientOf(tx).query(`do $$ begin raise exception 'on purpose' using errcode = '${state}'; end $$`)
  },
  { migrated: false },
)

describe('a lost server', () => {
  it('does not end the process, and the pool finds the way back', async () => {
    const connection = await testPostgres({ migrated: false })
    const heard: string[] = []
    const hear = (_details: unknown, event: string): void => void heard.push(event)
    const pool = openPool({
      connection,
      embedded: false,
      max: 3,
      log: { info: hear, warn: hear, error: hear },
    })
    const other = openPool({ connection, embedded: false, max: 1 })
    const pidOf = async (): Promise<unknown> =>
      (await pool.query('select pg_backend_pid() as pid')).rows[0]?.pid
    try {
      const pid = await pidOf()
      await other.query('select pg_terminate_backend($1)', [pid])
      await waitUntil(() => heard.includes('store.connection-lost'))
      expect(await pidOf()).not.toBe(pid)

      const inTransaction = new PgUnitOfWork(pool).run(async (tx) => {
        const { rows } = await clientOf(tx).query<{ pid: number }>('select pg_backend_pid() as pid')
        await other.query('select pg_terminate_backend($1)', [rows[0]?.pid])
        await clientOf(tx).query('select 1')
      })
      await expect(inTransaction).rejects.toThrow()
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    } finally {
      await pool.close()
      await other.close()
    }
  })

  it('leaves the outcome of a commit unknown when the connection dies under it', async () => {
    const connection = await testPostgres({ migrated: false })
    const pool = openPool({ connection, embedded: false, max: 1 })
    const other = openPool({ connection, embedded: false, max: 1 })
    try {
      await pool.query('create table slow (n int)')
      // The commit itself waits here, in a deferred trigger, until its connection is cut.
      await pool.query(`create function wait() returns trigger language plpgsql as
        $$ begin perform pg_sleep(60); return null; end $$`)
      await pool.query(`create constraint trigger waits after insert on slow deferrable initially deferred
        for each row execute function wait()`)
      const committing = new PgUnitOfWork(pool).run((tx) => clientOf(tx).query('insert into slow values (1)'))
      const outcome = committing.catch((error: unknown) => error)
      for (let cut = false; !cut;) {
        const { rows } = await other.query<{ done: boolean }>(
          `select pg_terminate_backend(pid) as done from pg_stat_activity
            where query = 'commit' and datname = current_database() and wait_event = 'PgSleep'`,
        )
        cut = rows[0]?.done === true
      }
      expect(await outcome).toBeInstanceOf(CommitUnknown)
    } finally {
      await pool.close()
      await other.close()
    }
  })
})

describe('the check at the start', () => {
  it('refuses a server that forgets on purpose, unless durability is not asked for', async () => {
    const pool = openPool({ connection: await testPostgres({ migrated: false }), embedded: false, max: 1 })
    try {
      const refused: unknown = await checkServer(pool, { durabilityRequired: true }).catch(
        (error: unknown) => error,
      )
      expect(refused).toBeInstanceOf(StoreRefusal)
      expect((refused as StoreRefusal).fault.code).toBe('STORE-02')
      expect((refused as StoreRefusal).fault.message.ru).toContain('PostgreSQL')
      await expect(checkServer(pool, { durabilityRequired: false })).resolves.toBeUndefined()
    } finally {
      await pool.close()
    }
  })
})

const waitUntil = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
