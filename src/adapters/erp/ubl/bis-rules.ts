import { decimal, type ExactDecimal } from '../../../core/kernel/index.ts'
import { peppol, typeCodes } from './names.ts'
import { numberIn } from './read/number.ts'
import type { Element } from './read/tree.ts'

/** One rule of EN 16931 or Peppol BIS Billing 3, by its own name. */
interface BisRule {
  id: string
  /** What it asks, in the words of the specification, shortened. */
  asks: string
  holds: (invoice: Seen) => boolean
}

/** A message as the rules look at it. */
interface Seen {
  root: Element
  lines: Element[]
  subtotals: Element[]
  text: (path: string, from?: Element) => string
  sum: (path: string, from?: Element) => ExactDecimal
}

const seenOf = (root: Element): Seen => {
  const text: Seen['text'] = (path, from = root) => from.find(path)?.text.trim() ?? ''
  return {
    root,
    lines: [...root.all('cac:InvoiceLine'), ...root.all('cac:CreditNoteLine')],
    subtotals: root.all('cac:TaxTotal/cac:TaxSubtotal'),
    text,
    sum: (path, from) => numberIn(text(path, from)) ?? decimal(0),
  }
}

const seller = 'cac:AccountingSupplierParty/cac:Party'
const buyer = 'cac:AccountingCustomerParty/cac:Party'
const totals = 'cac:LegalMonetaryTotal'

const there = (id: string, asks: string, path: string): BisRule => ({
  id,
  asks,
  holds: ({ text }) => text(path) !== '',
})
const onEachLine = (id: string, asks: string, holds: (line: Element, seen: Seen) => boolean): BisRule => ({
  id,
  asks,
  holds: (seen) => seen.lines.every((line) => holds(line, seen)),
})
const onEachSubtotal = (id: string, asks: string, holds: (one: Element, seen: Seen) => boolean): BisRule => ({
  id,
  asks,
  holds: (seen) => seen.subtotals.every((one) => holds(one, seen)),
})

const added = (values: readonly ExactDecimal[]): ExactDecimal =>
  values.reduce((sum, value) => sum.plus(value), decimal(0))

const within = (a: ExactDecimal, b: ExactDecimal, tolerance: string): boolean =>
  a.minus(b).abs().lte(decimal(tolerance))

const quantityOf = (line: Element): Element | undefined =>
  line.find('cbc:InvoicedQuantity') ?? line.find('cbc:CreditedQuantity')

const isDate = (text: string): boolean => text === '' || /^\d{4}-\d{2}-\d{2}$/.test(text)

/** Net amounts of the lines of a category and rate. */
const netOf = (seen: Seen, category: string, percent: ExactDecimal): ExactDecimal =>
  added(
    seen.lines
      .filter(
        (line) =>
          seen.text('cac:Item/cac:ClassifiedTaxCategory/cbc:ID', line) === category &&
          seen.sum('cac:Item/cac:ClassifiedTaxCategory/cbc:Percent', line).eq(percent),
      )
      .map((line) => seen.sum('cbc:LineExtensionAmount', line)),
  )

/** UNCL 1001 as Peppol allows it: invoices (P0100) and credit notes (P0101). */
const invoiceTypes = new Set(
  '71 80 82 84 102 218 219 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877'.split(
    ' ',
  ),
)
const creditTypes = new Set('381 396 81 83 532'.split(' '))

/** Each rule that a message of an invoice as we write them can break. Code lists of other countries are left out. */
export const bisRules: readonly BisRule[] = [
  there('BR-01', 'a specification identifier', 'cbc:CustomizationID'),
  there('BR-02', 'an invoice number', 'cbc:ID'),
  there('BR-03', 'an issue date', 'cbc:IssueDate'),
  {
    id: 'BR-04',
    asks: 'a type code',
    holds: ({ text }) => text('cbc:InvoiceTypeCode') + text('cbc:CreditNoteTypeCode') !== '',
  },
  there('BR-05', 'a currency code', 'cbc:DocumentCurrencyCode'),
  there('BR-06', 'the seller’s name', `${seller}/cac:PartyLegalEntity/cbc:RegistrationName`),
  there('BR-07', 'the buyer’s name', `${buyer}/cac:PartyLegalEntity/cbc:RegistrationName`),
  {
    id: 'BR-08',
    asks: 'the seller’s postal address',
    holds: ({ root }) => root.find(`${seller}/cac:PostalAddress`) !== undefined,
  },
  there('BR-09', 'the seller’s country', `${seller}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  {
    id: 'BR-10',
    asks: 'the buyer’s postal address',
    holds: ({ root }) => root.find(`${buyer}/cac:PostalAddress`) !== undefined,
  },
  there('BR-11', 'the buyer’s country', `${buyer}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  there('BR-12', 'the sum of line net amounts', `${totals}/cbc:LineExtensionAmount`),
  there('BR-13', 'the total without VAT', `${totals}/cbc:TaxExclusiveAmount`),
  there('BR-14', 'the total with VAT', `${totals}/cbc:TaxInclusiveAmount`),
  there('BR-15', 'the amount due', `${totals}/cbc:PayableAmount`),
  { id: 'BR-16', asks: 'at least one line', holds: ({ lines }) => lines.length > 0 },
  onEachLine('BR-21', 'a line identifier', (line, { text }) => text('cbc:ID', line) !== ''),
  onEachLine('BR-22', 'a quantity', (line) => (quantityOf(line)?.text.trim() ?? '') !== ''),
  onEachLine('BR-23', 'a unit', (line) => (quantityOf(line)?.attributes.get('unitCode') ?? '') !== ''),
  onEachLine('BR-24', 'a net amount', (line, { text }) => text('cbc:LineExtensionAmount', line) !== ''),
  onEachLine('BR-25', 'an item name', (line, { text }) => text('cac:Item/cbc:Name', line) !== ''),
  onEachLine('BR-26', 'a net price', (line, { text }) => text('cac:Price/cbc:PriceAmount', line) !== ''),
  onEachLine('BR-27', 'a price not below zero', (line, { sum }) =>
    sum('cac:Price/cbc:PriceAmount', line).gte(0),
  ),
  onEachSubtotal('BR-45', 'a taxable amount', (one, { text }) => text('cbc:TaxableAmount', one) !== ''),
  onEachSubtotal('BR-46', 'a tax amount', (one, { text }) => text('cbc:TaxAmount', one) !== ''),
  onEachSubtotal('BR-47', 'a tax category', (one, { text }) => text('cac:TaxCategory/cbc:ID', one) !== ''),
  onEachSubtotal('BR-48', 'a tax rate', (one, { text }) => text('cac:TaxCategory/cbc:Percent', one) !== ''),
  {
    id: 'BR-49',
    asks: 'a code of the means of payment',
    holds: ({ root, text }) =>
      root.all('cac:PaymentMeans').every((means) => text('cbc:PaymentMeansCode', means) !== ''),
  },
  {
    id: 'BR-50',
    asks: 'an account for a credit transfer',
    holds: ({ root, text }) =>
      root
        .all('cac:PaymentMeans')
        .every(
          (means) =>
            !['30', '58'].includes(text('cbc:PaymentMeansCode', means)) ||
            text('cac:PayeeFinancialAccount/cbc:ID', means) !== '',
        ),
  },
  {
    id: 'BR-55',
    asks: 'a number in each preceding invoice reference',
    holds: ({ root, text }) =>
      root
        .all('cac:BillingReference')
        .every((reference) => text('cac:InvoiceDocumentReference/cbc:ID', reference) !== ''),
  },
  onEachLine(
    'BR-CO-04',
    'a VAT category',
    (line, { text }) => text('cac:Item/cac:ClassifiedTaxCategory/cbc:ID', line) !== '',
  ),
  {
    id: 'BR-CO-09',
    asks: 'VAT numbers that begin with the country',
    holds: ({ root }) =>
      [seller, buyer].every((party) =>
        root
          .all(`${party}/cac:PartyTaxScheme/cbc:CompanyID`)
          .every(({ text }) => /^[A-Z]{2}/.test(text.trim())),
      ),
  },
  {
    id: 'BR-CO-10',
    asks: 'the sum of line net amounts to be their sum',
    holds: ({ lines, sum }) =>
      sum(`${totals}/cbc:LineExtensionAmount`).eq(
        added(lines.map((line) => sum('cbc:LineExtensionAmount', line))),
      ),
  },
  {
    id: 'BR-CO-13',
    asks: 'the total without VAT to be lines − allowances + charges',
    holds: ({ sum }) =>
      sum(`${totals}/cbc:TaxExclusiveAmount`).eq(
        sum(`${totals}/cbc:LineExtensionAmount`)
          .minus(sum(`${totals}/cbc:AllowanceTotalAmount`))
          .plus(sum(`${totals}/cbc:ChargeTotalAmount`)),
      ),
  },
  {
    id: 'BR-CO-14',
    asks: 'the total VAT to be the sum of its categories',
    holds: ({ subtotals, sum }) =>
      sum('cac:TaxTotal/cbc:TaxAmount').eq(added(subtotals.map((one) => sum('cbc:TaxAmount', one)))),
  },
  {
    id: 'BR-CO-15',
    asks: 'the total with VAT to be the total without it plus VAT',
    holds: ({ sum }) =>
      sum(`${totals}/cbc:TaxInclusiveAmount`).eq(
        sum(`${totals}/cbc:TaxExclusiveAmount`).plus(sum('cac:TaxTotal/cbc:TaxAmount')),
      ),
  },
  {
    id: 'BR-CO-16',
    asks: 'the amount due to be the total − prepaid + rounding',
    holds: ({ sum }) =>
      sum(`${totals}/cbc:PayableAmount`).eq(
        sum(`${totals}/cbc:TaxInclusiveAmount`)
          .minus(sum(`${totals}/cbc:PrepaidAmount`))
          .plus(sum(`${totals}/cbc:PayableRoundingAmount`)),
      ),
  },
  // The published check allows a difference of one unit of the currency: VAT is counted line by line.
  onEachSubtotal('BR-CO-17', 'the VAT of a category to be its amount times its rate', (one, { sum }) =>
    within(
      sum('cbc:TaxAmount', one),
      sum('cbc:TaxableAmount', one).mul(sum('cac:TaxCategory/cbc:Percent', one)).div(100).toDecimalPlaces(2),
      '1',
    ),
  ),
  { id: 'BR-CO-18', asks: 'a VAT breakdown', holds: ({ subtotals }) => subtotals.length > 0 },
  {
    id: 'BR-CO-25',
    asks: 'a due date or terms when something is due',
    holds: ({ sum, text }) =>
      !sum(`${totals}/cbc:PayableAmount`).gt(0) ||
      text('cbc:CreditNoteTypeCode') !== '' ||
      text('cbc:DueDate') + text('cac:PaymentTerms/cbc:Note') !== '',
  },
  {
    id: 'BR-CO-26',
    asks: 'an identifier, a registration or a VAT number of the seller',
    holds: ({ text }) =>
      text(`${seller}/cac:PartyIdentification/cbc:ID`) +
        text(`${seller}/cac:PartyLegalEntity/cbc:CompanyID`) +
        text(`${seller}/cac:PartyTaxScheme/cbc:CompanyID`) !==
      '',
  },
  ...[
    'Amount',
    'LineExtensionAmount',
    'TaxExclusiveAmount',
    'TaxInclusiveAmount',
    'PayableAmount',
    'TaxableAmount',
    'TaxAmount',
  ].map((name): BisRule => ({
    id: `BR-DEC (${name})`,
    asks: 'at most two decimals',
    holds: ({ root }) =>
      [...root.leaves()].every(
        (leaf) => leaf.name !== `cbc:${name}` || /^-?\d+(\.\d{1,2})?$/.test(leaf.text.trim()),
      ),
  })),
  {
    id: 'BR-S-02',
    asks: 'a VAT number of the seller with standard-rated lines',
    holds: ({ lines, text }) =>
      !lines.some((line) => text('cac:Item/cac:ClassifiedTaxCategory/cbc:ID', line) === 'S') ||
      text(`${seller}/cac:PartyTaxScheme/cbc:CompanyID`) !== '',
  },
  onEachLine(
    'BR-S-05',
    'a rate above zero for category S',
    (line, { sum, text }) =>
      text('cac:Item/cac:ClassifiedTaxCategory/cbc:ID', line) !== 'S' ||
      sum('cac:Item/cac:ClassifiedTaxCategory/cbc:Percent', line).gt(0),
  ),
  onEachLine(
    'BR-Z-05 / BR-E-05',
    'rate zero for categories Z and E',
    (line, { sum, text }) =>
      !['Z', 'E'].includes(text('cac:Item/cac:ClassifiedTaxCategory/cbc:ID', line)) ||
      sum('cac:Item/cac:ClassifiedTaxCategory/cbc:Percent', line).isZero(),
  ),
  onEachSubtotal('BR-S-08 / BR-Z-08 / BR-E-08', 'the taxable amount to be that of its lines', (one, seen) =>
    within(
      seen.sum('cbc:TaxableAmount', one),
      netOf(seen, seen.text('cac:TaxCategory/cbc:ID', one), seen.sum('cac:TaxCategory/cbc:Percent', one)),
      '1',
    ),
  ),
  onEachSubtotal(
    'BR-Z-09 / BR-E-09',
    'no VAT in categories Z and E',
    (one, { sum, text }) =>
      !['Z', 'E'].includes(text('cac:TaxCategory/cbc:ID', one)) || sum('cbc:TaxAmount', one).isZero(),
  ),
  onEachSubtotal(
    'BR-E-10',
    'a reason for an exemption',
    (one, { text }) =>
      text('cac:TaxCategory/cbc:ID', one) !== 'E' ||
      text('cac:TaxCategory/cbc:TaxExemptionReason', one) +
        text('cac:TaxCategory/cbc:TaxExemptionReasonCode', one) !==
        '',
  ),
  onEachSubtotal(
    'BR-S-10',
    'no reason for an exemption in category S',
    (one, { text }) =>
      text('cac:TaxCategory/cbc:ID', one) !== 'S' ||
      text('cac:TaxCategory/cbc:TaxExemptionReason', one) === '',
  ),
  {
    id: 'PEPPOL-EN16931-R001',
    asks: 'a business process',
    holds: ({ text }) => text('cbc:ProfileID') !== '',
  },
  {
    id: 'PEPPOL-EN16931-R002',
    asks: 'no more than one note',
    holds: ({ root }) => root.all('cbc:Note').length <= 1,
  },
  {
    id: 'PEPPOL-EN16931-R003',
    asks: 'a buyer reference or an order reference',
    holds: ({ text }) => text('cbc:BuyerReference') + text('cac:OrderReference/cbc:ID') !== '',
  },
  {
    id: 'PEPPOL-EN16931-R004',
    asks: 'the customization of BIS Billing 3',
    holds: ({ text }) => text('cbc:CustomizationID') === peppol.customization,
  },
  {
    id: 'PEPPOL-EN16931-R007',
    asks: 'a process of the form urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0',
    holds: ({ text }) => /^urn:fdc:peppol\.eu:2017:poacc:billing:\d\d:1\.0$/.test(text('cbc:ProfileID')),
  },
  {
    id: 'PEPPOL-EN16931-R008',
    asks: 'no empty element',
    holds: ({ root }) => [...root.leaves()].every(({ text }) => text.trim() !== ''),
  },
  there('PEPPOL-EN16931-R010', 'the buyer’s electronic address', `${buyer}/cbc:EndpointID`),
  there('PEPPOL-EN16931-R020', 'the seller’s electronic address', `${seller}/cbc:EndpointID`),
  {
    id: 'PEPPOL-EN16931-R051',
    asks: 'one currency in all sums',
    holds: ({ root, text }) =>
      [...root.leaves()].every(({ attributes }) =>
        [undefined, text('cbc:DocumentCurrencyCode')].includes(attributes.get('currencyID')),
      ),
  },
  {
    id: 'PEPPOL-EN16931-R053',
    asks: 'one tax total with a breakdown',
    holds: ({ root }) => root.all('cac:TaxTotal').length === 1,
  },
  onEachLine('PEPPOL-EN16931-R120', 'a net amount of quantity × price − allowances', (line, { sum }) =>
    within(
      sum('cbc:LineExtensionAmount', line),
      (numberIn(quantityOf(line)?.text.trim() ?? '') ?? decimal(0))
        .mul(sum('cac:Price/cbc:PriceAmount', line))
        .minus(added(line.all('cac:AllowanceCharge').map((one) => sum('cbc:Amount', one))))
        .toDecimalPlaces(2),
      '0.02',
    ),
  ),
  {
    id: 'PEPPOL-EN16931-P0100 / P0101',
    asks: 'a type code that Peppol knows',
    holds: ({ root, text }) =>
      root.name === 'CreditNote'
        ? creditTypes.has(text('cbc:CreditNoteTypeCode'))
        : invoiceTypes.has(text('cbc:InvoiceTypeCode')),
  },
  {
    id: 'PEPPOL-EN16931-P0112',
    asks: 'no corrected invoice (384) outside Germany',
    holds: ({ text }) => text('cbc:InvoiceTypeCode') !== typeCodes.corrected,
  },
  {
    id: 'PEPPOL-EN16931-F001',
    asks: 'dates as YYYY-MM-DD',
    holds: ({ root }) =>
      [...root.leaves()].every(({ name, text }) => !name.endsWith('Date') || isDate(text.trim())),
  },
]

/** Ids of the rules that a message breaks, in the order above. */
export const brokenBisRules = (root: Element): { id: string; asks: string }[] => {
  const seen = seenOf(root)
  return bisRules.filter((rule) => !rule.holds(seen)).map(({ id, asks }) => ({ id, asks }))
}
