import { createHash } from 'node:crypto'
import type { StoreContents } from './store-contents.ts'
import type { Testimony } from './witness.ts'

/** A promise that was broken: which, and about what. */
export interface Violation {
  promise:
    | 'lost'
    | 'altered'
    | 'doubled'
    | 'repeat-got-another'
    | 'accepted-twice'
    | 'refused-but-stored'
    | 'from-nowhere'
    | 'metered-wrong'
    | 'chained-wrong'
    | 'key-forgotten'
    | 'not-delivered'
    | 'told-wrong'
    | 'task-left'
  about: string
}

export interface CheckOptions {
  /** Task kinds that nobody carries out in this run: without a portal invoices wait for it. */
  restingTasks?: readonly string[]
  /** Everything that was counted has been chained, too. */
  chained?: boolean
}

type Acknowledged = Extract<Testimony, { what: 'acknowledged' }>

const contentId = ({ guid, version }: { guid: string; version: string }): string => `${guid} v${version}`

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

/**
 * Compares what the clients were promised with what is in the store after everything was carried out.
 * Knows nothing of the gateway's code: only rows and the witness. All documents of a run belong to one connection.
 */
export const findViolations = (
  testimonies: readonly Testimony[],
  store: StoreContents,
  { restingTasks = [], chained = false }: CheckOptions = {},
): Violation[] => {
  const violations: Violation[] = []
  const broken = (promise: Violation['promise'], about: string): void => {
    violations.push({ promise, about })
  }
  const acknowledged = testimonies.filter((t): t is Acknowledged => t.what === 'acknowledged')
  const byId = new Map(store.documents.map((document) => [document.id, document]))

  // I1: a receipt means exactly one stored document with these bytes.
  for (const receipt of acknowledged) {
    const document = byId.get(receipt.documentId)
    if (document === undefined || contentId(document) !== contentId(receipt)) {
      broken('lost', `${contentId(receipt)}, receipt for ${receipt.documentId}`)
      continue
    }
    const digests = [receipt.receiptDigest, document.digest, document.bytesDigest]
    if (digests.some((digest) => digest !== receipt.digest)) broken('altered', `${receipt.documentId}: bytes`)
  }
  for (const document of store.documents) {
    if (document.rawBytesDigest !== document.rawDigest) broken('altered', `${document.id}: bytes as received`)
  }

  // I3: whatever was repeated is still one, and everybody was told the same one.
  for (const [id, same] of grouped(store.documents, contentId)) {
    if (same.length > 1) broken('doubled', id)
  }
  for (const [id, receipts] of grouped(acknowledged, contentId)) {
    if (new Set(receipts.map(({ documentId }) => documentId)).size > 1) broken('repeat-got-another', id)
    if (receipts.filter(({ repeat }) => !repeat).length > 1) broken('accepted-twice', id)
  }

  // I2, I4: what was refused, and what nobody sent, is not there.
  const sent = new Set(testimonies.filter((t) => t.what === 'sent').map(contentAndDigest))
  for (const document of store.documents) {
    if (!sent.has(contentAndDigest(document))) broken('from-nowhere', contentId(document))
  }
  const taken = new Set(acknowledged.map(contentAndDigest))
  const stored = new Set(store.documents.map(contentAndDigest))
  for (const refusal of testimonies.filter((t) => t.what === 'refused')) {
    const what = contentAndDigest(refusal)
    if (stored.has(what) && !taken.has(what)) broken('refused-but-stored', contentId(refusal))
  }

  // Every key that was acknowledged leads to the document of its receipt.
  const keys = new Map(store.keys.map(({ key, documentId }) => [key, documentId]))
  for (const { key, documentId } of acknowledged) {
    if (key !== undefined && keys.get(key) !== documentId) broken('key-forgotten', key)
  }

  // I6: the meter counts each document once and nothing else.
  const metered = grouped(store.meterLines, (id) => id)
  for (const { id } of store.documents) {
    const lines = metered.get(id)?.length ?? 0
    if (lines !== 1) broken('metered-wrong', `${id}: ${lines} lines`)
  }
  for (const id of metered.keys()) if (!byId.has(id)) broken('metered-wrong', `${id}: no such document`)

  // The chain over the counts: numbers from 1 without a gap, each document once, every link covers the one before.
  let head = '0'.repeat(64)
  for (const [index, link] of store.meterLinks.entries()) {
    const { number, documentId } = link
    const leaf = sha256(Buffer.of(0), lineText(link))
    head = sha256(Buffer.of(2), Buffer.from(head + leaf, 'hex'))
    const same = byId.get(documentId)?.digest === link.digest
    if (number !== index + 1 || link.leaf !== leaf || link.head !== head || !same)
      broken('chained-wrong', `line ${number}, ${documentId}`)
    head = link.head
  }
  const chain = grouped(store.meterLinks, ({ documentId }) => documentId)
  for (const { id } of store.documents) {
    const links = chain.get(id)?.length ?? 0
    if (links > 1 || (chained && links === 0)) broken('chained-wrong', `${id}: ${links} links`)
  }

  // I5: accepted means delivered, once, and nothing is left to do.
  const told = grouped(store.events, ({ documentId }) => documentId)
  for (const { id, senderState, recipientState } of store.documents) {
    if (!['delivered', 'completed'].includes(senderState) || recipientState === 'none') {
      broken('not-delivered', `${id}: ${senderState}, ${recipientState}`)
    }
    const names = (told.get(id) ?? []).map(({ name }) => name)
    for (const name of ['document.received', 'document.signed', 'document.delivered', 'document.arrived']) {
      const times = names.filter((one) => one === name).length
      if (times !== 1) broken('told-wrong', `${id}: ${name} ${times} times`)
    }
  }
  for (const { documentId, kind, state } of store.tasks) {
    if (state !== 'done' && !restingTasks.includes(kind))
      broken('task-left', `${documentId}: ${kind} ${state}`)
  }
  return violations
}

const sha256 = (...parts: (Buffer | string)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

const lineText = (link: StoreContents['meterLinks'][number]): string =>
  [
    'urn:daneker:meter-line:1',
    link.taxId,
    link.number,
    link.documentId,
    link.digest,
    link.receivedAt,
    link.month,
  ].join('\n')

const contentAndDigest = (of: { guid: string; version: string; digest: string }): string =>
  `${contentId(of)} ${of.digest}`
