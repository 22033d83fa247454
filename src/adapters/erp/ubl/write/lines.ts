import { decimal, plainText, type ExactDecimal } from '../../../../core/kernel/index.ts'
import { categoryOf, exemptionReason, originProperty, rec20Of } from '../names.ts'
import type { Invoice, Line, Sums } from './sums.ts'
import { cac, cbc, type Node } from './xml-text.ts'

/** "Mutually defined": a unit of the Kazakh classifier that Recommendation 20 does not have. */
const otherUnit = 'ZZ'

/** Enough for the price to give the net amount back within a tiyn. */
const pricePlaces = 10

export const lineOf = (invoice: Invoice, line: Line, number: number, sums: Sums): Node => {
  const quantity = line.quantity === undefined ? decimal(1) : sums.positive(line.quantity)
  const net = sums.positive(line.amountWithoutVat)
  const discount = 'discount' in line && line.discount !== undefined ? decimal(line.discount) : undefined
  const { id, percent } = categoryOf(line.vatRate)
  const goods = 'truOriginCode' in line ? line : undefined
  const classification = (list: string, code: string): Node =>
    cac('CommodityClassification', cbc('ItemClassificationCode', code, { listID: list }))
  return cac(
    sums.isCredit ? 'CreditNoteLine' : 'InvoiceLine',
    cbc('ID', String(number)),
    cbc(sums.isCredit ? 'CreditedQuantity' : 'InvoicedQuantity', plainText(quantity), {
      unitCode: rec20Of(line.unitCode ?? '') ?? otherUnit,
    }),
    sums.money('LineExtensionAmount', net),
    discount &&
      cac(
        'AllowanceCharge',
        cbc('ChargeIndicator', 'false'),
        cbc('AllowanceChargeReason', 'Скидка'),
        sums.money('Amount', discount),
      ),
    cac(
      'Item',
      cbc('Name', line.name),
      'code' in line && line.code && cac('SellersItemIdentification', cbc('ID', line.code)),
      goods?.gtin && cac('StandardItemIdentification', cbc('ID', goods.gtin, { schemeID: '0160' })),
      goods?.tnvedCode && classification('HS', goods.tnvedCode),
      cac(
        'ClassifiedTaxCategory',
        cbc('ID', id),
        cbc('Percent', percent),
        cac('TaxScheme', cbc('ID', 'VAT')),
      ),
      goods && cac('AdditionalItemProperty', cbc('Name', originProperty), cbc('Value', goods.truOriginCode)),
    ),
    cac('Price', sums.price('PriceAmount', priceOf(invoice, line, quantity, net.plus(discount ?? 0)))),
  )
}

/** BIS knows prices without VAT only. */
const priceOf = (invoice: Invoice, line: Line, quantity: ExactDecimal, gross: ExactDecimal): ExactDecimal => {
  const includesVat = 'priceIncludesVat' in invoice && invoice.priceIncludesVat
  if (line.price !== undefined && !includesVat) return decimal(line.price)
  return quantity.isZero() ? gross : gross.div(quantity).toDecimalPlaces(pricePlaces)
}

/** Net amounts and VAT of the lines by rate, in the order in which rates appear. */
export const breakdown = (lines: readonly Line[], sums: Sums): Node[] => {
  const byRate = new Map<string, { net: ExactDecimal; vat: ExactDecimal }>()
  for (const { vatRate, amountWithoutVat, vatAmount } of lines) {
    const { net, vat } = byRate.get(vatRate) ?? { net: decimal(0), vat: decimal(0) }
    byRate.set(vatRate, {
      net: net.plus(sums.positive(amountWithoutVat)),
      vat: vat.plus(sums.positive(vatAmount)),
    })
  }
  return [...byRate].map(([vatRate, { net, vat }]) => {
    const { id, percent } = categoryOf(vatRate)
    return cac(
      'TaxSubtotal',
      sums.money('TaxableAmount', net),
      sums.money('TaxAmount', vat),
      cac(
        'TaxCategory',
        cbc('ID', id),
        cbc('Percent', percent),
        id === 'E' && cbc('TaxExemptionReason', exemptionReason),
        cac('TaxScheme', cbc('ID', 'VAT')),
      ),
    )
  })
}
