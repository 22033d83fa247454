import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openPool } from '../src/adapters/postgres/pool.ts'
import type { Role } from '../src/app.ts'
import { testAuthority } from '../test/factories/connected-companies.ts'
import { startGatewayChild, type GatewayChild } from '../test/factories/gateway-child.ts'
import { newOrders, type GatewayOrders } from '../test/factories/gateway-orders.ts'
import { connectCompanies } from '../test/kill/rounds.ts'
import { killWithUs } from '../test/servers/kill-with-us.ts'
import { startPostgres } from '../test/servers/postgres-server.ts'
import { startRabbit } from '../test/servers/rabbit-server.ts'

const builtApp = new URL('../dist/app.js', import.meta.url).href

/** The servers that all contestants share, with their promises kept: every commit and every confirm is on disk. */
export interface BenchServers {
  newDatabase(): Promise<string>
  newVirtualHost(): Promise<string>
  stop(): Promise<void>
}

export const startServers = async (): Promise<BenchServers> => {
  const [postgres, rabbit] = await Promise.all([
    startPostgres({ durable: true, settings: { shared_buffers: '256MB', max_wal_size: '4GB' } }),
    startRabbit(),
  ])
  const forget = killWithUs(() => [postgres.pid, rabbit.pid])
  let made = 0
  return {
    newDatabase: async () => {
      const name = `bench_${(made += 1)}`
      await postgres.createDatabase(name)
      return postgres.url(name)
    },
    newVirtualHost: async () => {
      const name = `bench_${(made += 1)}`
      await rabbit.createVirtualHost(name)
      return rabbit.url(name)
    },
    stop: async () => {
      await Promise.allSettled([postgres.stop(), rabbit.stop()])
      forget()
    },
  }
}

/** A built gateway under load. */
export interface GatewayContestant {
  child: GatewayChild
  authorization: string
  databaseUrl: string
  amqpUrl: string
  /** One more process on the same store and broker; stopped with the first. */
  another(): Promise<GatewayChild>
  stop(): Promise<void>
}

/** As `bin/daneker.js` starts it. */
const productionFlags = ['--disable-proto=delete', '--max-http-header-size=16384']

export const startGatewayContestant = async (
  kind: 'embedded' | 'postgresql',
  roles: readonly Role[],
  servers: BenchServers,
): Promise<GatewayContestant> => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-bench-'))
  const databaseUrl = kind === 'postgresql' ? await servers.newDatabase() : ''
  const amqpUrl = kind === 'postgresql' ? await servers.newVirtualHost() : ''
  const place: Pick<GatewayOrders, 'store' | 'queue'> =
    kind === 'postgresql'
      ? {
          store: { kind: 'postgres', url: databaseUrl, max: 10, mustBeDurable: true },
          queue: { kind: 'rabbitmq', url: amqpUrl, prefix: 'daneker' },
        }
      : { store: { kind: 'embedded', dataDir: join(folder, 'store') }, queue: { kind: 'table' } }
  const orders = newOrders((await testAuthority()).root.certificate, {
    ...place,
    roles,
    app: builtApp,
    archiveFolder: join(folder, 'archive'),
  })
  const authorization = await connectCompanies(orders)
  const children: GatewayChild[] = []
  const another = async (): Promise<GatewayChild> => {
    const child = await startGatewayChild(orders, { nodeArgs: productionFlags })
    children.push(child)
    return child
  }
  return {
    child: await another(),
    another,
    authorization,
    databaseUrl,
    amqpUrl,
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** How many documents a store on PostgreSQL holds: what was answered must be there. */
export const countDocuments = async (databaseUrl: string): Promise<number> => {
  const pool = openPool({ connection: databaseUrl, embedded: false, max: 1 })
  try {
    const { rows } = await pool.query<{ count: string }>('select count(*) from document')
    return Number(rows[0]?.count)
  } finally {
    await pool.close()
  }
}

/** The company and the connection that `connectCompanies` made for the sender. */
export const senderOf = async (databaseUrl: string): Promise<{ companyId: string; connectionId: string }> => {
  const pool = openPool({ connection: databaseUrl, embedded: false, max: 1 })
  try {
    const { rows } = await pool.query<{ id: string; company_id: string }>(
      'select id, company_id from connection order by created_at, id limit 1',
    )
    const [row] = rows
    if (row === undefined) throw new Error('no connection in the database')
    return { companyId: row.company_id, connectionId: row.id }
  } finally {
    await pool.close()
  }
}

export const startTextbook = async (
  servers: BenchServers,
): Promise<{ url: string; stop(): Promise<void> }> => {
  const entry = fileURLToPath(new URL('./textbook/textbook-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', entry, await servers.newDatabase(), await servers.newVirtualHost()],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => {
      throw new Error('the textbook service did not start')
    }),
  ])) as [string]
  return {
    url: (JSON.parse(line) as { url: string }).url,
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}
