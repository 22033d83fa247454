import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startEsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import type { EsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import { openPool } from '../../src/adapters/postgres/pool.ts'
import type { PgPool } from '../../src/adapters/postgres/pool.ts'
import { startGateway } from '../../src/app.ts'
import { almatyDate, silentLog } from '../../src/core/kernel/index.ts'
import { basicOf, connectCompany, testAuthority } from '../factories/connected-companies.ts'
import { anInvoice, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { startGatewayChild } from '../factories/gateway-child.ts'
import type { GatewayChild } from '../factories/gateway-child.ts'
import { newOrders, settingsOf } from '../factories/gateway-orders.ts'
import { sendCall } from '../factories/soap-requests.ts'

export interface MirrorKillOptions {
  /** A PostgreSQL of its own; the comparison reads it beside the gateway. */
  postgresUrl: string
  invoices: number
  /** SIGKILLs of the gateway. */
  kills: number
  /** Share of portal calls that go wrong, 0..1, of every kind. */
  faultRate: number
  seed: number
  /** From the end of the faults until nothing is unknown. */
  settleWithinMs: number
  onRound?(round: { number: number; killedAfterMs: number; registered: number }): void
}

export interface MirrorKillReport {
  accepted: number
  registered: number
  /** Portal faults done. */
  faults: number
  calls: number
  settledInMs: number
  /** Everything in which the portal's journal and our records differ. */
  violations: string[]
}

interface MirrorRow extends Record<string, unknown> {
  id: string
  number: string
  mirror_state: string
  stamp: { registrationNumber: string; portalId: string } | null
  body: string | null
  signature: string | null
}

/**
 * Invoices go to a portal that misbehaves while the gateway is killed again and again; then both sides are
 * compared: every invoice that was accepted from the client is at the portal exactly once, byte for byte, under the
 * number on its stamp.
 */
export const runMirrorRounds = async (options: MirrorKillOptions): Promise<MirrorKillReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-mirror-kill-'))
  const user = { userIin: '900101300017', password: 'Cabinet-1', login: 'ticket' as const }
  const simulator = await startEsfSimulator({
    users: [{ iin: user.userIin, password: user.password, tins: [sellerTaxId] }],
    journalPath: join(folder, 'portal.jsonl'),
    delays: { queueMs: [0, 1_500], processingMs: [0, 1_500] },
    seed: options.seed,
  })
  const authority = await testAuthority()
  const orders = {
    ...newOrders(authority.root.certificate, {
      store: { kind: 'postgres' as const, url: options.postgresUrl, max: 10, mustBeDurable: false },
      queue: { kind: 'table' as const },
      archiveFolder: join(folder, 'archive'),
    }),
    portal: {
      baseUrl: simulator.url,
      loginEveryMs: 0,
      callsPerDay: 1_000_000,
      sessionTimeoutMs: 2_000,
      questionTimeoutMs: 2_000,
      uploadTimeoutMs: 4_000,
      mirror: { gatherMs: 200, askMs: 300, askAtMostMs: 1_000, claimMs: 6_000, callsPerDay: 1_000_000 },
    },
  }
  let child: GatewayChild | undefined
  const pool = openPool({ connection: options.postgresUrl, embedded: false, max: 2 })
  try {
    const authorization = await connect(orders, user)
    simulator.faults.random({ rate: options.faultRate })
    const slice = Math.ceil(options.invoices / options.kills)
    let sent = 0
    for (let number = 1; number <= options.kills; number += 1) {
      child = await startGatewayChild(orders)
      for (const last = Math.min(sent + slice, options.invoices); sent < last;) {
        sent += 1
        await sendInvoice(child.url, authorization, sent)
      }
      // Short enough to die on the way: what gathers is sent after 0.2 s, and the queue takes up to 3 s.
      const killedAfterMs = (number * 7_919 + options.seed) % 2_500
      await pause(killedAfterMs)
      await child.kill()
      options.onRound?.({ number, killedAfterMs, registered: registeredAt(simulator).length })
    }
    const met = simulator.faults.injected
    simulator.faults.clear()
    // On a busy machine every gateway may have died before its first call: then the last one meets a fault.
    if (met === 0) simulator.faults.next('syncInvoice', 'accept-then-drop')
    // Leases of the killed have ended for the last one; the rest it has to find out by itself.
    child = await startGatewayChild({ ...orders, clockAheadMs: 180_000 })
    const settledAt = performance.now()
    await untilSettled(pool, options.settleWithinMs)
    const settledInMs = Math.round(performance.now() - settledAt)
    await child.stop()
    const rows = await rowsOf(pool)
    return {
      accepted: rows.length,
      registered: rows.filter(({ mirror_state }) => mirror_state === 'registered').length,
      faults: simulator.faults.injected,
      calls: simulator.calls().total,
      settledInMs,
      violations: compare(simulator, rows, options.invoices),
    }
  } finally {
    await child?.kill().catch(() => {})
    await pool.close()
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const connect = async (
  orders: Parameters<typeof settingsOf>[0],
  login: { userIin: string; password: string; login: 'ticket' },
): Promise<string> => {
  const authority = await testAuthority()
  const gateway = await startGateway({ ...settingsOf(orders), roles: [] }, { log: silentLog })
  try {
    const seller = await connectCompany(gateway, authority, {
      taxId: sellerTaxId,
      name: 'ТОО «Алатау Снаб»',
    })
    await connectCompany(gateway, authority, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })
    await gateway.register.setPortalLogin({ taxId: sellerTaxId, login })
    return basicOf(seller)
  } finally {
    await gateway.stop()
  }
}

const sendInvoice = async (url: string, authorization: string, number: number): Promise<void> => {
  const today = almatyDate(new Date())
  const invoice = anInvoice({ number: String(number), date: today, turnoverDate: today })
  const answer = await fetch(`${url}/ws/EdoGateway_1_0`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/xml; charset=utf-8' },
    body: sendCall(invoice),
  })
  if (answer.status !== 200) throw new Error(`the invoice was not taken: ${await answer.text()}`)
}

const untilSettled = async (pool: PgPool, withinMs: number): Promise<void> => {
  const end = performance.now() + withinMs
  for (;;) {
    const { rows } = await pool.query<{ open: string }>(
      `select count(*) as open from document
        where kind = 'tax-invoice' and mirror_state not in ('registered', 'rejected')`,
    )
    if (rows[0]?.open === '0') return
    if (performance.now() > end) return
    // The rows are all there is to watch from outside.
    await pause(100)
  }
}

const rowsOf = async (pool: PgPool): Promise<MirrorRow[]> => {
  const { rows } = await pool.query<MirrorRow>(
    `select d.id, d.number, d.mirror_state, d.stamp, m.body, m.signature
       from document d left join mirror_record m on m.document_id = d.id
      where d.kind = 'tax-invoice'`,
  )
  return rows
}

const registeredAt = (simulator: EsfSimulator) =>
  simulator.invoices().filter(({ status }) => status === 'CREATED' || status === 'DELIVERED')

const compare = (simulator: EsfSimulator, rows: MirrorRow[], sent: number): string[] => {
  const violations: string[] = []
  const there = registeredAt(simulator)
  if (rows.length !== sent) violations.push(`${sent} sent, ${rows.length} stored`)
  if (simulator.invoices().length !== sent) {
    violations.push(`${sent} sent, ${simulator.invoices().length} at the portal`)
  }
  for (const row of rows) {
    const found = there.filter(({ num }) => num === row.number)
    const [one] = found
    if (found.length !== 1 || one === undefined) {
      violations.push(`invoice ${row.number} (${row.mirror_state}) is at the portal ${found.length} times`)
    } else if (row.mirror_state !== 'registered') {
      violations.push(`invoice ${row.number} is registered there and ${row.mirror_state} here`)
    } else if (one.body !== row.body || one.signature !== row.signature) {
      violations.push(`invoice ${row.number} differs from what was signed`)
    } else if (row.stamp?.registrationNumber !== one.registrationNumber || row.stamp?.portalId !== one.id) {
      violations.push(`invoice ${row.number} has another stamp`)
    }
  }
  return violations
}
