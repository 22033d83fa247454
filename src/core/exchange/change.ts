import type { Clock, Ids, NewTask } from '../kernel/index.ts'
import type { DocumentRecord, EventName, NewEvent } from './document-record.ts'
import type { DocumentChange } from './ports.ts'
import { isFinal, needsAnswer, statesAfter, type Happening } from './states.ts'

/** Who hears of a happening: both sides, each in its own feed. */
export const eventFor = (
  record: DocumentRecord,
  side: 'sender' | 'recipient',
  name: EventName,
  at: Date,
  details?: Record<string, unknown>,
): NewEvent => ({
  documentId: record.id,
  companyId: side === 'sender' ? record.companyId : record.recipientCompanyId,
  name,
  at,
  details,
})

/**
 * The change that a happening makes, or undefined when the table does not allow it now. A happening that
 * ends the exchange brings the archive task with it, so that no final document is forgotten.
 */
export const changeBy = (
  deps: { clock: Clock; ids: Ids },
  record: DocumentRecord,
  happening: Happening,
  more: Omit<Partial<DocumentChange>, 'documentId' | 'revision' | 'senderState' | 'recipientState'> = {},
): DocumentChange | undefined => {
  const after = statesAfter({ sender: record.senderState, recipient: record.recipientState }, happening)
  if (after === undefined) return undefined
  return archivedWhenFinal(deps, record, {
    documentId: record.id,
    revision: record.revision,
    senderState: after.sender,
    recipientState: after.recipient,
    ...more,
  })
}

/** Adds the archive task and the last event when a change is the document's last. */
export const archivedWhenFinal = (
  deps: { clock: Clock; ids: Ids },
  record: DocumentRecord,
  change: DocumentChange,
): DocumentChange => {
  const was = { sender: record.senderState, mirror: record.mirrorState }
  const now = { sender: change.senderState ?? was.sender, mirror: change.mirrorState ?? was.mirror }
  if (isFinal(was) || !isFinal(now)) return change
  const archive: NewTask = {
    id: deps.ids.next(),
    kind: 'archive',
    documentId: record.id,
    subject: '',
    dueAt: deps.clock.now(),
  }
  return { ...change, tasks: [...(change.tasks ?? []), archive] }
}

/** Delivery of a kind that nobody answers is also its end. */
export const endsWithDelivery = (record: DocumentRecord): boolean => !needsAnswer(record.kind)
