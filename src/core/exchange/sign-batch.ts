import type { Caller } from '../company/index.ts'
import { fault, UpstreamError, type Fault } from '../kernel/index.ts'
import { answerChange } from './answer.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord } from './document-record.ts'
import { noSigningKey, notPossibleNow } from './faults.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf, type Side } from './sides.ts'
import { keyUseOf } from './signatures.ts'
import { needsAnswer } from './states.ts'
import { recordOrRefuse, statesIn, submittedChange } from './submit-signature.ts'
import type { DocumentChange, KeyUse } from './ports.ts'

/** What became of one document of a batch. */
export interface BatchResult {
  /** As it was asked for. */
  documentId: string
  /**
   * - `signed`: with the company's key, VALID; an incoming document is thereby accepted.
   * - `already`: it was before, or is being signed; nothing was changed.
   * - `waiting`: signed, and the authority has not confirmed the key yet: it is asked again by itself.
   * - `refused`: not signed, the faults say why; the others of the batch are not touched by it.
   * - `unavailable`: not signed now, the same again later.
   */
  outcome: 'signed' | 'already' | 'waiting' | 'refused' | 'unavailable'
  faults: Fault[]
  status?: Status
}

export interface Batch {
  /** Stands in the book of key uses beside every signature of this batch. */
  batchId: string
  /** In the order asked for. */
  results: BatchResult[]
}

/** A person confirms once; longer lists are no longer read. */
export const largestBatch = 100

type BatchDeps = Pick<
  ExchangeDeps,
  'clock' | 'ids' | 'unitOfWork' | 'documents' | 'verifier' | 'signers' | 'proving'
>

/**
 * Signs many documents with the key the gateway keeps for the caller, at one word of his: outgoing ones that wait for
 * their signature, incoming ones that wait for acceptance. Each is its own transaction; if the process dies in
 * between, the same batch again finds the first ones `already` and goes on.
 */
export const signBatch =
  (deps: BatchDeps) =>
  async ({
    caller,
    documentIds,
    by,
  }: {
    caller: Pick<Caller, 'companyId' | 'companyTaxId'>
    documentIds: readonly string[]
    /** Who confirmed: `connection:…`, `operator:…`. */
    by: string
  }): Promise<Batch> => {
    if (documentIds.length === 0 || documentIds.length > largestBatch)
      throw new Refusal('invalid', [badBatch()])
    const batchId = deps.ids.next()
    const results: BatchResult[] = []
    for (const documentId of documentIds)
      results.push(await signOne(deps, { caller, documentId, by: `${by} batch:${batchId}` }))
    return { batchId, results }
  }

interface One {
  caller: Pick<Caller, 'companyId' | 'companyTaxId'>
  documentId: string
  by: string
}

const signOne = async (deps: BatchDeps, { caller, documentId, by }: One): Promise<BatchResult> => {
  try {
    const { record, side } = await documentFor(deps, caller, documentId)
    const result = (outcome: BatchResult['outcome'], change?: DocumentChange): BatchResult => ({
      documentId,
      outcome,
      faults: [],
      status: statusOf({ ...record, ...(change && statesIn(change)) }, side),
    })
    if (isDone(record, side)) return result('already')
    const change =
      side === 'sender'
        ? await sendersChange(deps, record, caller.companyId, by)
        : await recipientsChange(deps, record, caller, by)
    await recordOrRefuse(deps, change, 'SignDocuments', record)
    return result(change.signature?.verdict === 'INDETERMINATE' ? 'waiting' : 'signed', change)
  } catch (error) {
    if (error instanceof Refusal) {
      const later = error.status === 'unavailable' || error.retryAfterMs !== undefined
      return { documentId, outcome: later ? 'unavailable' : 'refused', faults: error.faults }
    }
    if (!(error instanceof UpstreamError)) throw error
    return error.word === 'refused'
      ? { documentId, outcome: 'refused', faults: error.faults }
      : { documentId, outcome: 'unavailable', faults: [signerSilent()] }
  }
}

const isDone = (record: DocumentRecord, side: Side): boolean =>
  side === 'sender'
    ? !['awaiting_signature', 'failed', 'annulled'].includes(record.senderState)
    : record.recipientState === 'accepted' || record.recipientState === 'settled'

const sendersChange = async (
  deps: BatchDeps,
  record: DocumentRecord,
  companyId: string,
  by: string,
): Promise<DocumentChange> => {
  let serial: string | undefined
  const use = (at: Date, signatureId?: string): KeyUse =>
    keyUseOf(record, companyId, { serial, signatureId, by, at })
  try {
    const change = await submittedChange(deps, record, async (data) => {
      const signer = await deps.signers.of(companyId)
      if (signer === undefined) throw new Refusal('invalid', [noSigningKey()])
      const { cms } = await signer.sign(data, { signingTime: deps.clock.now() })
      serial = signer.serial
      return cms
    })
    return { ...change, keyUse: use(change.signature.signedAt, change.signature.id) }
  } catch (error) {
    // Made, and found wanting: the key was used all the same.
    if (serial !== undefined) await deps.signers.noteUse(use(deps.clock.now()))
    throw error
  }
}

const recipientsChange = (
  deps: BatchDeps,
  record: DocumentRecord,
  caller: One['caller'],
  by: string,
): Promise<DocumentChange> => {
  // One word for many signatures must not agree to an annulment among them.
  if (record.senderState !== 'delivered' || !needsAnswer(record.kind))
    throw new Refusal('conflict', [
      notPossibleNow('SignDocuments', record.senderState, record.recipientState),
    ])
  return answerChange(deps, record, { answer: 'accept' }, caller.companyTaxId, by)
}

const badBatch = (): Fault =>
  fault('SIGNATURE-03', 'documentIds', {
    ru: `За один раз подписывается от 1 до ${largestBatch} документов. Разделите список.`,
    kk: `Бір мезетте 1-ден ${largestBatch}-ге дейін құжатқа қол қойылады. Тізімді бөліңіз.`,
    en: `1 to ${largestBatch} documents are signed at once. Divide the list.`,
  })

const signerSilent = (): Fault =>
  fault('SIGNATURE-04', '', {
    ru: 'Сервер подписи не ответил. Документ не изменён; повторите позже.',
    kk: 'Қолтаңба сервері жауап бермеді. Құжат өзгертілмеді; кейінірек қайталаңыз.',
    en: 'The signing server did not answer. The document is unchanged; repeat later.',
  })
