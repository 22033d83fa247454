import { describe, expect, it } from '@jest/globals'
import {
  computeTotals,
  documentKinds,
  isDocumentKind,
  kindOfRootElement,
  kindTitles,
  recipientOf,
  rootElementOf,
  senderOf,
} from '../../../../src/core/document/index.ts'
import { aDocument, anInvoice, buyerTaxId, sellerTaxId } from '../../../factories/documents.ts'

describe('kinds of document', () => {
  it('are eight, each with its root element and titles', () => {
    expect(documentKinds.map((kind) => [kind, rootElementOf(kind), kindTitles[kind].ru])).toEqual([
      ['payment-invoice', 'PaymentInvoice', 'Счёт на оплату'],
      ['act', 'Act', 'Акт выполненных работ (оказанных услуг)'],
      ['waybill', 'Waybill', 'Накладная на отпуск запасов на сторону'],
      ['tax-invoice', 'TaxInvoice', 'Счёт-фактура'],
      ['reconciliation', 'Reconciliation', 'Акт сверки взаимных расчётов'],
      ['power-of-attorney', 'PowerOfAttorney', 'Доверенность'],
      ['contract', 'Contract', 'Договор'],
      ['file', 'File', 'Файл'],
    ])
  })

  it('are told from any other word', () => {
    expect(documentKinds.every(isDocumentKind)).toBe(true)
    expect(['Act', '', 'constructor', '__proto__'].some(isDocumentKind)).toBe(false)
    expect(kindOfRootElement('constructor')).toBeUndefined()
  })

  it.each(documentKinds)('say who sends a %s and to whom', (kind) => {
    expect(senderOf(aDocument(kind)).taxId).toBe(sellerTaxId)
    expect(recipientOf(aDocument(kind)).taxId).toBe(buyerTaxId)
  })

  it.each(['reconciliation', 'power-of-attorney', 'contract', 'file'] as const)(
    'have no lines of money: %s',
    (kind) => {
      expect(computeTotals(aDocument(kind))).toBeUndefined()
    },
  )

  it('compute the totals from quantities, prices and rates, not from what the sender wrote', () => {
    const invoice = anInvoice()
    const lines = invoice.lines.map((line) => ({
      ...line,
      amountWithoutVat: '1.00',
      exciseAmount: '495.00',
      vatAmount: '1.00',
    }))
    expect(computeTotals({ ...invoice, lines })).toEqual({
      lineCount: 1,
      amountWithoutVat: '12505.00',
      exciseAmount: '495.00',
      turnoverAmount: '13000.00',
      vatAmount: '2080.00',
      amountWithVat: '15080.00',
    })
  })
})
