/**
 * The portal's form InvoiceV2 as a table of our own, written from its published description: the names of each
 * type in the order in which they must stand, `?` for optional ones. It is what the writer is checked against
 * where the official schema is not at hand.
 */
const form: Readonly<Record<string, string>> = {
  invoice:
    'date invoiceType num operatorFullname relatedInvoice? turnoverDate addInf? consignee? consignor? customerAgentAddress? customerAgentDocDate? customerAgentDocNum? customerAgentName? customerAgentTin? customerParticipants? customers datePaper? deliveryDocDate? deliveryDocDate2? deliveryDocNum? deliveryDocNum2? deliveryTerm? productSet publicOffice? reasonPaper? sellerAgentAddress? sellerAgentDocDate? sellerAgentDocNum? sellerAgentName? sellerAgentTin? sellerParticipants? sellers',
  relatedInvoice: 'date num registrationNumber?',
  consignee: 'address? countryCode name? tin?',
  consignor: 'address? name? tin?',
  participant: 'productShares reorganizedTin? tin',
  share:
    'additional? additionalUnitNomenclature? exciseAmount? ndsAmount ndsRate? priceWithTax priceWithoutTax productNumber productNumberInSnt? quantitativeQuantity? quantity? turnoverSize',
  customer:
    'address? branchTin? countryCode name reorganizedTin? shareParticipation? statuses? tin? trailer?',
  deliveryTerm:
    'accountNumber? contractDate? contractNum? deliveryConditionCode? destination? hasContract term? transportTypeCode? warrant? warrantDate?',
  productSet:
    'currencyCode currencyRate? ndsRateType? products totalExciseAmount totalNdsAmount totalPriceWithTax totalPriceWithoutTax totalTurnoverSize',
  product:
    'additional? additionalUnitNomenclature? catalogTruId description? exciseAmount? exciseRate? gtinCode? kpvedCode? ndsAmount ndsRate? priceWithTax priceWithoutTax productDeclaration? productNumberInDeclaration? productNumberInSnt? quantitativeQuantity? quantitativeUnitNomenclature? quantity? tnvedName? truOriginCode turnoverAdjustment? turnoverCode? turnoverSize unitCode? unitNomenclature? unitPrice?',
  publicOffice: 'bik iik? payPurpose? productCode?',
  seller:
    'address? bank? bik? branchTin? certificateNum? certificateSeries? countryCode? iik? isBranchNonResident? kbe? name ndscaBank? ndscaBik? ndscaIik? ndscaKbe? reorganizedTin? shareParticipation? statuses? tin? trailer?',
}

/** Lists: one element name, at least once. */
const lists: Readonly<Record<string, string>> = {
  customers: 'customer',
  sellers: 'seller',
  products: 'product',
  statuses: 'status',
  productShares: 'share',
  customerParticipants: 'participant',
  sellerParticipants: 'participant',
}

const patterns: readonly [RegExp, RegExp][] = [
  [/^(date|turnoverDate|datePaper|warrantDate|contractDate|.*DocDate2?)$/, /^\d\d\.\d\d\.\d{4}$/],
  [
    /^(total.*|.*[pP]rice.*|turnoverSize|ndsAmount|excise.*|quantity|quantitativeQuantity|currencyRate|shareParticipation)$/,
    // No trailing zeros, no plus, no exponent, no minus zero.
    /^(0|-?(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?))$/,
  ],
  [/^ndsRate$/, /^\d{1,2}$/],
  [/^num$/, /^\d{1,30}$/],
  [/^truOriginCode$/, /^[1-6]$/],
]

export interface FormElement {
  readonly name: string
  readonly namespace: string
  readonly children: readonly FormElement[]
  readonly text: string
}

/** Everything in which an invoice departs from the form; empty when it is right. */
export const formErrors = (root: FormElement): string[] => {
  const errors: string[] = []
  if (root.name !== 'invoice' || root.namespace !== 'v2.esf')
    errors.push(`root is {${root.namespace}}${root.name}`)
  const visit = (element: FormElement, path: string): void => {
    const order = form[element.name]
    const list = lists[element.name]
    const names = element.children.map(({ name }) => name)
    if (order !== undefined) {
      const expected = order.split(' ')
      const places = names.map((name) => expected.findIndex((item) => item.replace('?', '') === name))
      if (places.includes(-1)) errors.push(`${path}: unknown ${names[places.indexOf(-1)]}`)
      if (places.some((place, index) => index > 0 && place <= (places[index - 1] ?? -1))) {
        errors.push(`${path}: out of order or doubled: ${names.join(' ')}`)
      }
      for (const item of expected) {
        if (!item.endsWith('?') && !names.includes(item)) errors.push(`${path}: ${item} is missing`)
      }
    } else if (list !== undefined) {
      if (names.length === 0 || names.some((name) => name !== list)) errors.push(`${path}: wants ${list}+`)
    } else if (names.length > 0) {
      errors.push(`${path}: may not have children`)
    } else {
      for (const [name, pattern] of patterns) {
        if (name.test(element.name) && !pattern.test(element.text)) errors.push(`${path}: ${element.text}`)
      }
    }
    for (const inner of element.children) {
      if (inner.namespace !== '') errors.push(`${path}/${inner.name}: must have no namespace`)
      visit(inner, `${path}/${inner.name}`)
    }
  }
  visit(root, root.name)
  return errors
}
