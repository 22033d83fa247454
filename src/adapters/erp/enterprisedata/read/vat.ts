import { vatRatesOn } from '../../../../core/document/index.ts'
import { tiynOf, vatOf } from './amounts.ts'
import { childOf, textOf, type EdNode } from './object-tree.ts'
import type { Trace } from './trace.ts'

/** What a row's rate depends on beside the row. */
export interface VatContext {
  /** The base's own names of rates, from the profile of the connection. */
  names: Readonly<Record<string, string>>
  day: string
  includesVat: boolean
}

/** `НДС12`, `НДС20_120`, `12%`, `16`: the number is the rate, also of a computed one. */
const named = /^(?:НДС)?\s*(\d{1,2})(?:[.,]0+)?\s*%?(?:_\d{3})?(?:\/\d{3})?$/i
const without = /^(?:без\s*ндс|не\s*облагается)$/i

const rateNamed = (text: string, names: VatContext['names']): string | undefined => {
  const own = Object.hasOwn(names, text) ? names[text] : undefined
  if (own !== undefined) return own
  if (without.test(text)) return 'none'
  const digits = named.exec(text)?.[1]
  return digits === undefined ? undefined : String(Number(digits))
}

const isTrue = (node: EdNode | undefined): boolean => ['true', '1'].includes(textOf(node) ?? '')

/** The object of 1.17 and later. */
const rateOfObject = (node: EdNode): string | undefined => {
  const kind = textOf(childOf(node, 'ВидСтавки'))
  const isComputed = childOf(node, 'РасчетнаяСтавка')
  // A computed rate (16/116) is the same rate.
  if (isComputed !== undefined) textOf(isComputed)
  if (isTrue(childOf(node, 'НеОблагается')) || kind === 'БезНДС') return 'none'
  const rate = textOf(childOf(node, 'Ставка'))
  if (rate === undefined) return kind === 'Нулевая' ? '0' : undefined
  return /^\d{1,2}(\.0+)?$/.test(rate) ? String(Number(rate)) : undefined
}

/** As found when a rate is not known: a name, or the number of the object. */
const shownRate = (node: EdNode): string =>
  node.children.length === 0 ? node.text.trim() : (textOf(childOf(node, 'Ставка')) ?? '')

/**
 * The rate of a row, in either form whatever the version says. A row of an old version may lack it, because the
 * list there knows no 12 and no 16 %: then the one rate in force that day that gives the VAT amount is it.
 */
export const vatRateOf = (
  row: EdNode,
  { names, day, includesVat }: VatContext,
  amounts: { base: string; vat: string | undefined },
  trace: Trace,
): string | undefined => {
  const node = childOf(row, 'СтавкаНДС')
  const isObject = node !== undefined && node.children.length > 0
  const name = isObject ? undefined : textOf(node)
  if (node !== undefined && (isObject || name !== undefined)) {
    const rate = isObject ? rateOfObject(node) : rateNamed(name ?? '', names)
    if (rate === undefined) trace.fault('ED-08', 'vatRate', node, '', { rate: shownRate(node) })
    else {
      const isOwn = name !== undefined && Object.hasOwn(names, name)
      trace.tell(
        'vatRate',
        node,
        isObject ? 'vat-object' : 'vat-name',
        isOwn ? 'profile.vatRates' : undefined,
      )
    }
    return rate
  }
  const vatNode = childOf(row, 'СуммаНДС')
  if (amounts.vat === undefined || /^-?0(\.0+)?$/.test(amounts.vat)) {
    trace.tell('vatRate', vatNode, 'without-vat')
    return 'none'
  }
  const given = tiynOf(amounts.vat)
  const fitting = vatRatesOn(day).filter((rate) => {
    if (rate === 'none' || rate === '0') return false
    const difference = vatOf(tiynOf(amounts.base), rate, includesVat) - given
    return difference >= -1n && difference <= 1n
  })
  const [only] = fitting
  if (only === undefined || fitting.length > 1) {
    trace.fault('ED-20', 'vatRate', row, 'СтавкаНДС')
    return undefined
  }
  trace.tell('vatRate', vatNode, 'vat-from-amount')
  return only
}
