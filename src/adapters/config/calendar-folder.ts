import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { readCalendarYear, WorkingCalendar, type CalendarYear } from '../../core/deadline/index.ts'
import {
  failed,
  fault,
  ok,
  type Fault,
  type LocalDate,
  type Result,
  type Words,
} from '../../core/kernel/index.ts'

/** `kz-2026.yaml` is the year as it stands, `kz-2026.1.yaml` an earlier version of it. */
const fileName = /^kz-(\d{4})(?:\.(\d+))?\.yaml$/

/**
 * The calendars of `config/calendar`: every version of every year, or every fault of every file with its line.
 * With `asOf`, the calendar as it was known on that day.
 */
export const readCalendarFolder = (
  folder: string,
  { asOf }: { asOf?: LocalDate } = {},
): Result<WorkingCalendar> => {
  let names: string[]
  try {
    names = readdirSync(folder).sort()
  } catch (error) {
    return failed(unreadable(folder, cannotRead(error)))
  }
  const years: CalendarYear[] = []
  const faults: Fault[] = []
  for (const name of names.filter((one) => one.endsWith('.yaml') || one.endsWith('.yml'))) {
    const read = readCalendarFile(join(folder, name), name)
    if (read.ok) years.push(read.value)
    else faults.push(...read.faults)
  }
  return faults.length > 0 ? failed(...faults) : WorkingCalendar.of(years, { asOf })
}

const readCalendarFile = (path: string, name: string): Result<CalendarYear> => {
  const named = fileName.exec(name)
  if (named === null) return failed(unreadable(path, misnamed))
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return failed(unreadable(path, cannotRead(error)))
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true })
  if (document.errors.length > 0) {
    return failed(
      ...document.errors.map(({ pos, code }) =>
        unreadable(`${path}:${lines.linePos(pos[0]).line}`, notYaml(code)),
      ),
    )
  }
  const value = valueOf(document)
  if (value === unresolved) return failed(unreadable(path, notYaml('BAD_ALIAS')))
  const read = readCalendarYear(value)
  if (!read.ok) return failed(...read.faults.map((one) => placed(one, path, document, lines)))
  const [, year, version] = named
  const told = `kz-${read.value.year}.${read.value.version}`
  // The file of the year as it stands carries no number: its content does.
  return Number(year) === read.value.year && (version === undefined || Number(version) === read.value.version)
    ? ok(read.value)
    : failed(unreadable(path, otherContent(told)))
}

const unresolved = Symbol('an alias without an anchor, or one that multiplies')

/** YAML's aliases are resolved only here, and the parser throws when they cannot be. */
const valueOf = (document: Document): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    if (error instanceof ReferenceError) return unresolved
    throw error
  }
}

/** The fault with its place in front: an editor opens `config/calendar/kz-2026.yaml:31` at the line. */
const placed = (one: Fault, file: string, document: Document, lines: LineCounter): Fault => {
  const offset = offsetOf(document, one.path)
  const place = offset === undefined ? file : `${file}:${lines.linePos(offset).line}`
  const told = (words: string): string => `${place}: ${words}`
  return {
    ...one,
    message: { ru: told(one.message.ru), kk: told(one.message.kk), en: told(one.message.en) },
  }
}

/** Where a value stands, or the nearest thing around it when it is missing: `holidays[3].restsOn`. */
const offsetOf = (document: Document, path: string): number | undefined => {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  for (let depth = steps.length; depth > 0; depth -= 1) {
    const node = document.getIn(
      steps.slice(0, depth).map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
      true,
    )
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}

const unreadable = (place: string, why: Words): Fault =>
  fault('CALENDAR-12', place, {
    ru: `${place}: ${why.ru}`,
    kk: `${place}: ${why.kk}`,
    en: `${place}: ${why.en}`,
  })

const misnamed: Words = {
  ru: 'файл календаря называется kz-ГГГГ.yaml или kz-ГГГГ.N.yaml',
  kk: 'күнтізбе файлы kz-ЖЖЖЖ.yaml немесе kz-ЖЖЖЖ.N.yaml деп аталады',
  en: 'a calendar file is called kz-YYYY.yaml or kz-YYYY.N.yaml',
}

const otherContent = (told: string): Words => ({
  ru: `в файле ${told}. Исправьте имя файла или year и version в нём`,
  kk: `файлда ${told}. Файл атауын немесе ондағы year мен version мәнін түзетіңіз`,
  en: `the file holds ${told}. Correct its name, or year and version in it`,
})

const notYaml = (code: string): Words => ({
  ru: `это не YAML (${code}). Проверьте отступы, кавычки и повторы`,
  kk: `бұл YAML емес (${code}). Шегіністерді, тырнақшаларды және қайталауларды тексеріңіз`,
  en: `this is not YAML (${code}). Check indentation, quotes and repeated keys`,
})

const cannotRead = (error: unknown): Words => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
  return {
    ru: `не читается (${code}). Проверьте путь и права`,
    kk: `оқылмайды (${code}). Жолын және құқықтарын тексеріңіз`,
    en: `cannot be read (${code}). Check the path and the rights`,
  }
}
