import type { Content } from 'pdfmake'
import type { Document } from '../../core/document/index.ts'
import { kindTitles } from '../../core/document/index.ts'
import type { PrintOrder } from '../../core/exchange/index.ts'
import { actForm } from './forms/act.ts'
import { coverSheet } from './forms/cover-sheet.ts'
import { paymentInvoiceForm } from './forms/payment-invoice.ts'
import { powerOfAttorneyForm } from './forms/power-of-attorney.ts'
import { reconciliationForm } from './forms/reconciliation.ts'
import { taxInvoiceForm } from './forms/tax-invoice.ts'
import { waybillForm } from './forms/waybill.ts'
import { breakLongWords } from './long-words.ts'
import type { FormPages, Sheet } from './sheet.ts'
import { joined, plainNumber, sheetFor } from './sheet.ts'
import { signatureSheet, stateWords } from './signature-sheet.ts'

/** Everything a PDF is made of, as plain values: no functions, no fonts, nothing of the day it is printed. */
export interface Layout extends FormPages {
  /** Of the file, for readers of PDF. */
  title: string
  language: 'ru' | 'kk'
  /** Of the file: when the gateway took the document in, so that the same order gives the same bytes. */
  createdAt: Date
  footer: {
    /** At the left of every page: which document this is. */
    document: string
    page: string
    of: string
  }
}

/** The official form of the document, then the sheet of signatures. */
export const layoutOf = (order: PrintOrder): Layout => {
  const { document, record, language } = order
  const sheet = sheetFor(order)
  const form = formOf(document, sheet)
  const { say } = sheet
  return {
    orientation: form.orientation,
    content: breakLongWords([...warning(order, sheet), ...form.content, ...signatureSheet(order, sheet)]),
    title: joined(
      [
        kindTitles[record.kind][language],
        record.number === '' ? undefined : `№ ${plainNumber(record.number)}`,
        record.date,
      ],
      ' ',
    ),
    language,
    createdAt: record.receivedAt,
    footer: {
      document: `${say('Электронный документ', 'Электрондық құжат')} ${record.id}`,
      page: say('стр.', 'бет'),
      of: say('из', '/'),
    },
  }
}

const formOf = (document: Document, sheet: Sheet): FormPages => {
  switch (document.kind) {
    case 'act':
      return actForm(document, sheet)
    case 'waybill':
      return waybillForm(document, sheet)
    case 'payment-invoice':
      return paymentInvoiceForm(document, sheet)
    case 'tax-invoice':
      return taxInvoiceForm(document, sheet)
    case 'reconciliation':
      return reconciliationForm(document, sheet)
    case 'power-of-attorney':
      return powerOfAttorneyForm(document, sheet)
    case 'contract':
    case 'file':
      return coverSheet(document, sheet)
  }
}

/** A paper that is no longer good says so before anything else. */
const warning = ({ record }: PrintOrder, sheet: Sheet): Content[] => {
  if (record.senderState !== 'refused' && record.senderState !== 'annulled') return []
  return [
    {
      text: joined([stateWords(record.senderState, sheet).toUpperCase(), record.reason], '. '),
      bold: true,
      color: '#b00020',
      alignment: 'center',
      margin: [0, 0, 0, 6],
    },
  ]
}
