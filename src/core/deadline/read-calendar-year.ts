import {
  failed,
  isLocalDate,
  ok,
  type Fault,
  type LocalDate,
  type Result,
  type Words,
} from '../kernel/index.ts'
import { checkYear, type CalendarYear, type Certainty, type Holiday, type MovedDay } from './calendar-year.ts'
import { unknownField, wrongValue } from './faults.ts'

type Fields = Readonly<Record<string, unknown>>

const wanted = {
  map: { ru: 'раздел с полями', kk: 'өрістері бар бөлім', en: 'a section with fields' },
  list: { ru: 'список', kk: 'тізім', en: 'a list' },
  text: { ru: 'непустой текст', kk: 'бос емес мәтін', en: 'a text that is not empty' },
  country: { ru: 'KZ', kk: 'KZ', en: 'KZ' },
  year: { ru: 'год от 2000 до 2999', kk: '2000 мен 2999 арасындағы жыл', en: 'a year from 2000 to 2999' },
  version: { ru: 'номер версии от 1', kk: '1-ден басталатын нұсқа нөмірі', en: 'a version number from 1 on' },
  date: { ru: 'день ГГГГ-ММ-ДД', kk: 'ЖЖЖЖ-АА-КК түріндегі күн', en: 'a day YYYY-MM-DD' },
  certainty: {
    ru: 'published или provisional',
    kk: 'published немесе provisional',
    en: 'published or provisional',
  },
  source: {
    ru: 'имя из раздела sources',
    kk: 'sources бөліміндегі атау',
    en: 'a name from the section sources',
  },
  openPoints: {
    ru: 'хотя бы одна строка: предварительный год говорит, чего не знает',
    kk: 'кемінде бір жол: алдын ала жыл нені білмейтінін айтады',
    en: 'at least one line: a provisional year says what it does not know',
  },
} satisfies Record<string, Words>

/** A calendar file as it was parsed, judged whole: every fault at once, each with the path of its value. */
export const readCalendarYear = (value: unknown): Result<CalendarYear> => {
  const reader = new YearReader()
  const year = reader.read(value)
  if (reader.faults.length > 0) return failed(...reader.faults)
  const faults = checkYear(year)
  return faults.length > 0 ? failed(...faults) : ok(year)
}

class YearReader {
  readonly faults: Fault[] = []

  read(value: unknown): CalendarYear {
    const root = this.fields(value, '', [
      ...['country', 'year', 'version', 'asOf', 'certainty', 'sources'],
      ...['holidays', 'religious', 'moved', 'openPoints'],
    ])
    if (root.country !== 'KZ') this.wrong('country', wanted.country)
    const sources = this.sources(root.sources)
    const certainty: Certainty = root.certainty === 'provisional' ? 'provisional' : 'published'
    if (root.certainty !== certainty) this.wrong('certainty', wanted.certainty)
    const openPoints = this.list(root.openPoints ?? [], 'openPoints').map((one, n) =>
      this.text(one, `openPoints[${n}]`),
    )
    if (certainty === 'provisional' && openPoints.length === 0) this.wrong('openPoints', wanted.openPoints)
    return {
      year: this.whole(root.year, 'year', 2000, 2999, wanted.year),
      version: this.whole(root.version, 'version', 1, 9999, wanted.version),
      asOf: this.date(root.asOf, 'asOf'),
      certainty,
      holidays: this.list(root.holidays, 'holidays').map((one, n) =>
        this.holiday(one, `holidays[${n}]`, sources),
      ),
      religious: this.list(root.religious, 'religious').map((one, n) =>
        this.holiday(one, `religious[${n}]`, sources, false),
      ),
      moved: this.list(root.moved ?? [], 'moved').map((one, n) => this.moved(one, `moved[${n}]`, sources)),
      sources: [...sources.values()],
      openPoints,
    }
  }

  private sources(value: unknown): ReadonlyMap<string, string> {
    const fields = this.fields(value, 'sources')
    return new Map(
      Object.entries(fields).map(([name, text]) => [name, this.text(text, `sources.${name}`)] as const),
    )
  }

  private holiday(
    value: unknown,
    path: string,
    sources: ReadonlyMap<string, string>,
    mayRest = true,
  ): Holiday {
    const known = ['date', 'name', 'source', ...(mayRest ? ['restsOn'] : [])]
    const { date, name, source, restsOn } = this.fields(value, path, known)
    return {
      date: this.date(date, `${path}.date`),
      name: this.words(name, `${path}.name`),
      source: this.source(source, `${path}.source`, sources),
      ...(restsOn === undefined ? {} : { restsOn: this.date(restsOn, `${path}.restsOn`) }),
    }
  }

  private moved(value: unknown, path: string, sources: ReadonlyMap<string, string>): MovedDay {
    const { from, to, source } = this.fields(value, path, ['from', 'to', 'source'])
    return {
      from: this.date(from, `${path}.from`),
      to: this.date(to, `${path}.to`),
      source: this.source(source, `${path}.source`, sources),
    }
  }

  private words(value: unknown, path: string): Words {
    const { ru, kk, en } = this.fields(value, path, ['ru', 'kk', 'en'])
    return {
      ru: this.text(ru, `${path}.ru`),
      kk: this.text(kk, `${path}.kk`),
      en: this.text(en, `${path}.en`),
    }
  }

  /** Every day names its source; one that nobody can look up is none. */
  private source(value: unknown, path: string, sources: ReadonlyMap<string, string>): string {
    const text = typeof value === 'string' ? sources.get(value) : undefined
    if (text === undefined) this.wrong(path, wanted.source)
    return text ?? ''
  }

  private fields(value: unknown, path: string, known?: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.wrong(path, wanted.map)
      return {}
    }
    for (const name of Object.keys(value)) {
      if (known !== undefined && !known.includes(name))
        this.faults.push(unknownField(path === '' ? name : `${path}.${name}`))
    }
    return value as Fields
  }

  private list(value: unknown, path: string): unknown[] {
    if (Array.isArray(value)) return value
    this.wrong(path, wanted.list)
    return []
  }

  private text(value: unknown, path: string): string {
    if (typeof value === 'string' && value.trim() !== '') return value
    this.wrong(path, wanted.text)
    return ''
  }

  private date(value: unknown, path: string): LocalDate {
    if (typeof value === 'string' && isLocalDate(value)) return value
    this.wrong(path, wanted.date)
    return '1900-01-01'
  }

  private whole(value: unknown, path: string, min: number, max: number, words: Words): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    this.wrong(path, words)
    return min
  }

  private wrong(path: string, words: Words): void {
    this.faults.push(wrongValue(path, words))
  }
}
