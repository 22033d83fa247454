import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { watch } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { EmbeddedPostgres } from '../../../src/adapters/postgres/embedded.ts'
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded.ts'
import { lockFolder } from '../../../src/adapters/postgres/lock.ts'
import { openPool } from '../../../src/adapters/postgres/pool.ts'
import { StoreRefusal } from '../../../src/adapters/postgres/refusal.ts'
import { testEmbeddedFolder } from '../../servers/index.ts'

const slowMs = 120_000
const writerFile = fileURLToPath(new URL('./embedded-writer.ts', import.meta.url))

const cleanups: Array<() => void | Promise<void>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-store-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const preparedFolder = async (): Promise<string> => {
  const folder = await testEmbeddedFolder({ migrated: false })
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const open = async (dataDir: string): Promise<EmbeddedPostgres> => {
  const store = await startEmbeddedPostgres({ dataDir, ballast: false })
  cleanups.push(() => store.stop())
  return store
}

const codeOf = (error: unknown): string => (error instanceof StoreRefusal ? error.fault.code : String(error))
const refusalOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no refusal',
    (error: unknown) => codeOf(error),
  )

/** The writer as a process of its own, and what it says line by line. */
const startWriter = (
  dataDir: string,
  count: number,
  wrapper: string[] = [],
): { process: ChildProcess; said: string[]; says: (line: string | number) => Promise<void> } => {
  const command = [...wrapper, process.execPath, '--import', 'tsx', writerFile, dataDir, String(count)]
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanups.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => said.push(line))
  return {
    process: child,
    said,
    says: (line) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          // A number is how many lines: the counter of a killed database jumps ahead.
          if (typeof line === 'number' ? said.length >= line : said.includes(line)) resolve()
        }
        lines.on('line', look)
        lines.once('close', () => reject(new Error(`the writer ended before it said ${line}`)))
        look()
      }),
  }
}

const killAndWait = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const writtenIn = async (dataDir: string): Promise<Set<number>> => {
  const store = await startEmbeddedPostgres({ dataDir, ballast: false })
  const pool = openPool({ connection: store.connection, embedded: true })
  try {
    await pool.query('reindex table written')
    const { rows } = await pool.query<{ n: number }>('select n from written')
    return new Set(rows.map(({ n }) => n))
  } finally {
    await pool.close()
    await store.stop()
  }
}

describe('the embedded store', () => {
  it(
    'makes its folder at the first start and finds its rows at the second',
    async () => {
      const folder = join(emptyFolder(), 'қалта with spaces')
      for (const expected of [0, 1]) {
        const store = await startEmbeddedPostgres({ dataDir: folder })
        const pool = openPool({ connection: store.connection, embedded: true })
        await pool.query('create table if not exists rows (n int)')
        const { rows } = await pool.query('select count(*)::int as n from rows')
        expect(rows).toEqual([{ n: expected }])
        await pool.query('insert into rows values (1)')
        await pool.close()
        await Promise.all([store.stop(), store.stop()])
        await store.stop()
      }
      // Nobody else on the machine may read what companies send each other.
      expect(statSync(folder).mode & 0o077).toBe(0)
      expect(statSync(join(folder, 'ballast')).size).toBe(64 * 1024 * 1024)
    },
    slowMs,
  )

  it('refuses a second start on the same folder, in three languages, until the first has stopped', async () => {
    const folder = await preparedFolder()
    const first = await open(folder)
    const refused: unknown = await startEmbeddedPostgres({ dataDir: folder }).catch((error: unknown) => error)
    expect(codeOf(refused)).toBe('STORE-01')
    const { message } = (refused as StoreRefusal).fault
    expect(message.ru).toContain('уже открыто')
    expect(message.kk).toContain('ашып қойған')
    expect(message.en).toContain('has the store')
    await first.stop()
    await open(folder)
  })

  it(
    'refuses while another process has the folder, and not after that process was killed',
    async () => {
      const folder = await preparedFolder()
      const writer = startWriter(folder, 0)
      await writer.says('ready')
      expect(await refusalOf(startEmbeddedPostgres({ dataDir: folder }))).toBe('STORE-01')
      await killAndWait(writer.process)
      await open(folder)
    },
    slowMs,
  )

  it(
    'keeps every acknowledged row when the process is killed while it writes',
    async () => {
      const folder = await preparedFolder()
      const acknowledged = new Set<number>()
      for (const killAfter of [1, 7, 40, 150]) {
        const writer = startWriter(folder, 10_000)
        await writer.says('ready')
        const before = acknowledged.size
        await writer.says(1 + killAfter)
        await killAndWait(writer.process)
        for (const line of writer.said.slice(1)) acknowledged.add(Number(line))
        expect(acknowledged.size).toBeGreaterThanOrEqual(before + killAfter)
        const kept = await writtenIn(folder)
        expect([...acknowledged].filter((n) => !kept.has(n))).toEqual([])
      }
    },
    slowMs,
  )

  it(
    'starts again after the first start was killed half way',
    async () => {
      const folder = emptyFolder()
      const writer = startWriter(folder, 0)
      // The database is being made beside its place.
      for await (const { filename } of watch(folder)) if (filename === 'pgdata.new') break
      await killAndWait(writer.process)
      expect(existsSync(join(folder, 'pgdata'))).toBe(false)
      const store = await open(folder)
      const pool = openPool({ connection: store.connection, embedded: true })
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await pool.close()
    },
    slowMs,
  )

  const strace = spawnSync('strace', ['-V']).status === 0
  const itWithStrace = strace ? it : it.skip
  itWithStrace(
    `reaches the disk with each commit${strace ? '' : ' (skipped: strace is not installed)'}`,
    async () => {
      const folder = await preparedFolder()
      const trace = join(emptyFolder(), 'trace')
      const count = 50
      const writer = startWriter(folder, count, [
        'strace',
        '-f',
        '-qq',
        '-e',
        'trace=fsync,write',
        '-o',
        trace,
      ])
      await writer.says('done')
      const gone = once(writer.process, 'exit')
      writer.process.stdin?.end()
      await gone
      // Between two acknowledgements there is at least one fsync that succeeded.
      let synced = false
      let unsynced = 0
      let acknowledged = 0
      for (const line of readFileSync(trace, 'utf8').split('\n')) {
        if (/fsync(\(\d+\)| resumed>\)).*= 0/.test(line)) synced = true
        if (/write\(1, "\d+\\n"/.test(line)) {
          acknowledged += 1
          if (!synced) unsynced += 1
          synced = false
        }
      }
      expect({ acknowledged, unsynced }).toEqual({ acknowledged: count, unsynced: 0 })
    },
    slowMs,
  )

  it('turns away whoever does not know the password', async () => {
    const store = await open(await preparedFolder())
    for (const password of ['', 'postgres', `${store.connection.password}x`]) {
      const pool = openPool({ connection: { ...store.connection, password }, embedded: true })
      await expect(pool.query('select 1')).rejects.toThrow()
      await pool.close()
    }
  })

  it('survives whatever a stranger sends', async () => {
    const store = await open(await preparedFolder())
    const path = join(store.connection.host, `.s.PGSQL.${store.connection.port}`)
    const hostile = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(0),
      Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
      Buffer.from([0, 0, 0, 8, 4, 210, 22, 46]),
      Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0, 0x51, 255, 255, 255, 255]),
      Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0, 0x70, 0, 0, 0, 0, 0]),
      Buffer.from([255, 255, 255, 255, 255, 255, 255, 255]),
    ]
    for (const bytes of hostile) {
      const socket = connect({ path })
      socket.on('error', () => {})
      socket.on('data', () => {})
      const closed = once(socket, 'close')
      socket.end(bytes)
      await closed
    }
    const pool = openPool({ connection: store.connection, embedded: true })
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.close()
  })

  it('undoes the transaction of a connection that went away, and serves the next one', async () => {
    const store = await open(await preparedFolder())
    const first = openPool({ connection: store.connection, embedded: true })
    await first.query('create table half (n int)')
    await first.query('begin')
    await first.query('insert into half values (1)')
    const second = openPool({ connection: store.connection, embedded: true })
    // Waits, because there is one backend and the first connection is inside a transaction.
    const seen = second.query('select count(*)::int as n from half')
    await first.close()
    expect((await seen).rows).toEqual([{ n: 0 }])
    await second.close()
  })

  it('says what to do when the files do not open', async () => {
    const folder = await preparedFolder()
    writeFileSync(join(folder, 'pgdata', 'global', 'pg_control'), 'not a database')
    expect(await refusalOf(startEmbeddedPostgres({ dataDir: folder, ballast: false }))).toBe('STORE-05')
    // The folder is free again for whoever repairs it.
    await (await lockFolder(folder)).release()
  })
})

describe('on a full disk', () => {
  /** A disk of its own, so that filling it hurts nobody; undefined when we may not mount one. */
  const smallDisk = (megabytes: number): string | undefined => {
    const folder = emptyFolder()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
    if (mounted.status !== 0) return undefined
    cleanups.push(() => void spawnSync('umount', ['-l', folder]))
    return folder
  }

  it(
    'says that the database is gone, keeps what it acknowledged, and opens again by giving up the ballast',
    async () => {
      const disk = smallDisk(400)
      if (disk === undefined) {
        process.stderr.write('not tested here: mounting a small disk needs root\n')
        return
      }
      const dataDir = join(disk, 'store')
      const store = await startEmbeddedPostgres({ dataDir })
      const pool = openPool({ connection: store.connection, embedded: true, statementTimeoutMs: 5_000 })
      expect(existsSync(join(dataDir, 'ballast'))).toBe(true)
      await pool.query('create table filled (n int primary key, filling text)')
      const filling = Array.from({ length: 500 }, () => Math.random().toString(36)).join('')
      let acknowledged = 0
      let failure: unknown
      while (failure === undefined) {
        try {
          await pool.query(`insert into filled select $1 + i, $2 || i from generate_series(1, 50) i`, [
            acknowledged,
            filling,
          ])
          acknowledged += 50
        } catch (error) {
          failure = error
        }
      }
      expect(acknowledged).toBeGreaterThan(0)
      // Nobody waits for a query of a dead database: the loss is told, with PostgreSQL's own reason.
      await expect(store.lost).rejects.toMatchObject({
        cause: { message: expect.stringContaining('No space left') },
      })
      await pool.close()
      await store.stop()

      const heard: string[] = []
      const hear = (_details: unknown, event: string): void => void heard.push(event)
      const again = await startEmbeddedPostgres({ dataDir, log: { info: hear, warn: hear, error: hear } })
      const poolAgain = openPool({ connection: again.connection, embedded: true })
      const { rows } = await poolAgain.query('select count(*)::int as n from filled')
      expect(rows).toEqual([{ n: acknowledged }])
      expect(heard).toContain('store.ballast-freed')
      await poolAgain.close()
      await again.stop()
    },
    slowMs,
  )
})

describe('the lock of a folder', () => {
  it.each(['linux', 'darwin'])('is held by one at a time, as on %s', async (platform) => {
    const folder = emptyFolder()
    const lock = await lockFolder(folder, platform)
    expect(await refusalOf(lockFolder(folder, platform))).toBe('STORE-01')
    // The same folder by another name is the same folder.
    expect(await refusalOf(lockFolder(join(folder, '..', folder.split('/').at(-1) ?? ''), platform))).toBe(
      'STORE-01',
    )
    await lock.release()
    await (await lockFolder(folder, platform)).release()
  })

  it('does not trust a socket file that a killed process left behind', async () => {
    const folder = emptyFolder()
    const left = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(join(folder, 'lock'))}, () => console.log('up'))`,
    ])
    cleanups.push(() => void left.kill('SIGKILL'))
    await once(left.stdout, 'data')
    expect(await refusalOf(lockFolder(folder, 'darwin'))).toBe('STORE-01')
    await killAndWait(left)
    expect(existsSync(join(folder, 'lock'))).toBe(true)
    await (await lockFolder(folder, 'darwin')).release()
  })
})
