import type { DocumentChange, DocumentRecord, Documents, NewEvent } from '../exchange/index.ts'
import type { Tx } from '../kernel/index.ts'
import type { IncomingInvoices, IncomingRecord } from './incoming.ts'
import { meaningOf } from './judge-status.ts'
import type { MirrorRecord } from './mirror-record.ts'
import type { MirrorRecords } from './ports.ts'

export interface NoteStatusDeps {
  documents: Pick<Documents, 'byId' | 'record'>
  records: Pick<MirrorRecords, 'find' | 'change'>
  incoming: Pick<IncomingInvoices, 'byDocument' | 'change'>
}

/** What we hold of an invoice on both sides, read before the transaction that writes. */
export interface Known {
  document: DocumentRecord
  mine?: MirrorRecord
  theirs?: IncomingRecord
}

export const whatIsKnown = async (deps: NoteStatusDeps, documentId: string): Promise<Known | undefined> => {
  const document = await deps.documents.byId(documentId)
  if (document === undefined) return undefined
  const [mine, theirs] = await Promise.all([
    deps.records.find(documentId),
    deps.incoming.byDocument(documentId),
  ])
  return { document, ...(mine && { mine }), ...(theirs && { theirs }) }
}

/** Where the portal has the invoice now. */
export interface SeenStatus {
  status: string
  registrationNumber?: string
  /** When the portal moved it there; the moment we learnt it where it does not say. */
  since: Date
  deadline?: Date
}

/**
 * Writes the portal's status where we keep it: the seller's mirror record, the buyer's incoming invoice, the
 * document's own mirror state, and one event for each side that is ours. `events` go along in the same change.
 * A status that is known already writes only those.
 */
export const noteStatus = async (
  deps: NoteStatusDeps,
  tx: Tx,
  { document, mine, theirs }: Known,
  seen: SeenStatus | undefined,
  { events = [], at }: { events?: NewEvent[]; at: Date },
): Promise<void> => {
  const before = theirs?.status ?? mine?.portalStatus
  const told = [...events]
  const change: DocumentChange = { documentId: document.id, revision: document.revision, events: told }
  if (seen !== undefined && seen.status !== before) {
    for (const companyId of new Set([document.companyId, document.recipientCompanyId])) {
      if (companyId === undefined) continue
      told.push({
        documentId: document.id,
        companyId,
        name:
          seen.status === 'WAITING_CUSTOMER_CONFIRMATION'
            ? 'mirror.confirmation-awaited'
            : 'mirror.status-changed',
        at,
        details: { status: seen.status, before, portalId: theirs?.portalId ?? mine?.portalId },
      })
    }
  }
  if (seen !== undefined && mine !== undefined && mine.portalStatus !== seen.status) {
    await deps.records.change(tx, mine, { deed: 'status-changed', at, change: { portalStatus: seen.status } })
  }
  if (seen !== undefined && theirs !== undefined) {
    await deps.incoming.change(tx, theirs, {
      status: seen.status,
      statusSince: theirs.status === seen.status ? theirs.statusSince : seen.since,
      registrationNumber: seen.registrationNumber ?? theirs.registrationNumber,
      deadline: seen.deadline,
    })
    // What the portal alone brought has no mirror record: its document's state follows the buyer's view.
    if (theirs.brought) {
      const registrationNumber = seen.registrationNumber ?? theirs.registrationNumber
      const state = mirrorStateOf({ status: seen.status, registrationNumber })
      if (state !== document.mirrorState && document.mirrorState === 'submitted') {
        change.mirrorState = state
        if (state === 'registered' && registrationNumber !== undefined)
          change.stamp = { registrationNumber, portalId: theirs.portalId, registeredAt: seen.since }
      }
    }
  }
  if (told.length === 0 && change.mirrorState === undefined) return
  await deps.documents.record(tx, change)
}

/** What a status means for the document of the buyer. */
export const mirrorStateOf = (
  seen: Parameters<typeof meaningOf>[0],
): 'submitted' | 'registered' | 'rejected' => {
  const meaning = meaningOf(seen)
  return meaning === 'pending' ? 'submitted' : meaning
}
