import type { Act } from '../document/index.ts'
import type { DocumentRecord, Documents, EventName } from '../exchange/index.ts'
import { UpstreamError, type Clock, type Step, type StepOutcome, type UnitOfWork } from '../kernel/index.ts'
import type { ActChange, ActPortal, ActRecord, ActRecords, ActWriter, PortalAct } from './act-record.ts'
import { isOutdated, reasonOf } from './conclude.ts'
import { isPortalTrouble, saysAlreadyThere } from './judge-status.ts'
import type { OutageWatch } from './outages.ts'
import type { PortalSigner, ReadDocument } from './ports.ts'
import type { MirrorSettings } from './settings.ts'

export interface MirrorActDeps {
  documents: Pick<Documents, 'byId' | 'bytes' | 'record'>
  acts: ActRecords
  portal: ActPortal
  writer: ActWriter
  signer: PortalSigner
  readDocument: ReadDocument
  outages?: OutageWatch
  unitOfWork: UnitOfWork
  clock: Clock
  settings: Pick<MirrorSettings, 'claimMs' | 'askMs' | 'askAtMostMs' | 'noKeyMs'>
}

/** The task of an act is a `mirror` task like an invoice's, under this subject. */
export const actSubject = 'act'

/** Statuses that an act has only once the portal has registered it; anything else is pending. */
const registered: ReadonlySet<string> = new Set([
  'CREATED',
  'NOT_VIEWED',
  'DELIVERED',
  'CONFIRMED',
  'DECLINED',
  'REVOKED',
  'IN_TERMINATING',
  'TERMINATED',
  'CANCELED',
])

/**
 * The step that takes one act to the portal's АВР service, exactly once, by the same rule as an invoice:
 * `submitting` is committed before the call, and what has no answer is looked for before it is sent again.
 */
export const mirrorAct =
  (deps: MirrorActDeps): Step =>
  async (task): Promise<StepOutcome> => {
    const document = await deps.documents.byId(task.documentId)
    if (document?.kind !== 'act') return done('no act of ours')
    const record = await deps.acts.find(document.id)
    if (record?.phase === 'registered') return done(`registered as ${record.registrationNumber ?? ''}`)
    if (record?.phase === 'rejected')
      return { word: 'refused', note: reasonOf(record.errors), record: async () => {} }
    const hold = await deps.outages?.hold()
    if (hold !== undefined)
      return waiting(hold.note, Math.max(1_000, hold.until.getTime() - deps.clock.now().getTime()))
    if (record === undefined) return prepare(deps, document)
    switch (record.phase) {
      case 'prepared':
        return upload(deps, document, record)
      case 'submitting': {
        const leftMs = (record.claimedUntil?.getTime() ?? 0) - deps.clock.now().getTime()
        if (leftMs > 0) return waiting('the upload is under way', Math.min(leftMs, deps.settings.askMs))
        return lookFor(deps, document, record)
      }
      default:
        return follow(deps, document, record)
    }
  }

const prepare = async (deps: MirrorActDeps, document: DocumentRecord): Promise<StepOutcome> => {
  const act = await actOf(deps, document)
  const body = deps.writer.write(act)
  const signed = await deps.signer.sign(document.senderTaxId, new TextEncoder().encode(body), document.id)
  if (signed === undefined) return waiting('the company has no key for the portal yet', deps.settings.noKeyMs)
  await deps.unitOfWork.run((tx) =>
    deps.acts.add(tx, {
      documentId: document.id,
      taxId: document.senderTaxId,
      date: act.date,
      number: act.number,
      body,
      ...signed,
      signerName: act.deliveredBy?.name ?? act.seller.name,
      at: deps.clock.now(),
    }),
  )
  return waiting('written and signed', 0)
}

const actOf = async (deps: MirrorActDeps, document: DocumentRecord): Promise<Act> => {
  const bytes = await deps.documents.bytes(document.digest)
  if (bytes === undefined) throw new Error(`the bytes of document ${document.id} are not in the store`)
  const read = await deps.readDocument(document.kind, bytes)
  if (!read.ok || read.value.kind !== 'act')
    throw new Error(`document ${document.id} was stored as an act and cannot be read as one`)
  return read.value
}

const upload = async (
  deps: MirrorActDeps,
  document: DocumentRecord,
  record: ActRecord,
): Promise<StepOutcome> => {
  const signed = await deps.acts.signed(document.id)
  if (signed === undefined) throw new Error(`the act of document ${document.id} vanished`)
  const claimedAt = deps.clock.now()
  await deps.unitOfWork.run((tx) =>
    deps.acts.change(tx, record, {
      phase: 'submitting',
      claimedUntil: new Date(claimedAt.getTime() + deps.settings.claimMs),
      submittedAt: claimedAt,
    }),
  )
  const claimed = await deps.acts.find(document.id)
  if (claimed?.phase !== 'submitting') return waiting('taken by another', deps.settings.askMs)
  try {
    const answer = await deps.portal.uploadAct(record.taxId, signed)
    if (answer.word === 'accepted') {
      await note(deps, document, claimed, {
        phase: 'queued',
        claimedUntil: null,
        portalId: answer.portalId,
        errors: [],
      })
    } else if (answer.word === 'declined') {
      const codes = answer.errors.map(({ code }) => code)
      if (isPortalTrouble(codes))
        await note(deps, document, claimed, { phase: 'prepared', claimedUntil: null })
      else if (saysAlreadyThere(codes))
        await note(deps, document, claimed, { claimedUntil: null, errors: answer.errors })
      else
        await note(deps, document, claimed, { phase: 'rejected', claimedUntil: null, errors: answer.errors })
    } else await note(deps, document, claimed, { claimedUntil: null })
  } catch (error) {
    const surelyNotSent = error instanceof UpstreamError && error.word !== 'unclear'
    await note(deps, document, claimed, {
      ...(surelyNotSent ? { phase: 'prepared' } : {}),
      claimedUntil: null,
    })
    throw error
  }
  return waiting('given to the portal', deps.settings.askMs)
}

/** Acts looked at for one that was sent without an answer. */
const looksAt = 200
/** The clocks of both sides may differ by so much. */
const slackMs = 10 * 60_000

/** By what was signed: the act is there, or it is sent again; one that says NOT_UNIQUE and is not ours is refused. */
const lookFor = async (
  deps: MirrorActDeps,
  document: DocumentRecord,
  record: ActRecord,
): Promise<StepOutcome> => {
  const signed = await deps.acts.signed(document.id)
  const since = new Date((record.submittedAt ?? record.preparedAt).getTime() - slackMs)
  const found = await deps.portal.actsSince(record.taxId, since, looksAt)
  const same = found.filter(({ body }) => body !== undefined && body === signed?.body)
  // The same content under another document of ours is that document's act.
  const held = await deps.acts.byPortalIds(
    record.taxId,
    same.map(({ portalId }) => portalId),
  )
  const ours = same.find(({ portalId }) => !held.some((one) => one.portalId === portalId))
  if (ours !== undefined) {
    await note(deps, document, record, { phase: 'queued', portalId: ours.portalId, errors: [] })
    return waiting('found at the portal', 0)
  }
  const isTaken = saysAlreadyThere(record.errors.map(({ code }) => code)) && found.length < looksAt
  await note(deps, document, record, { phase: isTaken ? 'rejected' : 'prepared' })
  return waiting(isTaken ? 'its number is another act’s' : 'not at the portal', 0)
}

const follow = async (
  deps: MirrorActDeps,
  document: DocumentRecord,
  record: ActRecord,
): Promise<StepOutcome> => {
  const [seen] = await deps.portal.actStatuses(record.taxId, [record.portalId ?? ''])
  const change = seen === undefined ? undefined : changeBy(record, seen, deps.clock.now())
  if (change !== undefined) await note(deps, document, record, change)
  if (change?.phase !== undefined) return waiting('decided', 0)
  const ageMs = deps.clock.now().getTime() - (record.submittedAt ?? record.preparedAt).getTime()
  const { askMs, askAtMostMs } = deps.settings
  return waiting(
    `in the portal's queue: ${seen?.status ?? ''}`,
    Math.round(Math.max(Math.min(ageMs / 4, askAtMostMs), askMs)),
  )
}

/** What a status means; undefined when it is no news. Only an explicit yes or no moves an act. */
const changeBy = (record: ActRecord, seen: PortalAct, now: Date): ActChange | undefined => {
  const { status, registrationNumber } = seen
  if (status === undefined || status === record.status) return undefined
  if (record.phase === 'registered') return { status }
  if (status === 'FAILED')
    return { phase: 'rejected', status, errors: [{ code: 'FAILED', property: '', text: '' }] }
  if (!registered.has(status) || registrationNumber === undefined) return { status }
  return { phase: 'registered', status, registrationNumber, registeredAt: seen.updatedAt ?? now, errors: [] }
}

/** Statuses after which nothing more happens to an act. */
export const finalActStatuses: readonly string[] = [
  'CONFIRMED',
  'DECLINED',
  'REVOKED',
  'TERMINATED',
  'CANCELED',
  'FAILED',
]

/** Acts in one question. */
const askedAtOnce = 200

/** Asks what became of registered acts: confirmed, declined, terminated. One call; returns how many moved. */
export const followActs = async (deps: MirrorActDeps, taxId: string): Promise<number> => {
  const records = await deps.acts.moving(taxId, askedAtOnce)
  if (records.length === 0) return 0
  const seen = await deps.portal.actStatuses(
    taxId,
    records.map(({ portalId }) => portalId ?? ''),
  )
  let moved = 0
  for (const record of records) {
    const one = seen.find(({ portalId }) => portalId === record.portalId)
    const change = one === undefined ? undefined : changeBy(record, one, deps.clock.now())
    const document = change === undefined ? undefined : await deps.documents.byId(record.documentId)
    if (change === undefined || document === undefined) continue
    await note(deps, document, record, change)
    moved += 1
  }
  return moved
}

const names: Partial<Record<ActRecord['phase'], EventName>> = {
  queued: 'mirror.submitted',
  registered: 'mirror.registered',
  rejected: 'mirror.rejected',
}

/** Writes what was learnt with its event; the document's stamp with the registration. */
const note = async (
  deps: MirrorActDeps,
  known: DocumentRecord,
  record: ActRecord,
  change: ActChange,
): Promise<void> => {
  for (let again = 0; ; again += 1) {
    const document = again === 0 ? known : ((await deps.documents.byId(known.id)) ?? known)
    const at = deps.clock.now()
    const moved = change.status !== undefined && record.phase === 'registered'
    const name =
      change.phase === undefined ? (moved ? 'mirror.status-changed' : undefined) : names[change.phase]
    const portalId = change.portalId ?? record.portalId ?? ''
    const registrationNumber = change.registrationNumber ?? record.registrationNumber
    try {
      await deps.unitOfWork.run(async (tx) => {
        await deps.acts.change(tx, record, change)
        if (name === undefined) return
        await deps.documents.record(tx, {
          documentId: document.id,
          revision: document.revision,
          ...(change.phase === 'registered' && registrationNumber !== undefined
            ? { stamp: { registrationNumber, portalId, registeredAt: change.registeredAt ?? at } }
            : {}),
          events: [
            {
              documentId: document.id,
              companyId: document.companyId,
              name,
              at,
              details: {
                form: 'awp',
                portalId,
                registrationNumber,
                status: change.status ?? record.status,
                ...(change.phase === 'rejected' ? { errors: change.errors ?? record.errors } : {}),
              },
            },
          ],
        })
      })
      return
    } catch (error) {
      // The exchange moves the same document: read it again. A record that moved on is another worker's.
      if (
        !isOutdated(error) ||
        again >= 5 ||
        (await deps.acts.find(record.documentId))?.revision !== record.revision
      )
        throw error
    }
  }
}

const done = (note: string): StepOutcome => ({ word: 'done', note, record: async () => {} })

const waiting = (note: string, askAgainInMs: number): StepOutcome => ({ word: 'waiting', note, askAgainInMs })
