import type { Caller } from '../company/index.ts'
import type { Document } from '../document/index.ts'
import type { Fault } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import type { Digest } from './document-record.ts'
import {
  attachmentNotHere,
  attachmentNotPdf,
  attachmentSize,
  noAttachment,
  noSuchPart,
  tooLarge,
  uploadChanged,
  uploadIncomplete,
} from './faults.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf } from './sides.ts'
import { bytesOf } from './submit-signature.ts'

/**
 * A file that is too large to stand in a document. It comes in parts, is joined once, and from then on documents of
 * its company may name it by size and SHA-256: whoever signs such a document signs its digest.
 */
export interface Attachment {
  digest: Digest
  /** Bytes. */
  size: number
  /** Kept as it came, in so many parts, counted from 1. */
  parts: number
}

/** Large files of companies, by digest. A company never meets another's. */
export interface Attachments {
  /**
   * Moves the parts of an upload under their digest, in one transaction; the same file again is success. False, and
   * nothing moved, when a part came or changed after `untouchedSince`.
   */
  keep(
    upload: { connectionId: string; fileId: string; untouchedSince: Date },
    attachment: Attachment & { companyId: string; at: Date },
  ): Promise<boolean>
  of(companyId: string, digest: Digest): Promise<Attachment | undefined>
  /** The one that a document names, with the company that sent it. */
  ofDocument(documentId: string): Promise<(Attachment & { companyId: string }) | undefined>
  part(companyId: string, digest: Digest, part: number): Promise<Uint8Array | undefined>
  /** Files that no document came to name, kept before `before`; returns how many went. */
  purgeUnused(before: Date, limit: number): Promise<number>
}

/** What one document may carry. */
const maxAttachmentBytes = 512 * 1024 * 1024

/** Joins the parts of a file into an attachment. Never more than one part in memory. */
export const joinFile =
  (deps: ExchangeDeps) =>
  async ({ caller, fileId }: { caller: Caller; fileId: string }): Promise<Attachment> => {
    const { connectionId, companyId } = caller
    const untouchedSince = deps.clock.now()
    const upload = await deps.uploads.read(connectionId, fileId)
    if (upload === undefined || upload.missing !== undefined) {
      throw new Refusal('invalid', [uploadIncomplete(upload?.missing)])
    }
    if (upload.size > maxAttachmentBytes) {
      throw new Refusal('too-large', [tooLarge('fileId', maxAttachmentBytes / 1024 / 1024)])
    }
    const hash = deps.hasher.begin()
    for (let part = 1; part <= upload.parts; part += 1) {
      const bytes = await deps.uploads.part(connectionId, fileId, part)
      if (bytes === undefined) throw new Refusal('invalid', [uploadIncomplete(part)])
      hash.add(bytes)
    }
    const attachment = { digest: hash.end(), size: upload.size, parts: upload.parts }
    const kept = await deps.attachments.keep(
      { connectionId, fileId, untouchedSince },
      { ...attachment, companyId, at: deps.clock.now() },
    )
    if (!kept) throw new Refusal('conflict', [uploadChanged()])
    return attachment
  }

/** "%PDF-" */
const pdfBegins = [0x25, 0x50, 0x44, 0x46, 0x2d]

/** What is wrong with the attachment that a document names; nothing when it names none. */
export const attachmentFaults = async (
  { attachments }: Pick<ExchangeDeps, 'attachments'>,
  { companyId }: Pick<Caller, 'companyId'>,
  document: Document,
): Promise<Fault[]> => {
  const named = attachmentOf(document)
  if (named === undefined) return []
  const found = await attachments.of(companyId, named.sha256)
  if (found === undefined) return [attachmentNotHere()]
  if (String(found.size) !== named.size) return [attachmentSize(found.size)]
  if (named.mediaType !== 'application/pdf') return []
  const begin = await attachments.part(companyId, named.sha256, 1)
  return pdfBegins.every((byte, index) => begin?.[index] === byte) ? [] : [attachmentNotPdf()]
}

/** What a document says about its attachment. */
export const attachmentOf = (
  document: Document,
): { fileName: string; mediaType: string; size: string; sha256: Digest } | undefined => {
  if ((document.kind !== 'file' && document.kind !== 'contract') || document.attachment === undefined)
    return undefined
  const { fileName, mediaType, attachment } = document
  return { fileName, mediaType, ...attachment }
}

/** An attachment to be handed out part by part. */
export interface OpenAttachment extends Attachment {
  fileName: string
  mediaType: string
  /** Part by part, in order; each is the caller's to keep. */
  read(part: number): Promise<Uint8Array>
}

/** The attachment of a document, for either side. */
export const documentAttachment =
  (deps: Pick<ExchangeDeps, 'documents' | 'attachments' | 'printing'>) =>
  async ({
    caller,
    documentId,
  }: {
    caller: Caller
    documentId: string
  }): Promise<{ attachment: OpenAttachment; status: Status }> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    const read = await deps.printing.readDocument(record.kind, await bytesOf(deps, record))
    const attachment = read.ok ? await openAttachment(deps, record.id, read.value) : undefined
    if (attachment === undefined) throw new Refusal('not-found', [noAttachment()])
    return { attachment, status: statusOf(record, side) }
  }

/** Undefined when the document names none. */
export const openAttachment = async (
  { attachments }: Pick<ExchangeDeps, 'attachments'>,
  documentId: string,
  document: Document,
): Promise<OpenAttachment | undefined> => {
  const named = attachmentOf(document)
  const kept = named && (await attachments.ofDocument(documentId))
  if (named === undefined || kept === undefined) return undefined
  const { companyId, digest, size, parts } = kept
  return {
    digest,
    size,
    parts,
    fileName: named.fileName,
    mediaType: named.mediaType,
    read: async (part) => {
      if (part < 1 || part > parts) throw new Refusal('not-found', [noSuchPart(parts)])
      const bytes = await attachments.part(companyId, digest, part)
      if (bytes === undefined) throw new Error(`part ${part} of attachment ${digest} is gone`)
      return bytes
    },
  }
}
