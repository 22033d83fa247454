import { unitOf } from '../../../../core/document/index.ts'
import type { ReadingContext } from '../../../../core/exchange/index.ts'
import type { ExactDecimal } from '../../../../core/kernel/index.ts'
import { decimal, moneyText, plainText } from '../../../../core/kernel/index.ts'
import { mkeiOf, originProperty } from '../names.ts'
import { documentAllowance, noOrigin, unknownCategory, unknownUnit } from '../ubl-faults.ts'
import type { Explained } from './explained.ts'
import { numberIn } from './number.ts'
import type { Element } from './tree.ts'

export interface LineContext {
  explained: Explained
  profile: ReadingContext['profile']
  kind: 'payment-invoice' | 'tax-invoice'
  /** A credit note takes away: its sums become negative. */
  sign: 1 | -1
}

/** A price of more places than a form prints is cut where ours ends. */
const pricePlaces = 6

/** One line. Amounts of VAT are counted: BIS says them for the whole invoice only. */
export const readLine = (context: LineContext, path: string, line: Element): Record<string, unknown> => {
  const { explained, kind, sign } = context
  const item = line.find('cac:Item')
  const quantityAt = line.find('cbc:InvoicedQuantity') ?? line.find('cbc:CreditedQuantity')
  const quantity = explained.decimal(`${path}.quantity`, quantityAt)
  const net = explained.decimal(`${path}.amountWithoutVat`, line.find('cbc:LineExtensionAmount'))
  const vatRate = readRate(context, `${path}.vatRate`, item)
  const vat = readVat(context, path, line, net, vatRate)
  const money = (value: ExactDecimal | undefined): string | undefined => value && moneyText(value.mul(sign))
  const amountWithoutVat = money(net)
  return {
    ...readUnit(context, path, quantityAt),
    name: explained.text(`${path}.name`, item?.find('cbc:Name') ?? item?.find('cbc:Description')),
    quantity: quantity && plainText(quantity.mul(sign)),
    price: readPrice(explained, `${path}.price`, line.find('cac:Price')),
    amountWithoutVat,
    vatRate,
    vatAmount: money(vat),
    amountWithVat: net && vat && explained.made(`${path}.amountWithVat`, 'net + vat', money(net.plus(vat))),
    ...(kind === 'tax-invoice'
      ? readGoods(context, path, item, amountWithoutVat)
      : {
          code: explained.text(`${path}.code`, item?.find('cac:SellersItemIdentification/cbc:ID')),
          discount: readDiscount(explained, `${path}.discount`, line),
        }),
  }
}

/** What the portal wants to know of goods, and the turnover, which is the net amount where there is no excise. */
const readGoods = (
  { explained, profile }: LineContext,
  path: string,
  item: Element | undefined,
  turnoverAmount: string | undefined,
): Record<string, unknown> => {
  const codes = item?.all('cac:CommodityClassification/cbc:ItemClassificationCode') ?? []
  const byList = (list: string) => codes.find(({ attributes }) => attributes.get('listID') === list)
  const origin = item
    ?.all('cac:AdditionalItemProperty')
    .find((property) => property.find('cbc:Name')?.text.trim() === originProperty)
  const usual = profile.settings?.['ubl']?.['truOriginCode']
  const gtin = item?.find('cac:StandardItemIdentification/cbc:ID')
  const name = origin?.find('cbc:Name')
  if (name !== undefined) name.unread = false
  const truOriginCode =
    explained.text(`${path}.truOriginCode`, origin?.find('cbc:Value')) ??
    (typeof usual === 'string'
      ? explained.made(`${path}.truOriginCode`, 'setting ubl.truOriginCode', usual)
      : undefined)
  if (truOriginCode === undefined) {
    const looked = `${item?.place ?? ''}/cac:AdditionalItemProperty`
    explained.faults.push(noOrigin(`${path}.truOriginCode`, looked))
  }
  return {
    truOriginCode,
    tnvedCode: explained.take(`${path}.tnvedCode`, byList('HS'), 'ten-digits', (text) =>
      /^\d{10}$/.test(text) ? text : undefined,
    ),
    gtin: explained.text(`${path}.gtin`, gtin?.attributes.get('schemeID') === '0160' ? gtin : undefined),
    turnoverAmount: turnoverAmount && explained.made(`${path}.turnoverAmount`, 'net amount', turnoverAmount),
  }
}

const readUnit = (
  { explained, profile }: LineContext,
  path: string,
  quantity: Element | undefined,
): { unitCode?: string; unit?: string } => {
  const said = quantity?.attributes.get('unitCode')?.trim()
  if (quantity === undefined || said === undefined || said === '') return {}
  const own = profile.units?.[said]
  const unitCode = own ?? mkeiOf(said)
  const source = `${quantity.place}/@unitCode`
  if (unitCode === undefined) {
    explained.faults.push(unknownUnit(`${path}.unitCode`, said, source))
    return {}
  }
  const dictionary = own === undefined ? 'rec20' : 'profile.units'
  explained.sources.push({ path: `${path}.unitCode`, source, found: said, rule: 'unit', dictionary })
  return { unitCode, unit: unitOf(unitCode)?.ru }
}

const readRate = (
  { explained }: LineContext,
  path: string,
  item: Element | undefined,
): string | undefined => {
  const category = item?.find('cac:ClassifiedTaxCategory')
  const id = category?.find('cbc:ID')
  const percent = category?.find('cbc:Percent')
  const rate = explained.take(path, id, 'vat-category', (code) => {
    switch (code) {
      case 'S':
        return explained.take(path, percent, 'percent', (text) =>
          /^\d{1,2}(\.0+)?$/.test(text) ? plainText(decimal(text)) : undefined,
        )
      case 'Z':
      case 'G':
        return '0'
      case 'E':
      case 'O':
        return 'none'
      default:
        return undefined
    }
  })
  if (percent !== undefined) percent.unread = false
  const scheme = category?.find('cac:TaxScheme/cbc:ID')
  if (scheme !== undefined) scheme.unread = false
  if (rate === undefined && id !== undefined) {
    explained.faults.push(unknownCategory(path, `${id.text.trim()} ${percent?.text.trim() ?? ''}`, id.place))
  }
  return rate
}

/** Said by the line where the system says it, otherwise counted from its net amount. */
const readVat = (
  { explained }: LineContext,
  path: string,
  line: Element,
  net: ExactDecimal | undefined,
  vatRate: string | undefined,
): ExactDecimal | undefined => {
  const said = explained.decimal(`${path}.vatAmount`, line.find('cac:TaxTotal/cbc:TaxAmount'))
  if (said !== undefined || net === undefined || vatRate === undefined) return said
  const rate = vatRate === 'none' ? decimal(0) : decimal(vatRate)
  return explained.made(`${path}.vatAmount`, 'net × rate', net.mul(rate).div(100).toDecimalPlaces(2))
}

const readPrice = (explained: Explained, path: string, price: Element | undefined): string | undefined => {
  const amount = explained.decimal(path, price?.find('cbc:PriceAmount'))
  const baseAt = price?.find('cbc:BaseQuantity')
  const base = numberIn(baseAt?.text.trim() ?? '')
  if (baseAt !== undefined) baseAt.unread = false
  if (amount === undefined) return undefined
  const one = base === undefined || base.isZero() ? amount : amount.div(base)
  return plainText(one.toDecimalPlaces(pricePlaces))
}

/** Allowances of the line together; a charge has no place in the forms. */
const readDiscount = (explained: Explained, path: string, line: Element): string | undefined => {
  let sum: ExactDecimal | undefined
  for (const one of line.all('cac:AllowanceCharge')) {
    const isCharge = one.find('cbc:ChargeIndicator')
    if (isCharge !== undefined) isCharge.unread = false
    if (isCharge?.text.trim() === 'true') explained.faults.push(documentAllowance(one.place))
    const amount = explained.decimal(path, one.find('cbc:Amount'))
    if (amount !== undefined) sum = (sum ?? decimal(0)).plus(amount)
  }
  return sum && moneyText(sum)
}
