import { addDays, type Fault, type LocalDate, type Words } from '../kernel/index.ts'
import * as faults from './faults.ts'

/** How far a year may be relied on: `provisional` until the ministry has published it. */
export type Certainty = 'published' | 'provisional'

export interface Holiday {
  date: LocalDate
  name: Words
  /** Where it is written: a law, an order, a publication. */
  source: string
  /** The working day it is rested on when it falls on a weekend (law on holidays, art. 5). */
  restsOn?: LocalDate
}

/** A day off exchanged for a working day by an order. */
export interface MovedDay {
  /** A Saturday or Sunday that is worked. */
  from: LocalDate
  /** A working day that is rested. */
  to: LocalDate
  source: string
}

/** One version of one year, as it was known on a day. Never changed: new knowledge is a new version. */
export interface CalendarYear {
  year: number
  /** 1, 2, 3 ...: the versions of a year in the order they came. */
  version: number
  /** The day this version became known. */
  asOf: LocalDate
  certainty: Certainty
  /** Holidays by law: those on a weekend are made up for. */
  holidays: readonly Holiday[]
  /** Orthodox Christmas and the first day of Kurban Ait: off, never made up for (Labour Code art. 84). */
  religious: readonly Holiday[]
  moved: readonly MovedDay[]
  /** Everything the year was taken from: laws, orders, publications. */
  sources: readonly string[]
  /** What is not known or not sourced, for people. */
  openPoints: readonly string[]
}

/** `kz-2026.2`: how deadlines name the version they were counted with. */
export const versionName = ({ year, version }: Pick<CalendarYear, 'year' | 'version'>): string =>
  `kz-${year}.${version}`

export const isWeekend = (date: LocalDate): boolean => {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
}

/**
 * Everything wrong with a year's days. A slip of the pen in this data costs somebody a deadline, so what the law
 * lets us compute is computed and compared: where a holiday on a weekend is rested, what an order may exchange.
 */
export const checkYear = (year: CalendarYear): Fault[] => {
  const found: Fault[] = []
  const days = new Map<LocalDate, string>()
  const enter = (date: LocalDate, path: string): void => {
    const first = days.get(date)
    if (!date.startsWith(`${year.year}-`)) found.push(faults.otherYear(path, date, year.year))
    else if (first !== undefined) found.push(faults.dayTwice(path, date, first))
    else days.set(date, path)
  }
  year.holidays.forEach(({ date }, n) => enter(date, `holidays[${n}].date`))
  year.religious.forEach(({ date }, n) => {
    // A movable feast may meet a holiday: the day is off either way.
    if (!year.holidays.some((holiday) => holiday.date === date)) enter(date, `religious[${n}].date`)
  })
  year.moved.forEach(({ from, to }, n) => {
    if (!isWeekend(from)) found.push(faults.movedFromWorkingDay(`moved[${n}].from`, from))
    if (isWeekend(to)) found.push(faults.movedToWeekend(`moved[${n}].to`, to))
    enter(from, `moved[${n}].from`)
    enter(to, `moved[${n}].to`)
  })
  const rests = restingDays(year)
  year.holidays.forEach(({ date, restsOn }, n) => {
    const expected = rests.get(date)
    if (restsOn !== expected)
      found.push(faults.restedElsewhere(`holidays[${n}].restsOn`, date, restsOn, expected))
  })
  return found
}

/** Where the law puts the holidays that fall on a weekend: each on the next day that is not off already. */
const restingDays = ({ holidays, religious, moved }: CalendarYear): Map<LocalDate, LocalDate> => {
  const off = new Set([...holidays, ...religious].map(({ date }) => date).concat(moved.map(({ to }) => to)))
  const rests = new Map<LocalDate, LocalDate>()
  const inOrder = holidays.map(({ date }) => date).sort()
  for (const date of inOrder.filter(isWeekend)) {
    let next = addDays(date, 1)
    while (isWeekend(next) || off.has(next)) next = addDays(next, 1)
    off.add(next)
    rests.set(date, next)
  }
  return rests
}
