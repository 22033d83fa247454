import { describe, expect, it } from '@jest/globals'
import { decimal, isDecimalText, moneyText, plainText, roundMoney } from '../../../src/core/kernel/index.ts'

describe('exact decimals', () => {
  it('accept plain decimal text only', () => {
    for (const text of ['0', '12.50', '-3', '123456789012345678.123456789'])
      expect(isDecimalText(text)).toBe(true)
    for (const text of ['', '01', '1e5', '+1', ' 1', '1,5', '.5', '1.', 'NaN', '1234567890123456789']) {
      expect(isDecimalText(text)).toBe(false)
    }
  })

  it('round money half up, away from zero', () => {
    expect(moneyText(decimal('0.005'))).toBe('0.01')
    expect(moneyText(decimal('-0.005'))).toBe('-0.01')
    expect(moneyText(roundMoney(decimal('2.675')))).toBe('2.68')
  })

  it('keep what binary floating point would lose', () => {
    expect(plainText(decimal('0.1').plus(decimal('0.2')))).toBe('0.3')
    expect(plainText(decimal('12345678901234567.89'))).toBe('12345678901234567.89')
  })
})
