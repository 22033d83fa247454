import { deadlineOf, remindersOf, startOfAlmatyDay, type Deadline } from '../deadline/index.ts'
import { failed, ok, type Fault, type LocalDate, type Result } from '../kernel/index.ts'
import { settingTerm, type Terms } from './terms.ts'
import { timersAt } from './publication.ts'

/** One date of an access that might be, with everything it is counted from. */
export interface ForeseenDate {
  what: string
  clause: string
  paragraph: string
  /** The last day of the term. */
  on: LocalDate
  at: Date
  startedOn: LocalDate
  dayRule: Deadline['dayRule']
  calendarVersion?: string
  certainty: Deadline['certainty']
  reminders: LocalDate[]
}

export interface Foresight {
  on: LocalDate
  offerVersion: string
  dates: ForeseenDate[]
  /** Dates that cannot be told, because a calendar is missing. Nothing is guessed. */
  untold: { what: string; faults: Fault[] }[]
}

/** What would happen if access were activated on a day (offer 2.2-2.3, 4.1-4.5). Pure: nothing is written. */
export const whatIf = (terms: Terms, on: LocalDate): Result<Foresight> => {
  const start = startOfAlmatyDay(on)
  const offer = timersAt(terms.log, start, terms.base)
  const dates: ForeseenDate[] = []
  const untold: Foresight['untold'] = []
  const add = (what: string, term: Result<Deadline>): Deadline | undefined => {
    const reminders = term.ok ? remindersOf(term.value, terms.calendar, offer) : term
    if (!term.ok || !reminders.ok) {
      untold.push({ what, faults: term.ok ? (reminders.ok ? [] : reminders.faults) : term.faults })
      return undefined
    }
    const { clause, paragraph, dueOn, dueAt, startedOn, dayRule, calendarVersion, certainty } = term.value
    dates.push({
      what,
      clause,
      paragraph,
      on: dueOn,
      at: dueAt,
      startedOn,
      dayRule,
      calendarVersion,
      certainty,
      reminders: reminders.value.map((one) => one.on),
    })
    return term.value
  }
  const term = (clause: string, from: Date) => deadlineOf(clause, from, terms.calendar, { offer })
  add('act-signed-or-deemed, if received that day', term('S19', start))
  add('grant-due, if the payment arrived that day', term('S8', start))
  add('invoice-due, if the invoice was received that day', term('S7', start))
  add('pick-up-due', term('S34', start))
  const end = add('access-ends, RESTRICTED', term('S9', start))
  if (end === undefined)
    return untold[0] === undefined
      ? ok({ on, offerVersion: offer.offerVersion, dates, untold })
      : failed(...untold[0].faults)
  const days = terms.settings.archiveAfterDays
  const archive = settingTerm(
    terms,
    { clause: 'S14', paragraph: '4.5', startFact: 'access-stopped', days },
    end.dueAt,
  )
  dates.push({
    what: 'ARCHIVE_ONLY, by the setting contract.archiveAfterDays',
    clause: 'S14',
    paragraph: '4.5',
    on: archive.dueOn,
    at: archive.dueAt,
    startedOn: archive.startedOn,
    dayRule: archive.dayRule,
    certainty: archive.certainty,
    reminders: [],
  })
  add('archive-ends, PURGED', term('S14', end.dueAt))
  dates.sort((a, b) => a.at.getTime() - b.at.getTime())
  return ok({ on, offerVersion: offer.offerVersion, dates, untold })
}
