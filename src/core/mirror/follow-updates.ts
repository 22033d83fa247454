import { conclusionOfStatus, rejectionsOf } from './conclude-status.ts'
import { concludeAll } from './conclude.ts'
import type { Conclusion } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { meaningOf } from './judge-status.ts'
import type { MirrorRecord } from './mirror-record.ts'
import type { MirrorCursors, PortalInvoiceInfo, PortalReader, UpdatesCursor } from './ports.ts'
import { ourRecordOf } from './same-invoice.ts'

export type FollowUpdatesDeps = Omit<MirrorDeps, 'reader'> & {
  reader: Pick<PortalReader, 'updates'>
  cursors: MirrorCursors
}

/** Invoices in one answer of the portal: with bodies of some kilobytes each, well under its 20 MB. */
const blockSize = 200

/** How far ahead of our clock the portal's may be before its cursor is not believed. */
const clockSlackMs = 10 * 60_000

/**
 * Reads the portal's stream of changes of a seller's own invoices from where it was left: what moved in the
 * queue, and what happened to registered invoices since (delivered, revoked, declined, cancelled by an
 * official), which becomes an event for the company. One call covers any number of invoices.
 *
 * The cursor is written after everything before it was, so a crash repeats and never skips. Returns how many
 * invoices moved. Run it on a schedule for each company that works with the portal.
 */
export const followUpdates = async (
  deps: FollowUpdatesDeps,
  taxId: string,
  { blocks = 10 }: { blocks?: number } = {},
): Promise<{ moved: number; last: boolean }> => {
  let moved = 0
  let cursor = (await deps.cursors.read(taxId, 'OUTBOUND')) ?? beginning(deps)
  for (let block = 0; block < blocks; block += 1) {
    const answer = await deps.reader.updates(taxId, 'OUTBOUND', cursor, blockSize)
    const at = deps.clock.now()
    const conclusions: Conclusion[] = []
    const failed: Conclusion[] = []
    for (const info of answer.invoices) {
      const record = await ourRecordOf(deps, taxId, info)
      if (record === undefined) continue
      const conclusion = conclusionFrom(record, info, at)
      if (conclusion === undefined) continue
      if (conclusion.change.phase === 'rejected') failed.push(conclusion)
      else conclusions.push(conclusion)
    }
    conclusions.push(...(await rejectionsOf(deps, failed)))
    moved += await concludeAll(deps, conclusions, at)

    const stays =
      answer.cursor.lastEventDate === cursor.lastEventDate &&
      answer.cursor.lastInvoiceId === cursor.lastInvoiceId
    if (stays || !isBelievable(answer.cursor, at)) return { moved, last: true }
    cursor = answer.cursor
    const reached = cursor
    await deps.unitOfWork.run((tx) => deps.cursors.write(tx, taxId, 'OUTBOUND', reached))
    if (answer.last) return { moved, last: true }
  }
  return { moved, last: false }
}

/** Never read before: an hour back, which covers what was uploaded while the first cursor was on its way. */
const beginning = ({ clock }: Pick<MirrorDeps, 'clock'>): UpdatesCursor => ({
  lastEventDate: new Date(clock.now().getTime() - 3_600_000).toISOString(),
})

/** A cursor from the future would skip everything until then. */
const isBelievable = ({ lastEventDate }: UpdatesCursor, now: Date): boolean =>
  Date.parse(lastEventDate) <= now.getTime() + clockSlackMs

const conclusionFrom = (record: MirrorRecord, info: PortalInvoiceInfo, at: Date): Conclusion | undefined => {
  switch (record.phase) {
    case 'queued': {
      const isMove = meaningOf(info) !== 'pending' || info.status !== record.portalStatus
      // A correction of the id comes with the status: the body has just proved whose it is.
      const conclusion = conclusionOfStatus(record, info, at)
      return isMove ? { ...conclusion, change: { ...conclusion.change, portalId: info.portalId } } : undefined
    }
    case 'registered':
      return info.portalId === record.portalId &&
        info.status !== undefined &&
        info.status !== record.portalStatus
        ? { record, deed: 'status-changed', change: { portalStatus: info.status } }
        : undefined
    default:
      // What is being sent or looked for has its own step; what is rejected stays so.
      return undefined
  }
}
