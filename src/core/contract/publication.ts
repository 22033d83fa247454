import {
  clauseOf,
  deadlineOf,
  offerTimers,
  startOfAlmatyDay,
  withDayRules,
  type DayRule,
  type OfferTimers,
  type WorkingCalendar,
} from '../deadline/index.ts'
import type { Hasher } from '../exchange/ports.ts'
import { almatyDate, failed, ok, type LocalDate, type Result } from '../kernel/index.ts'
import { canonicalBytes } from './canonical.ts'
import { effectiveTooEarly, versionPublished } from './faults.ts'
import type { Tariff } from './tariff.ts'

/** What the operator publishes (offer 1.7, 1.9, 3.2.2). The first two bind both sides from their day on. */
export type PublicationKind = 'offer' | 'tariff' | 'guide' | 'regulation' | 'news'

/** One line of the publication log: signed by the operator, chained to the line before. */
export interface Publication {
  seq: number
  kind: PublicationKind
  /** `offer`, `guide` …, and for a tariff its id: versions of one subject follow each other. */
  subject: string
  version: string
  title: string
  /** SHA-256 of the published bytes. */
  hash: string
  size: number
  publishedAt: Date
  /** The first day it holds, Almaty. */
  effectiveOn: LocalDate
  effectiveAt: Date
  /** The act of law that lifts the five days (offer 9.4). */
  legalBasis?: string
  /** The subject is taken back from its day on; contracts made under it stay (offer 9.3). */
  recall?: boolean
  /** Terms that this version of the offer counts otherwise, by clause. */
  dayRules?: Readonly<Record<string, Partial<DayRule>>>
  tariff?: Tariff
  by: string
  previous: string
  /** SHA-256 of the canonical text of everything above. */
  entryHash: string
  /** The operator's CMS over the entry hash as text, base64. */
  signature: string
}

/** A line before it is hashed and signed. */
export type UnsignedPublication = Omit<Publication, 'entryHash' | 'signature'>

export const entryHashOf = (entry: UnsignedPublication, hasher: Hasher): string =>
  hasher.digest(
    canonicalBytes({
      seq: entry.seq,
      kind: entry.kind,
      subject: entry.subject,
      version: entry.version,
      title: entry.title,
      hash: entry.hash,
      size: entry.size,
      publishedAt: entry.publishedAt,
      effectiveOn: entry.effectiveOn,
      effectiveAt: entry.effectiveAt,
      legalBasis: entry.legalBasis,
      recall: entry.recall,
      dayRules: entry.dayRules,
      tariff: entry.tariff,
      by: entry.by,
      previous: entry.previous,
    }),
  )

export interface NewPublication {
  kind: PublicationKind
  version: string
  title: string
  /** Absent: as early as the offer lets it. */
  effectiveOn?: LocalDate
  legalBasis?: string
  recall?: boolean
  dayRules?: Readonly<Record<string, Partial<DayRule>>>
  tariff?: Tariff
}

/** Places a publication behind the log, or says why it may not stand there. */
export const placePublication = (
  log: readonly Publication[],
  asked: NewPublication,
  content: { hash: string; size: number },
  { now, by, calendar }: { now: Date; by: string; calendar: WorkingCalendar },
): Result<UnsignedPublication> => {
  const subject = asked.tariff?.id ?? asked.kind
  const before = log.filter((one) => one.kind === asked.kind && one.subject === subject)
  if (before.some(({ version }) => version === asked.version)) return failed(versionPublished(asked.version))
  const today = almatyDate(now)
  // The first text changes nothing for anybody: the five days are for changes of what holds (offer 9.1).
  const binds = (asked.kind === 'offer' || asked.kind === 'tariff') && before.length > 0
  const term = deadlineOf('S44', now, calendar, { offer: timersAt(log, now) })
  if (!term.ok) return term
  const earliest = binds && asked.legalBasis === undefined ? term.value.dueOn : today
  const effectiveOn = asked.effectiveOn ?? earliest
  if (effectiveOn < earliest) return failed(effectiveTooEarly(effectiveOn, earliest, term.value))
  for (const clause of Object.keys(asked.dayRules ?? {})) {
    const known = clauseOf(offerTimers, clause)
    if (!known.ok) return known
  }
  return ok({
    ...asked,
    seq: (log.at(-1)?.seq ?? 0) + 1,
    subject,
    ...content,
    publishedAt: now,
    effectiveOn,
    // On its first day it holds from the first moment; a text that holds at once, from its posting.
    effectiveAt: effectiveOn === today ? now : startOfAlmatyDay(effectiveOn),
    by,
    previous: log.at(-1)?.entryHash ?? '',
  })
}

/** What of a subject holds at an instant: the latest published of those whose day has come. Undefined after a recall. */
export const heldAt = (
  log: readonly Publication[],
  kind: PublicationKind,
  subject: string,
  at: Date,
): Publication | undefined => {
  const latest = log
    .filter(
      (one) => one.kind === kind && one.subject === subject && one.effectiveAt <= at && one.publishedAt <= at,
    )
    .sort((a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || a.seq - b.seq)
    .at(-1)
  return latest?.recall === true ? undefined : latest
}

/** The tariffs one can buy at an instant. */
export const tariffsAt = (log: readonly Publication[], at: Date): Publication[] => {
  const subjects = new Set(log.flatMap(({ kind, subject }) => (kind === 'tariff' ? [subject] : [])))
  return [...subjects].flatMap((subject) => heldAt(log, 'tariff', subject, at) ?? [])
}

/** The version of the offer that is cited: a recall ends acceptances, not contracts, so the text before it goes on. */
export const offerVersionAt = (log: readonly Publication[], at: Date): string =>
  heldAt(
    log.filter(({ recall }) => recall !== true),
    'offer',
    'offer',
    at,
  )?.version ?? offerTimers.offerVersion

/** The terms as the version of the offer counts them that holds at an instant. */
export const timersAt = (
  log: readonly Publication[],
  at: Date,
  base: OfferTimers = offerTimers,
): OfferTimers => {
  const held = heldAt(
    log.filter(({ recall }) => recall !== true),
    'offer',
    'offer',
    at,
  )
  return held === undefined
    ? base
    : { ...withDayRules(base, held.dayRules ?? {}), offerVersion: held.version }
}

/** Where a log stops being one: the position and why. Undefined when every line hangs on the one before. */
export const breakIn = (
  log: readonly Publication[],
  hasher: Hasher,
): { seq: number; why: 'order' | 'previous' | 'entry' } | undefined => {
  let previous = ''
  let expected = 1
  for (const entry of log) {
    if (entry.seq !== expected) return { seq: expected, why: 'order' }
    if (entry.previous !== previous) return { seq: entry.seq, why: 'previous' }
    if (entryHashOf(entry, hasher) !== entry.entryHash) return { seq: entry.seq, why: 'entry' }
    previous = entry.entryHash
    expected += 1
  }
  return undefined
}
