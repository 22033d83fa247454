import { Decimal } from 'decimal.js'

/**
 * Exact decimals. Money, quantities and rates cross every border as strings (`'1200.50'`) and are
 * computed here; a JavaScript number that holds money is a defect.
 * 40 digits: 18,6 quantities times 18,6 prices need 36.
 */
export const ExactDecimal = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP })
export type ExactDecimal = Decimal

/** A decimal as text: `-?digits[.digits]`, no exponent, no plus, no spaces. */
export type DecimalText = string

const decimalPattern = /^-?(0|[1-9]\d{0,17})(\.\d{1,9})?$/

export const isDecimalText = (text: string): boolean => decimalPattern.test(text)

export const decimal = (text: DecimalText | number): ExactDecimal => new ExactDecimal(text)

/** Two places, half up: how 1C and the Kazakh forms round money. */
export const roundMoney = (value: ExactDecimal): ExactDecimal =>
  value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP)

/** Money as text with exactly two places. */
export const moneyText = (value: ExactDecimal): DecimalText => value.toFixed(2, Decimal.ROUND_HALF_UP)

/** The shortest text of the same value: `'600000.00'` → `'600000'`. */
export const plainText = (value: ExactDecimal): DecimalText => value.toFixed()
