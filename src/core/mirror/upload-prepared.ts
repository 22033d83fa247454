import { UpstreamError } from '../kernel/index.ts'
import { concludeAll } from './conclude.ts'
import type { Conclusion } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { isPortalTrouble, saysAlreadyThere } from './judge-status.ts'
import type { MirrorChange, MirrorDeed, MirrorRecord } from './mirror-record.ts'
import type { UploadAnswer } from './ports.ts'

/**
 * Uploads a prepared invoice together with others of its seller that are ready: one call for the batch.
 *
 * `submitting` is committed before the call. Afterwards each invoice goes its own way: accepted means queued,
 * declined means rejected, not sent means prepared again, and anything else stays `submitting` without a
 * claim, which asks the portal before it sends again.
 */
export const uploadPrepared = async (deps: MirrorDeps, first: MirrorRecord): Promise<void> => {
  const { settings } = deps
  const claimedAt = deps.clock.now()
  const batch = await deps.unitOfWork.run((tx) =>
    deps.batches.claimPrepared(tx, {
      taxId: first.taxId,
      documentId: first.documentId,
      limit: settings.batch,
      maxBytes: settings.batchBytes,
      at: claimedAt,
      claimedUntil: new Date(claimedAt.getTime() + settings.claimMs),
    }),
  )
  if (batch.length === 0) return

  let answers: UploadAnswer[]
  try {
    answers = await deps.portal.upload(first.taxId, batch)
  } catch (error) {
    const surelyNotSent = error instanceof UpstreamError && error.word !== 'unclear'
    const ids = batch.map(({ documentId }) => documentId)
    await (surelyNotSent
      ? writeEach(deps, ids, 'not-sent', { phase: 'prepared', claimedUntil: null })
      : writeEach(deps, ids, 'outcome-unknown', { claimedUntil: null }))
    throw error
  }

  const at = deps.clock.now()
  const byDocument = new Map(answers.map((answer) => [answer.documentId, answer]))
  const conclusions: Conclusion[] = []
  for (const record of await deps.records.findAll(batch.map(({ documentId }) => documentId))) {
    const { documentId } = record
    if (record.phase !== 'submitting') continue
    const answer = byDocument.get(documentId) ?? { documentId, word: 'unmentioned' }
    conclusions.push({ record, ...fromAnswer(answer, at) })
  }
  await concludeAll(deps, conclusions, at)
}

const fromAnswer = (answer: UploadAnswer, at: Date): { deed: MirrorDeed; change: MirrorChange } => {
  switch (answer.word) {
    case 'accepted':
      return {
        deed: 'accepted',
        change: {
          phase: 'queued',
          claimedUntil: null,
          portalId: answer.portalId,
          submittedAt: at,
          // The answer was about its state; the steps of those taken along need not ask at once.
          askedAt: at,
          errors: [],
        },
      }
    case 'declined': {
      const codes = answer.errors.map(({ code }) => code)
      // "Not unique" may well be our own invoice, uploaded by a call whose answer was lost.
      if (saysAlreadyThere(codes)) {
        return { deed: 'outcome-unknown', change: { claimedUntil: null, errors: answer.errors } }
      }
      if (isPortalTrouble(codes)) {
        return {
          deed: 'not-sent',
          change: { phase: 'prepared', claimedUntil: null, errors: answer.errors },
        }
      }
      return {
        deed: 'declined',
        change: { phase: 'rejected', claimedUntil: null, submittedAt: at, errors: answer.errors },
      }
    }
    case 'unmentioned':
      return { deed: 'outcome-unknown', change: { claimedUntil: null } }
  }
}

const writeEach = async (
  deps: MirrorDeps,
  documentIds: string[],
  deed: MirrorDeed,
  change: MirrorChange,
): Promise<void> => {
  const conclusions: Conclusion[] = []
  for (const record of await deps.records.findAll(documentIds)) {
    if (record.phase === 'submitting') conclusions.push({ record, deed, change })
  }
  await concludeAll(deps, conclusions, deps.clock.now())
}
