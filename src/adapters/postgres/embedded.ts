import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { keepBallast, makeRoom } from './ballast.ts'
import type { FolderLock } from './lock.ts'
import { lockFolder } from './lock.ts'
import type { StoreLog } from './pool.ts'
import { brokenStore } from './refusal.ts'

/** Where `openPool` finds the embedded store. */
export interface EmbeddedConnection {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface EmbeddedPostgres {
  connection: EmbeddedConnection
  /**
   * Rejects when the database dies by itself (disk full, damage). What it had acknowledged is on disk; the
   * process should end and start again. Stays pending after `stop`.
   */
  lost: Promise<never>
  /** Checkpoints, closes and frees the folder. Close the pool before. May be called twice. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** The store's own folder; made when missing. One process at a time. */
  dataDir: string
  /** False leaves out the file that is given up when the disk is full; for stores that live for seconds. */
  ballast?: boolean
  log?: StoreLog
}

type Report =
  | { type: 'ready'; port: number | undefined; firstStart: boolean }
  | { type: 'failed'; message: string }
  | { type: 'stopped' }

const workerFile = fileURLToPath(new URL('./embedded-worker.js', import.meta.url))

/** The longest path a Unix socket may have on Linux is 107 bytes, on macOS 103. */
const socketPathMax = 100
/** `pg` makes the name of the socket from the port. */
const socketPort = 5432

/**
 * Starts PostgreSQL inside this process: PGlite in a worker thread, reached through a socket by the same `pg`
 * pool that production uses, every commit fsynced. Refuses with STORE-01 when another process has the folder,
 * with STORE-05 when the files do not open.
 */
export const startEmbeddedPostgres = async ({
  dataDir,
  ballast = true,
  log,
}: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const started = performance.now()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(dataDir)
  try {
    makeRoom(dataDir, log)
    const embedded = await startWorker(resolve(dataDir), lock)
    if (ballast) keepBallast(dataDir)
    log?.info(
      { dataDir, firstStart: embedded.firstStart, durationMs: Math.round(performance.now() - started) },
      'store.opened',
    )
    return embedded
  } catch (error) {
    await lock.release()
    throw error
  }
}

const startWorker = async (
  dataDir: string,
  lock: FolderLock,
): Promise<EmbeddedPostgres & { firstStart: boolean }> => {
  const password = randomBytes(24).toString('base64url')
  const socketFolder = socketFolderIn(dataDir)
  const socketPath = socketFolder && join(socketFolder, `.s.PGSQL.${socketPort}`)
  const worker = new Worker(workerFile, {
    name: 'embedded-postgres',
    workerData: { folder: join(dataDir, 'pgdata'), socketPath, password },
    stdout: false,
    stderr: false,
  })

  const ready = await new Promise<Report & { type: 'ready' }>((resolveReady, reject) => {
    worker.on('message', (report: Report) => {
      if (report.type === 'ready') resolveReady(report)
      if (report.type === 'failed') reject(brokenStore(dataDir, new Error(report.message)))
    })
    worker.on('error', (error) => reject(brokenStore(dataDir, error)))
    worker.on('exit', (code) => reject(brokenStore(dataDir, new Error(`the worker ended with ${code}`))))
  })

  let stopping: Promise<void> | undefined
  const lost = new Promise<never>((_, reject) => {
    const fail = (cause: unknown): void => {
      if (stopping === undefined) reject(new Error('the embedded database is gone', { cause }))
    }
    worker.on('message', (report: Report) => {
      if (report.type === 'failed') fail(new Error(report.message))
    })
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`the worker ended with ${code}`)))
  })
  // Whoever does not listen still hears it from the next statement.
  lost.catch(() => {})

  const stop = async (): Promise<void> => {
    if (worker.threadId !== -1) {
      const ended = once(worker, 'exit')
      worker.postMessage('stop')
      await ended
    }
    if (socketPath !== undefined) rmSync(socketPath, { force: true })
    await lock.release()
  }

  return {
    firstStart: ready.firstStart,
    connection: {
      host: socketFolder ?? '127.0.0.1',
      port: ready.port ?? socketPort,
      user: 'postgres',
      password,
      database: 'postgres',
    },
    lost,
    stop: () => (stopping ??= stop()),
  }
}

/** A folder that only we can enter; undefined where Unix sockets do not reach (Windows, a very long path). */
const socketFolderIn = (dataDir: string): string | undefined => {
  const folder = join(dataDir, 'socket')
  if (process.platform === 'win32' || Buffer.byteLength(folder) + '/.s.PGSQL.5432'.length > socketPathMax)
    return undefined
  // A killed process leaves its socket behind; the folder is ours alone, the lock says so.
  if (existsSync(folder)) rmSync(folder, { recursive: true })
  mkdirSync(folder, { mode: 0o700 })
  return folder
}
