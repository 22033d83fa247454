import { concludeAll } from './conclude.ts'
import type { Conclusion } from './conclude.ts'
import { meaningOf } from './judge-status.ts'
import { conclusionOfStatus, rejectionsOf } from './conclude-status.ts'
import type { MirrorDeps } from './deps.ts'
import type { MirrorRecord } from './mirror-record.ts'
import type { Pace } from './pace.ts'
import type { PortalInvoice } from './ports.ts'
import { findByKeys } from './resolve-outcomes.ts'
import { isSameNumber } from './same-invoice.ts'

/**
 * Asks how far the portal's queue is: this invoice and the seller's others that have not been asked about
 * lately, in one call.
 */
export const followQueued = async (deps: MirrorDeps, first: MirrorRecord, { askMs }: Pace): Promise<void> => {
  const now = deps.clock.now()
  const records = await deps.unitOfWork.run((tx) =>
    deps.batches.takeToAsk(tx, {
      taxId: first.taxId,
      documentId: first.documentId,
      which: 'queued',
      askedBefore: new Date(now.getTime() - askMs),
      alongAskedBefore: new Date(now.getTime() - deps.settings.askMs),
      limit: deps.settings.askBatch,
      at: now,
    }),
  )
  const withId = records.filter(({ portalId }) => portalId !== undefined)
  const summaries =
    withId.length === 0
      ? []
      : await deps.portal.statusOf(
          first.taxId,
          withId.map(({ portalId }) => portalId ?? ''),
        )
  const byId = new Map(summaries.map((summary) => [summary.portalId, summary]))

  const at = deps.clock.now()
  const moved: Conclusion[] = []
  const failed: Conclusion[] = []
  const lost: MirrorRecord[] = []
  for (const record of records) {
    const summary = byId.get(record.portalId ?? '')
    if (summary === undefined || !isUnder(record, summary)) {
      // The portal does not know the id, or knows it as another invoice: the key decides.
      lost.push(record)
    } else if (meaningOf(summary) === 'rejected') {
      failed.push(conclusionOfStatus(record, summary, at))
    } else if (meaningOf(summary) === 'registered' || summary.status !== record.portalStatus) {
      moved.push(conclusionOfStatus(record, summary, at))
    }
  }
  moved.push(...(await rejectionsOf(deps, failed)))
  await concludeAll(deps, moved, at)
  if (lost.length > 0) await findByKeys(deps, lost.slice(0, deps.settings.batch))
}

/** A summary that names another day or number is about another invoice, whatever its id says. */
const isUnder = (record: MirrorRecord, { date, number }: PortalInvoice): boolean =>
  (date === undefined || date === record.date) &&
  (number === undefined || isSameNumber(number, record.number))
