import { concludeAll } from './conclude.ts'
import { conclusionOfStatus, rejectionsOf } from './conclude-status.ts'
import type { Conclusion } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { meaningOf, saysAlreadyThere } from './judge-status.ts'

import type { InvoiceKey, MirrorRecord, PortalError } from './mirror-record.ts'
import type { PortalInvoice } from './ports.ts'
import { isSameInvoice, isSameNumber } from './same-invoice.ts'

/**
 * Finds out what became of uploads without an answer, by the invoices' own keys: this one and others of its
 * seller in one question. What is found is recognised by its signature, because another program of the
 * same company may have used the number.
 */
export const resolveOutcomes = async (deps: MirrorDeps, first: MirrorRecord): Promise<void> => {
  const now = deps.clock.now()
  const records = await deps.unitOfWork.run((tx) =>
    deps.batches.takeToAsk(tx, {
      taxId: first.taxId,
      documentId: first.documentId,
      which: 'unresolved',
      askedBefore: new Date(now.getTime() - deps.settings.askMs),
      alongAskedBefore: new Date(now.getTime() - deps.settings.askMs),
      limit: deps.settings.batch,
      at: now,
    }),
  )
  await findByKeys(deps, records)
}

/** Asks the portal about records by key and writes what it knows of them. */
export const findByKeys = async (deps: MirrorDeps, records: MirrorRecord[]): Promise<void> => {
  const first = records[0]
  if (first === undefined) return
  const found = await deps.portal.findByKey(first.taxId, records.map(keyOf))
  const at = deps.clock.now()
  const conclusions: Conclusion[] = []
  const failed: Conclusion[] = []
  for (const record of records) {
    const candidates = found.filter(
      ({ date, number }) => date === record.date && isSameNumber(number, record.number),
    )
    const { ours, strangers, unsure } = await recognise(deps, record, candidates)
    if (ours !== undefined) {
      const conclusion = conclusionOfStatus(record, ours, at)
      const placed = {
        ...conclusion,
        deed: conclusion.deed === 'asked' ? ('found' as const) : conclusion.deed,
        change: {
          phase: 'queued' as const,
          claimedUntil: null,
          submittedAt: record.submittedAt ?? at,
          ...conclusion.change,
          portalId: ours.portalId,
        },
      }
      if (meaningOf(ours) === 'rejected') failed.push(placed)
      else conclusions.push(placed)
    } else if (unsure) {
      conclusions.push({ record, deed: 'not-found', change: { claimedUntil: null, askedAt: at } })
    } else {
      conclusions.push(await notOurs(deps, record, strangers))
    }
  }
  conclusions.push(...(await rejectionsOf(deps, failed)))
  await concludeAll(deps, conclusions, at)
}

/** Nothing of ours is under the key: send again, give up the number, or wait until the portal shows what it has. */
const notOurs = async (
  deps: MirrorDeps,
  record: MirrorRecord,
  strangers: PortalInvoice[],
): Promise<Conclusion> => {
  const saidAlreadyThere = saysAlreadyThere(record.errors.map(({ code }) => code))
  const standing = strangers.find((stranger) => meaningOf(stranger) !== 'rejected')
  if (standing !== undefined) {
    const taken: PortalError = {
      code: 'NOT_UNIQUE_DB_ERROR_MSG',
      property: 'num',
      text: `Под этим номером и датой в ИС ЭСФ уже есть другой счёт-фактура (${standing.registrationNumber ?? standing.portalId})`,
    }
    return { record, deed: 'rejected', change: { phase: 'rejected', claimedUntil: null, errors: [taken] } }
  }
  const failedEarlier = strangers.find(({ status }) => status === 'FAILED')
  if (saidAlreadyThere && failedEarlier !== undefined) {
    // A failed invoice keeps its number until it is deleted; only one that we sent ourselves is ours to delete.
    const earlier = await deps.records.byKey(record.taxId, record)
    const isOurs = earlier.some(({ portalId }) => portalId === failedEarlier.portalId)
    const deleted = isOurs
      ? (await deps.commands.deleteFailed(record.taxId, [failedEarlier.portalId])).some(
          ({ changed }) => changed,
        )
      : false
    return deleted
      ? sendAgain(record)
      : { record, deed: 'rejected', change: { phase: 'rejected', claimedUntil: null, errors: record.errors } }
  }
  // It said "not unique" and does not show what it has: the other copy of ours may still be on its way in.
  // What was accepted a moment ago may not be shown yet either.
  const now = deps.clock.now()
  const isFresh =
    record.phase === 'queued' && now.getTime() - (record.submittedAt ?? now).getTime() < deps.settings.claimMs
  if ((saidAlreadyThere && strangers.length === 0) || isFresh) {
    return { record, deed: 'not-found', change: { claimedUntil: null, askedAt: now } }
  }
  return sendAgain(record)
}

const sendAgain = (record: MirrorRecord): Conclusion => ({
  record,
  deed: 'not-found',
  change: { phase: 'prepared', claimedUntil: null, portalId: null, portalStatus: null, errors: [] },
})

/**
 * Tells our invoice from others under the same key, by what was signed: an id alone proves nothing, because one
 * wrong answer may have brought it and another may repeat it. `unsure` when the portal's answers do not fit together:
 * an id that it does not know itself, or that stands for another key. Then nothing is concluded.
 */
const recognise = async (
  deps: MirrorDeps,
  record: MirrorRecord,
  candidates: PortalInvoice[],
): Promise<{ ours?: PortalInvoice; strangers: PortalInvoice[]; unsure: boolean }> => {
  if (candidates.length === 0) return { strangers: [], unsure: false }
  const signed = await deps.history.signed(record.documentId)
  const known = await deps.batches.byPortalIds(
    record.taxId,
    candidates.map(({ portalId }) => portalId),
  )
  const infos = await deps.reader.invoices(
    record.taxId,
    candidates.map(({ portalId }) => portalId),
  )
  const strangers: PortalInvoice[] = []
  let unsure = false
  for (const candidate of candidates) {
    const info = infos.find(({ portalId }) => portalId === candidate.portalId)
    if (info?.date !== record.date || !isSameNumber(info.number, record.number) || signed === undefined) {
      unsure = true
    } else if (
      known.some(
        ({ portalId, documentId }) => portalId === candidate.portalId && documentId !== record.documentId,
      )
    ) {
      // Another document of ours: the same content under the same number, sent again after it had failed.
      strangers.push(candidate)
    } else if (isSameInvoice(signed, info)) {
      return { ours: candidate, strangers: [], unsure: false }
    } else {
      strangers.push(candidate)
    }
  }
  return { strangers, unsure }
}

const keyOf = ({ date, number }: MirrorRecord): InvoiceKey => ({ date, number })
