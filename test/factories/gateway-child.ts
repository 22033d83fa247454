import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { GatewayOrders } from './gateway-orders.ts'

/** A gateway that runs in a process of its own. */
export interface GatewayChild {
  pid: number
  url: string
  /** From its first line of code to being ready; loading the code not counted. */
  startedInMs: number
  /** What it warned of so far. */
  warnings(): string
  /** SIGKILL: no goodbye, no flush. Resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM: stops in order. Throws when it does not end well. */
  stop(): Promise<void>
}

const entry = fileURLToPath(new URL('./gateway-process.ts', import.meta.url))

/** Starts a gateway as a child process; resolves when it listens. `nodeArgs` may ask for a profile. */
export const startGatewayChild = async (
  orders: GatewayOrders,
  { nodeArgs = [] }: { nodeArgs?: readonly string[] } = {},
): Promise<GatewayChild> => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-orders-'))
  const ordersFile = join(folder, 'orders.json')
  writeFileSync(ordersFile, JSON.stringify(orders), { mode: 0o600 })

  const child = spawn(process.execPath, [...nodeArgs, '--import', 'tsx', entry, ordersFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let warnings = ''
  child.stderr.on('data', (chunk: Buffer) => (warnings = (warnings + chunk.toString()).slice(-100_000)))
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  try {
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exited.then(([code, signal]) => {
        throw new Error(`the gateway ended with ${code ?? signal} before it listened:\n${warnings}`)
      }),
    ])) as [string]
    const { url, startedInMs } = JSON.parse(line) as { url: string; startedInMs: number }
    return {
      pid: child.pid ?? -1,
      url,
      startedInMs,
      warnings: () => warnings,
      kill: async () => {
        child.kill('SIGKILL')
        await exited
      },
      stop: async () => {
        child.kill('SIGTERM')
        const [code, signal] = await exited
        if (code !== 0) throw new Error(`the gateway ended with ${code ?? signal}:\n${warnings}`)
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
