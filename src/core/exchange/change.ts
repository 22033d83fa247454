import type { DocumentRecord, EventName, NewEvent } from './document-record.ts'
import type { DocumentChange } from './ports.ts'
import { needsAnswer, statesAfter, type Happening } from './states.ts'

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

/** The change that a happening makes, or undefined when the table does not allow it now. */
export const changeBy = (
  record: DocumentRecord,
  happening: Happening,
  more: Omit<Partial<DocumentChange>, 'documentId' | 'revision' | 'senderState' | 'recipientState'> = {},
): DocumentChange | undefined => {
  const after = statesAfter({ sender: record.senderState, recipient: record.recipientState }, happening)
  if (after === undefined) return undefined
  return {
    documentId: record.id,
    revision: record.revision,
    senderState: after.sender,
    recipientState: after.recipient,
    ...more,
  }
}

/** Delivery of a kind that nobody answers is also its end. */
export const endsWithDelivery = (record: DocumentRecord): boolean => !needsAnswer(record.kind)
