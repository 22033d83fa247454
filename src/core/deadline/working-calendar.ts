import { addDays, failed, ok, type LocalDate, type Result, type Words } from '../kernel/index.ts'
import { isWeekend, versionName, type CalendarYear, type Certainty } from './calendar-year.ts'
import type { CountedDay } from './day-rule.ts'
import { versionTwice, yearMissing } from './faults.ts'

/** Why a day is worked or rested. */
export type DayKind =
  'working' | 'weekend' | 'holiday' | 'holiday-rested' | 'religious' | 'moved-off' | 'moved-on'

export interface CalendarDay {
  date: LocalDate
  works: boolean
  kind: DayKind
  /** The holiday behind it, where there is one. */
  name?: Words
  source?: string
}

/** What a date was counted with: the versions asked, and whether all of them are published. */
export interface CalendarBasis {
  version?: string
  certainty: Certainty
}

interface LoadedYear {
  year: CalendarYear
  special: ReadonlyMap<LocalDate, CalendarDay>
}

/**
 * The working days of Kazakhstan, five-day week, from versioned data. Immutable. A year that is missing is a
 * fault: a guessed day off is a missed deadline.
 */
export class WorkingCalendar {
  private readonly loaded: ReadonlyMap<number, LoadedYear>

  private constructor(years: Iterable<CalendarYear>) {
    this.loaded = new Map([...years].map((year) => [year.year, { year, special: specialDays(year) }]))
  }

  /**
   * Of several versions of a year the latest counts. With `asOf`, the latest that was known on that day: what a
   * deadline set back then was counted with.
   */
  static of(versions: readonly CalendarYear[], { asOf }: { asOf?: LocalDate } = {}): Result<WorkingCalendar> {
    const names = versions.map(versionName)
    const twice = names.filter((name, n) => names.indexOf(name) !== n)
    if (twice.length > 0) return failed(...new Set(twice.map(versionTwice)))
    const chosen = new Map<number, CalendarYear>()
    for (const one of versions) {
      if (asOf !== undefined && one.asOf > asOf) continue
      const other = chosen.get(one.year)
      if (other === undefined || one.version > other.version) chosen.set(one.year, one)
    }
    return ok(new WorkingCalendar(chosen.values()))
  }

  /** The years that are there, earliest first. */
  get years(): CalendarYear[] {
    return [...this.loaded.values()].map(({ year }) => year).sort((a, b) => a.year - b.year)
  }

  year(year: number): CalendarYear | undefined {
    return this.loaded.get(year)?.year
  }

  day(date: LocalDate): Result<CalendarDay> {
    const year = Number(date.slice(0, 4))
    const loaded = this.loaded.get(year)
    if (loaded === undefined) return failed(yearMissing(year))
    return ok(loaded.special.get(date) ?? ordinaryDay(date))
  }

  isWorkingDay(date: LocalDate): Result<boolean> {
    const day = this.day(date)
    return day.ok ? ok(day.value.works) : day
  }

  /** The `count`-th working day after `date`; `date` itself is not counted. */
  workingDaysAfter(date: LocalDate, count: number): Result<CountedDay> {
    return this.walk(addDays(date, 1), count)
  }

  /** `date` when it is worked, the next working day otherwise. */
  workingDayFrom(date: LocalDate): Result<CountedDay> {
    return this.walk(date, 1)
  }

  /** The basis of a date that was counted over these years. */
  basisOf(years: readonly number[]): CalendarBasis {
    const used = years.flatMap((year) => this.year(year) ?? [])
    return {
      version: used.length === 0 ? undefined : used.map(versionName).join('+'),
      certainty: used.some(({ certainty }) => certainty === 'provisional') ? 'provisional' : 'published',
    }
  }

  /** Day by day from `date` on until `count` working days are met. */
  private walk(date: LocalDate, count: number): Result<CountedDay> {
    const years = new Set<number>()
    let on = date
    let left = count
    for (;;) {
      const day = this.day(on)
      if (!day.ok) return day
      years.add(Number(on.slice(0, 4)))
      if (day.value.works) left -= 1
      if (left === 0) return ok({ on, years: [...years] })
      on = addDays(on, 1)
    }
  }
}

const ordinaryDay = (date: LocalDate): CalendarDay =>
  isWeekend(date) ? { date, works: false, kind: 'weekend' } : { date, works: true, kind: 'working' }

/** The days of a year that are not what their weekday says. */
const specialDays = ({ holidays, religious, moved }: CalendarYear): Map<LocalDate, CalendarDay> => {
  const days: CalendarDay[] = []
  for (const { date, name, source } of religious)
    days.push({ date, works: false, kind: 'religious', name, source })
  for (const { date, name, source, restsOn } of holidays) {
    days.push({ date, works: false, kind: 'holiday', name, source })
    if (restsOn !== undefined)
      days.push({ date: restsOn, works: false, kind: 'holiday-rested', name, source })
  }
  for (const { from, to, source } of moved) {
    days.push({ date: from, works: true, kind: 'moved-on', source })
    days.push({ date: to, works: false, kind: 'moved-off', source })
  }
  return new Map(days.map((day) => [day.date, day]))
}
