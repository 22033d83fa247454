import type { Caller } from '../company/index.ts'
import type { Tx } from '../kernel/index.ts'
import { changeBy, eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord, SignatureRecord } from './document-record.ts'
import { badSignature, noSuchDocument, notPossibleNow } from './faults.ts'
import { Outdated, type DocumentChange } from './ports.ts'
import { mustKeepUp, proofOf } from './proving.ts'
import { Refusal, type Status } from './receipt.ts'
import { documentFor, statusOf } from './sides.ts'
import { signatureRecord } from './signatures.ts'
import { isMirrored } from './states.ts'

/**
 * The sender's signature for a document that waits for it. The same signature again, or any signature
 * once the document is signed, changes nothing and shows the state.
 */
export const submitSignature =
  (deps: ExchangeDeps) =>
  async ({
    caller,
    documentId,
    cms,
  }: {
    caller: Caller
    documentId: string
    cms: Uint8Array
  }): Promise<Status> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    if (side !== 'sender') throw new Refusal('not-found', [noSuchDocument()])
    if (record.senderState !== 'awaiting_signature') {
      if (await alreadySignedWith(deps, record, cms)) return statusOf(record, side)
      throw new Refusal('conflict', [
        notPossibleNow('SubmitSignature', record.senderState, record.recipientState),
      ])
    }
    const change = await submittedChange(deps, record, cms)
    await recordOrRefuse(deps, change, 'SubmitSignature', record)
    return statusOf({ ...record, ...statesIn(change) }, side)
  }

/**
 * The change the sender's signature makes, whoever carries it: the sender's base, or a person behind a signing
 * link. Throws `Refusal` when the signature is not good or no longer asked for.
 */
export const submittedChange = async (
  deps: Pick<ExchangeDeps, 'clock' | 'ids' | 'documents' | 'verifier' | 'proving'>,
  record: DocumentRecord,
  /** The CMS, or who makes it now from the bytes. */
  given: Uint8Array | ((data: Uint8Array) => Promise<Uint8Array>),
): Promise<DocumentChange & { signature: SignatureRecord }> => {
  const notNow = () =>
    new Refusal('conflict', [notPossibleNow('SubmitSignature', record.senderState, record.recipientState)])
  if (record.senderState !== 'awaiting_signature') throw notNow()
  await mustKeepUp(deps)
  const data = await bytesOf(deps, record)
  const cms = typeof given === 'function' ? await given(data) : given
  const report = await deps.verifier.verify({
    cms,
    data,
    expected: { taxId: record.senderTaxId, documentKind: record.kind },
  })
  if (report.verdict === 'INVALID') throw new Refusal('invalid', badSignature(report))
  const now = deps.clock.now()
  const signature = signatureRecord({
    id: deps.ids.next(),
    documentId: record.id,
    side: 'sender',
    cms,
    report,
    at: now,
  })
  if (report.verdict === 'INDETERMINATE') {
    // Not confirmed yet: the `sign` step asks the authorities again.
    return {
      documentId: record.id,
      revision: record.revision,
      senderState: 'signing',
      signature,
      tasks: [{ id: deps.ids.next(), kind: 'sign', documentId: record.id, subject: '', dueAt: now }],
    }
  }
  const change = signedChange(deps, record, signature)
  if (change === undefined) throw notNow()
  return { ...change, signature }
}

/** What a VALID signature of the sender sets in motion. */
export const signedChange = (
  deps: Pick<ExchangeDeps, 'clock' | 'ids' | 'proving'>,
  record: DocumentRecord,
  signature: SignatureRecord,
): DocumentChange | undefined => {
  const now = deps.clock.now()
  const task = (kind: 'deliver' | 'mirror') => ({
    id: deps.ids.next(),
    kind,
    documentId: record.id,
    subject: '',
    dueAt: now,
  })
  const { proof, tasks } = proofOf(deps, signature, now)
  const next = isMirrored(record.kind) ? [task('deliver'), task('mirror')] : [task('deliver')]
  return changeBy(record, 'signed', {
    signature,
    proof,
    reason: null,
    events: [eventFor(record, 'sender', 'document.signed', now)],
    tasks: [...next, ...tasks],
  })
}

const alreadySignedWith = async (
  deps: ExchangeDeps,
  record: DocumentRecord,
  cms: Uint8Array,
): Promise<boolean> => {
  const given = deps.hasher.digest(cms)
  return (await deps.documents.signatures(record.id)).some((known) => deps.hasher.digest(known.cms) === given)
}

/** The exact bytes of a document that is not purged. */
export const bytesOf = async (
  deps: Pick<ExchangeDeps, 'documents'>,
  record: DocumentRecord,
): Promise<Uint8Array> => {
  const bytes = await deps.documents.bytes(record.digest)
  if (bytes === undefined) throw new Error(`the bytes of document ${record.id} are missing`)
  return bytes
}

export const statesIn = (change: DocumentChange): Partial<DocumentRecord> => ({
  ...(change.senderState === undefined ? {} : { senderState: change.senderState }),
  ...(change.recipientState === undefined ? {} : { recipientState: change.recipientState }),
  ...(change.mirrorState === undefined ? {} : { mirrorState: change.mirrorState }),
  ...(change.reason === undefined ? {} : { reason: change.reason ?? undefined }),
})

/** Writes a change a person asked for; when somebody else was quicker, the person is told to look again. */
export const recordOrRefuse = (
  deps: Pick<ExchangeDeps, 'unitOfWork' | 'documents'>,
  change: DocumentChange,
  what: string,
  record: DocumentRecord,
): Promise<void> => recordAllOrRefuse(deps, [change], what, record)

/** The same for changes that belong together, with what else is written in their transaction. */
export const recordAllOrRefuse = async (
  deps: Pick<ExchangeDeps, 'unitOfWork' | 'documents'>,
  changes: readonly DocumentChange[],
  what: string,
  record: DocumentRecord,
  also: (tx: Tx) => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  try {
    await deps.unitOfWork.run(async (tx) => {
      for (const change of changes) await deps.documents.record(tx, change)
      await also(tx)
    })
  } catch (error) {
    if (!(error instanceof Outdated)) throw error
    throw new Refusal('conflict', [notPossibleNow(what, record.senderState, record.recipientState)], {
      retryAfterMs: 1000,
    })
  }
}
