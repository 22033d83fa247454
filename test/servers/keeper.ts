import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPool } from '../../src/adapters/postgres/pool.ts'
import { embeddedSeed } from './embedded-seed.ts'
import type { PostgresServer } from './postgres-server.ts'
import { startPostgres } from './postgres-server.ts'
import type { RabbitServer } from './rabbit-server.ts'
import { startRabbit } from './rabbit-server.ts'

/**
 * Keeps the servers of one test run: a process beside jest that starts each server when the first test asks for
 * it and stops all of them when jest ends, whatever way it ended (its pipe closes). Asked over a Unix socket,
 * one line of JSON each way; prints the path of the socket when it listens.
 */

export type Question = { ask: 'postgres' | 'embedded'; migrated: boolean } | { ask: 'rabbit' }
export type Answer = { ok: true; value: string } | { ok: false; message: string }

/** Starts on the first call; a failed start is told to every caller and not tried again. */
const once = <T>(start: () => Promise<T>): (() => Promise<T>) => {
  let started: Promise<T> | undefined
  return () => (started ??= start())
}

const running: Array<Promise<PostgresServer | RabbitServer>> = []
const kept = <T extends PostgresServer | RabbitServer>(start: () => Promise<T>): (() => Promise<T>) =>
  once(() => {
    const server = start()
    running.push(server)
    return server
  })

const postgres = kept(startPostgres)
const rabbit = kept(startRabbit)

const template = once(async () => {
  const server = await postgres()
  await server.createDatabase('migrated')
  const pool = openPool({ connection: server.url('migrated'), embedded: false })
  try {
    await migrate(pool)
  } finally {
    await pool.close()
  }
  return 'migrated'
})

let count = 0
/** Copies of a template are made one after another: PostgreSQL refuses a template that is being copied. */
let copying: Promise<unknown> = Promise.resolve()

const answers: Record<Question['ask'], (question: { migrated: boolean }) => Promise<string>> = {
  postgres: async ({ migrated }) => {
    const server = await postgres()
    const from = migrated ? await template() : undefined
    const name = `test_${(count += 1)}`
    const made = copying.then(() => server.createDatabase(name, from))
    copying = made.catch(() => {})
    await made
    return server.url(name)
  },
  embedded: (question) => seeds[question.migrated ? 'migrated' : 'empty'](),
  rabbit: async () => {
    const server = await rabbit()
    const name = `test_${(count += 1)}`
    await server.createVirtualHost(name)
    return server.url(name)
  },
}
const seeds = {
  migrated: once(() => embeddedSeed({ migrated: true })),
  empty: once(() => embeddedSeed({ migrated: false })),
}

const serve = (socket: Socket): void => {
  socket.on('error', () => socket.destroy())
  createInterface({ input: socket }).on('line', (line) => {
    const question = JSON.parse(line) as Question
    const answer = answers[question.ask]({ migrated: 'migrated' in question && question.migrated })
    answer
      .then((value): Answer => ({ ok: true, value }))
      .catch((error: unknown): Answer => ({
        ok: false,
        message: error instanceof Error ? error.message : String(error),
      }))
      .then((reply) => socket.write(`${JSON.stringify(reply)}\n`))
      .catch(() => socket.destroy())
  })
}

const folder = mkdtempSync(join(tmpdir(), 'daneker-tests-'))
const path = join(folder, 'ask')
const server = createServer(serve)

let stopping = false
const stop = async (): Promise<void> => {
  if (stopping) return
  stopping = true
  server.close()
  // A server that is still starting is waited for: only then its pid is known for sure.
  await Promise.allSettled(running.map(async (server) => (await server).stop()))
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

process.stdin.on('end', () => void stop())
process.stdin.on('error', () => void stop())
process.stdin.resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())

server.listen(path, () => process.stdout.write(`${path}\n`))
