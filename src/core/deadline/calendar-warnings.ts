import { almatyDate, type Fault } from '../kernel/index.ts'
import { nextYearMissing, stillProvisional, yearMissing } from './faults.ts'
import type { WorkingCalendar } from './working-calendar.ts'

/**
 * What an operator has to know about the calendar at the start and every day. Without this year nothing can be
 * counted. From 1 October terms of the longer kind reach the next year. The ministry has published a year by
 * early December (2026: on 5 December 2025), so from the 15th on a provisional file is an old one.
 */
export const calendarWarnings = (calendar: WorkingCalendar, now: Date): Fault[] => {
  const today = almatyDate(now)
  const year = Number(today.slice(0, 4))
  const next = calendar.year(year + 1)
  const found: Fault[] = []
  if (calendar.year(year) === undefined) found.push(yearMissing(year))
  else if (calendar.year(year)?.certainty === 'provisional') found.push(stillProvisional(year))
  if (today >= `${year}-10-01` && next === undefined) found.push(nextYearMissing(year + 1))
  if (today >= `${year}-12-15` && next?.certainty === 'provisional') found.push(stillProvisional(year + 1))
  return found
}
