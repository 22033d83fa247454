import { decimal, isDecimalText, type DecimalText } from '../kernel/index.ts'

/** Sums of the contract: two places, as text. */
export const plus = (a: DecimalText, b: DecimalText): DecimalText => decimal(a).plus(b).toFixed(2)
export const minus = (a: DecimalText, b: DecimalText): DecimalText => decimal(a).minus(b).toFixed(2)
export const isLess = (a: DecimalText, than: DecimalText): boolean => decimal(a).lt(than)
export const isZero = (a: DecimalText): boolean => decimal(a).isZero()
export const least = (a: DecimalText, b: DecimalText): DecimalText => (isLess(a, b) ? a : b)

/** More than nothing, with no more than two places. */
export const isSum = (text: unknown): text is DecimalText =>
  typeof text === 'string' && isDecimalText(text) && decimal(text).gt(0) && decimal(text).dp() <= 2
