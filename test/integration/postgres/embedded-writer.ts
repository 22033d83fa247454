import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded.ts'
import { openPool } from '../../../src/adapters/postgres/pool.ts'

/**
 * A process to be killed: opens the store in the folder it is given and says `ready`, then writes rows and says
 * the number of each once it is acknowledged, at most `count` of them.
 */
const [dataDir = '', count = '0'] = process.argv.slice(2)

const store = await startEmbeddedPostgres({ dataDir, ballast: false })
const pool = openPool({ connection: store.connection, embedded: true })
await pool.query('create table if not exists written (n serial primary key, filling text)')
process.stdout.write('ready\n')

for (let written = 0; written < Number(count); written += 1) {
  const { rows } = await pool.query<{ n: number }>('insert into written (filling) values ($1) returning n', [
    'x'.repeat(1_000),
  ])
  process.stdout.write(`${rows[0]?.n}\n`)
}
process.stdout.write('done\n')
// Whoever started it decides when it ends, and how.
process.stdin.resume()
process.stdin.on('end', () => {
  void pool
    .close()
    .then(() => store.stop())
    .then(() => process.exit(0))
})
