import type { ForeignReading } from '../../../../core/exchange/index.ts'
import { assemble, partiesOf, valuesOf, type Part, type Surroundings } from './assemble.ts'
import { tradePart } from './documents.ts'
import { readInvoiceObject, receivedInvoice } from './invoice-object.ts'
import type { EdNode } from './object-tree.ts'
import { settingsOf } from './settings.ts'
import { readTradeObject } from './trade-object.ts'

/** Nothing beside the file: what we write for a base has to say everything itself. */
const nothing: Surroundings = { settings: settingsOf({}), catalogue: new Map() }

/** An object of a partner's document, as we write it: ПоступлениеТоваровУслуг, СчетПоставщика, СчетФактураПолученный. */
const incomingPart = (object: EdNode): Part => {
  if (object.name === receivedInvoice) {
    const invoice = readInvoiceObject(object)
    return {
      kind: 'tax-invoice',
      guid: invoice.ref,
      head: invoice,
      value: {},
      parties: partiesOf(invoice, nothing),
      traces: [{ at: '', trace: invoice.trace }],
      extras: [],
    }
  }
  const isInvoice = object.name === 'Документ.СчетПоставщика'
  const trade = readTradeObject(object, { names: {}, units: {} })
  const isAct = trade.rows.every(({ what }) => what === 'service')
  const kind = isInvoice ? 'payment-invoice' : isAct ? 'act' : 'waybill'
  return tradePart(trade, kind, trade.ref, trade.rows, nothing)
}

/** The document that an object of ours holds: what the base gets is the document, to the last field. */
export const readIncoming = (object: EdNode): ForeignReading => assemble(incomingPart(object))

/** As much of it as the format's own fields say. */
export const nativeValues = (object: EdNode): Record<string, unknown> => valuesOf(incomingPart(object))
