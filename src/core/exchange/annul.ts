import type { Caller } from '../company/index.ts'
import { changeBy, eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import { longestReason, noSuchDocument, notPossibleNow, reasonMissing } from './faults.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf } from './sides.ts'
import { recordOrRefuse, statesIn } from './submit-signature.ts'

/**
 * The sender takes a document back. Before delivery that is the sender's own affair; afterwards the
 * recipient has to agree, and the document waits for that word.
 */
export const annulDocument =
  (deps: ExchangeDeps) =>
  async ({
    caller,
    documentId,
    reason,
  }: {
    caller: Caller
    documentId: string
    reason: string
  }): Promise<Status> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    if (side !== 'sender') throw new Refusal('not-found', [noSuchDocument()])
    const said = reason.trim()
    if (said === '' || said.length > longestReason) throw new Refusal('invalid', [reasonMissing()])
    const now = deps.clock.now()
    const change =
      changeBy(record, 'withdrawn', {
        reason: said,
        events: [eventFor(record, 'sender', 'document.withdrawn', now, { reason: said })],
      }) ??
      changeBy(record, 'annulment-requested', {
        reason: said,
        events: [
          eventFor(record, 'sender', 'document.annulment-requested', now, { reason: said }),
          ...(record.recipientCompanyId === undefined
            ? []
            : [eventFor(record, 'recipient', 'document.annulment-requested', now, { reason: said })]),
        ],
      })
    // An invoice that is on its way to the portal or there already is revoked at the portal, not here.
    const atPortal = record.mirrorState === 'submitted' || record.mirrorState === 'registered'
    if (change === undefined || atPortal) {
      throw new Refusal('conflict', [
        notPossibleNow('AnnulDocument', record.senderState, record.recipientState),
      ])
    }
    // What is withdrawn before it was sent to the portal never goes there.
    const withdrawn = change.senderState === 'annulled' && record.mirrorState === 'waiting'
    await recordOrRefuse(
      deps,
      withdrawn ? { ...change, mirrorState: 'none' } : change,
      'AnnulDocument',
      record,
    )
    return statusOf({ ...record, ...statesIn(change) }, side)
  }
