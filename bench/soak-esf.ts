import { runMirrorRounds } from '../test/kill/mirror-rounds.ts'

/**
 * The full round: `node --import tsx bench/soak-esf.ts postgres://… [invoices] [kills]`, on an empty database
 * with our tables. Ends with 1 when the two sides differ.
 */
const [postgresUrl = '', invoices = '10000', kills = '20'] = process.argv.slice(2)
const seed = Date.now() % 1_000_000
const report = await runMirrorRounds({
  postgresUrl,
  invoices: Number(invoices),
  kills: Number(kills),
  faultRate: 0.3,
  seed,
  settleWithinMs: 15 * 60_000,
  onRound: (round) => process.stdout.write(`${JSON.stringify(round)}\n`),
})
process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`)
process.exitCode = report.violations.length === 0 ? 0 : 1
