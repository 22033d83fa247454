import { denialOfSending } from '../access/index.ts'
import {
  checkDocument,
  recipientOf,
  senderOf,
  senderPathOf,
  writeDocumentXml,
  type Document,
} from '../document/index.ts'
import { almatyDate, almatyMonth, type Fault, type NewTask } from '../kernel/index.ts'
import { attachmentFaults, attachmentOf } from './attachments.ts'
import type { ExchangeDeps } from './deps.ts'
import type { Digest, DocumentFacts, NewEvent, SignatureRecord } from './document-record.ts'
import { badKey, badSignature, keyTaken, noRoom, notYourDocument, versionTaken } from './faults.ts'
import type { Acceptance, Conflict, Entry } from './ports.ts'
import { mustKeepUp, proofOf } from './proving.ts'
import { Refusal, type Receipt, type Submission } from './receipt.ts'
import { signatureRecord } from './signatures.ts'
import { isMirrored, type SenderState } from './states.ts'
import { submitSignature } from './submit-signature.ts'

/**
 * Takes a document from its sender: all checks first, then one transaction, then the receipt. Whatever
 * fails before the transaction leaves nothing behind; whatever is repeated after it gets the first receipt.
 */
export const sendDocument =
  (deps: ExchangeDeps) =>
  async (submission: Submission): Promise<Receipt> => {
    const now = deps.clock.now()
    await mayBeSent(deps, submission.caller, now, 1)
    const { faults, notices } = faultsOf(submission, now)
    faults.push(...(await attachmentFaults(deps, submission.caller, submission.document)))
    if (faults.length > 0) throw new Refusal('invalid', faults)

    const acceptance = await acceptanceOf(deps, submission, deps.hasher.digest(submission.raw), now)
    const entry = await deps.ledger.enter(acceptance)
    if (entry.outcome === 'conflict') {
      throw new Refusal('conflict', [faultOfConflict(entry)], { documentId: entry.id })
    }
    return receiptOf(deps, submission, acceptance, entry, notices)
  }

/** How many documents of a file are prepared before others are let in again: some 10 ms of work. */
const preparedAtOnce = 20

/**
 * Takes all documents of one file, or none of them. Whoever calls has found no fault in any of them; `notices`
 * are what was found beside, document by document.
 */
export const sendTogether =
  (deps: ExchangeDeps) =>
  async (submissions: Submission[], notices: Fault[][]): Promise<Receipt[]> => {
    const [first] = submissions
    if (first === undefined) return []
    const now = deps.clock.now()
    await mayBeSent(deps, first.caller, now, submissions.length)
    const acceptances = await acceptancesOf(deps, submissions, now)
    const entry = await deps.ledger.enterTogether(acceptances)
    if (entry.outcome === 'conflict') throw refusalOf(entry.conflicts)
    const receipts: Receipt[] = []
    for (const [index, submission] of submissions.entries()) {
      const [acceptance, own] = [acceptances[index], entry.entries[index]]
      if (acceptance === undefined || own === undefined) throw new Error('the ledger lost count of a package')
      receipts.push(await receiptOf(deps, submission, acceptance, own, notices[index] ?? []))
    }
    return receipts
  }

/** Throws `Refusal` when one of the documents would be refused for what was accepted before. Enters nothing. */
export const mayEnter =
  (deps: ExchangeDeps) =>
  async (submissions: Submission[], firstIndex: number): Promise<void> => {
    const conflicts: Conflict[] = []
    for (const [index, acceptance] of (await acceptancesOf(deps, submissions, deps.clock.now())).entries()) {
      const met = await deps.ledger.find(acceptance)
      if (met?.outcome === 'conflict') conflicts.push({ index: index + firstIndex, id: met.id, on: met.on })
    }
    if (conflicts.length > 0) throw refusalOf(conflicts)
  }

const acceptancesOf = async (
  deps: ExchangeDeps,
  submissions: Submission[],
  now: Date,
): Promise<Acceptance[]> => {
  const acceptances: Acceptance[] = []
  let [raw, rawDigest]: [Uint8Array | undefined, Digest] = [undefined, '']
  for (const submission of submissions) {
    if (acceptances.length % preparedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
    if (submission.raw !== raw) [raw, rawDigest] = [submission.raw, deps.hasher.digest(submission.raw)]
    acceptances.push(await acceptanceOf(deps, submission, rawDigest, now))
  }
  return acceptances
}

const refusalOf = (conflicts: Conflict[]): Refusal => {
  const faults = conflicts.map((conflict) => {
    const fault = faultOfConflict(conflict)
    return { ...fault, path: `documents[${conflict.index}]${fault.path && `.${fault.path}`}` }
  })
  return new Refusal('conflict', faults, { documentId: conflicts[0]?.id })
}

/** The gates before any document: access, and proofs that keep up. */
export const mayBeSent = async (
  deps: ExchangeDeps,
  caller: Submission['caller'],
  now: Date,
  documents: number,
): Promise<void> => {
  const denial = denialOfSending(await deps.accesses.of(caller.companyId), now, documents)
  if (denial !== undefined) throw new Refusal('forbidden', [denial])
  mustHaveRoom(deps)
  await mustKeepUp(deps)
}

/** How soon a sender should look again whether somebody made room. */
const roomAgainMs = 60_000

/** Throws `Refusal` while the disk runs full: what is there needs the rest to be signed, delivered and archived. */
export const mustHaveRoom = ({ room }: Pick<ExchangeDeps, 'room'>): void => {
  if (room.isShort()) throw new Refusal('unavailable', [noRoom()], { retryAfterMs: roomAgainMs })
}

/** Everything that will be written when the document is entered. */
const acceptanceOf = async (
  deps: ExchangeDeps,
  submission: Submission,
  rawDigest: Digest,
  now: Date,
): Promise<Acceptance> => {
  const { caller, document } = submission
  const bytes = writeDocumentXml(document)
  const id = deps.ids.next()
  const signature = await givenSignature(deps, submission, bytes, id, now)
  const start = startOf(deps, submission, signature, id, now)
  const { proof, tasks } = proofOf(deps, signature, now)
  return {
    id,
    receivedAt: now,
    companyId: caller.companyId,
    connectionId: caller.connectionId,
    facts: factsOf(document),
    bytes,
    digest: deps.hasher.digest(bytes),
    raw: submission.raw,
    rawDigest,
    origin: submission.origin,
    key: submission.key,
    senderState: start.state,
    mirrorState: isMirrored(document.kind) ? 'waiting' : 'none',
    signature,
    proof,
    attachment: attachmentOf(document)?.sha256,
    tasks: [...start.tasks, ...tasks],
    events: start.events,
    month: almatyMonth(now),
  }
}

const faultOfConflict = ({ id, on }: { id: string; on: 'key' | 'content-id' }): Fault =>
  on === 'key' ? keyTaken(id) : versionTaken(id)

const receiptOf = async (
  deps: ExchangeDeps,
  submission: Submission,
  { digest, senderState }: Acceptance,
  entry: Exclude<Entry, { outcome: 'conflict' }>,
  notices: Fault[],
): Promise<Receipt> => {
  const warning = await deps.warningAbout?.(recipientOf(submission.document).taxId ?? '')
  const told = warning === undefined ? notices : [...notices, warning]
  const receipt = { documentId: entry.id, receivedAt: entry.receivedAt, digest, notices: told }
  if (entry.outcome === 'new') {
    deps.accesses.sent(submission.caller.companyId)
    return { ...receipt, repeat: false, state: senderState }
  }
  return { ...receipt, repeat: true, state: await stateOfFirst(deps, submission, entry.id) }
}

/** Everything that is wrong with a submission, at once; nothing is stored by asking. */
export const faultsOf = (submission: Submission, now: Date): { faults: Fault[]; notices: Fault[] } => {
  const { caller, document, key } = submission
  const { faults, notices } = checkDocument(document, { today: almatyDate(now) })
  if (senderOf(document).taxId !== caller.companyTaxId) {
    faults.unshift(notYourDocument(`${senderPathOf(document.kind)}.taxId`))
  }
  if (key !== undefined && !/^[\x21-\x7e]{1,200}$/.test(key)) faults.unshift(badKey())
  return { faults, notices }
}

const factsOf = (document: Document): DocumentFacts => {
  const sender = senderOf(document)
  const recipient = recipientOf(document)
  return {
    kind: document.kind,
    senderTaxId: sender.taxId ?? '',
    senderName: sender.name,
    // Only a non-resident buyer of a tax invoice has none: such an invoice goes to the portal alone.
    recipientTaxId: recipient.taxId ?? '',
    recipientName: recipient.name,
    recipientEmail: recipient.email,
    guid: document.guid,
    version: document.version,
    number: document.number ?? '',
    date: document.date,
    total: totalOf(document),
    currency: document.currency,
  }
}

const totalOf = (document: Document): string | undefined => {
  switch (document.kind) {
    case 'contract':
      return document.amount
    case 'payment-invoice':
    case 'act':
    case 'waybill':
    case 'tax-invoice':
      return document.totals.amountWithVat
    default:
      return undefined
  }
}

const givenSignature = async (
  deps: ExchangeDeps,
  { caller, document, signature }: Submission,
  bytes: Uint8Array,
  documentId: string,
  now: Date,
): Promise<SignatureRecord | undefined> => {
  if (signature === undefined) return undefined
  const report = await deps.verifier.verify({
    cms: signature,
    data: bytes,
    expected: { taxId: caller.companyTaxId, documentKind: document.kind },
  })
  if (report.verdict === 'INVALID') throw new Refusal('invalid', badSignature(report))
  return signatureRecord({ id: deps.ids.next(), documentId, side: 'sender', cms: signature, report, at: now })
}

interface Start {
  state: SenderState
  tasks: NewTask[]
  events: NewEvent[]
}

/** The first state, the first task and the first lines of the document's life. */
const startOf = (
  deps: ExchangeDeps,
  { caller, document, signing }: Submission,
  signature: SignatureRecord | undefined,
  documentId: string,
  now: Date,
): Start => {
  const task = (kind: NewTask['kind']): NewTask => ({
    id: deps.ids.next(),
    kind,
    documentId,
    subject: '',
    dueAt: now,
  })
  const event = (name: NewEvent['name']): NewEvent => ({
    documentId,
    companyId: caller.companyId,
    name,
    at: now,
  })
  const received = event('document.received')
  if (signature?.verdict === 'VALID') {
    return {
      state: 'signed',
      tasks: isMirrored(document.kind) ? [task('deliver'), task('mirror')] : [task('deliver')],
      events: [received, event('document.signed')],
    }
  }
  // A signature that the authorities could not yet confirm waits in the same state as a key that has yet to
  // sign: the `sign` step asks again.
  const signsHere = signature !== undefined || (signing ?? caller.signing) === 'key'
  return signsHere
    ? { state: 'signing', tasks: [task('sign')], events: [received] }
    : { state: 'awaiting_signature', tasks: [], events: [received, event('document.signature-awaited')] }
}

/** A repeat that brings the signature the first one lacked is a signature, not a mere repeat. */
const stateOfFirst = async (deps: ExchangeDeps, submission: Submission, id: string): Promise<SenderState> => {
  const first = await deps.documents.byId(id)
  if (first === undefined) throw new Error(`document ${id} is known by its key and cannot be read`)
  if (first.senderState !== 'awaiting_signature' || submission.signature === undefined)
    return first.senderState
  const status = await submitSignature(deps)({
    caller: submission.caller,
    documentId: id,
    cms: submission.signature,
  })
  return status.senderState
}
