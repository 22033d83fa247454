import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPool } from '../src/adapters/postgres/pool.ts'
import { startGateway, type Gateway } from '../src/app.ts'
import { silentLog } from '../src/core/kernel/index.ts'
import { anchorOf, connectCompany, testAuthority } from '../test/factories/connected-companies.ts'
import { anAct, sellerTaxId } from '../test/factories/documents.ts'
import { startPostgres } from '../test/servers/postgres-server.ts'

/**
 * `node --import tsx bench/expire-accesses.ts [--accesses 100000] [--senders 8]`: how long documents take to be accepted
 * while that many accesses end in one run of the job, against the same without it. On a PostgreSQL of its own.
 */
const { values } = parseArgs({
  options: { accesses: { type: 'string', default: '100000' }, senders: { type: 'string', default: '4' } },
})
const accesses = Number(values.accesses)

const percentile = (times: number[], share: number): number => {
  const sorted = [...times].sort((a, b) => a - b)
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1))
}

/** Sends until `over`; how long each took, in ms. */
const load = async (
  gateway: Gateway,
  key: string,
  senders: number,
  over: () => boolean,
): Promise<number[]> => {
  const times: number[] = []
  const sender = async (): Promise<void> => {
    while (!over()) {
      const body = JSON.stringify({ ...anAct(), guid: undefined, kind: undefined })
      const document = JSON.parse(body) as Record<string, unknown>
      const started = performance.now()
      const answer = await fetch(`${gateway.url}/api/v1/documents/act?signing=sender`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...document, guid: crypto.randomUUID() }),
      })
      const text = await answer.text()
      if (answer.status !== 201) throw new Error(`${answer.status} ${text.slice(0, 300)}`)
      times.push(performance.now() - started)
      // The intake is not to be measured at its ceiling: a fifth of it leaves room to see who is in the way.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await Promise.all(Array.from({ length: senders }, sender))
  return times
}

const postgres = await startPostgres({ durable: true })
const folder = mkdtempSync(join(tmpdir(), 'daneker-bench-'))
let gateway: Gateway | undefined
try {
  await postgres.createDatabase('daneker')
  const url = postgres.url('daneker')
  const authority = await testAuthority()
  gateway = await startGateway(
    {
      roles: ['http', 'scheduler'],
      http: { host: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1:1', trustProxy: false },
      store: { kind: 'postgres', url, max: 10, mustBeDurable: true },
      queue: { kind: 'table' },
      secrets: { pepper: randomBytes(32), masterKey: randomBytes(32), environment: 'test' },
      signature: {
        policy: { environment: 'test', revocation: 'off' },
        anchors: [anchorOf(authority.root.certificate)],
      },
      mail: { url: undefined, from: 'Daneker <edo@example.kz>', timeoutMs: 2_000, linkKeepsMs: 86_400_000 },
      webhooks: {},
      archiveFolder: join(folder, 'archive'),
    },
    { log: silentLog },
  )
  const seller = await connectCompany(gateway, authority, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
  const operatorKey = await gateway.register.newOperatorKey('bench')
  const pool = openPool({ connection: url, embedded: false, max: 2, statementTimeoutMs: 300_000 })
  await pool.query(
    `with fresh as (
       insert into company (id, tax_id, name)
       select gen_random_uuid(), lpad(n::text, 12, '0'), 'Клиент ' || n from generate_series(1, $1::int) as n
       returning id
     )
     insert into access (company_id, state, activated_at, expires_at, next_at)
     select id, 'ACTIVE', now() - interval '366 days', now() - interval '1 day', null from fresh`,
    [accesses],
  )
  await pool.query('analyze')
  const [alone, senders] = [15_000, Number(values.senders)]
  const until = performance.now() + alone
  await load(gateway, seller.apiKey, senders, () => performance.now() > until - alone + 3_000)
  const before = await load(gateway, seller.apiKey, senders, () => performance.now() > until)
  await pool.query(`update access set next_at = expires_at where expires_at < now()`)

  let isOver = false
  const started = performance.now()
  // The run outlasts what a client waits for an answer: what is left tells when it is over.
  void fetch(`${gateway.url}/operator/v1/jobs/carry-out-terms/run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: '{}',
  }).catch(() => {})
  const watching = (async (): Promise<void> => {
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      const { rowCount } = await pool.query(
        `select 1 from access where state = 'ACTIVE' and expires_at < now() limit 1`,
      )
      isOver = rowCount === 0
    }
  })()
  const during = await load(gateway, seller.apiKey, senders, () => isOver)
  await watching
  const { rows } = await pool.query<{ state: string; n: string }>(
    'select state, count(*) as n from access group by 1',
  )
  process.stdout.write(
    `${JSON.stringify(
      {
        accesses,
        seconds: Math.round((performance.now() - started) / 1000),
        states: rows,
        intakeAlone: {
          documents: before.length,
          p50: percentile(before, 0.5),
          p99: percentile(before, 0.99),
        },
        intakeDuring: {
          documents: during.length,
          p50: percentile(during, 0.5),
          p99: percentile(during, 0.99),
        },
      },
      null,
      2,
    )}\n`,
  )
  await pool.close()
} finally {
  await gateway?.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
