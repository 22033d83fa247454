import { addDays, almatyDate, failed, ok, type LocalDate, type Result } from '../kernel/index.ts'
import { endOfAlmatyDay, startOfAlmatyDay } from './almaty-day.ts'
import type { Certainty } from './calendar-year.ts'
import { offerTimers, type Clause, type OfferTimers } from './clauses.ts'
import { lastDayOf, type DayRule } from './day-rule.ts'
import { unknownClause } from './faults.ts'
import type { WorkingCalendar } from './working-calendar.ts'

/**
 * A term with everything it was counted from, so that it can be explained and counted again years later. Kept as
 * it is: a calendar that changes afterwards moves no deadline that was set before.
 */
export interface Deadline {
  clause: string
  /** Where the offer says it. */
  paragraph: string
  offerVersion: string
  startFact: string
  startedAt: Date
  /** The business day of the fact, in Almaty. */
  startedOn: LocalDate
  dayRule: DayRule
  /** The versions of the years that were asked (`kz-2025.1+kz-2026.2`); absent when the rule asks no calendar. */
  calendarVersion?: string
  /** `provisional` when a year that was asked is not published yet. */
  certainty: Certainty
  /** The last day of the term. */
  dueOn: LocalDate
  /** The end of that day in Almaty: on time is before it. */
  dueAt: Date
  /** The bound that ended the term earlier than its days would have. */
  notAfter?: LocalDate
}

export interface DeadlineOptions {
  offer?: OfferTimers
  /** A bound the clause sets beside its days: the end of the paid period in 9.7. */
  notAfter?: LocalDate
}

/** When a clause's term ends that a fact of `startedAt` has started. */
export const deadlineOf = (
  clauseId: string,
  startedAt: Date,
  calendar: WorkingCalendar,
  { offer = offerTimers, notAfter }: DeadlineOptions = {},
): Result<Deadline> => {
  const clause = clauseOf(offer, clauseId)
  if (!clause.ok) return clause
  const { id, paragraph, startFact, dayRule } = clause.value
  const startedOn = almatyDate(startedAt)
  const last = lastDayOf(dayRule, startedOn, calendar)
  if (!last.ok) return last
  const bounded = notAfter !== undefined && notAfter < last.value.on
  const dueOn = bounded ? notAfter : last.value.on
  const { version, certainty } = calendar.basisOf(last.value.years)
  return ok({
    clause: id,
    paragraph,
    offerVersion: offer.offerVersion,
    startFact,
    startedAt,
    startedOn,
    dayRule,
    calendarVersion: version,
    certainty,
    dueOn,
    dueAt: endOfAlmatyDay(dueOn),
    ...(bounded ? { notAfter } : {}),
  })
}

export const clauseOf = (offer: OfferTimers, id: string): Result<Clause> => {
  const clause = offer.clauses.find((one) => one.id === id)
  return clause === undefined
    ? failed(
        unknownClause(
          id,
          offer.clauses.map((one) => one.id),
        ),
      )
    : ok(clause)
}

/** On time is before the end of the last day; at it, the term is missed. */
export const isMissed = ({ dueAt }: Pick<Deadline, 'dueAt'>, now: Date): boolean => now >= dueAt

/** When somebody is told: the beginning of these days in Almaty, earliest first, none after the term. */
export const remindersOf = (
  deadline: Deadline,
  calendar: WorkingCalendar,
  offer: OfferTimers = offerTimers,
): Result<{ on: LocalDate; at: Date }[]> => {
  const clause = clauseOf(offer, deadline.clause)
  if (!clause.ok) return clause
  const days = new Set<LocalDate>()
  for (const { unit, count, from } of clause.value.reminders) {
    if (from === 'before-due') days.add(addDays(deadline.dueOn, -count))
    else if (unit === 'calendar-days') days.add(addDays(deadline.startedOn, count))
    else {
      const counted = calendar.workingDaysAfter(deadline.startedOn, count)
      if (!counted.ok) return counted
      days.add(counted.value.on)
    }
  }
  const within = [...days].filter((on) => on > deadline.startedOn && on <= deadline.dueOn).sort()
  return ok(within.map((on) => ({ on, at: startOfAlmatyDay(on) })))
}
