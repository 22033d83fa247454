const firstWeights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const secondWeights = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]

/**
 * The twelfth digit of an ИИН or БИН: the sum of eleven digits by weights 1–11 modulo 11, and when that gives
 * 10, again by weights 3–11, 1, 2. A second 10 means that such a number is never issued.
 */
export const hasRightCheckDigit = (taxId: string): boolean => {
  if (!/^\d{12}$/.test(taxId)) return false
  const digits = [...taxId].map(Number)
  const control = (weights: readonly number[]): number =>
    weights.reduce((sum, weight, place) => sum + weight * digits[place]!, 0) % 11
  let digit = control(firstWeights)
  if (digit === 10) digit = control(secondWeights)
  return digit !== 10 && digit === digits[11]
}
