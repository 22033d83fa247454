import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openPool } from '../../src/adapters/postgres/pool.ts'
import { startGateway, type Gateway } from '../../src/app.ts'
import { silentLog } from '../../src/core/kernel/index.ts'
import { testAuthority } from '../factories/connected-companies.ts'
import { newOrders, settingsOf, type GatewayOrders } from '../factories/gateway-orders.ts'
import { serverStartMs, testPostgres } from '../servers/index.ts'
import { startProxy, type Proxy, type Trouble } from '../servers/proxy.ts'
import { findViolations } from './checker.ts'
import { runLoad, type Whereabouts } from './load.ts'
import { connectCompanies, untilDelivered } from './rounds.ts'
import { readStore } from './store-contents.ts'
import { startWitness } from './witness.ts'

/**
 * Where the line is cut, in turns. The statement that enters documents is a transaction by itself: cut right
 * behind it, nobody knows whether the server still ran it; cut at `SELECT n`, it did and its answer is lost.
 */
const places: NonNullable<Trouble['cutAt']>[] = [
  { way: 'up', bytes: 'enter-documents', passOn: true },
  { way: 'down', bytes: 'SELECT ', passOn: false },
  { way: 'down', bytes: 'COMMIT', passOn: false },
]

/** The long version of R6 makes 500 cuts. */
const cuts = 50

describe('a gateway whose line to PostgreSQL is cut after the commit was sent', () => {
  let url = ''
  let proxy: Proxy
  let gateway: Gateway
  let authorization = ''
  let folder = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daneker-cut-'))
    url = await testPostgres()
    proxy = await startProxy({ port: Number(new URL(url).port) })
    const store: GatewayOrders['store'] = {
      kind: 'postgres',
      url: proxy.url(url),
      max: 10,
      mustBeDurable: false,
    }
    const orders = newOrders((await testAuthority()).root.certificate, {
      store,
      queue: { kind: 'table' },
      archiveFolder: join(folder, 'archive'),
    })
    authorization = await connectCompanies(orders)
    gateway = await startGateway(settingsOf(orders), { log: silentLog })
  }, serverStartMs)

  afterAll(async () => {
    await gateway.stop()
    await proxy.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it(`neither loses nor doubles a document in ${cuts} cuts`, async () => {
    let isOver = false
    const whereabouts: Whereabouts = {
      now: async (what) => (isOver && what === 'new' ? undefined : gateway.url),
    }
    const witness = startWitness(join(folder, 'witness.jsonl'))
    const load = runLoad({ clients: 8, seed: 7, authorization, gateway: whereabouts, witness })

    for (let cut = 0; cut < cuts; cut += 1) {
      const happened = proxy.nextCut()
      proxy.trouble({ cutAt: places[cut % places.length], cutBy: cut % 2 === 0 ? 'end' : 'reset' })
      await happened
      proxy.trouble({})
    }
    isOver = true
    const totals = await load
    await untilDelivered(gateway.url, authorization, 60_000)

    const testimonies = await witness.testify()
    const pool = openPool({ connection: url, embedded: false, max: 1 })
    const violations = findViolations(testimonies, await readStore(pool), { restingTasks: ['mirror'] })
    await pool.close()
    expect(violations).toEqual([])
    expect(proxy.seen().cut).toBe(cuts)
    // How many came through depends on the machine; that documents came through while lines were cut does not.
    expect(totals.accepted).toBeGreaterThan(8)
  }, 180_000)
})
