import { addDays, addMonths, ok, type LocalDate, type Result } from '../kernel/index.ts'
import type { WorkingCalendar } from './working-calendar.ts'

/**
 * How a term is counted.
 *
 * Civil Code of Kazakhstan art. 172-175 is the default everywhere: counting starts on the next day, a term in
 * months ends on the same number (or the last day) of its last month, and a last day off moves to the next
 * working day. Each of the two is a setting of the rule, because the offer does not say.
 */
export interface DayRule {
  unit: 'working-days' | 'calendar-days' | 'calendar-months'
  count: number
  /** `same-day` counts the day of the fact itself as the first. */
  startsOn: 'next-day' | 'same-day'
  /** What becomes of a last day that is a day off. Working days never end on one. */
  lastDayOff: 'moves' | 'stays'
}

/** The last day of a term, and the years of the calendar that were asked for it. */
export interface CountedDay {
  on: LocalDate
  years: readonly number[]
}

/** The last day of a term that starts with a fact of the day `from`. Refuses when a year it reaches is missing. */
export const lastDayOf = (rule: DayRule, from: LocalDate, calendar: WorkingCalendar): Result<CountedDay> => {
  if (!Number.isInteger(rule.count) || rule.count < 1)
    throw new RangeError(`a term of ${rule.count} ${rule.unit} cannot be counted`)
  const eve = rule.startsOn === 'next-day' ? from : addDays(from, -1)
  if (rule.unit === 'working-days') return calendar.workingDaysAfter(eve, rule.count)
  const last = rule.unit === 'calendar-days' ? addDays(eve, rule.count) : lastOfMonths(rule, from)
  return rule.lastDayOff === 'moves'
    ? calendar.workingDayFrom(last)
    : // Nothing was asked of the calendar: a term of three years can be told before those years are published.
      ok({ on: last, years: [] })
}

/** The month's number is the number of the fact's day, whichever day is counted first. */
const lastOfMonths = ({ count, startsOn }: DayRule, from: LocalDate): LocalDate => {
  const corresponding = addMonths(from, count)
  return startsOn === 'next-day' ? corresponding : addDays(corresponding, -1)
}
