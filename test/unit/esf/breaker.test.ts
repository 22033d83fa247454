import { describe, expect, it } from '@jest/globals'
import { Breaker } from '../../../src/adapters/esf/breaker.ts'
import { UpstreamError } from '../../../src/core/kernel/index.ts'
import type { UpstreamWord } from '../../../src/core/kernel/index.ts'
import { SharedClock } from '../mirror/gateway.ts'

describe('the breaker before the portal', () => {
  const open = () => {
    const clock = new SharedClock(new Date('2026-04-01T05:00:00Z'))
    const breaker = new Breaker(clock, { failures: 3, pauseMs: 10_000, pauseAtMostMs: 40_000 })
    let calls = 0
    const call = async (word?: UpstreamWord): Promise<string> => {
      try {
        return await breaker.guard(async () => {
          calls += 1
          if (word !== undefined) throw new UpstreamError(word, 'portal', 'x')
          return 'answered'
        })
      } catch (error) {
        return (error as UpstreamError).word
      }
    }
    return { clock, breaker, call, calls: () => calls }
  }

  it('holds calls back after failures in a row, and says until when', async () => {
    const { call, calls, breaker } = open()
    for (let failure = 0; failure < 3; failure += 1) await call('unreachable')
    expect(await call()).toBe('busy')
    expect(calls()).toBe(3)
    expect(breaker.outage).toEqual({
      since: new Date('2026-04-01T05:00:00Z'),
      until: new Date('2026-04-01T05:00:10Z'),
    })
  })

  it('lets one probe through at a time, each after twice the pause of the last', async () => {
    const { clock, call, calls, breaker } = open()
    for (let failure = 0; failure < 3; failure += 1) await call('unclear')
    const pauses: number[] = []
    for (let probe = 0; probe < 4; probe += 1) {
      clock.move((breaker.outage?.until.getTime() ?? 0) - clock.now().getTime())
      const words = await Promise.all([call('unreachable'), call('unreachable')])
      expect(words).toEqual(['unreachable', 'busy'])
      pauses.push((breaker.outage?.until.getTime() ?? 0) - clock.now().getTime())
    }
    expect(pauses).toEqual([20_000, 40_000, 40_000, 40_000])
    expect(calls()).toBe(7)
  })

  it('opens for all with the first answer, also with a refusal', async () => {
    for (const word of [undefined, 'refused'] as const) {
      const { clock, call, breaker } = open()
      for (let failure = 0; failure < 3; failure += 1) await call('busy')
      clock.move(10_000)
      await call(word)
      expect(breaker.outage).toBeUndefined()
      expect(await call()).toBe('answered')
    }
  })

  it('does not mind failures with answers between them', async () => {
    const { call, breaker } = open()
    for (let turn = 0; turn < 5; turn += 1) {
      await call('unreachable')
      await call('unreachable')
      await call()
    }
    expect(breaker.outage).toBeUndefined()
  })
})
