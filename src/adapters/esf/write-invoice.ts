import type { TaxInvoice } from '../../core/document/index.ts'
import { decimal, plainText } from '../../core/kernel/index.ts'
import type { LocalDate } from '../../core/kernel/index.ts'
import type { InvoiceWriter } from '../../core/mirror/index.ts'
import { escapeXml } from './xml.ts'

/**
 * The portal's form InvoiceV2 (SDK of 2025), as the live portal wants it, which is narrower than its schema:
 * only the root is qualified, with the prefix `v2` (a default namespace is rejected); inside, first the
 * abstract part, then the form's own elements, each type in alphabetical order; days as `dd.MM.yyyy`;
 * amounts without trailing zeros (`600000.00` is declined); no prolog, no indentation, no line breaks.
 */
export const writeInvoice: InvoiceWriter['write'] = (invoice) => {
  const abstractPart = [
    element('date', day(invoice.date)),
    element('invoiceType', invoiceTypes[invoice.invoiceType]),
    element('num', invoice.number),
    // Required, and may be empty: the portal shows who signed anyway.
    `<operatorFullname>${escapeXml(invoice.operatorName ?? '')}</operatorFullname>`,
    related(invoice),
    element('turnoverDate', day(invoice.turnoverDate)),
  ]
  const ownPart = [
    element('addInf', invoice.comment),
    consignee(invoice.consignee),
    consignor(invoice.consignor),
    element('customerAgentAddress', invoice.buyerAgent?.address),
    element('customerAgentDocDate', day(invoice.buyerAgent?.documentDate)),
    element('customerAgentDocNum', invoice.buyerAgent?.documentNumber),
    element('customerAgentName', invoice.buyerAgent?.name),
    element('customerAgentTin', invoice.buyerAgent?.taxId),
    participants('customerParticipants', invoice, invoice.buyerParticipants),
    block('customers', [customer(invoice.buyer)]),
    element('datePaper', day(invoice.datePaper)),
    element('deliveryDocDate', day(invoice.deliveryDocument?.date)),
    element('deliveryDocDate2', day(invoice.secondDeliveryDocument?.date)),
    element('deliveryDocNum', invoice.deliveryDocument?.number),
    element('deliveryDocNum2', invoice.secondDeliveryDocument?.number),
    deliveryTerm(invoice.deliveryTerm),
    productSet(invoice),
    publicOffice(invoice.publicOffice),
    element('reasonPaper', upper(invoice.reasonPaper)),
    element('sellerAgentAddress', invoice.sellerAgent?.address),
    element('sellerAgentDocDate', day(invoice.sellerAgent?.documentDate)),
    element('sellerAgentDocNum', invoice.sellerAgent?.documentNumber),
    element('sellerAgentName', invoice.sellerAgent?.name),
    element('sellerAgentTin', invoice.sellerAgent?.taxId),
    participants('sellerParticipants', invoice, invoice.sellerParticipants),
    block('sellers', [seller(invoice.seller)]),
  ]
  return `<v2:invoice xmlns:a="abstractInvoice.esf" xmlns:v2="v2.esf">${abstractPart.join('')}${ownPart.join('')}</v2:invoice>`
}

const invoiceTypes = {
  ordinary: 'ORDINARY_INVOICE',
  fixed: 'FIXED_INVOICE',
  additional: 'ADDITIONAL_INVOICE',
} as const

type Line = TaxInvoice['lines'][number]
type Participant = NonNullable<TaxInvoice['sellerParticipants']>[number]
type Share = Participant['shares'][number]

/** Absent and empty values leave no element: the portal takes an empty one for a wrong value. */
const element = (name: string, value: string | undefined): string =>
  value === undefined || value === '' ? '' : `<${name}>${escapeXml(value)}</${name}>`

const block = (name: string, parts: string[]): string => `<${name}>${parts.join('')}</${name}>`

/** A block with nothing in it is left out. */
const filledBlock = (name: string, parts: string[]): string =>
  parts.every((part) => part === '') ? '' : block(name, parts)

/** `2026-01-31` → `31.01.2026`. */
const day = (date: LocalDate | undefined): string | undefined =>
  date === undefined ? undefined : `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`

/** `1200.50` → `1200.5`, `600000.00` → `600000`, `-0` → `0`. */
const plain = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const value = decimal(text)
  return value.isZero() ? '0' : plainText(value)
}

/** Codes of the document language are the portal's in small letters with dashes. */
const upper = (code: string | undefined): string | undefined => code?.toUpperCase().replaceAll('-', '_')

const flag = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

/** The absence of a rate is how the form says "без НДС". */
const rate = (vatRate: string | undefined): string | undefined =>
  vatRate === undefined || vatRate === 'none' ? undefined : String(Number(vatRate))

/** The portal keeps the eight characters of the bank; the three of the branch are left out. */
const bik8 = (bik: string | undefined): string | undefined => bik?.slice(0, 8)

const related = ({ relatedInvoice }: TaxInvoice): string =>
  relatedInvoice === undefined
    ? ''
    : block('relatedInvoice', [
        element('date', day(relatedInvoice.date)),
        element('num', relatedInvoice.number),
        element('registrationNumber', relatedInvoice.registrationNumber),
      ])

const consignee = (party: TaxInvoice['consignee']): string =>
  party === undefined
    ? ''
    : block('consignee', [
        element('address', party.address),
        element('countryCode', party.country ?? 'KZ'),
        element('name', party.name),
        element('tin', party.taxId),
      ])

const consignor = (party: TaxInvoice['consignor']): string =>
  filledBlock('consignor', [
    element('address', party?.address),
    element('name', party?.name),
    element('tin', party?.taxId),
  ])

const statuses = (list: readonly string[] | undefined): string =>
  list === undefined || list.length === 0
    ? ''
    : block(
        'statuses',
        list.map((status) => element('status', upper(status))),
      )

const customer = (buyer: TaxInvoice['buyer']): string =>
  block('customer', [
    element('address', buyer.address),
    element('branchTin', buyer.branchTaxId),
    element('countryCode', buyer.country ?? 'KZ'),
    element('name', buyer.name),
    element('reorganizedTin', buyer.reorganizedTaxId),
    element('shareParticipation', plain(buyer.share)),
    statuses(buyer.statuses),
    element('tin', buyer.taxId),
    element('trailer', buyer.trailer),
  ])

const seller = (party: TaxInvoice['seller']): string =>
  block('seller', [
    element('address', party.address),
    element('bank', party.bank?.bankName),
    element('bik', bik8(party.bank?.bik)),
    element('branchTin', party.branchTaxId),
    element('certificateNum', party.vatCertificate?.number),
    element('certificateSeries', party.vatCertificate?.series),
    element('countryCode', party.country),
    element('iik', party.bank?.iik),
    element('isBranchNonResident', flag(party.branchOfNonresident)),
    element('kbe', party.bank?.kbe),
    element('name', party.name),
    element('ndscaBank', party.vatControlBank?.bankName),
    element('ndscaBik', bik8(party.vatControlBank?.bik)),
    element('ndscaIik', party.vatControlBank?.iik),
    element('ndscaKbe', party.vatControlBank?.kbe),
    element('reorganizedTin', party.reorganizedTaxId),
    element('shareParticipation', plain(party.share)),
    statuses(party.statuses),
    element('tin', party.taxId),
    element('trailer', party.trailer),
  ])

const deliveryTerm = (term: TaxInvoice['deliveryTerm']): string =>
  block('deliveryTerm', [
    element('accountNumber', term.accountNumber),
    element('contractDate', day(term.contractDate)),
    element('contractNum', term.contractNumber),
    element('deliveryConditionCode', term.deliveryConditionCode),
    element('destination', term.destination),
    element('hasContract', flag(term.hasContract)),
    element('term', term.term),
    element('transportTypeCode', term.transportTypeCode),
    element('warrant', term.warrantNumber),
    element('warrantDate', day(term.warrantDate)),
  ])

const productSet = (invoice: TaxInvoice): string =>
  block('productSet', [
    element('currencyCode', invoice.currency),
    element('currencyRate', plain(invoice.currencyRate)),
    element('ndsRateType', invoice.withoutVatOutsideKz === true ? 'WITHOUT_NDS_NOT_KZ' : undefined),
    block('products', invoice.lines.map(product)),
    element('totalExciseAmount', plain(invoice.totals.exciseAmount)),
    element('totalNdsAmount', plain(invoice.totals.vatAmount)),
    element('totalPriceWithTax', plain(invoice.totals.amountWithVat)),
    element('totalPriceWithoutTax', plain(invoice.totals.amountWithoutVat)),
    element('totalTurnoverSize', plain(invoice.totals.turnoverAmount)),
  ])

const product = (line: Line): string =>
  block('product', [
    element('additional', line.additional),
    element('additionalUnitNomenclature', line.additionalUnit),
    element('catalogTruId', line.catalogTruId),
    element('description', line.name),
    element('exciseAmount', plain(line.exciseAmount)),
    element('exciseRate', plain(line.exciseRate)),
    element('gtinCode', line.gtin),
    element('kpvedCode', line.kpvedCode),
    element('ndsAmount', plain(line.vatAmount)),
    element('ndsRate', rate(line.vatRate)),
    element('priceWithTax', plain(line.amountWithVat)),
    element('priceWithoutTax', plain(line.amountWithoutVat)),
    element('productDeclaration', line.declarationNumber),
    element('productNumberInDeclaration', line.declarationLine),
    element('productNumberInSnt', line.waybillLine),
    element('quantitativeQuantity', plain(line.secondQuantity)),
    element('quantitativeUnitNomenclature', line.secondUnit),
    element('quantity', plain(line.quantity)),
    element('tnvedName', line.declaredName),
    element('truOriginCode', line.truOriginCode),
    element('turnoverAdjustment', plain(line.turnoverAdjustment)),
    element('turnoverCode', line.turnoverCode),
    element('turnoverSize', plain(line.turnoverAmount)),
    element('unitCode', line.tnvedCode),
    // The measure's code, never its name: text is declined as INVALID_MEASURE_UNIT_CODE.
    element('unitNomenclature', line.unitCode),
    element('unitPrice', plain(line.price)),
  ])

const publicOffice = (office: TaxInvoice['publicOffice']): string =>
  office === undefined
    ? ''
    : block('publicOffice', [
        element('bik', office.bik),
        element('iik', office.iik),
        element('payPurpose', office.paymentPurpose),
        element('productCode', office.productCode),
      ])

const participants = (name: string, invoice: TaxInvoice, list: Participant[] | undefined): string =>
  list === undefined || list.length === 0
    ? ''
    : block(
        name,
        list.map((participant) =>
          block('participant', [
            block(
              'productShares',
              participant.shares.map((share) =>
                productShare(share, invoice.lines[Number(share.lineNumber) - 1]),
              ),
            ),
            element('reorganizedTin', participant.reorganizedTaxId),
            element('tin', participant.taxId),
          ]),
        ),
      )

const productShare = (share: Share, line: Line | undefined): string =>
  block('share', [
    element('additional', share.additional),
    element('additionalUnitNomenclature', share.additionalUnit ?? line?.additionalUnit),
    element('exciseAmount', plain(share.exciseAmount)),
    element('ndsAmount', plain(share.vatAmount)),
    element('ndsRate', rate(share.vatRate)),
    element('priceWithTax', plain(share.amountWithVat)),
    element('priceWithoutTax', plain(share.amountWithoutVat)),
    element('productNumber', plain(share.lineNumber)),
    element('productNumberInSnt', line?.waybillLine),
    element('quantitativeQuantity', plain(share.secondQuantity)),
    element('quantity', plain(share.quantity)),
    element('turnoverSize', plain(share.turnoverAmount)),
  ])
