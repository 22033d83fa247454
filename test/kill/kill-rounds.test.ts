import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { GatewayOrders } from '../factories/gateway-orders.ts'
import { testEmbeddedFolder, testPostgres, testRabbit } from '../servers/index.ts'
import { runKillRounds } from './rounds.ts'

/** The long version is `npm run kill`; this one looks at every change. */
const rounds = 6

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const placeOf = async (kind: 'embedded' | 'postgresql'): Promise<Pick<GatewayOrders, 'store' | 'queue'>> => {
  if (kind === 'postgresql') {
    return {
      store: { kind: 'postgres', url: await testPostgres(), max: 10, mustBeDurable: false },
      queue: { kind: 'rabbitmq', url: await testRabbit(), prefix: 'daneker' },
    }
  }
  const dataDir = await testEmbeddedFolder()
  folders.push(dataDir)
  return { store: { kind: 'embedded', dataDir }, queue: { kind: 'table' } }
}

describe.each(['embedded', 'postgresql'] as const)('a gateway killed at any moment on %s', (kind) => {
  it('loses nothing it accepted, doubles nothing, and finishes what it began', async () => {
    const seed = Date.now() % 1_000_000
    const report = await runKillRounds({
      ...(await placeOf(kind)),
      rounds,
      clients: 8,
      seed,
      clockAheadMs: 180_000,
      drainWithinMs: 60_000,
    })
    expect({ seed, violations: report.violations }).toEqual({ seed, violations: [] })
    // It was killed while it worked, or the rounds prove nothing.
    expect(report.acknowledged).toBeGreaterThan(rounds)
    expect(report.totals.cut).toBeGreaterThan(0)
    expect(Math.max(...report.rounds.map(({ startedInMs }) => startedInMs))).toBeLessThan(30_000)
  }, 300_000)
})
