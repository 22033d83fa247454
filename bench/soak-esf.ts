import { parseArgs } from 'node:util'
import { runMirrorRounds } from '../test/kill/mirror-rounds.ts'
import { startPostgres } from '../test/servers/postgres-server.ts'

/**
 * `node --import tsx bench/soak-esf.ts [--invoices 10000] [--kills 20] [--faults 0.3] [--seed N]`: the full round
 * against a portal that misbehaves, on a PostgreSQL of its own. Exits 1 when the two sides differ.
 */
const { values } = parseArgs({
  options: {
    invoices: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '20' },
    faults: { type: 'string', default: '0.3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})

const postgres = await startPostgres({ durable: true })
try {
  await postgres.createDatabase('daneker')
  const report = await runMirrorRounds({
    postgresUrl: postgres.url('daneker'),
    invoices: Number(values.invoices),
    kills: Number(values.kills),
    faultRate: Number(values.faults),
    seed: Number(values.seed),
    // Nothing may be unknown a quarter of an hour after the faults end.
    settleWithinMs: 15 * 60_000,
    onRound: ({ number, killedAfterMs, registered }) => {
      process.stderr.write(`\rkill ${number} after ${killedAfterMs} ms, ${registered} registered    `)
    },
  })
  process.stdout.write(`${JSON.stringify({ seed: values.seed, ...report }, null, 2)}\n`)
  process.exitCode = report.violations.length === 0 ? 0 : 1
} finally {
  await postgres.stop()
}
