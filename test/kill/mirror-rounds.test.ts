import { expect, it } from '@jest/globals'
import { testPostgres } from '../servers/index.ts'
import { runMirrorRounds } from './mirror-rounds.ts'

// The full round, 10 000 invoices and 20 kills, is `node --import tsx bench/soak-esf.ts`.
it('brings every invoice to the portal exactly once while both sides misbehave', async () => {
  const seed = Date.now() % 1_000_000
  const report = await runMirrorRounds({
    postgresUrl: await testPostgres(),
    invoices: 60,
    kills: 4,
    faultRate: 0.3,
    seed,
    settleWithinMs: 60_000,
  })
  expect({ seed, violations: report.violations }).toEqual({ seed, violations: [] })
  expect(report).toMatchObject({ accepted: 60, registered: 60 })
  // The portal misbehaved while the gateway worked, or the round proves nothing.
  expect(report.faults).toBeGreaterThan(0)
}, 300_000)
