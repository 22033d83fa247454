import type { Words } from '../../kernel/index.ts'
import type { Infer, RecordForm } from '../language/declare.ts'
import { act } from './act.ts'
import { contract, fileDocument } from './files.ts'
import type { party } from './parts.ts'
import { paymentInvoice } from './payment-invoice.ts'
import { powerOfAttorney } from './power-of-attorney.ts'
import { reconciliation } from './reconciliation.ts'
import { taxInvoice } from './tax-invoice.ts'
import { waybill } from './waybill.ts'

/** A company or an entrepreneur that takes part in a document. */
export type Party = Infer<typeof party.shape>

/** Счёт на оплату. */
export type PaymentInvoice = { kind: 'payment-invoice' } & Infer<typeof paymentInvoice.shape>
/** Акт выполненных работ, form Р-1. */
export type Act = { kind: 'act' } & Infer<typeof act.shape>
/** Накладная, form З-2. */
export type Waybill = { kind: 'waybill' } & Infer<typeof waybill.shape>
/** Счёт-фактура. */
export type TaxInvoice = { kind: 'tax-invoice' } & Infer<typeof taxInvoice.shape>
/** Акт сверки. */
export type Reconciliation = { kind: 'reconciliation' } & Infer<typeof reconciliation.shape>
/** Доверенность, form Д-1. */
export type PowerOfAttorney = { kind: 'power-of-attorney' } & Infer<typeof powerOfAttorney.shape>
/** Договор. */
export type Contract = { kind: 'contract' } & Infer<typeof contract.shape>
/** A free file with a head. */
export type FileDocument = { kind: 'file' } & Infer<typeof fileDocument.shape>

/** A document as the sender means it, before any signature. Made by the readers of this room only. */
export type Document =
  PaymentInvoice | Act | Waybill | TaxInvoice | Reconciliation | PowerOfAttorney | Contract | FileDocument

export type DocumentKind = Document['kind']

/** Declarations by kind; everything derived starts here. */
export const declarations: Readonly<Record<DocumentKind, RecordForm>> = {
  'payment-invoice': paymentInvoice,
  act,
  waybill,
  'tax-invoice': taxInvoice,
  reconciliation,
  'power-of-attorney': powerOfAttorney,
  contract,
  file: fileDocument,
}

export const documentKinds: readonly DocumentKind[] = Object.keys(declarations) as DocumentKind[]

export const isDocumentKind = (text: string): text is DocumentKind => Object.hasOwn(declarations, text)

/** What a kind is called, for people. */
export const kindTitles: Readonly<Record<DocumentKind, Words>> = Object.fromEntries(
  documentKinds.map((kind) => [kind, declarations[kind].title]),
) as Record<DocumentKind, Words>

/** The XML element of a kind: `tax-invoice` → `TaxInvoice`. */
export const rootElementOf = (kind: DocumentKind): string => declarations[kind].name

const kindByRoot = new Map(documentKinds.map((kind) => [rootElementOf(kind), kind]))

export const kindOfRootElement = (name: string): DocumentKind | undefined => kindByRoot.get(name)

/** Who sends the document, whichever word its form uses. */
export const senderOf = (document: Document): Party => {
  switch (document.kind) {
    case 'reconciliation':
      return document.organization
    case 'power-of-attorney':
      return document.principal
    case 'contract':
    case 'file':
      return document.sender
    default:
      return document.seller
  }
}

/** Whom the document is for. */
export const recipientOf = (document: Document): Party => {
  switch (document.kind) {
    case 'reconciliation':
      return document.counterparty
    case 'power-of-attorney':
      return document.supplier
    case 'contract':
    case 'file':
      return document.recipient
    default:
      return document.buyer
  }
}

/** Where the sender stands in the document, for paths of faults. */
export const senderPathOf = (kind: DocumentKind): string =>
  kind === 'reconciliation'
    ? 'organization'
    : kind === 'power-of-attorney'
      ? 'principal'
      : kind === 'contract' || kind === 'file'
        ? 'sender'
        : 'seller'

export const recipientPathOf = (kind: DocumentKind): string =>
  kind === 'reconciliation'
    ? 'counterparty'
    : kind === 'power-of-attorney'
      ? 'supplier'
      : kind === 'contract' || kind === 'file'
        ? 'recipient'
        : 'buyer'
