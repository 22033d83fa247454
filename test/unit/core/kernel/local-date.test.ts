import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { almatyDate, almatyMonth } from '../../../../src/core/kernel/index.ts'

describe('the day in Almaty', () => {
  const fresh = (instant: Date): string =>
    new Intl.DateTimeFormat('en-CA', {
      timeZone: 'Asia/Almaty',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }).format(instant)

  it('is the same whatever was asked before', () => {
    const instants = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(fc.array(instants, { minLength: 2, maxLength: 6 }), (asked) => {
        for (const instant of asked) expect(almatyDate(instant)).toBe(fresh(instant))
      }),
      { numRuns: 200 },
    )
  })

  it('changes at midnight, to the millisecond', () => {
    expect(almatyDate(new Date('2026-03-31T18:59:59.999Z'))).toBe('2026-03-31')
    expect(almatyDate(new Date('2026-03-31T19:00:00.000Z'))).toBe('2026-04-01')
    expect(almatyMonth(new Date('2026-03-31T19:00:00.000Z'))).toBe('2026-04')
  })

  it('was six hours ahead until the night to 2024-03-01', () => {
    expect(almatyDate(new Date('2024-02-28T17:59:59Z'))).toBe('2024-02-28')
    expect(almatyDate(new Date('2024-02-28T18:00:00Z'))).toBe('2024-02-29')
    expect(almatyDate(new Date('2024-03-01T18:30:00Z'))).toBe('2024-03-01')
  })
})
