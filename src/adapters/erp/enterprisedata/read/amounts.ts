/** Money in tiyn on `bigint`: rows are added and compared by the thousand. */

export const tiynOf = (text: string): bigint => {
  const point = text.indexOf('.')
  if (point < 0) return BigInt(text) * 100n
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(2, '0'))
}

export const moneyOf = (tiyn: bigint): string => {
  const digits = (tiyn < 0n ? -tiyn : tiyn).toString().padStart(3, '0')
  return `${tiyn < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Half up, away from zero, as 1C rounds. */
const divided = (amount: bigint, by: bigint): bigint =>
  amount < 0n ? -((-amount * 2n + by) / (by * 2n)) : (amount * 2n + by) / (by * 2n)

const micro = 1_000_000n

const microOf = (text: string): bigint => {
  const point = text.indexOf('.')
  if (point < 0) return BigInt(text) * micro
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(6, '0'))
}

/** Quantity times price, to the tiyn. */
export const costOf = (quantity: string, price: string): bigint =>
  divided(microOf(quantity) * microOf(price), 10_000_000_000n)

/** An amount by a quantity, to six places; undefined for none. */
export const priceOf = (amount: bigint, quantity: string): string | undefined => {
  const by = microOf(quantity)
  if (by <= 0n) return undefined
  const price = divided(amount * 10_000_000_000n, by)
  const digits = (price < 0n ? -price : price).toString().padStart(7, '0')
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
  return price < 0n ? `-${text}` : text
}

/** VAT of a rate, on top of an amount or inside it. */
export const vatOf = (amount: bigint, rate: string, isInside: boolean): bigint => {
  const percent = rate === 'none' ? 0n : BigInt(rate)
  return divided(amount * percent, isInside ? 100n + percent : 100n)
}
