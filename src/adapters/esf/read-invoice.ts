import { readDocumentValue, type TaxInvoice } from '../../core/document/index.ts'
import { failed, fault, ok, type Result } from '../../core/kernel/index.ts'
import type { InvoiceReader } from '../../core/mirror/index.ts'
import { dayOf } from './read-answers.ts'
import { child, childrenOf, NotXml, parseXml, textOf, writeXml } from './xml.ts'
import type { XmlElement } from './xml.ts'

type Given = Record<string, unknown>

/**
 * Reads the portal's form InvoiceV2 into the document language: by local names, in any order, whatever the edition
 * of the schema. What the language has no place for, or would refuse, goes to `extras` under `esf/…` and is not
 * lost; only without the parts that make it an invoice (day, parties, lines, sums) it is not read.
 */
export const readInvoice: InvoiceReader['read'] = (body, { guid }) => {
  const root = rootOf(body)
  if (root === undefined) return notReadable('')
  if (root.namespace !== 'v2.esf' || root.name !== 'invoice')
    return notReadable(`{${root.namespace}}${root.name}`)
  const extras: { name: string; value: string }[] = []
  const given = invoiceOf(root, guid, extras)
  return forgiving(given, extras)
}

const notReadable = (root: string): Result<TaxInvoice> =>
  failed(
    fault('ESF-FORM-01', root.slice(0, 100), {
      ru: 'Это не счёт-фактура формы InvoiceV2.',
      kk: 'Бұл InvoiceV2 нысанындағы шот-фактура емес.',
      en: 'This is no invoice of the form InvoiceV2.',
    }),
  )

const rootOf = (body: string): XmlElement | undefined => {
  try {
    return parseXml(body)
  } catch (error) {
    if (error instanceof NotXml) return undefined
    throw error
  }
}

/** Rounds of moving aside what the language refuses: each takes all faults of the round before. */
const rounds = 5
/** The language takes 200. */
const mostExtras = 200

/** Reads; whatever optional value is refused moves to the extras, and it is read again. */
const forgiving = (given: Given, extras: { name: string; value: string }[]): Result<TaxInvoice> => {
  for (let round = 0; ; round += 1) {
    const value = extras.length === 0 ? given : { ...given, extras: extras.slice(0, mostExtras) }
    const read = readDocumentValue('tax-invoice', value)
    if (read.ok) return read.value.kind === 'tax-invoice' ? ok(read.value) : notReadable(read.value.kind)
    if (round === rounds) return read
    let moved = 0
    for (const { path } of read.faults) {
      const value = takeOut(given, path)
      if (value === undefined) continue
      moved += 1
      extras.push(extra(path, typeof value === 'string' ? value : JSON.stringify(value)))
    }
    if (moved === 0) return read
  }
}

const extra = (path: string, value: string): { name: string; value: string } => ({
  name: `esf/${path}`.slice(0, 100),
  // An extra holds 4 000 characters; the portal's own text is kept whole beside the document.
  value: value.slice(0, 4000),
})

/** Takes a value out by its path (`lines[2].unitCode`); undefined when nothing is there. */
const takeOut = (given: Given, path: string): unknown => {
  const steps = path.match(/[^.[\]]+/g) ?? []
  const last = steps.pop()
  if (last === undefined) return undefined
  let at: unknown = given
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Given)[step]
  }
  if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined
  const holder = at as Given
  if (!Object.hasOwn(holder, last)) return undefined
  const value = holder[last]
  delete holder[last]
  return value === '' ? undefined : value
}

const types: Readonly<Record<string, string>> = {
  ORDINARY_INVOICE: 'ordinary',
  FIXED_INVOICE: 'fixed',
  ADDITIONAL_INVOICE: 'additional',
}

const lower = (code: string | undefined): string | undefined => code?.toLowerCase().replaceAll('_', '-')

/** Without what is absent: the language tells `null` and absence apart from empty records. */
const filled = (value: Given): Given | undefined => {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const isTrue = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : text === 'true' || text === '1'

const invoiceOf = (root: XmlElement, guid: string, extras: { name: string; value: string }[]): Given => {
  const at = (name: string) => textOf(root, name)
  const set = child(root, 'productSet')
  const sellers = childrenOf(child(root, 'sellers'), 'seller')
  const customers = childrenOf(child(root, 'customers'), 'customer')
  sellers.slice(1).forEach((one, index) => extras.push(extra(`sellers[${index + 1}]`, writeXml(one))))
  customers.slice(1).forEach((one, index) => extras.push(extra(`customers[${index + 1}]`, writeXml(one))))
  const type = at('invoiceType')
  return (
    filled({
      guid,
      version: '1',
      number: at('num'),
      date: dayOf(at('date')),
      currency: textOf(set, 'currencyCode') ?? 'KZT',
      invoiceType: type === undefined ? undefined : (types[type] ?? type),
      relatedInvoice: related(child(root, 'relatedInvoice')),
      turnoverDate: dayOf(at('turnoverDate')),
      datePaper: dayOf(at('datePaper')),
      reasonPaper: lower(at('reasonPaper')),
      operatorName: at('operatorFullname'),
      currencyRate: textOf(set, 'currencyRate'),
      withoutVatOutsideKz: textOf(set, 'ndsRateType') === 'WITHOUT_NDS_NOT_KZ' ? true : undefined,
      seller: sellerOf(sellers[0]),
      buyer: buyerOf(customers[0]),
      publicOffice: officeOf(child(root, 'publicOffice')),
      consignor: shippingParty(child(root, 'consignor')),
      consignee: shippingParty(child(root, 'consignee')),
      deliveryTerm: deliveryTerm(child(root, 'deliveryTerm')),
      deliveryDocument: reference(at('deliveryDocNum'), at('deliveryDocDate')),
      secondDeliveryDocument: reference(at('deliveryDocNum2'), at('deliveryDocDate2')),
      lines: childrenOf(child(set, 'products'), 'product').map(lineOf),
      totals: {
        amountWithoutVat: textOf(set, 'totalPriceWithoutTax'),
        exciseAmount: textOf(set, 'totalExciseAmount') ?? '0',
        turnoverAmount: textOf(set, 'totalTurnoverSize'),
        vatAmount: textOf(set, 'totalNdsAmount'),
        amountWithVat: textOf(set, 'totalPriceWithTax'),
      },
      sellerParticipants: participants(child(root, 'sellerParticipants')),
      buyerParticipants: participants(child(root, 'customerParticipants')),
      sellerAgent: agent(root, 'sellerAgent'),
      buyerAgent: agent(root, 'customerAgent'),
      comment: at('addInf'),
    }) ?? {}
  )
}

const related = (invoice: XmlElement | undefined): Given | undefined =>
  invoice === undefined
    ? undefined
    : filled({
        number: textOf(invoice, 'num'),
        date: dayOf(textOf(invoice, 'date')),
        registrationNumber: textOf(invoice, 'registrationNumber'),
      })

const statusesOf = (party: XmlElement | undefined): string[] | undefined => {
  const list = childrenOf(child(party, 'statuses'), 'status').map(({ text }) => lower(text.trim()) ?? '')
  return list.length === 0 ? undefined : list
}

const bank = (party: XmlElement | undefined, names: [string, string, string, string]): Given | undefined => {
  const [iik, bik, bankName, kbe] = names.map((name) => textOf(party, name))
  return filled({ iik, bik, bankName, kbe })
}

const partyOf = (party: XmlElement | undefined): Given => ({
  taxId: textOf(party, 'tin'),
  branchTaxId: textOf(party, 'branchTin'),
  reorganizedTaxId: textOf(party, 'reorganizedTin'),
  name: textOf(party, 'name'),
  address: textOf(party, 'address'),
  country: textOf(party, 'countryCode'),
  statuses: statusesOf(party),
  share: textOf(party, 'shareParticipation'),
  trailer: textOf(party, 'trailer'),
})

const sellerOf = (party: XmlElement | undefined): Given =>
  filled({
    ...partyOf(party),
    bank: bank(party, ['iik', 'bik', 'bank', 'kbe']),
    vatControlBank: bank(party, ['ndscaIik', 'ndscaBik', 'ndscaBank', 'ndscaKbe']),
    vatCertificate: filled({
      series: textOf(party, 'certificateSeries'),
      number: textOf(party, 'certificateNum'),
    }),
    branchOfNonresident: isTrue(textOf(party, 'isBranchNonResident')),
  }) ?? {}

const buyerOf = (party: XmlElement | undefined): Given => filled(partyOf(party)) ?? {}

const officeOf = (office: XmlElement | undefined): Given | undefined =>
  office === undefined
    ? undefined
    : filled({
        iik: textOf(office, 'iik'),
        bik: textOf(office, 'bik'),
        productCode: textOf(office, 'productCode'),
        paymentPurpose: textOf(office, 'payPurpose'),
      })

const shippingParty = (party: XmlElement | undefined): Given | undefined =>
  party === undefined
    ? undefined
    : filled({
        taxId: textOf(party, 'tin'),
        name: textOf(party, 'name'),
        address: textOf(party, 'address'),
        country: textOf(party, 'countryCode'),
      })

const deliveryTerm = (term: XmlElement | undefined): Given =>
  filled({
    hasContract: isTrue(textOf(term, 'hasContract')) ?? false,
    contractNumber: textOf(term, 'contractNum'),
    contractDate: dayOf(textOf(term, 'contractDate')),
    accountNumber: textOf(term, 'accountNumber'),
    term: textOf(term, 'term'),
    transportTypeCode: textOf(term, 'transportTypeCode'),
    warrantNumber: textOf(term, 'warrant'),
    warrantDate: dayOf(textOf(term, 'warrantDate')),
    destination: textOf(term, 'destination'),
    deliveryConditionCode: textOf(term, 'deliveryConditionCode'),
  }) ?? {}

const reference = (number: string | undefined, date: string | undefined): Given | undefined =>
  number === undefined && date === undefined
    ? undefined
    : filled({ number: number ?? 'б/н', date: dayOf(date) })

/** The language knows units by their code of three or four digits; anything else is a name. */
const unit = (nomenclature: string | undefined): Given =>
  nomenclature === undefined
    ? {}
    : /^\d{3,4}$/.test(nomenclature)
      ? { unitCode: nomenclature }
      : { unit: nomenclature }

/** "Без НДС" is the absence of a rate. */
const rate = (text: string | undefined): string => (text === undefined ? 'none' : String(Number(text)))

const lineOf = (product: XmlElement): Given => {
  const at = (name: string) => textOf(product, name)
  return (
    filled({
      truOriginCode: at('truOriginCode') ?? '6',
      name: at('description') ?? at('tnvedName') ?? '—',
      declaredName: at('tnvedName'),
      tnvedCode: at('unitCode'),
      gtin: at('gtinCode'),
      kpvedCode: at('kpvedCode'),
      ...unit(at('unitNomenclature')),
      quantity: at('quantity'),
      price: at('unitPrice'),
      amountWithoutVat: at('priceWithoutTax'),
      exciseRate: at('exciseRate'),
      exciseAmount: at('exciseAmount'),
      turnoverAmount: at('turnoverSize'),
      vatRate: rate(at('ndsRate')),
      vatAmount: at('ndsAmount'),
      amountWithVat: at('priceWithTax'),
      declarationNumber: at('productDeclaration'),
      declarationLine: at('productNumberInDeclaration'),
      waybillLine: at('productNumberInSnt'),
      catalogTruId: at('catalogTruId'),
      turnoverCode: at('turnoverCode'),
      turnoverAdjustment: at('turnoverAdjustment'),
      secondUnit: at('quantitativeUnitNomenclature'),
      secondQuantity: at('quantitativeQuantity'),
      additionalUnit: at('additionalUnitNomenclature'),
      additional: at('additional'),
    }) ?? {}
  )
}

const participants = (list: XmlElement | undefined): Given[] | undefined => {
  const found = childrenOf(list, 'participant').map(
    (participant) =>
      filled({
        taxId: textOf(participant, 'tin'),
        reorganizedTaxId: textOf(participant, 'reorganizedTin'),
        shares: childrenOf(child(participant, 'productShares'), 'share').map(shareOf),
      }) ?? {},
  )
  return found.length === 0 ? undefined : found
}

const shareOf = (share: XmlElement): Given => {
  const at = (name: string) => textOf(share, name)
  return (
    filled({
      lineNumber: at('productNumber'),
      quantity: at('quantity'),
      secondQuantity: at('quantitativeQuantity'),
      additionalUnit: at('additionalUnitNomenclature'),
      additional: at('additional'),
      amountWithoutVat: at('priceWithoutTax'),
      exciseAmount: at('exciseAmount'),
      turnoverAmount: at('turnoverSize'),
      vatRate: at('ndsRate') === undefined ? undefined : rate(at('ndsRate')),
      vatAmount: at('ndsAmount'),
      amountWithVat: at('priceWithTax'),
    }) ?? {}
  )
}

const agent = (root: XmlElement, prefix: string): Given | undefined =>
  filled({
    taxId: textOf(root, `${prefix}Tin`),
    name: textOf(root, `${prefix}Name`),
    address: textOf(root, `${prefix}Address`),
    documentNumber: textOf(root, `${prefix}DocNum`),
    documentDate: dayOf(textOf(root, `${prefix}DocDate`)),
  })
