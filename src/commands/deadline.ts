import type { Command } from 'commander'
import { readCalendarFolder } from '../adapters/config/index.ts'
import {
  deadlineOf,
  clauseOf,
  offerTimers,
  remindersOf,
  startOfAlmatyDay,
  versionName,
  type CalendarDay,
  type Clause,
  type Deadline,
  type WorkingCalendar,
} from '../core/deadline/index.ts'
import { addDays, fault, isLocalDate, type LocalDate, type Result } from '../core/kernel/index.ts'
import { StartRefusal } from './start-refusal.ts'

interface Options {
  folder: string
  asOf?: string
  json: boolean
}

/** Working days and the terms of the offer, counted aloud. Needs no gateway: the calendar files are enough. */
export const addDeadline = (program: Command): void => {
  withCalendar(
    program
      .command('deadline [clause] [start]')
      .description(
        'срок по пункту оферты от дня или момента; без пункта — все сроки · a term of the offer from a day or an instant',
      )
      .option('--not-after <date>', 'срок не позже этого дня (п. 9.7) · the term ends no later'),
  ).action(
    (clause: string | undefined, start: string | undefined, options: Options & { notAfter?: string }) => {
      if (clause === undefined) {
        print(options, offerTimers, offerTimers.clauses.map(clauseLine).join('\n'))
        return
      }
      const found = need(clauseOf(offerTimers, clause.toUpperCase()))
      if (start === undefined) {
        print(options, found, clauseSheet(found))
        return
      }
      const calendar = calendarOf(options)
      const notAfter = options.notAfter === undefined ? undefined : dayOf('--not-after', options.notAfter)
      const deadline = need(deadlineOf(found.id, instantOf(start), calendar, { notAfter }))
      const reminders = need(remindersOf(deadline, calendar))
      print(options, { ...deadline, says: found.says, reminders }, deadlineSheet(found, deadline, reminders))
    },
  )

  withCalendar(
    program
      .command('calendar <year>')
      .description(
        'рабочие дни года, выходные и их источники · working days of a year, days off and their sources',
      ),
  ).action((year: string, options: Options) => {
    const calendar = calendarOf(options)
    const first = dayOf('year', `${year}-01-01`)
    need(calendar.day(first))
    const sheet = yearSheet(calendar, Number(year))
    print(options, sheet, yearLines(sheet).join('\n'))
  })
}

const withCalendar = (command: Command): Command =>
  command
    .option('--folder <folder>', 'папка календарей · folder of the calendars', 'config/calendar')
    .option('--as-of <date>', 'как было известно в этот день · as it was known on that day')
    .option('--json', 'ответ как JSON · answer as JSON', false)

const calendarOf = ({ folder, asOf }: Options): WorkingCalendar =>
  need(readCalendarFolder(folder, { asOf: asOf === undefined ? undefined : dayOf('--as-of', asOf) }))

const need = <T>(result: Result<T>): T => {
  if (!result.ok) throw new StartRefusal(result.faults)
  return result.value
}

const dayOf = (name: string, text: string): LocalDate => {
  const shown = text.slice(0, 40)
  if (isLocalDate(text)) return text
  throw new StartRefusal([
    fault('DEADLINE-02', name, {
      ru: `«${shown}» не день. Нужно ГГГГ-ММ-ДД, например 2026-03-06`,
      kk: `«${shown}» күн емес. ЖЖЖЖ-АА-КК керек, мысалы 2026-03-06`,
      en: `«${shown}» is no day. Wanted YYYY-MM-DD, for example 2026-03-06`,
    }),
  ])
}

/** A day means its beginning in Almaty; an instant has to say its zone. */
const instantOf = (text: string): Date => {
  const shown = text.slice(0, 40)
  const day = text.slice(0, 10)
  if (isLocalDate(text)) return startOfAlmatyDay(text)
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
    ? new Date(text)
    : undefined
  if (instant !== undefined && !Number.isNaN(instant.getTime()) && isLocalDate(day)) return instant
  throw new StartRefusal([
    fault('DEADLINE-03', 'start', {
      ru: `«${shown}» не день и не момент. Нужно 2026-03-06 или 2026-03-06T10:00:00+05:00`,
      kk: `«${shown}» күн де, сәт те емес. 2026-03-06 немесе 2026-03-06T10:00:00+05:00 керек`,
      en: `«${shown}» is neither a day nor an instant. Wanted 2026-03-06 or 2026-03-06T10:00:00+05:00`,
    }),
  ])
}

const units = {
  'working-days': 'раб. дн.',
  'calendar-days': 'кал. дн.',
  'calendar-months': 'кал. мес.',
}

const clauseLine = ({ id, paragraph, dayRule, startWords }: Clause): string =>
  `${id.padEnd(4)} п. ${paragraph.padEnd(11)} ${String(dayRule.count).padStart(3)} ${units[dayRule.unit].padEnd(10)} ${startWords.ru}`

const clauseSheet = (clause: Clause): string =>
  [clauseLine(clause), `     ${clause.says.ru}`, `     ${clause.says.kk}`, `     ${clause.says.en}`].join(
    '\n',
  )

const deadlineSheet = (
  clause: Clause,
  deadline: Deadline,
  reminders: readonly { on: LocalDate; at: Date }[],
): string => {
  const { startedAt, startedOn, dayRule, dueOn, dueAt, calendarVersion, certainty, notAfter } = deadline
  const from = dayRule.startsOn === 'next-day' ? 'со следующего дня' : 'с того же дня'
  const last =
    dayRule.unit === 'working-days'
      ? ''
      : dayRule.lastDayOff === 'moves'
        ? ', последний выходной переносится на рабочий'
        : ', последний день не переносится'
  return [
    clauseSheet(clause),
    '',
    `Начало       ${startedOn}   (${startedAt.toISOString()}) ${clause.startWords.ru}`,
    `Счёт         ${dayRule.count} ${units[dayRule.unit]} ${from}${last}`,
    `Последний    ${dueOn}${notAfter === undefined ? '' : '   (ограничен сроком --not-after)'}`,
    `Истекает     ${dueAt.toISOString()}   (конец дня в Алматы)`,
    `Календарь    ${calendarVersion ?? 'не понадобился'}${certainty === 'provisional' ? '   ПРЕДВАРИТЕЛЬНЫЙ' : ''}`,
    `Оферта       редакция ${deadline.offerVersion}, пункт ${deadline.paragraph}`,
    ...(reminders.length === 0 ? [] : [`Напоминания  ${reminders.map(({ on }) => on).join(', ')}`]),
  ].join('\n')
}

interface YearSheet {
  year: number
  version: string
  asOf: LocalDate
  certainty: string
  workingDays: number
  months: { month: string; workingDays: number }[]
  special: CalendarDay[]
  sources: readonly string[]
  openPoints: readonly string[]
}

const yearSheet = (calendar: WorkingCalendar, number: number): YearSheet => {
  const year = calendar.year(number)
  if (year === undefined) throw new RangeError(`the calendar of ${number} has just been there`)
  const days: CalendarDay[] = []
  for (let date = `${number}-01-01`; date <= `${number}-12-31`; date = addDays(date, 1))
    days.push(need(calendar.day(date)))
  const worked = days.filter(({ works }) => works).map(({ date }) => date)
  const months = Array.from({ length: 12 }, (_, n) => `${number}-${String(n + 1).padStart(2, '0')}`)
  return {
    year: number,
    version: versionName(year),
    asOf: year.asOf,
    certainty: year.certainty,
    workingDays: worked.length,
    months: months.map((month) => ({
      month,
      workingDays: worked.filter((date) => date.startsWith(month)).length,
    })),
    special: days.filter(({ kind }) => kind !== 'working' && kind !== 'weekend'),
    sources: year.sources,
    openPoints: year.openPoints,
  }
}

const kinds: Record<CalendarDay['kind'], string> = {
  working: 'рабочий',
  weekend: 'выходной',
  holiday: 'праздник',
  'holiday-rested': 'отдых за праздник',
  religious: 'религиозный',
  'moved-off': 'перенос: отдых',
  'moved-on': 'перенос: работа',
}

const weekdays = ['вс', 'пн', 'вт', 'ср', 'чт', 'пт', 'сб']

const yearLines = (sheet: YearSheet): string[] => [
  `${sheet.year}: ${sheet.workingDays} рабочих дней, пятидневка   [${sheet.version} от ${sheet.asOf}]${sheet.certainty === 'provisional' ? '   ПРЕДВАРИТЕЛЬНЫЙ' : ''}`,
  sheet.months.map(({ month, workingDays }) => `${month.slice(5)}: ${workingDays}`).join('   '),
  '',
  ...sheet.special.map(
    ({ date, kind, name, source }) =>
      `${date} ${weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]}  ${kinds[kind].padEnd(18)} ${name?.ru ?? source ?? ''}`,
  ),
  '',
  'Источники:',
  ...sheet.sources.map((source) => `  ${source}`),
  ...(sheet.openPoints.length === 0 ? [] : ['Открыто:', ...sheet.openPoints.map((one) => `  ${one}`)]),
]

const print = ({ json }: Options, value: unknown, text: string): void => {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`)
}
