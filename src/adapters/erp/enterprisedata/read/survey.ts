import { ok, type Result } from '../../../../core/kernel/index.ts'
import { readCatalogueObject, requisitesIn, type CatalogueEntry } from './catalogue.ts'
import { basesOf, issuedInvoice } from './invoice-object.ts'
import { readMessage, type MessageHeader } from './message.ts'
import { childOf, referenceOf, rowsOf, textOf, type EdNode } from './object-tree.ts'
import { partGuid } from './part-guid.ts'
import { paymentInvoice, realization } from './package.ts'
import type { Requisites } from './parties.ts'

/** An object of a document kind, for the door's own book: under which references the base knows our documents. */
export interface SurveyedDocument {
  object: string
  ref: string
  number: string
  /** Date and time as 1C wrote them. */
  at: string
  /** GUIDs of the documents that it becomes. */
  guids: string[]
  /** Source documents of a tax invoice. */
  bases: string[]
  /** Companies and contracts whose requisites it may use. */
  companies: string[]
}

/** What the door needs to know of a message before its documents are read. */
export interface Survey {
  header: MessageHeader
  documents: SurveyedDocument[]
  requisites: Map<string, Requisites>
  /** Objects of kinds that are not processed, by kind. */
  skipped: Map<string, number>
}

const surveyed = (object: EdNode): SurveyedDocument | undefined => {
  const keys = childOf(object, 'КлючевыеСвойства')
  const ref = referenceOf(keys)
  if (ref === undefined) return undefined
  const isBoth =
    object.name === realization && rowsOf(object, 'Товары').length > 0 && rowsOf(object, 'Услуги').length > 0
  const contract = childOf(childOf(object, 'ДанныеВзаиморасчетов'), 'Договор') ?? childOf(object, 'Договор')
  return {
    object: object.name,
    ref,
    number: textOf(childOf(keys, 'Номер')) ?? '',
    at: textOf(childOf(keys, 'Дата')) ?? '',
    guids: isBoth ? [partGuid(ref, 'act'), partGuid(ref, 'waybill')] : [ref],
    bases: object.name === issuedInvoice ? basesOf(object).map((basis) => basis.ref) : [],
    companies: [childOf(keys, 'Организация'), childOf(object, 'Контрагент'), contract].flatMap(
      (node) => referenceOf(node) ?? [],
    ),
  }
}

const processed = new Set([realization, paymentInvoice, issuedInvoice])

export const surveyMessage = async (bytes: Uint8Array): Promise<Result<Survey>> => {
  const documents: SurveyedDocument[] = []
  const entries: CatalogueEntry[] = []
  const skipped = new Map<string, number>()
  let unreferenced = 0
  const read = await readMessage(bytes, (node) => {
    if (processed.has(node.name)) {
      const document = surveyed(node)
      if (document !== undefined) documents.push(document)
      else unreferenced += 1
      return
    }
    const entry = readCatalogueObject(node)
    if (entry !== undefined) entries.push(entry)
    else skipped.set(node.name, (skipped.get(node.name) ?? 0) + 1)
  })
  if (!read.ok) return read
  // A document without a reference is for the reader to refuse, with the field.
  for (let i = 0; i < unreferenced; i += 1)
    documents.push({ object: '', ref: '', number: '', at: '', guids: [], bases: [], companies: [] })
  return ok({ header: read.value.header, documents, requisites: await requisitesIn(entries), skipped })
}
