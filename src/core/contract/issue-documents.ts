import type { Caller, Companies } from '../company/index.ts'
import { readDocumentValue } from '../document/index.ts'
import { changeBy, eventFor } from '../exchange/change.ts'
import type { DocumentRecord, Event } from '../exchange/document-record.ts'
import { Outdated, type Documents, type Hasher } from '../exchange/ports.ts'
import { Refusal, type Exchange } from '../exchange/receipt.ts'
import { decimal, type Clock, type UnitOfWork } from '../kernel/index.ts'
import { operatorNotSet } from './faults.ts'
import type { DocumentFate, DocumentOrder, OperatorDocuments } from './ports.ts'
import { need } from './terms.ts'

/** The operator as a party of its own documents. */
export interface OperatorParty {
  taxId: string
  address?: string
  bank?: { iik: string; bik: string; bankName: string; kbe?: string }
  vatCertificate?: { series: string; number: string }
  /** Who signs for it on paper: position and name. */
  person?: { position: string; name: string }
}

interface Deps {
  clock: Clock
  unitOfWork: UnitOfWork
  hasher: Hasher
  exchange: Pick<Exchange, 'send'>
  documents: Documents
  companies: Companies
  operator: OperatorParty | undefined
}

const encoder = new TextEncoder()

/** The operator's invoices, acts and tax invoices go the way of every client's document: the same rules, signatures, delivery and portal. */
export const openOperatorDocuments = (deps: Deps): OperatorDocuments => ({
  async issue(order) {
    const caller = await operatorCaller(deps)
    const json = documentOf(order, caller, deps)
    const document = need(readDocumentValue(order.kind, json))
    const { documentId } = await deps.exchange.send({
      caller,
      document,
      raw: encoder.encode(JSON.stringify(json)),
      origin: { door: 'contract', format: 'daneker-json', requestId: order.id },
      signing: 'key',
    })
    return documentId
  },

  async fate(documentId) {
    const record = await deps.documents.byId(documentId)
    if (record === undefined) return undefined
    return fateOf(record, await deps.documents.events(documentId))
  },

  async deem(documentId, evidence) {
    const record = await deps.documents.byId(documentId)
    if (record === undefined) throw new Error(`the act ${documentId} is gone`)
    if (record.recipientState === 'settled') return 'deemed'
    const at = deps.clock.now()
    const change = changeBy(record, 'settled', {
      events: [
        eventFor(record, 'sender', 'document.deemed-accepted', at, evidence),
        ...(record.recipientCompanyId === undefined
          ? []
          : [eventFor(record, 'recipient', 'document.deemed-accepted', at, evidence)]),
        eventFor(record, 'sender', 'document.completed', at),
      ],
    })
    if (change === undefined) return 'answered'
    try {
      await deps.unitOfWork.run((tx) => deps.documents.record(tx, change))
      return 'deemed'
    } catch (error) {
      // Answered in this very moment: the next look tells what was said.
      if (error instanceof Outdated) return 'answered'
      throw error
    }
  },
})

const operatorCaller = async ({ companies, operator }: Deps): Promise<Caller> => {
  const company = operator === undefined ? undefined : await companies.byTaxId(operator.taxId)
  const base = company === undefined ? undefined : (await companies.connectionsOf(company.id))[0]
  if (company === undefined || base === undefined) throw new Refusal('conflict', [operatorNotSet()])
  return {
    companyId: company.id,
    companyTaxId: company.taxId,
    companyName: company.name,
    connectionId: base.id,
    connectionName: base.name,
    signing: 'key',
  }
}

const oneService = '5114'

/** A version 8 UUID out of the order's id: the same order has the same content id. */
const guidOf = ({ hasher }: Deps, { kind, id }: DocumentOrder): string => {
  const hex = hasher.digest(encoder.encode(`${kind}:${id}`))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const documentOf = (order: DocumentOrder, caller: Caller, deps: Deps): Record<string, unknown> => {
  const { kind, number, date, tariff, amount, client, fromOn, payBefore, basis } = order
  const { operator } = deps
  const seller = {
    taxId: caller.companyTaxId,
    name: caller.companyName,
    address: operator?.address,
    bank: operator?.bank,
    vatCertificate: tariff.vatRate === undefined ? undefined : operator?.vatCertificate,
  }
  const buyer = {
    taxId: client.taxId,
    name: client.requisites?.name ?? client.name,
    address: client.requisites?.address,
    email: client.requisites?.email,
  }
  // What the client pays is the price with VAT; the tax inside it is what the rate makes of it.
  const inside =
    tariff.vatRate === undefined
      ? decimal(0)
      : decimal(amount).times(tariff.vatRate).div(decimal(tariff.vatRate).plus(100)).toDecimalPlaces(2)
  const without = decimal(amount).minus(inside).toFixed(2)
  const vatAmount = inside.toFixed(2)
  const snapshot = `${tariff.id}, ${tariff.outgoingPerMonth ?? 'без лимита'} исх./мес, ${tariff.price} ${tariff.currency}`
  const name = `Доступ к сервису ЭДО, 12 месяцев, тариф «${tariff.name.ru}» (${snapshot})`
  const common = {
    guid: guidOf(deps, order),
    version: '1',
    number,
    date,
    currency: tariff.currency,
    seller,
    buyer,
  }
  const totals = { amountWithoutVat: without, vatAmount, amountWithVat: amount }
  const vat = { vatRate: tariff.vatRate, vatAmount, amountWithVat: amount, amountWithoutVat: without }
  const line = { name, unitCode: oneService, unit: 'Одна услуга', quantity: '1', ...vat }
  switch (kind) {
    case 'payment-invoice':
      return {
        ...common,
        basis,
        payBefore,
        priceIncludesVat: true,
        lines: [{ ...line, price: amount }],
        totals,
      }
    case 'act':
      return {
        ...common,
        basis,
        priceIncludesVat: true,
        lines: [{ ...line, price: amount, performedFrom: fromOn, performedTo: date }],
        totals,
        deliveredBy: operator?.person,
      }
    case 'tax-invoice':
      return {
        ...common,
        buyer: { ...buyer, email: undefined, country: 'KZ' },
        invoiceType: 'ordinary',
        turnoverDate: date,
        operatorName: operator?.person?.name,
        deliveryTerm: {
          hasContract: basis !== undefined,
          contractNumber: basis?.number,
          contractDate: basis?.date,
        },
        // 6: works and services (classifier of origin of the invoice's form).
        lines: [{ ...line, truOriginCode: '6', price: without, turnoverAmount: without }],
        totals: { ...totals, turnoverAmount: without, exciseAmount: '0.00' },
      }
  }
}

const signedStates: readonly DocumentRecord['senderState'][] = ['signed', 'delivered', 'completed', 'refused']

const fateOf = (record: DocumentRecord, events: readonly Event[]): DocumentFate => {
  const at = (name: Event['name']): Date | undefined => events.find((event) => event.name === name)?.at
  const answered = (): DocumentFate['answer'] => {
    const deemed = at('document.deemed-accepted')
    const accepted = at('document.accepted')
    const refused = at('document.refused')
    const failed = at('document.failed')
    if (deemed !== undefined) return { word: 'deemed', at: deemed }
    if (accepted !== undefined) return { word: 'accepted', at: accepted }
    if (refused !== undefined) return { word: 'refused', at: refused, reason: record.reason }
    if (record.senderState === 'failed' && failed !== undefined)
      return { word: 'failed', at: failed, reason: record.reason }
    return undefined
  }
  return {
    signed: signedStates.includes(record.senderState),
    deliveredAt: at('document.delivered'),
    viewedAt: at('document.viewed') ?? at('document.accepted') ?? at('document.refused'),
    answer: answered(),
    registrationNumber: record.stamp?.registrationNumber,
    mirrorRejected:
      record.mirrorState === 'rejected' ? (record.reason ?? 'rejected by the portal') : undefined,
  }
}
