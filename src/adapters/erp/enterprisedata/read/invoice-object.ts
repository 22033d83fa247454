import { childOf, markRead, referenceOf, type EdNode } from './object-tree.ts'
import { finishHead, readHead, type ObjectHead } from './trade-object.ts'

export const issuedInvoice = 'Документ.СчетФактураВыданный'
export const receivedInvoice = 'Документ.СчетФактураПолученный'

/** A tax invoice of 1C: it has no rows of its own, its source documents have them. */
export interface InvoiceObject extends ObjectHead {
  kind: string | undefined
  kindNode: EdNode | undefined
  bases: { ref: string; node: EdNode }[]
  related: { number: string | undefined; date: string | undefined } | undefined
  sum: string | undefined
}

/** The source documents: realisations of the base, whichever member of the composite names them. */
export const basesOf = (object: EdNode): InvoiceObject['bases'] =>
  (childOf(object, 'ДокументыОснования')?.children ?? []).flatMap((row) => {
    const composite = childOf(row, 'ДокументОснование')
    return (composite?.children ?? []).flatMap((node) => {
      const ref = referenceOf(node)
      markRead(node)
      return ref === undefined ? [] : [{ ref, node }]
    })
  })

export const readInvoiceObject = (object: EdNode): InvoiceObject => {
  const head = readHead(object)
  const { trace } = head
  const kindNode = childOf(object, 'ВидСчетаФактуры')
  const corrected = childOf(object, 'ИсправляемыйСчетФактура')
  const related =
    corrected === undefined
      ? {
          number: trace.text(
            'relatedInvoice.number',
            childOf(object, 'НомерИсправляемогоКорректировочногоДокумента'),
          ),
          date: trace.date(
            'relatedInvoice.date',
            childOf(object, 'ДатаИсправляемогоКорректировочногоДокумента'),
          ),
        }
      : {
          number: trace.text('relatedInvoice.number', childOf(corrected, 'Номер')),
          date: trace.date('relatedInvoice.date', childOf(corrected, 'Дата')),
        }
  const made: InvoiceObject = {
    ...head,
    kind: trace.text('invoiceType', kindNode, 'invoice-type'),
    kindNode,
    bases: basesOf(object),
    related: related.number === undefined && related.date === undefined ? undefined : related,
    sum: trace.decimal('totals.amountWithVat', childOf(object, 'Сумма'), 2, 'sum'),
  }
  finishHead(made)
  return made
}
