import { ExactDecimal, plainText } from '../../core/kernel/index.ts'

/** A number that cannot be read, with why. */
export type NotANumber = 'not-a-number' | 'too-large'

/** More digits than any field of the format holds: `1e308` is no quantity. */
const maxDigits = 34

const grouped = /^[+-]?\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?$/
const pointGroups = /^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/
const commaGroups = /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/
const simple = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,4})?$/

/**
 * A decimal as programs and people write it: `1233.05`, `1 233,05`, `1.233,05`, `1,233.05`, `-5`, `1e3`. One comma
 * alone is a decimal comma (`1,233` is a little over one), as everywhere in Kazakhstan. Exact: no double holds it.
 */
export const decimalIn = (text: string): ExactDecimal | NotANumber => {
  const said = text.replace(/[\u00a0\u202f\u2009]/g, ' ').trim()
  if (said.length > 64) return /^[+-]?[\d\s.,]+$/.test(said) ? 'too-large' : 'not-a-number'
  const canonical = grouped.test(said)
    ? said.replace(/[ '’]/g, '').replace(',', '.')
    : pointGroups.test(said)
      ? said.replaceAll('.', '').replace(',', '.')
      : commaGroups.test(said)
        ? said.replaceAll(',', '')
        : simple.test(said)
          ? said.replace(',', '.')
          : undefined
  if (canonical === undefined) return 'not-a-number'
  const value = new ExactDecimal(canonical.replace(/^\+/, ''))
  const digits = Math.max(value.precision(true), value.decimalPlaces())
  return !value.isFinite() || digits > maxDigits ? 'too-large' : value
}

/** Half up, as 1C rounds. */
export const rounded = (value: ExactDecimal, places: number): ExactDecimal =>
  value.toDecimalPlaces(places, ExactDecimal.ROUND_HALF_UP)

export { plainText }
export type { ExactDecimal }
