import { describe, expect, it } from '@jest/globals'
import { simulateYear } from '../../../simulation/contract-year.ts'

describe('a contract year of clients with random lives', () => {
  it('breaks nothing that has to hold, and the same seed lives it again to the last hash', async () => {
    const options = { seed: 20260123, clients: 15, days: 410 }
    const [year, again] = [await simulateYear(options), await simulateYear(options)]
    expect(year.violations).toEqual([])
    expect(again.hash).toBe(year.hash)
    expect(Object.keys(year.states).length).toBeGreaterThan(2)
    expect(year.sent).toBeGreaterThan(100)
    const other = await simulateYear({ ...options, seed: 2, days: 120 })
    expect(other.violations).toEqual([])
    expect(other.hash).not.toBe(year.hash)
  }, 120_000)
})
