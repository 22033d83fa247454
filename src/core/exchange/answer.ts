import type { Caller } from '../company/index.ts'
import { changeBy, eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord } from './document-record.ts'
import {
  badSignature,
  noSuchDocument,
  notPossibleNow,
  longestReason,
  reasonMissing,
  signatureMissing,
} from './faults.ts'
import type { DocumentChange } from './ports.ts'
import { mustKeepUp, proofOf } from './proving.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf } from './sides.ts'
import { keyUseOf, signatureRecord } from './signatures.ts'
import { needsAnswer } from './states.ts'
import { bytesOf, recordOrRefuse, statesIn } from './submit-signature.ts'

export interface Answer {
  caller: Caller
  documentId: string
  answer: 'accept' | 'refuse'
  reason?: string
  signature?: Uint8Array
}

/**
 * The recipient's word: accepts with a signature over the exact bytes, or refuses with a reason. When the
 * sender has asked for annulment, the same word answers that request.
 */
export const answerDocument =
  (deps: ExchangeDeps) =>
  async (answer: Answer): Promise<Status> => {
    const { record, side } = await documentFor(deps, answer.caller, answer.documentId)
    if (side !== 'recipient') throw new Refusal('not-found', [noSuchDocument()])
    const { companyTaxId, connectionId } = answer.caller
    const change = await answerChange(deps, record, answer, companyTaxId, `connection:${connectionId}`)
    await recordOrRefuse(deps, change, 'AnswerDocument', record)
    return statusOf({ ...record, ...statesIn(change) }, side)
  }

type AnswerDeps = Pick<
  ExchangeDeps,
  'clock' | 'ids' | 'documents' | 'verifier' | 'signers' | 'proving' | 'refusalDenial'
>

/** The change an answer makes, whoever carries it: a connected company, or a person behind a mailed link. */
export const answerChange = async (
  deps: AnswerDeps,
  record: DocumentRecord,
  { answer, reason, signature }: Pick<Answer, 'answer' | 'reason' | 'signature'>,
  taxId: string,
  /** Who answers, for the record of key use; nobody where no kept key signs. */
  by = '',
): Promise<DocumentChange> => {
  const now = deps.clock.now()
  const said = reason?.trim() || undefined
  if (said === undefined ? answer === 'refuse' : said.length > longestReason)
    throw new Refusal('invalid', [reasonMissing()])
  const denial = answer === 'refuse' ? await deps.refusalDenial?.(record, said) : undefined
  if (denial !== undefined) throw new Refusal('conflict', [denial])

  const both = (
    name: 'document.accepted' | 'document.refused' | 'document.annulled' | 'document.annulment-declined',
  ) => [
    eventFor(record, 'sender', name, now, said === undefined ? undefined : { reason: said }),
    ...(record.recipientCompanyId === undefined ? [] : [eventFor(record, 'recipient', name, now)]),
  ]
  let change: DocumentChange | undefined
  if (record.senderState === 'annulment_requested') {
    change =
      answer === 'accept'
        ? changeBy(record, 'annulment-agreed', { events: both('document.annulled') })
        : changeBy(record, 'annulment-declined', {
            reason: said,
            events: both('document.annulment-declined'),
          })
  } else if (needsAnswer(record.kind)) {
    change =
      answer === 'refuse'
        ? changeBy(record, 'refused', { reason: said, events: both('document.refused') })
        : changeBy(record, 'accepted', {
            ...(await acceptanceSignature(deps, record, signature, { taxId, by, now })),
            events: [...both('document.accepted'), eventFor(record, 'sender', 'document.completed', now)],
          })
  }
  if (change === undefined) {
    throw new Refusal('conflict', [
      notPossibleNow('AnswerDocument', record.senderState, record.recipientState),
    ])
  }
  return change
}

/** The recipient's signature: given, or made here with the company's own key. Only VALID accepts a document. */
const acceptanceSignature = async (
  deps: AnswerDeps,
  record: DocumentRecord,
  given: Uint8Array | undefined,
  { taxId, by, now }: { taxId: string; by: string; now: Date },
): Promise<Pick<DocumentChange, 'signature' | 'proof' | 'tasks' | 'keyUse'>> => {
  await mustKeepUp(deps)
  const data = await bytesOf(deps, record)
  const cms = given ?? (await signedHere(deps, record, data))
  const report = await deps.verifier.verify({ cms, data, expected: { taxId, documentKind: record.kind } })
  const use = (signatureId?: string) =>
    given === undefined && record.recipientCompanyId !== undefined
      ? keyUseOf(record, record.recipientCompanyId, {
          serial: report.signers[0]?.serial,
          signatureId,
          by,
          at: now,
        })
      : undefined
  const unused = report.verdict === 'VALID' ? undefined : use()
  if (unused !== undefined) await deps.signers.noteUse(unused)
  // Unlike a sender's, an answer is not kept waiting for an authority: the recipient is here and can repeat it.
  if (report.verdict === 'INDETERMINATE')
    throw new Refusal('unavailable', badSignature(report), { retryAfterMs: 60_000 })
  if (report.verdict === 'INVALID') throw new Refusal('invalid', badSignature(report))
  const signature = signatureRecord({
    id: deps.ids.next(),
    documentId: record.id,
    side: 'recipient',
    cms,
    report,
    at: now,
  })
  return {
    signature,
    ...proofOf(deps, signature, now),
    keyUse: use(signature.id),
  }
}

const signedHere = async (
  deps: AnswerDeps,
  record: DocumentRecord,
  data: Uint8Array,
): Promise<Uint8Array> => {
  const signer =
    record.recipientCompanyId === undefined ? undefined : await deps.signers.of(record.recipientCompanyId)
  if (signer === undefined) throw new Refusal('invalid', [signatureMissing()])
  return (await signer.sign(data, { signingTime: deps.clock.now() })).cms
}
