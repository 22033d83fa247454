import { readFileSync } from 'node:fs'
import type * as app from '../../src/app.ts'
import type { Log } from '../../src/core/kernel/index.ts'
import { settingsOf, type GatewayOrders } from './gateway-orders.ts'

/**
 * A gateway in a process of its own, to be killed or measured. Orders come in the file named by the first
 * argument; the address goes to stdout as one line of JSON; SIGTERM stops it in order. It ends with the
 * process that started it.
 */
const [ordersFile = ''] = process.argv.slice(2)
const orders = JSON.parse(readFileSync(ordersFile, 'utf8')) as GatewayOrders

const told = (fields: object, event: string): void => {
  const plain = JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value))
  process.stderr.write(`${event} ${plain}\n`)
}
const log: Log = { debug: () => {}, info: () => {}, warn: told, error: told }

const { startGateway } = (await import(orders.app ?? '../../src/app.ts')) as typeof app

const startedAt = performance.now()
const gateway = await startGateway(settingsOf(orders), {
  log,
  clock: { now: () => new Date(Date.now() + orders.clockAheadMs) },
})
process.stdout.write(
  `${JSON.stringify({ url: gateway.url, startedInMs: Math.round(performance.now() - startedAt) })}\n`,
)

process.on('SIGTERM', () => void gateway.stop().then(() => process.exit(0)))
// Whoever started us is gone when our stdin closes.
process.stdin.on('end', () => process.exit(1)).resume()
