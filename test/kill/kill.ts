import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killWithUs } from '../servers/kill-with-us.ts'
import { startPostgres } from '../servers/postgres-server.ts'
import { startRabbit } from '../servers/rabbit-server.ts'
import { runKillRounds, type KillReport } from './rounds.ts'

/**
 * `npm run kill -- [--rounds 50] [--clients 16] [--seed N] [--store embedded|postgresql]`: the whole kill
 * test on both stores, PostgreSQL with its promises kept. Exits 1 when one promise of ours was broken.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    clients: { type: 'string', default: '16' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    store: { type: 'string' },
  },
})
const seed = Number(values.seed)

const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? 0

const run = (place: Pick<Parameters<typeof runKillRounds>[0], 'store' | 'queue'>): Promise<KillReport> =>
  runKillRounds({
    ...place,
    rounds: Number(values.rounds),
    clients: Number(values.clients),
    seed,
    clockAheadMs: 0,
    // An unheard bell rings again after two minutes.
    drainWithinMs: 240_000,
    onRound: ({ number, killedAfterMs, from }) => {
      process.stderr.write(
        `\r${place.store.kind}: round ${number}, killed ${killedAfterMs} ms after ${from}    `,
      )
    },
  })

const onEmbedded = async (): Promise<KillReport> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'daneker-kill-store-'))
  try {
    return await run({ store: { kind: 'embedded', dataDir }, queue: { kind: 'table' } })
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const onPostgres = async (): Promise<KillReport> => {
  const [postgres, rabbit] = await Promise.all([startPostgres({ durable: true }), startRabbit()])
  const forget = killWithUs(() => [postgres.pid, rabbit.pid])
  try {
    await postgres.createDatabase('daneker')
    await rabbit.createVirtualHost('daneker')
    return await run({
      store: { kind: 'postgres', url: postgres.url('daneker'), max: 10, mustBeDurable: true },
      queue: { kind: 'rabbitmq', url: rabbit.url('daneker'), prefix: 'daneker' },
    })
  } finally {
    await Promise.allSettled([postgres.stop(), rabbit.stop()])
    forget()
  }
}

const lines = [
  `seed ${seed}`,
  'store       kills  receipts  stored  repeats  conflicts  cut  asked again  start ms p50/max  drained s  violations',
]
let broken = 0
for (const [name, measure] of [
  ['embedded', onEmbedded],
  ['postgresql', onPostgres],
] as const) {
  if (values.store !== undefined && values.store !== name) continue
  const { rounds, totals, acknowledged, stored, drainedInMs, violations } = await measure()
  const starts = rounds.map(({ startedInMs }) => startedInMs)
  lines.push(
    [
      name.padEnd(10),
      String(rounds.length).padStart(6),
      String(acknowledged).padStart(9),
      String(stored).padStart(7),
      String(totals.repeats).padStart(8),
      String(totals.conflicts).padStart(10),
      String(totals.cut).padStart(4),
      String(totals.later).padStart(12),
      `${quantile(starts, 0.5)}/${Math.max(...starts)}`.padStart(17),
      (drainedInMs / 1_000).toFixed(1).padStart(10),
      String(violations.length).padStart(11),
    ].join(' '),
  )
  broken += violations.length
  for (const { promise, about } of violations.slice(0, 20)) lines.push(`  ${promise}: ${about}`)
}
process.stdout.write(`\n${lines.join('\n')}\n`)
process.exitCode = broken === 0 ? 0 : 1
