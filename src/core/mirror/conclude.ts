import { Outdated } from '../exchange/index.ts'
import type { DocumentChange, DocumentRecord, Documents } from '../exchange/index.ts'
import type { Tx, UnitOfWork } from '../kernel/index.ts'
import type { MirrorChange, MirrorDeed, MirrorRecord, PortalError } from './mirror-record.ts'
import { MirrorOutdated } from './ports.ts'
import type { MirrorRecords } from './ports.ts'

/** What was learnt about one invoice and has to be written. */
export interface Conclusion {
  record: MirrorRecord
  deed: MirrorDeed
  change: MirrorChange
}

export interface ConcludeDeps {
  documents: Pick<Documents, 'byIds' | 'record'>
  records: MirrorRecords
  unitOfWork: UnitOfWork
}

/**
 * Writes conclusions: the mirror record, its history, the document and its event in one transaction.
 * What another worker changed meanwhile is left to that worker; returns how many were written.
 */
export const concludeAll = async (
  deps: ConcludeDeps,
  conclusions: Conclusion[],
  at: Date,
): Promise<number> => {
  let written = 0
  for (let from = 0; from < conclusions.length; from += writtenAtOnce) {
    const some = conclusions.slice(from, from + writtenAtOnce)
    try {
      written += await writeTogether(deps, some, at)
      continue
    } catch (error) {
      if (!isOutdated(error)) throw error
    }
    // One of the documents moved on and took the whole transaction with it: the others are written one by one.
    for (const conclusion of some) {
      try {
        written += await writeTogether(deps, [conclusion], at)
      } catch (error) {
        if (!isOutdated(error)) throw error
      }
    }
  }
  return written
}

/** A transaction holds its rows to its end: many short ones leave room for the others. */
const writtenAtOnce = 50

const writeTogether = async (deps: ConcludeDeps, conclusions: Conclusion[], at: Date): Promise<number> => {
  // One question for the whole batch: an upload or an answer speaks for fifty invoices and more.
  const documents = await deps.documents.byIds(conclusions.map(({ record }) => record.documentId))
  return deps.unitOfWork.run(async (tx: Tx) => {
    // Several steps may have learnt the same at once: the first writes it, the others go on.
    const held = await deps.records.hold(
      tx,
      conclusions.map(({ record }) => record),
    )
    for (const conclusion of conclusions) {
      const { documentId } = conclusion.record
      if (!held.has(documentId)) continue
      const document = documents.get(documentId)
      const change = document === undefined ? undefined : documentChange(document, conclusion, at)
      if (change !== undefined) await deps.documents.record(tx, change)
      await deps.records.change(tx, conclusion.record, { ...conclusion, at })
    }
    return held.size
  })
}

/** What the conclusion means for the document; undefined when it already shows it. */
const documentChange = (
  document: DocumentRecord,
  { record, deed, change }: Conclusion,
  at: Date,
): DocumentChange | undefined => {
  const own = { documentId: document.id, companyId: document.companyId, at }
  const base = { documentId: document.id, revision: document.revision }
  const portalId = change.portalId ?? record.portalId ?? ''
  switch (change.phase) {
    case 'queued':
      if (document.mirrorState !== 'waiting') return undefined
      return {
        ...base,
        mirrorState: 'submitted',
        events: [{ ...own, name: 'mirror.submitted', details: { portalId } }],
      }
    case 'registered': {
      if (document.mirrorState === 'registered') return undefined
      const registrationNumber = change.registrationNumber ?? record.registrationNumber ?? ''
      const registeredAt = change.registeredAt ?? at
      return {
        ...base,
        mirrorState: 'registered',
        stamp: { registrationNumber, portalId, registeredAt },
        events: [{ ...own, name: 'mirror.registered', details: { registrationNumber, portalId } }],
      }
    }
    case 'rejected': {
      if (document.mirrorState === 'rejected') return undefined
      const errors = change.errors ?? record.errors
      return {
        ...base,
        mirrorState: 'rejected',
        // A refusal of the other side says more to the sender than the portal's.
        ...(document.reason === undefined ? { reason: reasonOf(errors) } : {}),
        events: [{ ...own, name: 'mirror.rejected', details: { errors, ...(portalId && { portalId }) } }],
      }
    }
    default:
      if (
        change.portalStatus === 'WAITING_CUSTOMER_CONFIRMATION' &&
        record.portalStatus !== change.portalStatus
      ) {
        return {
          ...base,
          events: [
            {
              ...own,
              name: 'mirror.confirmation-awaited',
              details: { status: change.portalStatus, portalId },
            },
          ],
        }
      }
      if (deed !== 'status-changed') return undefined
      return {
        ...base,
        events: [
          {
            ...own,
            name: 'mirror.status-changed',
            details: { status: change.portalStatus, before: record.portalStatus, portalId },
          },
        ],
      }
  }
}

/** The portal's complaints in one line, for the reason of a document and the note of an attempt. */
export const reasonOf = (errors: PortalError[]): string => {
  const lines = errors.map(({ code, property, text }) =>
    [code, property && `(${property})`, text].filter((part) => part !== '').join(' '),
  )
  const whole = `ИС ЭСФ: ${lines.join('; ') || 'отклонён без объяснения'}`
  return whole.length <= 1000 ? whole : `${whole.slice(0, 999)}…`
}

export const isOutdated = (error: unknown): boolean =>
  error instanceof Outdated || error instanceof MirrorOutdated
