import type { Caller } from '../company/index.ts'
import { changeBy, eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord, ProvenSignature } from './document-record.ts'
import { badCursor } from './faults.ts'
import { Outdated, type DocumentFilter, type Documents } from './ports.ts'
import { Refusal, type Change, type Changes, type Status, type TrailLine } from './receipt.ts'
import { documentFor, sideOf, statusOf } from './sides.ts'
import { bytesOf } from './submit-signature.ts'

export const documentStatus =
  (deps: ExchangeDeps) =>
  async ({ caller, documentId }: { caller: Caller; documentId: string }): Promise<Status> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    return statusOf(record, side)
  }

/** Largest page of the feed and of lists. */
export const pageLimit = 500

export const changesAfter =
  (deps: ExchangeDeps) =>
  async ({
    caller,
    cursor,
    limit,
  }: {
    caller: Caller
    cursor: string | undefined
    limit: number
  }): Promise<Changes> => {
    const from = cursor === undefined || cursor === '' ? undefined : cursor
    if (from !== undefined && !deps.feed.isCursor(from)) throw new Refusal('invalid', [badCursor()])
    const size = Math.min(Math.max(1, Math.trunc(limit)), pageLimit)
    await deps.pickedUp?.(caller.companyId, deps.clock.now())
    // One more than asked for tells whether there is more.
    const events = await deps.feed.after(caller.companyId, from, size + 1)
    const page = events.slice(0, size)
    const records = await deps.documents.byIds([...new Set(page.map((event) => event.documentId))])
    const changes: Change[] = []
    for (const event of page) {
      const record = records.get(event.documentId)
      const side = record === undefined ? undefined : sideOf(record, caller)
      // A document purged since then leaves a gap in the page, never a stop in the feed.
      if (record === undefined || side === undefined) continue
      changes.push({
        cursor: event.cursor,
        documentId: event.documentId,
        name: event.name,
        at: event.at,
        status: statusOf(record, side),
        details: event.details ?? {},
      })
    }
    return { changes, cursor: page.at(-1)?.cursor ?? from ?? '', more: events.length > size }
  }

/** The exact bytes. The recipient's first look is a fact of the exchange and is told to the sender. */
export const documentContent =
  (deps: ExchangeDeps) =>
  async ({
    caller,
    documentId,
  }: {
    caller: Caller
    documentId: string
  }): Promise<{ bytes: Uint8Array; status: Status }> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    const bytes = await bytesOf(deps, record)
    const seen = side === 'recipient' ? await markViewed(deps, record) : record
    if (side === 'recipient') await deps.pickedUp?.(caller.companyId, deps.clock.now())
    return { bytes, status: statusOf(seen, side) }
  }

/** Another look or answer at the same moment wins: then there is nothing left to mark. */
export const markViewed = async (
  deps: Pick<ExchangeDeps, 'clock' | 'unitOfWork' | 'documents'>,
  record: DocumentRecord,
): Promise<DocumentRecord> => {
  const change = changeBy(record, 'viewed', {
    events: [eventFor(record, 'sender', 'document.viewed', deps.clock.now())],
  })
  if (change === undefined) return record
  try {
    await deps.unitOfWork.run((tx) => deps.documents.record(tx, change))
    return { ...record, recipientState: 'viewed' }
  } catch (error) {
    if (error instanceof Outdated) return record
    throw error
  }
}

export const documentSignatures =
  (deps: ExchangeDeps) =>
  async ({ caller, documentId }: { caller: Caller; documentId: string }): Promise<ProvenSignature[]> => {
    const { record } = await documentFor(deps, caller, documentId)
    const [signatures, proofs] = await Promise.all([
      deps.documents.signatures(record.id),
      deps.proofs.byDocument(record.id),
    ])
    const proofOf = new Map(proofs.map((proof) => [proof.signatureId, proof]))
    return signatures.map((signature) => ({ ...signature, proof: proofOf.get(signature.id) }))
  }

/** Everything that happened, as this side may know it: own events, signatures, and for the sender the attempts. */
export const documentTrail =
  (deps: ExchangeDeps) =>
  async ({ caller, documentId }: { caller: Caller; documentId: string }): Promise<TrailLine[]> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    return trailOf(deps, record, side)
  }

export const trailOf = async (
  deps: { documents: Pick<Documents, 'events' | 'signatures' | 'attempts' | 'keyUses'> },
  record: DocumentRecord,
  seenBy: 'sender' | 'recipient' | 'operator',
): Promise<TrailLine[]> => {
  const [events, signatures, attempts, keyUses] = await Promise.all([
    deps.documents.events(record.id),
    deps.documents.signatures(record.id),
    deps.documents.attempts(record.id),
    deps.documents.keyUses(record.id),
  ])
  const own = seenBy === 'recipient' ? record.recipientCompanyId : record.companyId
  const lines: TrailLine[] = []
  for (const event of events) {
    if (seenBy !== 'operator' && event.companyId !== own && event.companyId !== undefined) continue
    if (seenBy === 'recipient' && event.companyId === undefined) continue
    lines.push({ at: event.at, what: 'event', name: event.name, details: event.details ?? {} })
  }
  for (const signature of signatures) {
    // Whose key the gateway used, and on whose word, is that company's business and the operator's.
    const use = keyUses.find(({ signatureId }) => signatureId === signature.id)
    const key =
      use !== undefined && (seenBy === 'operator' || use.companyId === own)
        ? { serial: use.serial, by: use.by }
        : undefined
    lines.push({
      at: signature.signedAt,
      what: 'signature',
      name: `${signature.side} ${signature.purpose}`,
      details: { verdict: signature.verdict, signer: signature.signer, ...(key && { key }) },
    })
  }
  if (seenBy !== 'recipient') {
    for (const attempt of attempts) {
      lines.push({
        at: attempt.startedAt,
        what: 'attempt',
        name: attempt.kind,
        details: {
          number: attempt.number,
          outcome: attempt.outcome,
          note: attempt.note,
          durationMs: attempt.durationMs,
        },
      })
    }
  }
  return lines.sort((a, b) => a.at.getTime() - b.at.getTime())
}

export const listDocuments =
  (deps: ExchangeDeps) =>
  async ({ caller, filter }: { caller: Caller; filter: DocumentFilter }): Promise<Status[]> => {
    const limit = Math.min(Math.max(1, Math.trunc(filter.limit)), pageLimit)
    const records = await deps.documents.list(caller.companyId, { ...filter, limit })
    return records.map((record) => statusOf(record, filter.box === 'inbox' ? 'recipient' : 'sender'))
  }
