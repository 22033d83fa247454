import type { Document } from '../../../../core/document/index.ts'
import type { ForeignReading } from '../../../../core/exchange/index.ts'
import { priceOf, tiynOf } from './amounts.ts'
import type { Extra } from './extras.ts'
import {
  assemble,
  checkSum,
  checkTotal,
  completedBasis,
  linesOf,
  partiesOf,
  type Part,
  type Surroundings,
} from './assemble.ts'
import { partGuid } from './part-guid.ts'
import type { InvoiceObject } from './invoice-object.ts'
import { totalsOf, type LineDraft, type Row } from './lines.ts'
import { childOf, nodeAt, textOf } from './object-tree.ts'
import { Trace } from './trace.ts'
import { isIncoming, type ObjectHead, type TradeObject } from './trade-object.ts'

const person = (name: string | undefined, position?: string): Record<string, string> | undefined =>
  name === undefined ? undefined : { ...(position !== undefined && { position }), name }

/** A comment is a note of the base to itself; only what came with a partner's document is the document's. */
const commentOf = (object: ObjectHead): string | undefined =>
  isIncoming(object.object)
    ? textOf(
        nodeAt(object.node, 'ОбщиеСвойстваОбъектовФормата', 'Комментарий') ??
          childOf(object.node, 'Комментарий'),
      )
    : undefined

/** Of a row's own additions a part keeps those of its rows. */
const extrasOf = (object: ObjectHead, { settings }: Surroundings, otherTable = ''): Extra[] =>
  settings.keepsExtras && object.remainder.length === 0
    ? object.extras.filter(({ name }) => otherTable === '' || !name.startsWith(`${otherTable}[`))
    : []

export const tradePart = (
  object: TradeObject,
  kind: 'act' | 'waybill' | 'payment-invoice',
  guid: string | undefined,
  rows: readonly Row[],
  around: Surroundings,
): Part => {
  const { lines, traces } = linesOf(rows)
  const { people, warrant, basis } = object
  const value: Record<string, unknown> = {
    ...(basis !== undefined && { basis }),
    priceIncludesVat: object.includesVat,
    lines,
    totals: totalsOf(lines),
    comment: commentOf(object),
  }
  if (kind === 'act') {
    value['deliveredBy'] = person(people['manager'], 'Руководитель')
  } else if (kind === 'waybill') {
    Object.assign(value, {
      consignor: object.consignor?.value,
      consignee: object.consignee?.value,
      authorizedBy: person(people['manager'], 'Руководитель'),
      chiefAccountant: person(people['chiefAccountant']),
      releasedBy: person(people['releasedBy']),
      receivedBy: person(people['receivedBy']),
      warrant,
    })
  } else {
    Object.assign(value, {
      manager: person(people['manager'], 'Руководитель'),
      chiefAccountant: person(people['chiefAccountant']),
    })
  }
  const { paymentPurposeCode } = around.settings
  const own = new Trace()
  for (const field of ['amountWithoutVat', 'vatAmount', 'amountWithVat'])
    own.tell(`totals.${field}`, undefined, 'sum-of-lines')
  const completed = completedBasis(object, around)
  return {
    kind,
    guid,
    head: object,
    value,
    ...(completed !== undefined && { basis: completed }),
    parties: partiesOf(object, around, object.account),
    traces: [{ at: '', trace: object.trace }, ...traces, { at: '', trace: own }],
    extras: extrasOf(object, around, kind === 'act' ? 'Товары' : kind === 'waybill' ? 'Услуги' : ''),
    ...(kind === 'payment-invoice' &&
      paymentPurposeCode !== undefined &&
      !isIncoming(object.object) && {
        added: {
          value: { paymentPurposeCode },
          sources: [{ path: 'paymentPurposeCode', rule: 'profile.settings.enterprisedata' }],
        },
      }),
  }
}

/**
 * РеализацияТоваровУслуг as КЗ accounting prints it: rows of services make an act Р-1, rows of goods a waybill З-2,
 * both make both. One part keeps the reference of 1C; two have references that follow from it.
 */
export const readRealization = (object: TradeObject, around: Surroundings): ForeignReading[] => {
  checkSum(object)
  const goods = object.rows.filter(({ what }) => what === 'goods')
  const services = object.rows.filter(({ what }) => what === 'service')
  const { ref } = object
  if (goods.length > 0 && services.length > 0) {
    return [
      assemble(tradePart(object, 'act', ref && partGuid(ref, 'act'), services, around)),
      assemble(tradePart(object, 'waybill', ref && partGuid(ref, 'waybill'), goods, around)),
    ]
  }
  const kind = goods.length > 0 ? 'waybill' : 'act'
  return [assemble(tradePart(object, kind, ref, object.rows, around))]
}

export const readPaymentInvoice = (object: TradeObject, around: Surroundings): ForeignReading[] => {
  checkSum(object)
  return [assemble(tradePart(object, 'payment-invoice', object.ref, object.rows, around))]
}

/** What a tax invoice takes from a source document. */
export interface InvoiceBasis {
  number: string
  date: string
  rows: { what: Row['what']; line: LineDraft; trace: Trace | undefined }[]
  contract: { number?: string; date?: string } | undefined
  consignor: Record<string, unknown> | undefined
  consignee: Record<string, unknown> | undefined
}

export const basisOfObject = (object: TradeObject): InvoiceBasis | undefined => {
  const { number, date, basis } = object
  if (number === undefined || date === undefined) return undefined
  return {
    number,
    date,
    rows: object.rows.flatMap(({ what, line, trace }) => (line === undefined ? [] : [{ what, line, trace }])),
    contract: basis as InvoiceBasis['contract'],
    consignor: object.consignor?.value,
    consignee: object.consignee?.value,
  }
}

/** The same from documents that were sent before, when the realisation is not in the package. */
export const basisOfDocuments = (documents: readonly Document[]): InvoiceBasis | undefined => {
  const trades = documents.filter((one) => one.kind === 'act' || one.kind === 'waybill')
  const [first] = trades
  if (first === undefined) return undefined
  return {
    number: first.number,
    date: first.date,
    rows: trades.flatMap((document) =>
      document.lines.map((line) => ({
        what: document.kind === 'act' ? ('service' as const) : ('goods' as const),
        line: { ...line },
        trace: undefined,
      })),
    ),
    contract: first.basis,
    consignor: trades.flatMap((one) => (one.kind === 'waybill' ? (one.consignor ?? []) : []))[0],
    consignee: trades.flatMap((one) => (one.kind === 'waybill' ? (one.consignee ?? []) : []))[0],
  }
}

/** Services have no origin; that of goods is a setting of the connection. */
const serviceOrigin = '6'

const invoiceLine = (
  { what, line, trace }: InvoiceBasis['rows'][number],
  index: number,
  object: InvoiceObject,
  around: Surroundings,
  own: Trace,
): Record<string, unknown> => {
  const at = `lines[${index}].`
  const { originCode } = around.settings
  const origin = what === 'service' ? serviceOrigin : originCode
  if (origin === undefined) own.fault('ED-13', `${at}truOriginCode`, object.node, '')
  own.tell(
    `${at}truOriginCode`,
    undefined,
    what === 'service' ? 'service' : 'profile.settings.enterprisedata',
  )
  own.tell(`${at}turnoverAmount`, undefined, 'amount-without-vat')
  if (trace !== undefined) own.under(at, trace)
  const price = priceOf(tiynOf(line.amountWithoutVat), line.quantity)
  own.tell(`${at}price`, undefined, 'price-without-vat')
  const { name, unitCode, unit, quantity, amountWithoutVat, vatRate, vatAmount, amountWithVat } = line
  return {
    truOriginCode: origin,
    name: name.slice(0, 400),
    unitCode,
    unit,
    quantity,
    price,
    amountWithoutVat,
    turnoverAmount: amountWithoutVat,
    vatRate,
    vatAmount,
    amountWithVat,
  }
}

const invoiceTypes: Readonly<Record<string, string>> = {
  НаРеализацию: 'ordinary',
  Корректировочный: 'additional',
}

/** `КС00-000016` → `16`: the state portal takes digits, and КЗ accounting prints them so. */
const portalNumber = (number: string | undefined): string | undefined =>
  number === undefined ? undefined : (/(\d+)\D*$/.exec(number)?.[1]?.replace(/^0+(?=\d)/, '') ?? number)

const shippingParty = (party: Record<string, unknown> | undefined): Record<string, unknown> | undefined =>
  party === undefined
    ? undefined
    : { taxId: party['taxId'], name: party['name'], address: party['address'], country: party['country'] }

/** СчетФактураВыданный: head of its own, rows of its source documents, prices without VAT as the portal wants them. */
export const readTaxInvoice = (
  object: InvoiceObject,
  bases: readonly InvoiceBasis[],
  around: Surroundings,
): ForeignReading[] => {
  const own = new Trace()
  const [first] = bases
  if (first === undefined || bases.length < object.bases.length)
    own.fault('ED-12', 'lines', object.node, 'ДокументыОснования')
  const type = object.kind === undefined ? undefined : invoiceTypes[object.kind]
  if (type === undefined)
    own.fault(
      object.kind === undefined ? 'ED-06' : 'ED-14',
      'invoiceType',
      object.kindNode ?? object.node,
      object.kindNode === undefined ? 'ВидСчетаФактуры' : '',
      { kind: object.kind ?? '' },
    )
  const lines = bases
    .flatMap(({ rows }) => rows)
    .map((row, index) => invoiceLine(row, index, object, around, own))
  const drafts = bases.flatMap(({ rows }) => rows.map(({ line }) => line))
  const totals = totalsOf(drafts)
  checkTotal(object, drafts, own)
  const turnoverDate = bases
    .map(({ date }) => date)
    .sort()
    .at(-1)
  own.tell('turnoverDate', childOf(object.node, 'ДокументыОснования'), 'date-of-basis')
  own.tell('number', undefined, 'portal-number')
  const contract = completedBasis(object, around) ?? object.basis ?? first?.contract
  const { number: contractNumber, date: contractDate } = { number: undefined, date: undefined, ...contract }
  const hasContract = contractNumber !== undefined && contractDate !== undefined
  const related = object.related
  const invoiceType = type === 'ordinary' && related !== undefined ? 'fixed' : type
  const part: Part = {
    kind: 'tax-invoice',
    guid: object.ref,
    head: object,
    value: {
      number: portalNumber(object.number),
      invoiceType,
      ...(related !== undefined && {
        relatedInvoice: { number: portalNumber(related.number), date: related.date },
      }),
      turnoverDate,
      consignor: shippingParty(first?.consignor),
      consignee: shippingParty(first?.consignee),
      deliveryTerm: { hasContract, ...(hasContract && { contractNumber, contractDate }) },
      ...(first !== undefined && { deliveryDocument: { number: first.number, date: first.date } }),
      lines,
      totals: { ...totals, turnoverAmount: totals['amountWithoutVat'], exciseAmount: '0' },
    },
    parties: partiesOf(object, around),
    traces: [
      { at: '', trace: object.trace },
      { at: '', trace: own },
    ],
    extras: extrasOf(object, around),
  }
  return [assemble(part)]
}
