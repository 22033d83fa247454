import type { Document } from '../../../../core/document/index.ts'
import { decimal, failed, ok, type Result } from '../../../../core/kernel/index.ts'
import { peppol, typeCodes, ubl } from '../names.ts'
import { mixedSigns, noUblForm } from '../ubl-faults.ts'
import { breakdown, lineOf } from './lines.ts'
import { partyOf, paymentMeansOf } from './parties.ts'
import { Sums, type Invoice } from './sums.ts'
import { cac, cbc, xmlText, type Node } from './xml-text.ts'

/**
 * An invoice as UBL 2.1 in the form of Peppol BIS Billing 3; an additional tax invoice that takes away becomes a
 * credit note. What UBL has no place for stays behind: the signed document is the one in the own format.
 */
export const writeUbl = (document: Document): Result<string> => {
  if (document.kind !== 'tax-invoice' && document.kind !== 'payment-invoice') return failed(noUblForm())
  const sums = new Sums(document)
  const agrees = document.lines.every(({ amountWithoutVat }) => sums.positive(amountWithoutVat).gte(0))
  if (!agrees) return failed(mixedSigns())
  // Whoever charges VAT pays it, with or without the number of his certificate.
  const chargesVat = document.lines.some(({ vatRate }) => vatRate !== 'none')
  const children = [
    cbc('CustomizationID', peppol.customization),
    cbc('ProfileID', peppol.profile),
    ...headOf(document, sums),
    ...referencesOf(document),
    cac('AccountingSupplierParty', partyOf(document.seller, chargesVat)),
    cac('AccountingCustomerParty', partyOf(document.buyer)),
    paymentMeansOf(document.seller),
    ...moneyOf(document, sums),
    ...document.lines.map((line, index) => lineOf(document, line, index + 1, sums)),
  ]
  return ok(
    sums.isCredit
      ? xmlText('CreditNote', ubl.creditNote, children)
      : xmlText('Invoice', ubl.invoice, children),
  )
}

type Maybe = Node | undefined | false | ''

const headOf = (document: Invoice, { isCredit }: Sums): Maybe[] => {
  const note = document.comment !== undefined && cbc('Note', document.comment)
  const taxPoint = document.kind === 'tax-invoice' && cbc('TaxPointDate', document.turnoverDate)
  const due = dueOf(document)
  return [
    cbc('ID', document.number),
    cbc('UUID', document.guid),
    cbc('IssueDate', document.date),
    // The two schemas order the same elements differently.
    ...(isCredit
      ? [taxPoint, cbc('CreditNoteTypeCode', typeCodes.credit), note]
      : [due && cbc('DueDate', due), cbc('InvoiceTypeCode', typeCodeOf(document)), note, taxPoint]),
    cbc('DocumentCurrencyCode', document.currency),
    // BIS wants a reference of the buyer; where there is none, his tax number or name stands for it.
    cbc('BuyerReference', contractOf(document)?.number ?? document.buyer.taxId ?? document.buyer.name),
  ]
}

const typeCodeOf = (document: Invoice): string => {
  if (document.kind === 'payment-invoice') return typeCodes.commercial
  return { ordinary: typeCodes.tax, fixed: typeCodes.corrected, additional: typeCodes.debit }[
    document.invoiceType
  ]
}

const dueOf = (document: Invoice): string | undefined =>
  document.kind === 'payment-invoice' ? document.payBefore : undefined

const referencesOf = (document: Invoice): Maybe[] => {
  const contract = contractOf(document)
  const related = document.kind === 'tax-invoice' ? document.relatedInvoice : undefined
  return [
    related &&
      cac(
        'BillingReference',
        cac('InvoiceDocumentReference', cbc('ID', related.number), cbc('IssueDate', related.date)),
      ),
    contract &&
      cac(
        'ContractDocumentReference',
        cbc('ID', contract.number),
        contract.date && cbc('IssueDate', contract.date),
        contract.title && cbc('DocumentType', contract.title),
      ),
  ]
}

const contractOf = (document: Invoice): { number: string; date?: string; title?: string } | undefined => {
  if (document.kind === 'tax-invoice') {
    const { contractNumber: number, contractDate: date } = document.deliveryTerm
    return number === undefined ? undefined : { number, date }
  }
  const { number, date, title } = document.basis ?? {}
  return number === undefined ? undefined : { number, date, title }
}

const moneyOf = (document: Invoice, sums: Sums): Maybe[] => {
  const [net, vat, gross] = [
    sums.positive(document.totals.amountWithoutVat),
    sums.positive(document.totals.vatAmount),
    sums.positive(document.totals.amountWithVat),
  ]
  const rate = document.kind === 'tax-invoice' ? document.currencyRate : undefined
  return [
    // BIS wants to know when to pay what is not paid yet.
    dueOf(document) === undefined && gross.gt(0) && cac('PaymentTerms', cbc('Note', 'По договору')),
    rate !== undefined &&
      cac(
        'TaxExchangeRate',
        cbc('SourceCurrencyCode', document.currency),
        cbc('TargetCurrencyCode', 'KZT'),
        cbc('CalculationRate', String(decimal(rate))),
      ),
    cac('TaxTotal', sums.money('TaxAmount', vat), ...breakdown(document.lines, sums)),
    cac(
      'LegalMonetaryTotal',
      sums.money('LineExtensionAmount', net),
      sums.money('TaxExclusiveAmount', net),
      sums.money('TaxInclusiveAmount', gross),
      sums.money('PayableAmount', gross),
    ),
  ]
}
