import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadResult } from './load-process.ts'

/** The load generator, in its process. One order at a time. */
export interface LoadGenerator {
  run(order: LoadOrder): Promise<LoadResult>
  stop(): Promise<void>
}

export const startLoad = (): LoadGenerator => {
  const child = startLineProcess<LoadOrder, LoadResult>('./load-process.ts', ['--serve'])
  return {
    run: async (order) => {
      const result = await child.run(order)
      if (result.refused > 0)
        throw new Error(`${result.refused} of the measured documents were refused:\n${result.firstRefusal}`)
      return result
    },
    stop: () => child.stop(),
  }
}

/** A process of this folder that answers each line of JSON with one. */
export const startLineProcess = <Order, Result>(
  file: string,
  args: readonly string[],
): { run(order: Order): Promise<Result>; stop(): Promise<void> } => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL(file, import.meta.url)), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit')
  return {
    run: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      const [line] = (await Promise.race([
        once(lines, 'line'),
        ended.then(() => {
          throw new Error(`${file} ended before it answered`)
        }),
      ])) as [string]
      return JSON.parse(line) as Result
    },
    stop: async () => {
      child.stdin.end()
      child.kill('SIGTERM')
      await ended
    },
  }
}
