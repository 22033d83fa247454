import type { Companies, Company } from '../../company/index.ts'
import type { Clock, Ids, Procedure, StepOutcome, UnitOfWork } from '../../kernel/index.ts'
import { changeBy, endsWithDelivery, eventFor } from '../change.ts'
import type { DocumentRecord } from '../document-record.ts'
import { noWayToDeliver } from '../faults.ts'
import type { Courier, DocumentChange, Documents, Links } from '../ports.ts'
import { statesAfter } from '../states.ts'
import { failureOf, nothingToDo, recorded } from './outcomes.ts'

export interface DeliverDeps {
  clock: Clock
  ids: Ids
  unitOfWork: UnitOfWork
  documents: Documents
  companies: Companies
  links: Links
  courier: Courier
  /** Where links lead: the gateway's public address, without a slash at the end. */
  publicUrl(): string
  /** How long a mailed link opens; 30 days at most. */
  linkKeepsMs: number
}

/**
 * Hands a signed document to the other side: into the inbox of a connected company (a fact of our own
 * database), or as a one-document link to the address in the document.
 */
export const deliverStep = (deps: DeliverDeps): Procedure => ({
  async step(task) {
    const record = await deps.documents.byId(task.documentId)
    if (record?.senderState !== 'signed') return nothingToDo(record, 'signed')
    const recipient =
      record.recipientTaxId === '' ? undefined : await deps.companies.byTaxId(record.recipientTaxId)
    if (recipient !== undefined) return toInbox(deps, record, recipient)
    if (record.recipientEmail !== undefined) return byMail(deps, record, record.recipientEmail)
    // A non-resident buyer of a tax invoice has no box anywhere: the portal is where it is delivered.
    if (record.mirrorState !== 'none') {
      return recorded(
        deps,
        'no box: delivered by the portal',
        deliveredChange(deps, record, { to: 'portal' }),
      )
    }
    return refused(deps, record, noWayToDeliver().message.ru)
  },
  onDead: (task, reason) => failureOf(deps, task, 'delivery-failed', reason),
})

const toInbox = (deps: DeliverDeps, record: DocumentRecord, recipient: Company): StepOutcome =>
  recorded(deps, 'delivered to the inbox', deliveredChange(deps, record, { to: 'inbox' }, recipient.id))

/**
 * The link is made before the mail is sent and the mail before the delivery is recorded: a crash in between
 * sends a second mail with a second link, never none.
 */
const byMail = async (deps: DeliverDeps, record: DocumentRecord, to: string): Promise<StepOutcome> => {
  const expiresAt = new Date(deps.clock.now().getTime() + deps.linkKeepsMs)
  const { token } = await deps.unitOfWork.run((tx) =>
    deps.links.make(tx, { documentIds: [record.id], purpose: 'receive', expiresAt, sentTo: to }),
  )
  const { messageId } = await deps.courier.mailLink({
    documentId: record.id,
    to,
    link: `${deps.publicUrl()}/d/${token}`,
    record,
    expiresAt,
  })
  return recorded(deps, 'a link was mailed', deliveredChange(deps, record, { to: 'mail', messageId }))
}

/** Delivered; and for a kind that nobody answers, settled in the same breath. */
const deliveredChange = (
  deps: DeliverDeps,
  record: DocumentRecord,
  details: Record<string, unknown>,
  recipientCompanyId?: string,
): DocumentChange | undefined => {
  const now = deps.clock.now()
  const arrived = { ...record, recipientCompanyId }
  const change = changeBy(record, 'delivered', {
    recipientCompanyId,
    reason: null,
    events: [
      eventFor(record, 'sender', 'document.delivered', now, details),
      ...(recipientCompanyId === undefined ? [] : [eventFor(arrived, 'recipient', 'document.arrived', now)]),
    ],
  })
  if (change === undefined || !endsWithDelivery(record)) return change
  const settled = statesAfter({ sender: 'delivered', recipient: 'arrived' }, 'settled')
  return {
    ...change,
    senderState: settled?.sender,
    recipientState: settled?.recipient,
    events: [...(change.events ?? []), eventFor(record, 'sender', 'document.completed', now)],
  }
}

const refused = (deps: DeliverDeps, record: DocumentRecord, reason: string): StepOutcome => {
  const change = changeBy(record, 'delivery-failed', {
    reason,
    events: [eventFor(record, 'sender', 'document.failed', deps.clock.now(), { reason })],
  })
  return { word: 'refused', note: reason, record: recorded(deps, reason, change).record }
}
