import type { TaxInvoice } from '../document/index.ts'
import type { DocumentRecord } from '../exchange/index.ts'
import { almatyDate, fault } from '../kernel/index.ts'
import type { Fault, Step, StepOutcome } from '../kernel/index.ts'
import { reasonOf } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { followQueued } from './follow-queued.ts'
import type { MirrorRecord, PortalError } from './mirror-record.ts'
import { afterOutage } from './outages.ts'
import type { Hold } from './outages.ts'
import { paceOf } from './pace.ts'
import type { Pace } from './pace.ts'
import { preflightRelated } from './preflight-related.ts'
import type { KnownOriginal } from './preflight-related.ts'
import { preflight } from './preflight.ts'
import { resolveOutcomes } from './resolve-outcomes.ts'
import { uploadPrepared } from './upload-prepared.ts'

/**
 * The step that takes one tax invoice to the state portal, exactly once.
 *
 * Each run makes one move and says when to come again: prepare (write and sign once), upload (with others
 * of the same seller that are ready), find out what became of an upload without an answer, ask how far the
 * portal's queue is. Every move commits what it learnt itself, because one call speaks for many invoices;
 * so a crash at any line leaves either the state before the move or `submitting`, and that asks first.
 */
export const mirrorInvoice =
  (deps: MirrorDeps): Step =>
  async (task) => {
    const document = await deps.documents.byId(task.documentId)
    if (document === undefined) return done('the document is no longer kept')
    const record = await deps.records.find(document.id)
    if (record === undefined) return prepare(deps, document)

    const hold = isOpen(record) ? await deps.outages?.hold() : undefined
    if (hold !== undefined && document.senderState !== 'annulled') return held(deps, hold)
    switch (record.phase) {
      case 'prepared':
        return document.senderState === 'annulled' ? withdraw(deps, document, record) : upload(deps, record)
      case 'submitting':
        return resolve(deps, record)
      case 'queued':
        return follow(deps, record)
      default:
        return finished(record)
    }
  }

/** Writes and signs the invoice. From here on the string never changes. */
const prepare = async (deps: MirrorDeps, document: DocumentRecord): Promise<StepOutcome> => {
  if (document.mirrorState !== 'waiting') return done(`nothing to do in state ${document.mirrorState}`)
  if (document.senderState === 'annulled') return withdraw(deps, document)

  const bytes = await deps.documents.bytes(document.digest)
  if (bytes === undefined) throw new Error(`the bytes of document ${document.id} are not in the store`)
  const read = await deps.readDocument(document.kind, bytes)
  if (!read.ok || read.value.kind !== 'tax-invoice') {
    throw new Error(`document ${document.id} was stored as a tax invoice and cannot be read as one`)
  }
  const taxId = document.senderTaxId
  const now = deps.clock.now()
  const original = await originalOf(deps, taxId, read.value)
  const invoice = await asEntered(deps, named(read.value, original), document.receivedAt)

  const faults = preflight(invoice, { today: almatyDate(now), taxId })
  if (faults.length === 0) faults.push(...(await occupiedKey(deps, document, invoice)))
  if (faults.length === 0 && original !== undefined && isOpen(original.record))
    return waiting('the invoice it corrects is not registered yet', deps.settings.askAtMostMs)
  if (original !== undefined) faults.push(...preflightRelated(invoice, original))
  if (faults.length > 0) return refuse(deps, document, faults)

  // What it says is right; how it is written may depend on the outage that is not over yet.
  const hold = await deps.outages?.hold()
  if (hold !== undefined) return held(deps, hold)

  const body = deps.writer.write(invoice)
  const signed = await deps.signer.sign(taxId, new TextEncoder().encode(body), document.id)
  if (signed === undefined) {
    return waiting('the company has no key for the portal yet', deps.settings.noKeyMs)
  }
  await deps.unitOfWork.run((tx) =>
    deps.records.add(tx, {
      documentId: document.id,
      taxId,
      date: invoice.date,
      number: invoice.number,
      body,
      ...signed,
      at: now,
    }),
  )
  const { gatherMs } = await paceOf(deps)
  if (gatherMs > 0) return waiting('written and signed', gatherMs)
  const record = await deps.records.find(document.id)
  return record === undefined ? waiting('written and signed', 0) : upload(deps, record)
}

const isOpen = ({ phase }: MirrorRecord): boolean => phase !== 'registered' && phase !== 'rejected'

/** The original of a correction, when we sent it; undefined when only the portal knows it. */
const originalOf = async (
  deps: MirrorDeps,
  taxId: string,
  { relatedInvoice }: TaxInvoice,
): Promise<KnownOriginal | undefined> => {
  if (relatedInvoice === undefined) return undefined
  const records = await deps.records.byKey(taxId, relatedInvoice)
  const record = records.find(({ phase }) => phase !== 'rejected') ?? records.at(-1)
  const document = record === undefined ? undefined : await deps.documents.byId(record.documentId)
  const bytes = document === undefined ? undefined : await deps.documents.bytes(document.digest)
  if (record === undefined || bytes === undefined) return undefined
  const read = await deps.readDocument('tax-invoice', bytes)
  return read.ok && read.value.kind === 'tax-invoice' ? { invoice: read.value, record } : undefined
}

/** A correction names its original by the registration number, too: the sender need not know it. */
const named = (invoice: TaxInvoice, original: KnownOriginal | undefined): TaxInvoice => {
  const { relatedInvoice } = invoice
  const registrationNumber = original?.record.registrationNumber
  return relatedInvoice === undefined ||
    registrationNumber === undefined ||
    relatedInvoice.registrationNumber !== undefined
    ? invoice
    : { ...invoice, relatedInvoice: { ...relatedInvoice, registrationNumber } }
}

/** Waits for the end; the pace of the day's calls spreads what has gathered. */
const held = ({ clock }: MirrorDeps, { until, note }: Hold): StepOutcome =>
  waiting(note, Math.max(1_000, until.getTime() - clock.now().getTime()))

/** As it is entered: after an announced outage that it fell into, as one issued on paper. */
const asEntered = async (
  { outages, settings }: MirrorDeps,
  invoice: TaxInvoice,
  receivedAt: Date,
): Promise<TaxInvoice> =>
  outages === undefined || settings.paper === 'off'
    ? invoice
    : afterOutage(invoice, receivedAt, await outages.at(receivedAt))

/** The portal keeps one invoice of a seller per day and number; so do we, before it has to say so. */
const occupiedKey = async (
  deps: MirrorDeps,
  document: DocumentRecord,
  invoice: TaxInvoice,
): Promise<Fault[]> => {
  const others = await deps.records.byKey(document.senderTaxId, invoice)
  const standing = others.find((other) => other.documentId !== document.id && other.phase !== 'rejected')
  if (standing === undefined) return []
  return [
    fault('NOT_UNIQUE_DB_ERROR_MSG', 'number', {
      ru: `Счёт-фактура с этим номером и датой уже передан в ИС ЭСФ (документ ${standing.documentId}). Дайте новому документу другой номер или исправьте прежний исправленным счётом-фактурой.`,
      kk: `Осы нөмірі мен күні бар шот-фактура ЭШФ АЖ-ға берілген (${standing.documentId} құжаты). Жаңа құжатқа басқа нөмір беріңіз немесе бұрынғысын түзетілген шот-фактурамен түзетіңіз.`,
      en: `An invoice with this number and day was already given to the portal (document ${standing.documentId}). Give the new document another number, or correct the earlier one with a corrected invoice.`,
    }),
  ]
}

/** Found wrong before anything was sent: the portal's own codes, without spending a call. */
const refuse = async (deps: MirrorDeps, document: DocumentRecord, faults: Fault[]): Promise<StepOutcome> => {
  const errors: PortalError[] = faults.map(({ code, path, message }) => ({
    code,
    property: path,
    text: message.ru,
  }))
  return {
    word: 'refused',
    note: faults.map(({ code }) => code).join(', '),
    record: (tx) =>
      deps.documents.record(tx, {
        documentId: document.id,
        revision: document.revision,
        mirrorState: 'rejected',
        ...(document.reason === undefined ? { reason: reasonOf(errors) } : {}),
        events: [
          {
            documentId: document.id,
            companyId: document.companyId,
            name: 'mirror.rejected',
            at: deps.clock.now(),
            details: { errors, sent: false },
          },
        ],
      }),
  }
}

/** Withdrawn by the sender before the portal heard of it. */
const withdraw = async (
  deps: MirrorDeps,
  document: DocumentRecord,
  record?: MirrorRecord,
): Promise<StepOutcome> => ({
  word: 'done',
  note: 'withdrawn before it was sent to the portal',
  record: async (tx) => {
    if (record !== undefined) {
      await deps.records.change(tx, record, {
        deed: 'rejected',
        at: deps.clock.now(),
        change: { phase: 'rejected', errors: [{ code: '', property: '', text: 'withdrawn by the sender' }] },
      })
    }
    await deps.documents.record(tx, {
      documentId: document.id,
      revision: document.revision,
      mirrorState: 'none',
    })
  },
})

const upload = async (deps: MirrorDeps, record: MirrorRecord): Promise<StepOutcome> => {
  await uploadPrepared(deps, record)
  return stands(deps, record.documentId)
}

const resolve = async (deps: MirrorDeps, record: MirrorRecord): Promise<StepOutcome> => {
  const leftMs = (record.claimedUntil?.getTime() ?? 0) - deps.clock.now().getTime()
  if (leftMs > 0) return waiting('the upload is under way', Math.min(leftMs, deps.settings.askMs))
  await resolveOutcomes(deps, record)
  return stands(deps, record.documentId)
}

const follow = async (deps: MirrorDeps, record: MirrorRecord): Promise<StepOutcome> => {
  await followQueued(deps, record, await paceOf(deps))
  return stands(deps, record.documentId)
}

/** Where the invoice stands after the move, and when to look again. */
const stands = async (deps: MirrorDeps, documentId: string): Promise<StepOutcome> => {
  const record = await deps.records.find(documentId)
  if (record === undefined) throw new Error(`the mirror record of document ${documentId} vanished`)
  switch (record.phase) {
    case 'prepared':
      return waiting('ready to be sent', deps.settings.askMs)
    case 'submitting':
      return waiting('the outcome of the upload is not known yet', nextAskMs(deps, record, deps.settings))
    case 'queued':
      return waiting(
        `in the portal's queue${record.portalStatus === undefined ? '' : `: ${record.portalStatus}`}`,
        nextAskMs(deps, record, await paceOf(deps)),
      )
    default:
      return finished(record)
  }
}

/**
 * The longer an invoice has been in the queue, the less often it is asked about: 2 s at first, every minute
 * after 4 minutes, every 5 minutes after 20; and never more often than the day's calls allow.
 */
const nextAskMs = ({ clock, settings }: MirrorDeps, record: MirrorRecord, { askMs }: Pace): number => {
  if (record.portalStatus === 'WAITING_CUSTOMER_CONFIRMATION') return settings.askBuyerMs
  const ageMs = clock.now().getTime() - (record.submittedAt ?? record.preparedAt).getTime()
  return Math.round(Math.max(Math.min(ageMs / 4, settings.askAtMostMs), askMs))
}

const finished = (record: MirrorRecord): StepOutcome =>
  record.phase === 'registered'
    ? done(`registered as ${record.registrationNumber ?? record.portalId ?? ''}`)
    : { word: 'refused', note: reasonOf(record.errors), record: async () => {} }

const done = (note: string): StepOutcome => ({ word: 'done', note, record: async () => {} })

const waiting = (note: string, askAgainInMs: number): StepOutcome => ({ word: 'waiting', note, askAgainInMs })
