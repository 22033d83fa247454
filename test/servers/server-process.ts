import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A server that we started: known by its pid, told to stop by its pid. */
export interface ServerProcess {
  pid: number
  /** Everything it said so far, the last 20 000 characters. */
  output(): string
  /** Resolves when `line` appears in what it says; rejects with its last words when it ends before. */
  says(line: string | RegExp): Promise<void>
  /** Signals the whole group it leads and resolves when it is gone. May be called twice. */
  stop(signal: NodeJS.Signals): Promise<void>
  exited: Promise<void>
}

const kept = 20_000

/** Starts a server as the leader of a process group of its own, so that its children end with it. */
export const startProcess = (command: string, args: string[], options: SpawnOptions): ServerProcess => {
  const child: ChildProcess = spawn(command, args, {
    ...options,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let ended = false
  const watchers = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-kept)
    for (const watcher of watchers) watcher()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true
      for (const watcher of watchers) watcher()
      resolve()
    }
    child.once('exit', end)
    child.once('error', (error) => {
      output += `\n${error.message}`
      end()
    })
  })

  return {
    pid: child.pid ?? -1,
    output: () => output,
    exited,
    says: (line) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const said = typeof line === 'string' ? output.includes(line) : line.test(output)
          if (!said && !ended) return
          watchers.delete(look)
          if (said) resolve()
          else reject(new Error(`${command} ended before it was ready:\n${output.slice(-2_000)}`))
        }
        watchers.add(look)
        look()
      }),
    stop: async (signal) => {
      if (ended || child.pid === undefined) return
      try {
        process.kill(-child.pid, signal)
      } catch {
        // It went by itself in the meantime.
      }
      await exited
    },
  }
}

/** Runs a command to its end, with `input` on its stdin; rejects with what it said when it fails. */
export const runCommand = async (
  command: string,
  args: string[],
  { input = '', ...options }: SpawnOptions & { input?: string } = {},
): Promise<string> => {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  // A command that never reads its input may be gone before we wrote it.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${output.slice(-2_000)}`)
  return output
}
