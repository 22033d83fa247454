import { addDays } from '../kernel/index.ts'
import type { LocalDate } from '../kernel/index.ts'
import { concludeAll } from './conclude.ts'
import type { Conclusion } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { meaningOf } from './judge-status.ts'
import type { MirrorRecord } from './mirror-record.ts'
import type { MirrorHistory, MirrorRecords, PortalInvoice, PortalReader } from './ports.ts'
import { findByKeys } from './resolve-outcomes.ts'
import { bareNumber, ourRecordOf } from './same-invoice.ts'

/** In what ours and the portal's differ about one invoice. */
export type DifferenceKind =
  /** We say registered; the portal does not have it. */
  | 'missing-at-portal'
  /** The portal has it registered; we still wait, or gave it up. */
  | 'registered-unnoticed'
  /** The portal failed it; we still wait. */
  | 'failed-unnoticed'
  /** Both have it registered, under different numbers or ids. */
  | 'stamp-differs'
  /** Under our number the portal has another invoice. */
  | 'other-content'
  /** The portal has it and we do not: written in the cabinet, or by another program. */
  | 'unknown-to-us'
  /** Accepted, and not in the meter. */
  | 'unmetered'
  /** Registered, and the document's stamp is missing or another. */
  | 'unstamped'
  /** Incoming: the portal has it and the company's box does not. */
  | 'not-fetched'
  /** Incoming: the portal's status moved and we have not seen it. */
  | 'status-unnoticed'

/** What can be done about a difference. */
export type DifferenceAction =
  /** Ask the portal and take over what it says: put the mirror task back. */
  | 'ask-again'
  /** Read the quarter of the company's incoming invoices again. */
  | 'fetch'
  /** A person has to look at both. */
  | 'look'
  /** Nothing: it is not ours to change. */
  | 'none'

export interface Difference {
  kind: DifferenceKind
  action: DifferenceAction
  date: LocalDate
  number: string
  documentId?: string
  portalId?: string
  /** Where each side stands, in its own words. */
  ours?: string
  theirs?: string
}

export interface ReconcileDeps {
  records: Pick<MirrorRecords, 'byKey'>
  history: Pick<MirrorHistory, 'between' | 'signed'>
  reader: Pick<PortalReader, 'list'>
}

/** The portal refuses to list more than a quarter at once. */
const rangeDays = 90
const ourPage = 500
/** A guard against a portal that never says which block is the last. */
const maxPages = 10_000

/**
 * Compares our invoices with the portal's list for days of issue, both directions, range by range. An empty list
 * means: what we sent is there, byte for byte, under the number on our stamp, and nothing else is.
 */
export const reconcile = async (
  deps: ReconcileDeps,
  taxId: string,
  { from, to }: { from: LocalDate; to: LocalDate },
): Promise<{ compared: number; differences: Difference[] }> => {
  const differences: Difference[] = []
  let compared = 0
  for (let start = from; start <= to; start = addDays(start, rangeDays)) {
    const end = addDays(start, rangeDays - 1) < to ? addDays(start, rangeDays - 1) : to
    const theirs = await listOf(deps, taxId, start, end)
    const ours = await recordsOf(deps, taxId, start, end)
    const byDocument = new Map<string, Theirs[]>()
    const byKey = new Map<string, Theirs[]>()
    for (const their of theirs) {
      if (their.documentId !== undefined) put(byDocument, their.documentId, their)
      put(byKey, keyOf(their), their)
    }
    const seen = new Set<string>()
    for (const record of ours) {
      const same = byDocument.get(record.documentId) ?? []
      const mine = same.find(({ portalId }) => portalId === record.portalId) ?? same[0]
      const difference = differenceOf(record, mine, byKey.get(keyOf(record)) ?? [])
      for (const { portalId } of same) seen.add(portalId)
      if (difference?.portalId !== undefined) seen.add(difference.portalId)
      if (difference !== undefined) differences.push(difference)
    }
    for (const their of theirs) {
      if (seen.has(their.portalId) || meaningOf(their) === 'rejected') continue
      differences.push({
        kind: 'unknown-to-us',
        action: 'none',
        date: their.date ?? start,
        number: their.number ?? '',
        portalId: their.portalId,
        theirs: their.status ?? '',
      })
    }
    compared += ours.length + theirs.length
  }
  return { compared, differences }
}

/** A line of the portal's list without its body, and the document of ours that it is. */
type Theirs = PortalInvoice & { documentId?: string }

const keyOf = ({ date, number }: { date?: LocalDate; number?: string }): string =>
  `${date ?? ''} ${bareNumber(number ?? '')}`

const put = (map: Map<string, Theirs[]>, key: string, their: Theirs): void => {
  map.set(key, [...(map.get(key) ?? []), their])
}

/**
 * Takes the action of the differences that the gateway can settle itself: asks the portal about those
 * invoices by key and takes over what it says. Returns how many were asked about.
 */
export const takeDifferences = async (
  deps: MirrorDeps,
  differences: readonly Difference[],
): Promise<number> => {
  const records: MirrorRecord[] = []
  const restamped: Conclusion[] = []
  for (const { action, documentId } of differences) {
    if (action !== 'ask-again' || documentId === undefined) continue
    const record = await deps.records.find(documentId)
    if (record === undefined) continue
    // Known to be registered: only its document has not heard of it. Nothing is asked, nothing can go back.
    if (record.phase === 'registered') restamped.push(stampAgain(record))
    else records.push(record)
  }
  await concludeAll(deps, restamped, deps.clock.now())
  for (let from = 0; from < records.length; from += deps.settings.batch) {
    await findByKeys(deps, records.slice(from, from + deps.settings.batch))
  }
  return records.length + restamped.length
}

const stampAgain = (record: MirrorRecord): Conclusion => ({
  record,
  deed: 'registered',
  change: {
    phase: 'registered',
    registrationNumber: record.registrationNumber,
    registeredAt: record.registeredAt,
  },
})

const differenceOf = (
  record: MirrorRecord,
  mine: Theirs | undefined,
  found: Theirs[],
): Difference | undefined => {
  const base = {
    date: record.date,
    number: record.number,
    documentId: record.documentId,
    ours: `${record.phase}${record.registrationNumber === undefined ? '' : ` ${record.registrationNumber}`}`,
  }
  if (mine === undefined) {
    if (record.phase !== 'registered') return undefined
    const other = found.find((info) => meaningOf(info) !== 'rejected')
    return other === undefined
      ? { ...base, kind: 'missing-at-portal', action: 'look' }
      : { ...base, kind: 'other-content', action: 'look', portalId: other.portalId, theirs: other.status }
  }
  const theirs = {
    portalId: mine.portalId,
    theirs: `${mine.status ?? ''} ${mine.registrationNumber ?? ''}`.trim(),
  }
  switch (meaningOf(mine)) {
    case 'registered':
      if (record.phase !== 'registered') {
        return {
          ...base,
          ...theirs,
          kind: 'registered-unnoticed',
          action: record.phase === 'rejected' ? 'look' : 'ask-again',
        }
      }
      return record.registrationNumber === mine.registrationNumber && record.portalId === mine.portalId
        ? undefined
        : { ...base, ...theirs, kind: 'stamp-differs', action: 'look' }
    case 'rejected':
      if (record.phase === 'rejected') return undefined
      return record.phase === 'registered'
        ? { ...base, ...theirs, kind: 'missing-at-portal', action: 'look' }
        : { ...base, ...theirs, kind: 'failed-unnoticed', action: 'ask-again' }
    case 'pending':
      return undefined
  }
}

/** The portal's list. Bodies are compared page by page and let go: a quarter of a big company is gigabytes. */
const listOf = async (
  deps: ReconcileDeps,
  taxId: string,
  from: LocalDate,
  to: LocalDate,
): Promise<Theirs[]> => {
  const byId = new Map<string, Theirs>()
  // Portals count pages from 0 or from 1, nobody is sure: the answer says which page it is.
  let page = 0
  for (let walked = 0; walked < maxPages; walked += 1) {
    const answer = await deps.reader.list(taxId, { direction: 'OUTBOUND', from, to, page })
    for (const info of answer.invoices) {
      const { portalId, date, number, status, registrationNumber } = info
      const documentId = (await ourRecordOf(deps, taxId, info))?.documentId
      byId.set(portalId, { portalId, date, number, status, registrationNumber, documentId })
    }
    if (answer.last || answer.invoices.length === 0) break
    page = answer.page + 1
  }
  return [...byId.values()]
}

const recordsOf = async (
  { history }: ReconcileDeps,
  taxId: string,
  from: LocalDate,
  to: LocalDate,
): Promise<MirrorRecord[]> => {
  const all: MirrorRecord[] = []
  for (;;) {
    const page = await history.between(taxId, { from, to, after: all.at(-1)?.documentId, limit: ourPage })
    all.push(...page)
    if (page.length < ourPage) return all
  }
}
