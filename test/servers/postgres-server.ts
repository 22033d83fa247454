import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findPostgresBin } from './debian.ts'
import { freePort } from './free-port.ts'
import { runCommand, startProcess } from './server-process.ts'

export interface PostgresServer {
  pid: number
  /** Connection to one of its databases. */
  url(database: string): string
  /** Makes an empty database, or a copy of another one that nobody is connected to. */
  createDatabase(name: string, template?: string): Promise<void>
  /** Ends at once, without a checkpoint: what a crash looks like from outside. `start` brings it back. */
  crash(): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its files. May be called twice. */
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  /** True when the test is about what survives a crash; otherwise the server forgets on purpose and is fast. */
  durable?: boolean
  settings?: Record<string, string>
}

/** A private PostgreSQL on a free port of 127.0.0.1, with files of its own. */
export const startPostgres = async (options: PostgresServerOptions = {}): Promise<PostgresServer> => {
  const bin = await findPostgresBin()
  const folder = mkdtempSync(join(tmpdir(), 'daneker-pg-'))
  const data = join(folder, 'data')
  // The password is also the proof that we talk to our own server: a stranger on the port would not know it.
  const password = randomBytes(18).toString('base64url')
  const passwordFile = join(folder, 'password')

  // PostgreSQL refuses to run as root; Debian's package brings the user it is meant to run as.
  const user = process.getuid?.() === 0 ? await idsOf('postgres') : undefined
  chmodSync(folder, 0o755)
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid)
  const run = {
    cwd: folder,
    ...user,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: folder },
  }

  await runCommand(
    join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-sync',
    ],
    run,
  )
  rmSync(passwordFile)

  const forget = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '64MB',
    ...(options.durable ? {} : forget),
    ...options.settings,
  }
  let port = 0
  let server: ReturnType<typeof startProcess> | undefined

  const url = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`

  const start = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      port ||= await freePort()
      const args = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ])
      server = startProcess(join(bin, 'postgres'), ['-D', data, ...args], run)
      try {
        await server.says('database system is ready to accept connections')
        break
      } catch (error) {
        if (attempt === 3 || !server.output().includes('could not bind')) throw error
        port = 0
      }
    }
    await withAdmin(async (admin) => {
      const { rows } = await admin.query<{ data_directory: string }>('show data_directory')
      if (rows[0]?.data_directory !== data) throw new Error('another PostgreSQL answers on our port')
    })
  }

  const withAdmin = async <T>(work: (admin: pg.Client) => Promise<T>): Promise<T> => {
    const admin = new pg.Client({ connectionString: url('postgres') })
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.end()
    }
  }

  const stop = async (): Promise<void> => {
    await server?.stop('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    get pid() {
      return server?.pid ?? -1
    },
    url,
    createDatabase: (name, template) =>
      withAdmin(async (admin) => {
        await admin.query(
          `create database "${name}"${template === undefined ? '' : ` template "${template}"`}`,
        )
      }),
    crash: async () => server?.stop('SIGQUIT'),
    start,
    stop,
  }
}

const idsOf = async (name: string): Promise<{ uid: number; gid: number }> => {
  const [uid, gid] = await Promise.all([runCommand('id', ['-u', name]), runCommand('id', ['-g', name])])
  return { uid: Number(uid), gid: Number(gid) }
}
