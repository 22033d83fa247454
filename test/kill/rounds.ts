import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded.ts'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { PgMeterBook } from '../../src/adapters/postgres/meter-book.ts'
import { openPool, PgUnitOfWork, type PgPool } from '../../src/adapters/postgres/pool.ts'
import { startGateway } from '../../src/app.ts'
import { silentLog, systemClock } from '../../src/core/kernel/index.ts'
import { linkMeterLines } from '../../src/core/meter/index.ts'
import { basicOf, connectCompany, testAuthority } from '../factories/connected-companies.ts'
import { buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { startGatewayChild, type GatewayChild } from '../factories/gateway-child.ts'
import { newOrders, settingsOf, type GatewayOrders } from '../factories/gateway-orders.ts'
import { findViolations, type Violation } from './checker.ts'
import { randomOf, runLoad, type LoadTotals, type Whereabouts } from './load.ts'
import { readStore, type StoreContents } from './store-contents.ts'
import { startWitness } from './witness.ts'

export interface KillOptions {
  store: GatewayOrders['store']
  queue: GatewayOrders['queue']
  rounds: number
  clients: number
  /** Repeats moments of death and what the clients do; what the machine does in between it cannot. */
  seed: number
  /**
   * The last gateway's clock runs ahead by this. Zero waits the real time until leases of killed workers end
   * (30 s) and unheard bells ring again (120 s).
   */
  clockAheadMs: number
  /** How long what was accepted may take to be delivered after the last death. */
  drainWithinMs: number
  onRound?(round: Round): void
}

export interface Round {
  number: number
  /** Counted from listening, or from the first receipt: a process that has just started is slow. */
  killedAfterMs: number
  from: 'listening' | 'first receipt'
  /** From the start of the store to listening. */
  startedInMs: number
}

export interface KillReport {
  rounds: Round[]
  totals: LoadTotals
  /** Receipts that the witness wrote down. */
  acknowledged: number
  stored: number
  /** From the start of the last gateway until all was delivered. */
  drainedInMs: number
  violations: Violation[]
}

/** Moments of death are spread over this span. */
const killWithinMs = 800
/** Of the rounds; the others are killed when documents are surely on their way. */
const shareFromListening = 0.3

/**
 * Kills a gateway again and again while documents come in, lets the last one finish the work, and compares the
 * witness with the store.
 */
export const runKillRounds = async (options: KillOptions): Promise<KillReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-kill-'))
  const authority = await testAuthority()
  const orders = newOrders(authority.root.certificate, {
    store: options.store,
    queue: options.queue,
    archiveFolder: join(folder, 'archive'),
  })
  let child: GatewayChild | undefined
  try {
    const authorization = await connectCompanies(orders)
    const witness = startWitness(join(folder, 'witness.jsonl'))
    const gateway = new Address()
    const random = randomOf(options.seed)
    let firstReceipt = (): void => {}
    const load = runLoad({
      clients: options.clients,
      seed: options.seed,
      authorization,
      gateway,
      witness,
      onReceipt: () => firstReceipt(),
    })

    const rounds: Round[] = []
    for (let number = 1; number <= options.rounds; number += 1) {
      const killedAfterMs = Math.round(random() * killWithinMs)
      const from = random() < shareFromListening ? 'listening' : 'first receipt'
      child = await startGatewayChild(orders)
      const working = new Promise<void>((resolve) => (firstReceipt = resolve))
      gateway.is(child.url)
      if (from === 'first receipt') await working
      await pause(killedAfterMs)
      gateway.isGone()
      await child.kill()
      rounds.push({ number, killedAfterMs, from, startedInMs: child.startedInMs })
      options.onRound?.(rounds.at(-1) as Round)
    }

    // Those who still wait for an answer get it from the last gateway; then the load ends.
    const lastStartedAt = performance.now()
    child = await startGatewayChild({ ...orders, clockAheadMs: options.clockAheadMs })
    gateway.isLast(child.url)
    const totals = await load
    await untilDelivered(child.url, authorization, options.drainWithinMs)
    const drainedInMs = Math.round(performance.now() - lastStartedAt)
    await child.stop()

    const testimonies = await witness.testify()
    const store = await contentsOf(options.store)
    return {
      rounds,
      totals,
      acknowledged: testimonies.filter(({ what }) => what === 'acknowledged').length,
      stored: store.documents.length,
      drainedInMs,
      violations: findViolations(testimonies, store, { restingTasks: ['mirror'], chained: true }),
    }
  } finally {
    await child?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Registers both companies before the first round; returns what the sender shows at the door. */
export const connectCompanies = async (orders: GatewayOrders): Promise<string> => {
  const authority = await testAuthority()
  const gateway = await startGateway({ ...settingsOf(orders), roles: [] }, { log: silentLog })
  try {
    const seller = await connectCompany(gateway, authority, {
      taxId: sellerTaxId,
      name: 'ТОО «Алатау Снаб»',
    })
    await connectCompany(gateway, authority, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })
    return basicOf(seller)
  } finally {
    await gateway.stop()
  }
}

/** Where the clients find the gateway of the moment. */
class Address implements Whereabouts {
  #url: string | undefined
  #takesNew = true
  #waiting: (() => void)[] = []

  async now(what: 'new' | 'again'): Promise<string | undefined> {
    while (this.#url === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return what === 'again' || this.#takesNew ? this.#url : undefined
  }

  is(url: string): void {
    this.#url = url
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  isGone(): void {
    this.#url = undefined
  }

  isLast(url: string): void {
    this.#takesNew = false
    this.is(url)
  }
}

interface ChangesPage {
  changes: { documentId: string; name: string }[]
  cursor: string
  more: boolean
}

/** Reads the sender's feed, as 1C does, until every document that it tells of is delivered. */
export const untilDelivered = async (url: string, authorization: string, withinMs: number): Promise<void> => {
  const open = new Set<string>()
  const end = performance.now() + withinMs
  for (let cursor = ''; ;) {
    const answer = await fetch(`${url}/api/v1/changes?limit=500&cursor=${encodeURIComponent(cursor)}`, {
      headers: { authorization },
    })
    if (!answer.ok) throw new Error(`the feed answered ${answer.status}: ${await answer.text()}`)
    const page = (await answer.json()) as ChangesPage
    for (const { documentId, name } of page.changes) {
      if (name === 'document.received') open.add(documentId)
      if (name === 'document.delivered') open.delete(documentId)
    }
    cursor = page.cursor
    if (page.more) continue
    if (open.size === 0) return
    // The checker tells which; waiting longer would not help.
    if (performance.now() > end) return
    await pause(100)
  }
}

const contentsOf = async (store: GatewayOrders['store']): Promise<StoreContents> => {
  if (store.kind === 'postgres') {
    const pool = openPool({ connection: store.url, embedded: false, max: 1 })
    try {
      return await chainedContents(pool)
    } finally {
      await pool.close()
    }
  }
  const embedded = await startEmbeddedPostgres({ dataDir: store.dataDir, ballast: false })
  const pool = openPool({ connection: embedded.connection, embedded: true })
  try {
    return await chainedContents(pool)
  } finally {
    await pool.close()
    await embedded.stop()
  }
}

/** Chains what the scheduler had no minute for, by the gateway's own code, on top of what the killed ones chained. */
const chainedContents = async (pool: PgPool): Promise<StoreContents> => {
  const link = linkMeterLines({
    clock: systemClock,
    hasher: sha256,
    unitOfWork: new PgUnitOfWork(pool),
    book: new PgMeterBook(pool),
  })
  while ((await link(1_000, 'whole')) > 0);
  return readStore(pool)
}
