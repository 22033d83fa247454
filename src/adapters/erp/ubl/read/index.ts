import { v5 } from 'uuid'
import { readDocumentValue } from '../../../../core/document/index.ts'
import type { ForeignFormat, ForeignReading, ReadingContext } from '../../../../core/exchange/index.ts'
import { decimal, moneyText, ok, type ExactDecimal } from '../../../../core/kernel/index.ts'
import { typeCodes } from '../names.ts'
import { documentAllowance } from '../ubl-faults.ts'
import { Explained } from './explained.ts'
import { readLine, type LineContext } from './lines.ts'
import { readBank, readParty } from './parties.ts'
import { readTree, type Element } from './tree.ts'

/** Grows when the same file would read differently. */
const version = 'ubl@1'

/** Namespace of GUIDs for invoices that bring none; it must never change. */
const guidNamespace = 'b2d7f8a4-3c1e-5d60-9a41-7f0d2c9e1b55'

/**
 * An invoice or a credit note of UBL 2.1, Peppol BIS or not, becomes a payment invoice or a tax invoice: type 388
 * is a tax invoice, a credit note an additional one that takes away, a debit note (383) one that adds, 384 a corrected
 * one, and 380 what the setting
 * `ubl.invoice` of the connection says (`tax-invoice` unless it says `payment-invoice`).
 */
export const ublFormat: ForeignFormat = {
  name: 'ubl',
  read: async (bytes, _fileName, context) => {
    const tree = await readTree(bytes)
    return tree.ok ? ok([readingOf(tree.value, context)]) : tree
  },
}

const readingOf = (root: Element, context: ReadingContext): ForeignReading => {
  const explained = new Explained()
  const typeCode = explained.text(
    'kind',
    root.find('cbc:InvoiceTypeCode') ?? root.find('cbc:CreditNoteTypeCode'),
  )
  const isCredit = root.name === 'CreditNote'
  const kind = kindOf(typeCode, isCredit, context)
  const lineContext: LineContext = { explained, profile: context.profile, kind, sign: isCredit ? -1 : 1 }
  const lines = root
    .all(isCredit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine')
    .map((line, index) => readLine(lineContext, `lines[${index}]`, line))
  for (const one of root.all('cac:AllowanceCharge')) explained.faults.push(documentAllowance(one.place))
  const value = {
    kind,
    ...readHead(explained, root),
    seller: {
      ...readParty(explained, 'seller', root.find('cac:AccountingSupplierParty/cac:Party')),
      bank: readBank(explained, root),
    },
    buyer: readParty(explained, 'buyer', root.find('cac:AccountingCustomerParty/cac:Party')),
    ...(kind === 'tax-invoice' ? taxInvoiceParts(explained, root, typeCode) : paymentParts(explained, root)),
    lines,
    totals: readTotals(lineContext, root),
    comment: explained.text('comment', root.find('cbc:Note')),
  }
  const read = readDocumentValue(kind, value)
  // What could not be read is also missing, and what is counted from it; one fault for one field is enough.
  const known = new Set(explained.faults.flatMap(({ path }) => [path, ...countedFrom(path)]))
  const faults = [...explained.faults, ...(read.ok ? [] : read.faults.filter(({ path }) => !known.has(path)))]
  return {
    document: read.ok && faults.length === 0 ? read.value : undefined,
    faults,
    sources: explained.sources,
    unread: [...root.leaves()]
      .filter((leaf) => leaf.unread && leaf.text.trim() !== '')
      .map((leaf) => leaf.place),
    mapping: version,
  }
}

/** Values of a line that are counted from its rate. */
const countedFrom = (path: string): string[] =>
  path.endsWith('.vatRate') ? ['vatAmount', 'amountWithVat'].map((name) => path.replace('vatRate', name)) : []

const kindOf = (
  typeCode: string | undefined,
  isCredit: boolean,
  { profile }: ReadingContext,
): 'payment-invoice' | 'tax-invoice' => {
  const { tax, corrected, debit } = typeCodes
  if (isCredit || [tax, corrected, debit].some((code) => code === typeCode)) return 'tax-invoice'
  return profile.settings?.['ubl']?.['invoice'] === 'payment-invoice' ? 'payment-invoice' : 'tax-invoice'
}

const readHead = (explained: Explained, root: Element): Record<string, unknown> => {
  const number = explained.text('number', root.find('cbc:ID'))
  const date = explained.text('date', root.find('cbc:IssueDate'))
  const seller = root.find('cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID')
  const words = [root.name, seller?.text.trim() ?? '', number ?? '', date ?? '']
  return {
    guid:
      explained.text('guid', root.find('cbc:UUID')) ??
      explained.made('guid', 'seller + number + date', v5(words.join('\u0000'), guidNamespace)),
    number,
    date,
    currency: explained.text('currency', root.find('cbc:DocumentCurrencyCode')),
  }
}

const taxInvoiceParts = (
  explained: Explained,
  root: Element,
  typeCode: string | undefined,
): Record<string, unknown> => {
  const contract = root.find('cac:ContractDocumentReference')
  const related = root.find('cac:BillingReference/cac:InvoiceDocumentReference')
  const turnover = [
    'cbc:TaxPointDate',
    'cac:Delivery/cbc:ActualDeliveryDate',
    'cac:InvoicePeriod/cbc:EndDate',
    'cbc:IssueDate',
  ].flatMap((path) => root.find(path) ?? [])[0]
  const rate = root.find('cac:TaxExchangeRate') ?? root.find('cac:PricingExchangeRate')
  return {
    invoiceType: explained.made('invoiceType', 'type of the message', invoiceTypeOf(root, typeCode)),
    relatedInvoice: related && {
      number: explained.text('relatedInvoice.number', related.find('cbc:ID')),
      date: explained.text('relatedInvoice.date', related.find('cbc:IssueDate')),
    },
    turnoverDate: explained.text('turnoverDate', turnover),
    currencyRate: explained.text('currencyRate', rate?.find('cbc:CalculationRate')),
    deliveryTerm: {
      hasContract: explained.made(
        'deliveryTerm.hasContract',
        'contract named',
        contract !== undefined,
        contract,
      ),
      contractNumber: explained.text('deliveryTerm.contractNumber', contract?.find('cbc:ID')),
      contractDate: explained.text('deliveryTerm.contractDate', contract?.find('cbc:IssueDate')),
    },
  }
}

const invoiceTypeOf = ({ name }: Element, typeCode: string | undefined): string => {
  if (name === 'CreditNote' || typeCode === typeCodes.debit) return 'additional'
  return typeCode === typeCodes.corrected ? 'fixed' : 'ordinary'
}

const paymentParts = (explained: Explained, root: Element): Record<string, unknown> => {
  const contract = root.find('cac:ContractDocumentReference')
  return {
    basis: contract && {
      title:
        explained.text('basis.title', contract.find('cbc:DocumentType')) ??
        explained.made('basis.title', 'contract named', 'Договор', contract),
      number: explained.text('basis.number', contract.find('cbc:ID')),
      date: explained.text('basis.date', contract.find('cbc:IssueDate')),
    },
    payBefore: explained.text(
      'payBefore',
      root.find('cbc:DueDate') ?? root.find('cac:PaymentMeans/cbc:PaymentDueDate'),
    ),
  }
}

/** The sender's totals, to be compared with ours. */
const readTotals = ({ explained, kind, sign }: LineContext, root: Element): Record<string, unknown> => {
  const sums = root.find('cac:LegalMonetaryTotal')
  const money = (value: ExactDecimal | undefined): string | undefined => value && moneyText(value.mul(sign))
  const currency = root.find('cbc:DocumentCurrencyCode')?.text.trim()
  const vat = root
    .all('cac:TaxTotal/cbc:TaxAmount')
    .find(({ attributes }) => [undefined, currency].includes(attributes.get('currencyID')))
  const net = explained.decimal('totals.amountWithoutVat', sums?.find('cbc:TaxExclusiveAmount'))
  const gross = explained.decimal('totals.amountWithVat', sums?.find('cbc:TaxInclusiveAmount'))
  return {
    amountWithoutVat: money(net),
    vatAmount: money(explained.decimal('totals.vatAmount', vat) ?? decimal(0)),
    amountWithVat: money(gross),
    ...(kind === 'tax-invoice' && net !== undefined
      ? { turnoverAmount: explained.made('totals.turnoverAmount', 'net amount', money(net)) }
      : {}),
  }
}
