import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPool } from '../../src/adapters/postgres/pool.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const migrations = join(root, 'src/adapters/postgres/migrations')

/**
 * A folder of the embedded store to copy: making one takes four seconds, copying it a tenth of one. Kept in
 * `.cache` from run to run, under a name that changes with what it is made from.
 */
export const embeddedSeed = async ({ migrated }: { migrated: boolean }): Promise<string> => {
  const hash = createHash('sha256').update(
    readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json')),
  )
  if (migrated)
    for (const file of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, file)))
  const cache = join(root, '.cache', 'embedded')
  const seed = join(cache, `${migrated ? 'migrated' : 'empty'}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(seed)) return seed

  mkdirSync(cache, { recursive: true })
  const making = mkdtempSync(join(cache, 'making-'))
  try {
    if (migrated) cpSync(await embeddedSeed({ migrated: false }), making, { recursive: true })
    const store = await startEmbeddedPostgres({ dataDir: making, ballast: false })
    const pool = openPool({ connection: store.connection, embedded: true })
    if (migrated) await migrate(pool)
    else await pool.query('select 1')
    await pool.close()
    await store.stop()
    rmSync(join(making, 'socket'), { recursive: true, force: true })
    // Two runs may have made it at once; one of them is enough.
    if (!existsSync(seed)) renameSync(making, seed)
    return seed
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}
