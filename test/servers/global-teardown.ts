import { once } from 'node:events'
import './global-setup.ts'

/** Closing its pipe is the signal; it ends when every server is stopped and every file removed. */
export default async (): Promise<void> => {
  const keeper = globalThis.danekerTestKeeper
  if (keeper === undefined || keeper.exitCode !== null) return
  const ended = once(keeper, 'exit')
  keeper.stdin?.end()
  await ended
}
