import type { LocalDate } from '../../kernel/index.ts'

/** Rates of VAT in force on a day, per cent. `none` ("без НДС") is always possible. */
export interface VatPeriod {
  /** First day. The last is the day before the next period. */
  readonly from: LocalDate
  readonly rates: readonly string[]
}

/**
 * By the day of turnover.
 * - until 2025-12-31: 12 % (Tax Code of 2017, art. 422), 0 % for export;
 * - from 2026-01-01: 16 % (Tax Code № 214-VIII, art. 503), 5 % medicines and medical care, 10 % periodicals;
 * - from 2027-01-01: medicines and medical care 10 %.
 */
export const vatPeriods: readonly VatPeriod[] = [
  { from: '2009-01-01', rates: ['12', '0', 'none'] },
  { from: '2026-01-01', rates: ['16', '10', '5', '0', 'none'] },
  { from: '2027-01-01', rates: ['16', '10', '0', 'none'] },
]

export const vatRatesOn = (day: LocalDate): readonly string[] =>
  vatPeriods.findLast((period) => period.from <= day)?.rates ?? ['none']

const ever = new Set(vatPeriods.flatMap((period) => period.rates))

export const wasEverVatRate = (rate: string): boolean => ever.has(rate)
