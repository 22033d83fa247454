import type { Clock, Ids, Procedure, StepOutcome } from '../../kernel/index.ts'
import type { SignatureReport, SignatureVerifier } from '../../signature/index.ts'
import { changeBy, eventFor } from '../change.ts'
import type { CompanySigners } from '../deps.ts'
import type { DocumentRecord, SignatureRecord } from '../document-record.ts'
import { badSignature, noSigningKey } from '../faults.ts'
import type { DocumentChange, Documents } from '../ports.ts'
import type { Proving } from '../proving.ts'
import { keyUseOf, signatureRecord } from '../signatures.ts'
import { bytesOf, signedChange } from '../submit-signature.ts'
import { failureOf, nothingToDo, recorded } from './outcomes.ts'

export interface SignDeps {
  clock: Clock
  ids: Ids
  documents: Documents
  verifier: SignatureVerifier
  signers: CompanySigners
  proving?: Proving
}

/** How long a silent authority is given before it is asked again. */
const askAuthorityAgainMs = 60_000

/**
 * Signs with the company's key, or asks the authorities again about a signature that came with the
 * document. Only VALID makes a document signed (offer 1.3, 2.5).
 */
export const signStep = (deps: SignDeps): Procedure => ({
  async step(task) {
    const record = await deps.documents.byId(task.documentId)
    if (record?.senderState !== 'signing') return nothingToDo(record, 'signing')
    const data = await bytesOf(deps, record)
    const given = (await deps.documents.signatures(record.id)).find(
      (signature) => signature.side === 'sender' && signature.verdict === 'INDETERMINATE',
    )
    return given === undefined
      ? signWithKey(deps, record, data, `task:${task.id}`)
      : confirm(deps, record, given, data)
  },
  onDead: (task, reason) => failureOf(deps, task, 'signing-failed', reason),
})

const signWithKey = async (
  deps: SignDeps,
  record: DocumentRecord,
  data: Uint8Array,
  by: string,
): Promise<StepOutcome> => {
  const { companyId } = record
  const signer = companyId === undefined ? undefined : await deps.signers.of(companyId)
  if (signer === undefined || companyId === undefined) return refused(deps, record, noSigningKey().message.ru)
  const now = deps.clock.now()
  const { cms } = await signer.sign(data, { signingTime: now })
  const report = await verify(deps, record, cms, data)
  // What we sign we also check, with the same eyes as a stranger's: an ended certificate is found here and
  // not by the recipient.
  const use = (signatureId?: string) =>
    keyUseOf(record, companyId, { serial: report.signers[0]?.serial, signatureId, by, at: now })
  if (report.verdict === 'INVALID') return refused(deps, record, sentence(report), { keyUse: use() })
  if (report.verdict === 'INDETERMINATE') {
    await deps.signers.noteUse(use())
    return {
      word: 'waiting',
      note: 'the authorities have not confirmed the key',
      askAgainInMs: askAuthorityAgainMs,
    }
  }
  const signature = signatureRecord({
    id: deps.ids.next(),
    documentId: record.id,
    side: 'sender',
    cms,
    report,
    at: now,
  })
  const change = signedChange(deps, record, signature)
  return recorded(deps, 'signed with the company key', change && { ...change, keyUse: use(signature.id) })
}

const confirm = async (
  deps: SignDeps,
  record: DocumentRecord,
  given: SignatureRecord,
  data: Uint8Array,
): Promise<StepOutcome> => {
  const report = await verify(deps, record, given.cms, data)
  if (report.verdict === 'INDETERMINATE') {
    return { word: 'waiting', note: 'the authorities are silent', askAgainInMs: askAuthorityAgainMs }
  }
  const signature: SignatureRecord = { ...given, verdict: report.verdict, report: { ...report } }
  return report.verdict === 'VALID'
    ? recorded(deps, 'the signature is confirmed', signedChange(deps, record, signature))
    : refused(deps, record, sentence(report), { signature })
}

const verify = (
  deps: SignDeps,
  record: DocumentRecord,
  cms: Uint8Array,
  data: Uint8Array,
): Promise<SignatureReport> =>
  deps.verifier.verify({ cms, data, expected: { taxId: record.senderTaxId, documentKind: record.kind } })

const sentence = (report: SignatureReport): string =>
  badSignature(report)
    .map((fault) => fault.message.ru)
    .join(' ')

const refused = (
  deps: SignDeps,
  record: DocumentRecord,
  reason: string,
  found: Pick<DocumentChange, 'signature' | 'keyUse'> = {},
): StepOutcome => {
  const change = changeBy(record, 'signing-failed', {
    reason,
    ...found,
    events: [eventFor(record, 'sender', 'document.failed', deps.clock.now(), { reason })],
  })
  const { record: write } = recorded(deps, reason, change)
  return { word: 'refused', note: reason, record: write }
}
