import {
  deadlineOf,
  remindersOf,
  type Deadline,
  type OfferTimers,
  type WorkingCalendar,
} from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import type { DayRule } from '../deadline/index.ts'
import { lastDayOf, endOfAlmatyDay } from '../deadline/index.ts'
import { almatyDate, type LocalDate, type Result } from '../kernel/index.ts'
import type { Timer } from './file.ts'
import { offerVersionAt, timersAt, type Publication } from './publication.ts'

/** The choices the offer leaves to the operator, with the documented defaults. */
export interface ContractSettings {
  /** Offer 4.3 "reserves the right": `warn` tells, `restrict` closes sending at the limit. */
  limitPolicy: 'warn' | 'restrict'
  /** Days from the end of the term to ARCHIVE_ONLY; the three years run from the end of the term all the same. */
  archiveAfterDays: number
  /** `operator`: access is granted by hand within the five working days; `on-payment`: by the first job after it. */
  grant: 'operator' | 'on-payment'
  /** Days counted otherwise than the code does, by clause; a published version of the offer is stronger. */
  dayRules: Readonly<Record<string, Partial<DayRule>>>
  /** Where the operator's own notices go. */
  operatorEmail?: string
}

export const contractDefaults: ContractSettings = {
  limitPolicy: 'warn',
  archiveAfterDays: 30,
  grant: 'operator',
  dayRules: {},
}

/** What every decision counts with: the calendar, the log of what holds, the settings. Immutable; taken anew for each use case. */
export interface Terms {
  calendar: WorkingCalendar
  log: readonly Publication[]
  settings: ContractSettings
  /** The terms of the offer as the settings count them; versions may say otherwise. */
  base: OfferTimers
}

/** A result whose faults end the request. */
export const need = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Refusal('invalid', result.faults)
  return result.value
}

/** The term a fact has started, by the version of the offer that held at the fact. */
export const termOf = (
  terms: Terms,
  clause: string,
  startedAt: Date,
  options: { notAfter?: LocalDate } = {},
): Deadline =>
  need(
    deadlineOf(clause, startedAt, terms.calendar, {
      ...options,
      offer: timersAt(terms.log, startedAt, terms.base),
    }),
  )

/** A timer over a term: its reminders, then its end. */
export const timerOf = (terms: Terms, deadline: Deadline, subject = ''): Timer => {
  const reminders = need(
    remindersOf(deadline, terms.calendar, timersAt(terms.log, deadline.startedAt, terms.base)),
  )
  return {
    clause: deadline.clause,
    subject,
    deadline,
    moments: [
      ...reminders.map(({ at, on }) => ({ at, on, what: 'reminder' as const })),
      { at: deadline.dueAt, on: deadline.dueOn, what: 'due' as const },
    ],
  }
}

/** A term set by the operator's settings within a clause: so many calendar days that stay where they fall. */
export const settingTerm = (
  terms: Terms,
  {
    clause,
    paragraph,
    startFact,
    days,
  }: { clause: string; paragraph: string; startFact: string; days: number },
  startedAt: Date,
): Deadline => {
  const dayRule: DayRule = { unit: 'calendar-days', count: days, startsOn: 'next-day', lastDayOff: 'stays' }
  const startedOn = almatyDate(startedAt)
  const dueOn = days === 0 ? startedOn : need(lastDayOf(dayRule, startedOn, terms.calendar)).on
  return {
    clause,
    paragraph,
    offerVersion: offerVersionAt(terms.log, startedAt),
    startFact,
    startedAt,
    startedOn,
    dayRule,
    certainty: 'published',
    dueOn,
    dueAt: endOfAlmatyDay(dueOn),
  }
}
