import type { XmlElement } from './xml.ts'
import { child, childText, childrenOf, textsAt } from './xml.ts'

export type InvoiceKind = 'ORDINARY_INVOICE' | 'FIXED_INVOICE' | 'ADDITIONAL_INVOICE'

/** What the portal's checks need to know of an invoice; amounts stay text. */
export interface InvoiceFacts {
  readonly date: string
  readonly num: string
  readonly kind: InvoiceKind
  readonly turnoverDate: string
  readonly related: { date: string; num: string; registrationNumber: string | undefined } | undefined
  readonly sellers: readonly { tin: string | undefined; branchTin: string | undefined }[]
  readonly customers: readonly {
    tin: string | undefined
    branchTin: string | undefined
    statuses: readonly string[]
  }[]
  readonly sellerAgentTin: string | undefined
  readonly customerAgentTin: string | undefined
  readonly participantTins: { readonly sellers: readonly string[]; readonly customers: readonly string[] }
  readonly datePaper: string | undefined
  readonly reasonPaper: string | undefined
  readonly currencyCode: string
  readonly currencyRate: string | undefined
  readonly lines: readonly InvoiceLine[]
  readonly totals: InvoiceTotals
}

export interface InvoiceLine {
  readonly priceWithoutTax: string
  readonly exciseAmount: string | undefined
  readonly turnoverSize: string
  readonly ndsRate: string | undefined
  readonly ndsAmount: string
  readonly priceWithTax: string
  readonly unitNomenclature: string | undefined
}

export interface InvoiceTotals {
  readonly totalExciseAmount: string
  readonly totalNdsAmount: string
  readonly totalPriceWithTax: string
  readonly totalPriceWithoutTax: string
  readonly totalTurnoverSize: string
}

/** Reads the facts of an invoice whose structure has been checked. */
export const readInvoice = (invoice: XmlElement): InvoiceFacts => {
  const related = child(invoice, 'relatedInvoice')
  const productSet = child(invoice, 'productSet')
  const text = (name: string): string | undefined => childText(invoice, name)
  const total = (name: string): string => childText(productSet, name) ?? ''
  return {
    date: text('date') ?? '',
    num: text('num') ?? '',
    kind: (text('invoiceType') ?? 'ORDINARY_INVOICE') as InvoiceKind,
    turnoverDate: text('turnoverDate') ?? '',
    related:
      related === undefined
        ? undefined
        : {
            date: childText(related, 'date') ?? '',
            num: childText(related, 'num') ?? '',
            registrationNumber: childText(related, 'registrationNumber'),
          },
    sellers: childrenOf(child(invoice, 'sellers'), 'seller').map((seller) => ({
      tin: childText(seller, 'tin'),
      branchTin: childText(seller, 'branchTin'),
    })),
    customers: childrenOf(child(invoice, 'customers'), 'customer').map((customer) => ({
      tin: childText(customer, 'tin'),
      branchTin: childText(customer, 'branchTin'),
      statuses: textsAt(customer, 'statuses', 'status'),
    })),
    sellerAgentTin: text('sellerAgentTin'),
    customerAgentTin: text('customerAgentTin'),
    participantTins: {
      sellers: textsAt(invoice, 'sellerParticipants', 'participant', 'tin'),
      customers: textsAt(invoice, 'customerParticipants', 'participant', 'tin'),
    },
    datePaper: text('datePaper'),
    reasonPaper: text('reasonPaper'),
    currencyCode: childText(productSet, 'currencyCode') ?? '',
    currencyRate: childText(productSet, 'currencyRate'),
    lines: childrenOf(child(productSet, 'products'), 'product').map((product) => ({
      priceWithoutTax: childText(product, 'priceWithoutTax') ?? '',
      exciseAmount: childText(product, 'exciseAmount'),
      turnoverSize: childText(product, 'turnoverSize') ?? '',
      ndsRate: childText(product, 'ndsRate'),
      ndsAmount: childText(product, 'ndsAmount') ?? '',
      priceWithTax: childText(product, 'priceWithTax') ?? '',
      unitNomenclature: childText(product, 'unitNomenclature'),
    })),
    totals: {
      totalExciseAmount: total('totalExciseAmount'),
      totalNdsAmount: total('totalNdsAmount'),
      totalPriceWithTax: total('totalPriceWithTax'),
      totalPriceWithoutTax: total('totalPriceWithoutTax'),
      totalTurnoverSize: total('totalTurnoverSize'),
    },
  }
}

const formDate = /^(\d{2})\.(\d{2})\.(\d{4})$/

/** `31.01.2026` → `2026-01-31`; `undefined` for a day that does not exist. */
export const isoDate = (text: string): string | undefined => {
  const match = formDate.exec(text)
  if (match === null) return undefined
  const iso = `${match[3]}-${match[2]}-${match[1]}`
  const date = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? undefined : iso
}
