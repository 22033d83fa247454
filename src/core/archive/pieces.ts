import type { PortalInvoice } from './ports.ts'
import {
  trailOf,
  type Attachments,
  type Documents,
  type DocumentRecord,
  type Hasher,
  type SignatureRecord,
} from '../exchange/index.ts'
import { almatyDate } from '../kernel/index.ts'
import type { Proofs, SignatureProof } from '../signature/index.ts'

/** Who may see a piece: both sides, one of them, or the operator alone (who sees all). */
export type PieceFor = 'both' | 'sender' | 'recipient'

/** One file of the evidence about a document. */
export interface Piece {
  /** Its name in the bundle. */
  name: string
  for: PieceFor
  bytes: Uint8Array
}

export interface PieceDeps {
  documents: Pick<Documents, 'bytes' | 'signatures' | 'events' | 'attempts' | 'keyUses'>
  hasher: Hasher
  proofs: Pick<Proofs, 'byDocument'>
  /** A revocation list kept by its digest, where one is. */
  list?: (digest: string) => Promise<Uint8Array | undefined>
  /** The bytes a document came in, before anything read them. */
  original?: (documentId: string) => Promise<Uint8Array | undefined>
  /** Large files that documents name. */
  attachments?: Pick<Attachments, 'ofDocument' | 'part'>
  /** What went to the state portal, where one is configured. */
  portalInvoice?: (documentId: string) => Promise<PortalInvoice | undefined>
  /** The calendar deadlines of a year were counted by, as its file stands. */
  calendarFile?: (year: string) => Uint8Array | undefined
}

const encoder = new TextEncoder()

/** JSON as it is archived: one value, indented by one, so that people can read it. */
export const jsonBytes = (value: unknown): Uint8Array => encoder.encode(`${JSON.stringify(value, null, 1)}\n`)

/**
 * Everything the gateway holds about a document, each file as it is: the exact bytes that were signed, the bytes as
 * they came, the signatures with their proofs, what the portal got and said, the receipt, the trail of each side.
 */
export const piecesOf = async (deps: PieceDeps, record: DocumentRecord): Promise<Piece[]> => {
  const pieces: Piece[] = []
  for await (const piece of eachPiece(deps, record)) pieces.push(piece)
  return pieces
}

/** The same one by one: a large attachment is never in memory as a whole. */
export async function* eachPiece(deps: PieceDeps, record: DocumentRecord): AsyncGenerator<Piece> {
  yield* await smallPieces(deps, record)
  yield* attachmentPieces(deps, record)
}

const smallPieces = async (deps: PieceDeps, record: DocumentRecord): Promise<Piece[]> => {
  const bytes = await deps.documents.bytes(record.digest)
  if (bytes === undefined) throw new Error(`the bytes of document ${record.id} are gone`)
  const pieces: Piece[] = [{ name: 'document.xml', for: 'both', bytes }]
  const raw = await deps.original?.(record.id)
  if (raw !== undefined)
    pieces.push({
      name: `original/${record.origin.format}${endingOf(record.origin.format)}`,
      for: 'sender',
      bytes: raw,
    })
  const proofs = new Map((await deps.proofs.byDocument(record.id)).map((one) => [one.signatureId, one]))
  for (const [index, signature] of (await deps.documents.signatures(record.id)).entries())
    pieces.push(...signaturePieces(signature, proofs.get(signature.id), index))
  pieces.push(...(await listPieces(deps, [...proofs.values()])))
  pieces.push({ name: 'receipt.json', for: 'both', bytes: jsonBytes(receiptOf(record)) })
  pieces.push(...(await portalPieces(deps, record)))
  for (const side of ['sender', 'recipient'] as const) {
    const lines = (await trailOf(deps, record, side)).map((line) => ({ ...line, at: line.at.toISOString() }))
    if (lines.length > 0) pieces.push({ name: `trail/${side}.json`, for: side, bytes: jsonBytes(lines) })
  }
  for (const year of new Set([record.date.slice(0, 4), almatyDate(record.receivedAt).slice(0, 4)])) {
    const calendar = deps.calendarFile?.(year)
    if (calendar !== undefined)
      pieces.push({ name: `calendar/kz-${year}.yaml`, for: 'both', bytes: calendar })
  }
  return pieces
}

/** The large file that a document names, in the parts it came in: one after another they are the file. */
async function* attachmentPieces({ attachments }: PieceDeps, record: DocumentRecord): AsyncGenerator<Piece> {
  const found = await attachments?.ofDocument(record.id)
  if (attachments === undefined || found === undefined) return
  const { companyId, digest, size, parts } = found
  yield { name: 'attachment/attachment.json', for: 'both', bytes: jsonBytes({ digest, size, parts }) }
  for (let part = 1; part <= parts; part += 1) {
    const bytes = await attachments.part(companyId, digest, part)
    if (bytes === undefined) throw new Error(`part ${part} of attachment ${digest} is gone`)
    yield { name: `attachment/part-${String(part).padStart(5, '0')}`, for: 'both', bytes }
  }
}

/** Revocation lists that spoke instead of OCSP and are too large for the signatures they prove; each once. */
const listPieces = async (
  { list }: Pick<PieceDeps, 'list'>,
  proofs: readonly SignatureProof[],
): Promise<Piece[]> => {
  const pieces: Piece[] = []
  for (const digest of new Set(proofs.flatMap(({ material }) => material?.crlDigests ?? []))) {
    const bytes = await list?.(digest)
    if (bytes !== undefined) pieces.push({ name: `revocation/${digest}.crl`, for: 'both', bytes })
  }
  return pieces
}

/** Copies that were stamped again after the document was archived, with the lists that came with it. */
export const renewedPieces = async (
  deps: Pick<PieceDeps, 'documents' | 'proofs' | 'list'>,
  record: DocumentRecord,
): Promise<Piece[]> => {
  const renewed = (await deps.proofs.byDocument(record.id)).filter(({ renewedAt }) => renewedAt !== undefined)
  if (renewed.length === 0) return []
  const copyOf = new Map(renewed.map(({ signatureId, material }) => [signatureId, material?.extendedCms]))
  const copies = (await deps.documents.signatures(record.id)).flatMap((signature, index) => {
    const bytes = copyOf.get(signature.id)
    return bytes === undefined
      ? []
      : [{ name: `${stemOf(signature, index)}.renewed.p7s`, for: 'both' as const, bytes }]
  })
  return [...copies, ...(await listPieces(deps, renewed))]
}

const stemOf = ({ side, purpose }: Pick<SignatureRecord, 'side' | 'purpose'>, index: number): string =>
  `signatures/${String(index + 1).padStart(2, '0')}-${side}-${purpose}`

const endingOf = (format: string): string =>
  /json/.test(format) ? '.json' : /soap|xml|ubl|commerceml|enterprisedata/.test(format) ? '.xml' : '.bin'

const signaturePieces = (
  { side, purpose, cms, signedAt, verdict, signer, report }: SignatureRecord,
  proof: SignatureProof | undefined,
  index: number,
): Piece[] => {
  const name = stemOf({ side, purpose }, index)
  const facts = {
    side,
    purpose,
    signedAt: signedAt.toISOString(),
    verdict,
    signer,
    report,
    ...(proof?.material && {
      stampedAt: proof.material.stampedAt.toISOString(),
      stampEndsAt: proof.material.stampEndsAt.toISOString(),
      crlDigests: proof.material.crlDigests,
    }),
  }
  return [
    { name: `${name}.p7s`, for: 'both', bytes: cms },
    { name: `${name}.json`, for: 'both', bytes: jsonBytes(facts) },
    ...(proof?.material === undefined
      ? []
      : [
          { name: `${name}.extended.p7s`, for: 'both' as const, bytes: proof.material.extendedCms },
          ...proof.material.ocspResponses.map((bytes, at) => ({
            name: `${name}.${at + 1}.ocsp`,
            for: 'both' as const,
            bytes,
          })),
        ]),
  ]
}

/** What the sender was told when the document was accepted. */
const receiptOf = (record: DocumentRecord) => ({
  documentId: record.id,
  kind: record.kind,
  guid: record.guid,
  version: record.version,
  number: record.number,
  date: record.date,
  sender: { taxId: record.senderTaxId, name: record.senderName },
  recipient: { taxId: record.recipientTaxId, name: record.recipientName },
  receivedAt: record.receivedAt.toISOString(),
  digest: record.digest,
  size: record.size,
})

const portalPieces = async (deps: PieceDeps, record: DocumentRecord): Promise<Piece[]> => {
  const invoice = record.mirrorState === 'none' ? undefined : await deps.portalInvoice?.(record.id)
  if (invoice === undefined) return []
  const { body, signature, certificate, ...facts } = invoice
  return [
    { name: 'portal/invoice.xml', for: 'both', bytes: encoder.encode(body) },
    { name: 'portal/signature.txt', for: 'both', bytes: encoder.encode(`${signature}\n`) },
    { name: 'portal/certificate.txt', for: 'both', bytes: encoder.encode(`${certificate}\n`) },
    { name: 'portal/stamp.json', for: 'both', bytes: jsonBytes({ ...facts, stamp: record.stamp }) },
  ]
}
