import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

declare global {
  var danekerTestKeeper: ChildProcess | undefined
}

/** Once per run of jest: the keeper is started here and costs nothing until a test asks it for a server. */
export default async (): Promise<void> => {
  const keeper = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./keeper.ts', import.meta.url))],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Ctrl+C reaches the whole group of the terminal; the keeper stops when jest is gone, not before.
      detached: true,
    },
  )
  const [path] = (await Promise.race([
    once(keeper.stdout, 'data'),
    once(keeper, 'exit').then(() => {
      throw new Error('the keeper of the test servers did not start')
    }),
  ])) as [Buffer]
  process.env.DANEKER_TEST_SERVERS = path.toString().trim()
  globalThis.danekerTestKeeper = keeper
}
