import { simulateYear } from './contract-year.ts'

/** npm run simulate -- [seed] [clients] [days]: a contract year of many clients, twice, and whether both are the same. */
const [seed = '1', clients = '1000', days = '420'] = process.argv.slice(2)
const options = { seed: Number(seed), clients: Number(clients), days: Number(days) }
const started = performance.now()
const first = await simulateYear(options)
const seconds = ((performance.now() - started) / 1000).toFixed(1)
const second = await simulateYear(options)
process.stdout.write(
  `${JSON.stringify({ ...options, seconds, ...first, sameAgain: first.hash === second.hash }, null, 2)}\n`,
)
if (first.violations.length > 0 || first.hash !== second.hash) process.exitCode = 1
