import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPool } from '../../src/adapters/postgres/pool.ts'
import { startPostgres } from './postgres-server.ts'
import { startRabbit } from './rabbit-server.ts'

/**
 * `npm run up`: a private PostgreSQL (with our tables) and a private RabbitMQ on free ports until Ctrl+C.
 * `--durable` makes PostgreSQL keep its promises (fsync on), `--json` prints one line for a program.
 */
const durable = process.argv.includes('--durable')
const asJson = process.argv.includes('--json')

const [postgres, rabbit] = await Promise.all([startPostgres({ durable }), startRabbit()])

let stopping = false
const stop = async (): Promise<void> => {
  if (stopping) return
  stopping = true
  await Promise.allSettled([postgres.stop(), rabbit.stop()])
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())

await postgres.createDatabase('daneker')
await rabbit.createVirtualHost('daneker')
const databaseUrl = postgres.url('daneker')
const amqpUrl = rabbit.url('daneker')
const pool = openPool({ connection: databaseUrl, embedded: false })
await migrate(pool)
await pool.close()

if (asJson) {
  process.stdout.write(
    `${JSON.stringify({ databaseUrl, amqpUrl, postgresPid: postgres.pid, rabbitPid: rabbit.pid })}\n`,
  )
} else {
  process.stdout.write(
    `DATABASE_URL=${databaseUrl}\nAMQP_URL=${amqpUrl}\n\nCtrl+C stops both and removes their files.\n`,
  )
}
// A program that started us and died must not leave the servers behind.
if (!process.stdin.isTTY && asJson) {
  process.stdin.on('end', () => void stop())
  process.stdin.resume()
}
