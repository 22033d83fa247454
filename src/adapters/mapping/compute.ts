import type { DocumentKind } from '../../core/document/index.ts'
import { decimal, moneyText, plainText, roundMoney, type ExactDecimal } from '../../core/kernel/index.ts'
import { rounded } from './numbers.ts'

type Made = Record<string, unknown>

const numberOf = (made: Made, key: string): ExactDecimal | undefined => {
  const value = made[key]
  return typeof value === 'string' ? decimal(value) : undefined
}

const rateOf = (made: Made): ExactDecimal | undefined => {
  const rate = made.vatRate
  if (typeof rate !== 'string') return undefined
  return decimal(rate === 'none' ? 0 : rate)
}

/**
 * Fills in what a line leaves out of price and sums, from what it gives; rounds each line by itself, as 1C does.
 * Returns what it filled in. What is given stands, right or wrong: the rules of the format compare.
 */
export const computeAmounts = (line: Made, kind: DocumentKind, priceIncludesVat: boolean): Made => {
  const rate = rateOf(line)
  const quantity = numberOf(line, 'quantity')
  const discount = numberOf(line, 'discount') ?? decimal(0)
  const excise = numberOf(line, 'exciseAmount') ?? decimal(0)
  const price = numberOf(line, 'price')
  let without = numberOf(line, 'amountWithoutVat')
  let withVat = numberOf(line, 'amountWithVat')
  let vat = numberOf(line, 'vatAmount')

  const isTaxInvoice = kind === 'tax-invoice'
  const includes = priceIncludesVat && !isTaxInvoice
  if (without === undefined && withVat === undefined && quantity !== undefined && price !== undefined) {
    const cost = roundMoney(quantity.times(price)).minus(discount)
    if (includes) withVat = cost
    else without = cost
  }
  if (rate !== undefined) {
    if (vat === undefined && without !== undefined && withVat !== undefined)
      vat = withVat.minus(without).minus(excise)
    else if (vat === undefined && without !== undefined)
      vat = roundMoney(without.plus(excise).times(rate).div(100))
    else if (vat === undefined && withVat !== undefined)
      vat = roundMoney(withVat.times(rate).div(rate.plus(100)))
  }
  if (vat !== undefined) {
    if (without === undefined && withVat !== undefined) without = withVat.minus(vat).minus(excise)
    else if (withVat === undefined && without !== undefined) withVat = without.plus(excise).plus(vat)
  }

  const filled: Made = {}
  const put = (key: string, value: ExactDecimal | undefined): void => {
    if (line[key] === undefined && value !== undefined) filled[key] = moneyText(value)
  }
  put('amountWithoutVat', without)
  put('vatAmount', vat)
  put('amountWithVat', withVat)
  if (isTaxInvoice) put('turnoverAmount', without?.plus(excise))
  const cost = includes ? withVat : without
  if (price === undefined && quantity?.isZero() === false && cost !== undefined) {
    filled.price = plainText(rounded(cost.plus(discount).div(quantity), 6))
  }
  return filled
}

const summed = ['amountWithoutVat', 'vatAmount', 'amountWithVat'] as const
const summedOfTaxInvoice = [...summed, 'exciseAmount', 'turnoverAmount'] as const

/** Totals of the lines, exact; undefined for a sum that a line lacks. */
export const computeTotals = (lines: readonly Made[], kind: DocumentKind): Made => {
  const filled: Made = {}
  for (const key of kind === 'tax-invoice' ? summedOfTaxInvoice : summed) {
    let sum = decimal(0)
    let isWhole = true
    for (const line of lines) {
      const value = numberOf(line, key) ?? (key === 'exciseAmount' ? decimal(0) : undefined)
      if (value === undefined) isWhole = false
      else sum = sum.plus(value)
    }
    if (isWhole) filled[key] = moneyText(sum)
  }
  return filled
}
