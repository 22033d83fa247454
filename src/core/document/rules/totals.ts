import type { DecimalText } from '../../kernel/index.ts'
import type { Document, TaxInvoice } from '../kinds/index.ts'
import { absolute, costOf, moneyOf, tiyn, vatInside, vatOn } from './figures.ts'
import type { TradeDocument } from './lines.ts'
import { toleranceTiyn } from './lines.ts'
import type { Coded, Report } from './rule.ts'
import { fault, notice } from './rule.ts'

/** Sums of a document with lines, computed by us from quantities, prices and rates. */
export interface Totals {
  lineCount: number
  amountWithoutVat: DecimalText
  exciseAmount: DecimalText
  /** Without VAT, with excise. */
  turnoverAmount: DecimalText
  vatAmount: DecimalText
  amountWithVat: DecimalText
}

const isTrade = (document: Document): document is TradeDocument => 'lines' in document && 'totals' in document

interface Sums {
  without: bigint
  excise: bigint
  vat: bigint
  withVat: bigint
}

const computedInvoiceLine = (line: TaxInvoice['lines'][number]): Sums => {
  const without =
    line.quantity === undefined || line.price === undefined
      ? tiyn(line.amountWithoutVat)
      : costOf(line.quantity, line.price)
  const excise = line.exciseAmount === undefined ? 0n : tiyn(line.exciseAmount)
  const vat = vatOn(without + excise, line.vatRate)
  return { without, excise, vat, withVat: without + excise + vat }
}

const computedLines = (document: TradeDocument): Sums[] => {
  if (document.kind === 'tax-invoice') return document.lines.map(computedInvoiceLine)
  return document.lines.map((line) => {
    const cost = costOf(line.quantity, line.price) - (line.discount === undefined ? 0n : tiyn(line.discount))
    if (!document.priceIncludesVat) {
      const vat = vatOn(cost, line.vatRate)
      return { without: cost, excise: 0n, vat, withVat: cost + vat }
    }
    const vat = vatInside(cost, line.vatRate)
    return { without: cost - vat, excise: 0n, vat, withVat: cost }
  })
}

/**
 * What we compute for a document with lines of money; `undefined` for the kinds that have none. The
 * sender's totals are compared with their own lines, and the lines with this arithmetic; nothing is
 * corrected.
 */
export const computeTotals = (document: Document): Totals | undefined => {
  if (!isTrade(document)) return undefined
  const sums: Sums = { without: 0n, excise: 0n, vat: 0n, withVat: 0n }
  for (const line of computedLines(document)) {
    sums.without += line.without
    sums.excise += line.excise
    sums.vat += line.vat
    sums.withVat += line.withVat
  }
  return {
    lineCount: document.lines.length,
    amountWithoutVat: moneyOf(sums.without),
    exciseAmount: moneyOf(sums.excise),
    turnoverAmount: moneyOf(sums.without + sums.excise),
    vatAmount: moneyOf(sums.vat),
    amountWithVat: moneyOf(sums.withVat),
  }
}

export const totalRules = {
  far: fault(
    'TOTAL-01',
    'Итог не равен сумме строк: по строкам {computed}, указано {given}. Пересчитайте документ.',
    'Жиыны жолдар қосындысына тең емес: жолдар бойынша {computed}, көрсетілген {given}. Құжатты қайта есептеңіз.',
    'The total is not the sum of the lines: {computed} by the lines, {given} given. Recalculate the document.',
  ),
  near: notice(
    'TOTAL-02',
    'Итог отличается от суммы строк в пределах тиына на строку: по строкам {computed}, указано {given}.',
    'Жиыны жолдар қосындысынан жолға бір тиын шегінде ерекшеленеді: жолдар бойынша {computed}, көрсетілген {given}.',
    'The total differs from the sum of the lines by no more than a tiyn a line: {computed} by the lines, {given} given.',
  ),
  parts: fault(
    'TOTAL-03',
    'Итого с НДС не равно итогу без НДС плюс НДС: ожидается {computed}, указано {given}. Пересчитайте документ.',
    'ҚҚС-пен жиыны ҚҚС-сыз жиыны мен ҚҚС қосындысына тең емес: {computed} күтіледі, {given} көрсетілген. Құжатты қайта есептеңіз.',
    'The total with VAT is not the total without VAT plus the VAT: {computed} is expected, {given} is given. Recalculate the document.',
  ),
} satisfies Record<string, Coded>

export const checkTotals = (document: TradeDocument, report: Report): void => {
  const tolerance = toleranceTiyn * BigInt(document.lines.length)
  const compare = (field: string, given: DecimalText, computed: bigint): void => {
    const difference = absolute(tiyn(given) - computed)
    if (difference === 0n) return
    report.say(difference > tolerance ? totalRules.far : totalRules.near, `totals.${field}`, {
      computed: moneyOf(computed),
      given,
    })
  }
  const { totals } = document
  let without = 0n
  let vat = 0n
  let withVat = 0n
  for (const line of document.lines) {
    without += tiyn(line.amountWithoutVat)
    vat += tiyn(line.vatAmount)
    withVat += tiyn(line.amountWithVat)
  }
  compare('amountWithoutVat', totals.amountWithoutVat, without)
  compare('vatAmount', totals.vatAmount, vat)
  compare('amountWithVat', totals.amountWithVat, withVat)

  let base = tiyn(totals.amountWithoutVat)
  if (document.kind === 'tax-invoice') {
    let excise = 0n
    let turnover = 0n
    for (const line of document.lines) {
      excise += line.exciseAmount === undefined ? 0n : tiyn(line.exciseAmount)
      turnover += tiyn(line.turnoverAmount)
    }
    compare('exciseAmount', document.totals.exciseAmount, excise)
    compare('turnoverAmount', document.totals.turnoverAmount, turnover)
    base = tiyn(document.totals.turnoverAmount)
  }
  const expected = base + tiyn(totals.vatAmount)
  if (absolute(expected - tiyn(totals.amountWithVat)) > tolerance) {
    report.say(totalRules.parts, 'totals.amountWithVat', {
      computed: moneyOf(expected),
      given: totals.amountWithVat,
    })
  }
}
