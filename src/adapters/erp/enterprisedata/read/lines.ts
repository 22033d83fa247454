import { unitOf } from '../../../../core/document/index.ts'
import { costOf, moneyOf, priceOf, tiynOf } from './amounts.ts'
import { childOf, nodeAt, rowsOf, textOf, type EdNode } from './object-tree.ts'
import { Trace } from './trace.ts'
import { vatRateOf, type VatContext } from './vat.ts'

/** A row of goods or services, in the words of the document language. */
export interface LineDraft {
  code?: string
  name: string
  unitCode?: string
  unit?: string
  quantity: string
  price: string
  discount?: string
  amountWithoutVat: string
  vatRate: string
  vatAmount: string
  amountWithVat: string
}

export interface Row {
  what: 'goods' | 'service'
  /** Undefined when it has faults. */
  line: LineDraft | undefined
  trace: Trace
}

export interface RowContext extends VatContext {
  /** The base's own codes and names of units, from the profile of the connection. */
  units: Readonly<Record<string, string>>
}

/** A code of МКЕИ: three digits with leading zeros, four for the additions of Kazakhstan. */
const classified = (code: string): string | undefined =>
  /^\d{1,4}$/.test(code) ? code.padStart(3, '0') : undefined

const readUnit = (
  row: EdNode,
  units: RowContext['units'],
  trace: Trace,
): Pick<LineDraft, 'unitCode' | 'unit'> => {
  const data = nodeAt(row, 'ЕдиницаИзмерения', 'ДанныеКлассификатора')
  const codeNode = childOf(data, 'Код')
  const nameNode = childOf(data, 'Наименование')
  const code = textOf(codeNode)
  const name = textOf(nameNode)
  if (code === undefined && name === undefined) return {}
  const named = [code, name].find((text) => text !== undefined && Object.hasOwn(units, text))
  const unitCode = named === undefined ? code && classified(code) : units[named]
  if (unitCode !== undefined)
    trace.tell(
      'unitCode',
      code === undefined || named === name ? nameNode : codeNode,
      'unit-code',
      named === undefined ? 'mkei' : 'profile.units',
    )
  const unit = name ?? (unitCode === undefined ? undefined : unitOf(unitCode)?.ru)
  if (unit !== undefined)
    trace.tell(
      'unit',
      nameNode ?? codeNode,
      name === undefined ? 'unit-name' : 'text',
      name === undefined ? 'mkei' : undefined,
    )
  return { ...(unitCode !== undefined && { unitCode }), ...(unit !== undefined && { unit }) }
}

const readNames = (
  row: EdNode,
  what: Row['what'],
  trace: Trace,
): Pick<LineDraft, 'code' | 'name'> | undefined => {
  const item =
    what === 'goods' ? nodeAt(row, 'ДанныеНоменклатуры', 'Номенклатура') : childOf(row, 'Номенклатура')
  textOf(childOf(item, 'Ссылка'))
  const name = trace.firstText(
    'name',
    childOf(row, 'Содержание'),
    childOf(item, 'НаименованиеПолное'),
    childOf(item, 'Наименование'),
  )
  textOf(childOf(item, 'Наименование'))
  textOf(childOf(item, 'НаименованиеПолное'))
  const code = trace.firstText('code', childOf(item, 'Артикул'), childOf(item, 'КодВПрограмме'))
  if (name === undefined) {
    trace.fault(
      'ED-06',
      'name',
      row,
      what === 'goods' ? 'ДанныеНоменклатуры/Номенклатура/Наименование' : 'Содержание',
    )
    return undefined
  }
  return { ...(code !== undefined && { code }), name }
}

/** The discount where the row's sum is after it: then quantity times price less the discount gives the sum. */
const readDiscount = (row: EdNode, cost: bigint, base: bigint, trace: Trace): string | undefined => {
  const node = childOf(row, 'СуммаСкидки')
  const discount = trace.decimal('discount', node, 2)
  if (discount === undefined || tiynOf(discount) === 0n) return undefined
  const rest = cost - base - tiynOf(discount)
  return rest >= -1n && rest <= 1n ? moneyOf(tiynOf(discount)) : undefined
}

const readRow = (row: EdNode, what: Row['what'], context: RowContext): Row => {
  const trace = new Trace()
  textOf(childOf(row, 'НомерСтрокиДокумента'))
  const names = readNames(row, what, trace)
  const unit = readUnit(row, context.units, trace)
  const quantity = trace.decimal('quantity', childOf(row, 'Количество'), 6)
  if (quantity === undefined && trace.faults.length === 0) trace.fault('ED-06', 'quantity', row, 'Количество')
  const includes = context.includesVat
  const baseField = includes ? 'amountWithVat' : 'amountWithoutVat'
  const sumNode = childOf(row, 'СуммаСУчетомСкидки') ?? childOf(row, 'Сумма')
  textOf(childOf(row, 'Сумма'))
  const givenPrice = trace.decimal('price', childOf(row, 'Цена'), 6)
  const givenSum = trace.decimal(baseField, sumNode, 2, 'sum')
  const vat = trace.decimal('vatAmount', childOf(row, 'СуммаНДС'), 2, 'vat-amount')
  if (givenSum === undefined && trace.faults.length === 0) trace.fault('ED-06', baseField, row, 'Сумма')
  if (names === undefined || quantity === undefined || givenSum === undefined)
    return { what, line: undefined, trace }
  const base = tiynOf(givenSum)
  const price = givenPrice ?? priceOf(base, quantity)
  if (price === undefined) {
    trace.fault('ED-06', 'price', row, 'Цена')
    return { what, line: undefined, trace }
  }
  if (givenPrice === undefined) trace.tell('price', sumNode, 'price-from-sum')
  const vatRate = vatRateOf(row, context, { base: givenSum, vat }, trace)
  if (vatRate === undefined || trace.faults.length > 0) return { what, line: undefined, trace }
  const discount = readDiscount(row, costOf(quantity, price), base, trace)
  const vatTiyn = vat === undefined ? 0n : tiynOf(vat)
  if (vat === undefined) trace.tell('vatAmount', row, 'zero')
  trace.tell(
    includes ? 'amountWithoutVat' : 'amountWithVat',
    sumNode,
    includes ? 'sum-less-vat' : 'sum-and-vat',
  )
  return {
    what,
    trace,
    line: {
      ...names,
      ...unit,
      quantity,
      price,
      ...(discount !== undefined && { discount }),
      amountWithoutVat: moneyOf(includes ? base - vatTiyn : base),
      vatRate,
      vatAmount: moneyOf(vatTiyn),
      amountWithVat: moneyOf(includes ? base : base + vatTiyn),
    },
  }
}

/** All rows of a document: goods in their order, then services. */
export const readRows = (object: EdNode, context: RowContext): Row[] => [
  ...rowsOf(object, 'Товары').map((row) => readRow(row, 'goods', context)),
  ...rowsOf(object, 'Услуги').map((row) => readRow(row, 'service', context)),
]

/** Totals as our own sum of the rows. */
export const totalsOf = (lines: readonly LineDraft[]): Record<string, string> => {
  let without = 0n
  let vat = 0n
  let withVat = 0n
  for (const line of lines) {
    without += tiynOf(line.amountWithoutVat)
    vat += tiynOf(line.vatAmount)
    withVat += tiynOf(line.amountWithVat)
  }
  return {
    amountWithoutVat: moneyOf(without),
    vatAmount: moneyOf(vat),
    amountWithVat: moneyOf(withVat),
  }
}
