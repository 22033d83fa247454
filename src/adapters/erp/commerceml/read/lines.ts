import { decimal, ExactDecimal, moneyText, plainText, roundMoney } from '../../../../core/kernel/index.ts'
import { mixedVat, notANumber, unknownRate } from '../cml-faults.ts'
import type { Place } from '../tree.ts'
import type { Draft, Explained } from './explain.ts'
import { Requisites } from './requisites.ts'
import { decimalOf, truthOf, unitCodeOf, vatRateOf } from './values.ts'

/** One line of a document as read, before it is known into which kind it goes. */
export interface Line {
  place: Place
  isService: boolean
  requisites: Requisites
  name: Place | undefined
  code: Place | undefined
  unit: { code?: string; text?: string; place: Place; dictionary?: string } | undefined
  quantity: Figure | undefined
  price: Figure | undefined
  discount: Figure | undefined
  sum: Figure | undefined
  vat: {
    rate: string
    rateSource?: string
    rateFound?: string
    dictionary?: string
    amount?: Figure
    isIncluded?: boolean
  }
}

/** A number with the place it was read from; without one it was computed. */
export interface Figure {
  value: ExactDecimal
  source?: string
  found?: string
}

/** A table of goods; what cannot be read of it is told with the line it stands in. */
export const readLines = (read: Explained, owner: Place): Line[] =>
  owner.inside('Товары', 'Товар').map((place, index) => readLine(read, place, `lines[${index}]`))

const readLine = (read: Explained, place: Place, path: string): Line => {
  const requisites = new Requisites(place)
  const kind = requisites.find('ТипНоменклатуры', 'ВидНоменклатуры')?.take() ?? ''
  return {
    place,
    requisites,
    isService: /услуг|работ/i.test(kind),
    name: requisites.find('Полное наименование') ?? place.one('Наименование'),
    code: place.any('Артикул', 'Код') ?? requisites.find('Код'),
    unit: unitOf(read, place),
    quantity: figure(read, place.any('Количество'), `${path}.quantity`),
    price: figure(read, place.any('ЦенаЗаЕдиницу', 'Цена'), `${path}.price`),
    discount: discountOf(read, place, `${path}.discount`),
    sum: figure(read, place.any('Сумма'), `${path}.amountWithVat`),
    vat: vatOf(read, place, path),
  }
}

export const figure = (read: Explained, place: Place | undefined, path: string): Figure | undefined => {
  const found = place?.take()
  if (place === undefined || found === undefined) return undefined
  const text = decimalOf(found, read.numbers)
  if (text !== undefined) return { value: decimal(text), source: place.path, found }
  read.fault(notANumber({ path, source: place.path }, found))
  return undefined
}

/** The code stands in an attribute, or is the text itself (`796 `, version 3), or the text is a name. */
const unitOf = (read: Explained, place: Place): Line['unit'] => {
  const base = place.one('БазоваяЕдиница') ?? place.one('Единица')
  if (base === undefined) return undefined
  const own = read.context.profile.units
  const text = base.take() ?? base.takeAttribute('НаименованиеКраткое')
  const given = base.takeAttribute('Код')
  base.takeAttribute('НаименованиеПолное')
  base.takeAttribute('МеждународноеСокращение')
  const byCode = given === undefined ? undefined : unitCodeOf(given, own)
  const byText = text === undefined ? undefined : unitCodeOf(text, own)
  const known = byCode ?? byText
  const name = text === undefined || /^\d+$/.test(text) ? base.attributes.get('НаименованиеПолное') : text
  return {
    place: base,
    ...(known === undefined ? {} : { code: known.code, dictionary: known.dictionary }),
    ...(name === undefined || name === '' ? {} : { text: name }),
  }
}

/** Discounts of a line; those that are not in its sum yet are taken off by `amountsOf`. */
const discountOf = (read: Explained, place: Place, path: string): Figure | undefined => {
  const discounts = place.inside('Скидки', 'Скидка')
  let total: Figure | undefined
  for (const one of discounts) {
    one.one('Наименование')?.take()
    one.one('УчтеноВСумме')?.take()
    const sum = figure(read, one.any('Сумма'), path)
    if (sum === undefined) continue
    total = total === undefined ? sum : { ...total, value: total.value.plus(sum.value) }
  }
  return total?.value.isZero() === true ? undefined : total
}

const isVat = (name: string): boolean => /ндс|ққс|vat/i.test(name)

const vatOf = (read: Explained, place: Place, path: string): Line['vat'] => {
  const tax = place.inside('Налоги', 'Налог').find((one) => isVat(one.one('Наименование')?.text ?? ''))
  const table = place
    .inside('СтавкиНалогов', 'СтавкаНалога')
    .find((one) => isVat(one.one('Наименование')?.text ?? ''))
  tax?.one('Наименование')?.take()
  table?.one('Наименование')?.take()
  const isIncluded = truthOf(tax?.one('УчтеноВСумме')?.take())
  const amount = figure(read, tax?.any('Сумма'), `${path}.vatAmount`)
  const rated = tax?.any('Ставка') ?? table?.any('Ставка')
  const other = table?.any('Ставка')
  if (other !== rated) other?.take()
  const found = rated?.take()
  const named = found === undefined ? undefined : vatRateOf(found, read.context.profile.vatRates)
  if (found !== undefined && named === undefined)
    read.fault(unknownRate({ path: `${path}.vatRate`, source: rated?.path }, found))
  return {
    rate: named?.rate ?? 'none',
    ...(rated === undefined ? {} : { rateSource: rated.path }),
    ...(found === undefined ? {} : { rateFound: found }),
    ...(named === undefined ? {} : { dictionary: named.dictionary }),
    ...(amount === undefined ? {} : { amount }),
    ...(isIncluded === undefined ? {} : { isIncluded }),
  }
}

const isTaxed = ({ vat }: Line): boolean => /^[1-9]/.test(vat.rate)

/**
 * Whether the sums of the lines include their VAT: as the lines say, all alike. Where none says, as the sum of the
 * whole document does; and where that does not tell either, they do, which is how 1C exports.
 */
export const includesVat = (
  read: Explained,
  lines: readonly Line[],
  total: ExactDecimal | undefined,
): boolean => {
  const taxed = lines.filter(isTaxed)
  const said = new Set(taxed.flatMap(({ vat }) => (vat.isIncluded === undefined ? [] : [vat.isIncluded])))
  if (said.size === 2) read.fault(mixedVat({ path: 'priceIncludesVat', source: taxed[0]?.place.path }))
  const [answer] = said
  if (answer !== undefined) return answer
  if (total === undefined || taxed.length === 0) return taxed.length > 0
  const onTop = lines.reduce(
    (sum, line) => sum.plus(amountsOf(line, false).withVat.value),
    new ExactDecimal(0),
  )
  const inside = lines.reduce(
    (sum, line) => sum.plus(amountsOf(line, true).withVat.value),
    new ExactDecimal(0),
  )
  return onTop.minus(total).abs().greaterThanOrEqualTo(inside.minus(total).abs())
}

export interface Amounts {
  withoutVat: Figure
  vat: Figure
  withVat: Figure
}

/** The three sums of a line. What the file does not say follows from what it says; 1C rounds each line by itself. */
export const amountsOf = (line: Line, isIncluded: boolean): Amounts => {
  const { quantity, price, discount, sum, vat } = line
  const zero = new ExactDecimal(0)
  const computed = (quantity?.value ?? zero).times(price?.value ?? zero).minus(discount?.value ?? zero)
  const base: Figure = sum ?? { value: roundMoney(computed) }
  const rate = isTaxed(line) ? decimal(vat.rate) : zero
  const tax: Figure =
    vat.amount ??
    ({
      value: roundMoney(
        isIncluded ? base.value.times(rate).dividedBy(rate.plus(100)) : base.value.times(rate).dividedBy(100),
      ),
    } satisfies Figure)
  return isIncluded
    ? { withVat: base, vat: tax, withoutVat: { value: base.value.minus(tax.value) } }
    : { withoutVat: base, vat: tax, withVat: { value: base.value.plus(tax.value) } }
}

const money = (value: ExactDecimal): string =>
  value.decimalPlaces() <= 2 ? moneyText(value) : plainText(value)

/** The line as the kinds act, waybill and payment invoice have it. */
export const plainLine = (read: Explained, line: Line, path: string, isIncluded: boolean): Draft => {
  const draft: Draft = {}
  read.record(path, line.place.path)
  const amounts = amountsOf(line, isIncluded)
  head(read, draft, line, path)
  number(read, draft, `${path}.quantity`, line.quantity, plainText)
  number(read, draft, `${path}.price`, line.price ?? priceOf(line, amounts, isIncluded), plainText)
  number(read, draft, `${path}.discount`, line.discount, money)
  sums(read, draft, line, path, amounts)
  return draft
}

/** As the tax invoice has it: prices without indirect taxes, the turnover, the origin of goods. */
export const invoiceLine = (read: Explained, line: Line, path: string, isIncluded: boolean): Draft => {
  const draft: Draft = {}
  read.record(path, line.place.path)
  const amounts = amountsOf(line, isIncluded)
  head(read, draft, line, path)
  delete draft['code']
  number(read, draft, `${path}.quantity`, line.quantity, plainText)
  const plainPrice = isIncluded && isTaxed(line) ? priceOf(line, amounts, false) : line.price
  number(read, draft, `${path}.price`, plainPrice ?? priceOf(line, amounts, false), plainText)
  sums(read, draft, line, path, amounts)
  number(read, draft, `${path}.turnoverAmount`, { value: amounts.withoutVat.value }, money, 'without-vat')
  const origin = line.requisites.find('ПризнакПроисхождения', 'Признак происхождения')
  if (read.text(draft, `${path}.truOriginCode`, origin) === undefined) {
    const usual = read.context.profile.settings?.['commerceml']?.['truOriginCode']
    if (line.isService) read.put(draft, `${path}.truOriginCode`, '6', { rule: 'service' })
    else if (usual !== undefined) {
      read.put(draft, `${path}.truOriginCode`, usual, { rule: 'profile.settings.commerceml.truOriginCode' })
    }
  }
  read.text(draft, `${path}.tnvedCode`, line.requisites.find('КодТНВЭД', 'ТНВЭД'))
  read.text(draft, `${path}.gtin`, line.requisites.find('GTIN'))
  read.text(draft, `${path}.declarationNumber`, line.place.any('ГТД'))
  return draft
}

/** Price of a unit where the file has only the sum, or has it with the VAT that the form wants without. */
const priceOf = ({ quantity, discount }: Line, amounts: Amounts, isIncluded: boolean): Figure | undefined => {
  if (quantity === undefined || quantity.value.isZero()) return undefined
  const sum = (isIncluded ? amounts.withVat : amounts.withoutVat).value.plus(discount?.value ?? 0)
  return { value: sum.dividedBy(quantity.value).toDecimalPlaces(6) }
}

const head = (read: Explained, draft: Draft, { name, code, unit }: Line, path: string): void => {
  read.text(draft, `${path}.code`, code)
  read.text(draft, `${path}.name`, name)
  if (unit === undefined) return
  const { place, code: unitCode, text, dictionary } = unit
  const found = place.text.trim()
  read.put(draft, `${path}.unitCode`, unitCode, {
    source: place.path,
    found,
    rule: 'unit',
    ...(dictionary === undefined ? {} : { dictionary }),
  })
  read.put(draft, `${path}.unit`, text, { source: place.path, found, rule: 'text' })
}

const sums = (read: Explained, draft: Draft, { vat }: Line, path: string, amounts: Amounts): void => {
  number(read, draft, `${path}.amountWithoutVat`, amounts.withoutVat, money)
  read.put(draft, `${path}.vatRate`, vat.rate, {
    source: vat.rateSource,
    found: vat.rateFound,
    rule: vat.rateFound === undefined ? 'no-vat-in-file' : 'vat-rate',
    dictionary: vat.dictionary,
  })
  number(read, draft, `${path}.vatAmount`, amounts.vat, money)
  number(read, draft, `${path}.amountWithVat`, amounts.withVat, money)
}

export const number = (
  read: Explained,
  draft: Draft,
  path: string,
  figure: Figure | undefined,
  write: (value: ExactDecimal) => string,
  rule = 'computed',
): void => {
  if (figure === undefined) return
  const { source, found } = figure
  read.put(draft, path, write(figure.value), { source, found, rule: source === undefined ? rule : 'decimal' })
}
