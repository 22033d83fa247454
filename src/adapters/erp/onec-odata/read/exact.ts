/** Cents as an integer, exact. */
export type Cents = bigint

/**
 * A number as a base gives it through a double, repaired to so many places: `0.30000000000000004` is 0.30. Undefined
 * when it is none, or when what is lost cannot be told from what was never there: further from the places than a
 * double errs, or so large that its own steps are wider than the last place.
 */
export const exact = (value: unknown, places: number): string | undefined => {
  // Int64 comes as a text.
  const number = typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  const step = Math.abs(number) * Number.EPSILON
  if (step * 4 > 10 ** -places) return undefined
  const text = number.toFixed(places)
  // A sum of a few thousand doubles errs by some steps; a third decimal of a price does not look like that.
  if (Math.abs(number - Number(text)) > Math.max(step * 4096, 1e-9)) return undefined
  return text.replace(/^-(0(?:\.0+)?)$/, '$1')
}

export const centsOf = (text: string): Cents => BigInt(text.replace('.', ''))

export const textOfCents = (cents: Cents): string => {
  const sign = cents < 0n ? '-' : ''
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Without zeros that say nothing: `1.500000` is 1.5. */
export const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
