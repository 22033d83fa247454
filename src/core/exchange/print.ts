import type { Caller } from '../company/index.ts'
import type { Document, DocumentKind, FormLanguage } from '../document/index.ts'
import type { Language, Result } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord } from './document-record.ts'
import { printerBusy } from './faults.ts'
import { PrinterBusy, type Printer } from './ports.ts'
import { markViewed } from './read.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf } from './sides.ts'
import { bytesOf } from './submit-signature.ts'

/** What printing needs besides the exchange. */
export interface PrintDeps {
  printer: Printer
  /** Reads the exact bytes of a stored document back into the document language. */
  readDocument: (kind: DocumentKind, bytes: Uint8Array) => Promise<Result<Document>>
  /** Address of the public page that checks this document: the QR of the signature sheet. */
  checkUrlOf: (record: DocumentRecord) => string
}

/** The official forms exist in Kazakh and Russian; who reads English gets the Russian one. */
export const formLanguage = (language: Language): FormLanguage => (language === 'kk' ? 'kk' : 'ru')

/**
 * The visual form of a document as this side may see it, as a PDF. For the recipient it is a look at the document,
 * as `documentContent` is.
 */
export const printedDocument =
  (deps: Pick<ExchangeDeps, 'documents' | 'clock' | 'unitOfWork'> & PrintDeps) =>
  async ({
    caller,
    documentId,
    language,
  }: {
    caller: Caller
    documentId: string
    language: Language
  }): Promise<{ pdf: Uint8Array; status: Status }> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    const pdf = await printOf(deps, record, language)
    const seen = side === 'recipient' ? await markViewed(deps, record) : record
    return { pdf, status: statusOf(seen, side) }
  }

/** The same for a door that has decided by other means that it may show the document, such as a one-document link. */
export const printOf = async (
  deps: Pick<ExchangeDeps, 'documents'> & PrintDeps,
  record: DocumentRecord,
  language: Language,
): Promise<Uint8Array> => {
  const [bytes, signatures] = await Promise.all([bytesOf(deps, record), deps.documents.signatures(record.id)])
  const read = await deps.readDocument(record.kind, bytes)
  // Accepted once, it was readable; a rule that has become stricter since then does not reach stored bytes.
  if (!read.ok)
    throw new Error(
      `the stored bytes of document ${record.id} cannot be read: ${read.faults.map((fault) => fault.code).join(', ')}`,
    )
  const checkUrl = deps.checkUrlOf(record)
  try {
    return await deps.printer.print({
      document: read.value,
      record,
      signatures,
      checkUrl,
      language: formLanguage(language),
    })
  } catch (error) {
    if (!(error instanceof PrinterBusy)) throw error
    throw new Refusal('unavailable', [printerBusy()], { retryAfterMs })
  }
}

/** A full line of short documents is printed in about that time. */
const retryAfterMs = 10_000
