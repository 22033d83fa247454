import { describe, expect, it } from '@jest/globals'
import { calendarWarnings, readCalendarYear, WorkingCalendar } from '../../../../src/core/deadline/index.ts'
import type { Result } from '../../../../src/core/kernel/index.ts'

const name = { ru: 'Праздник', kk: 'Мереке', en: 'Holiday' }

/** A small year that is right; a test says what it spoils. */
const aYear = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  country: 'KZ',
  year: 2026,
  version: 1,
  asOf: '2025-12-05',
  certainty: 'published',
  sources: { law: 'Закон о праздниках' },
  holidays: [
    { date: '2026-03-08', name, source: 'law', restsOn: '2026-03-09' },
    { date: '2026-12-16', name, source: 'law' },
  ],
  religious: [{ date: '2026-01-07', name, source: 'law' }],
  moved: [{ from: '2026-01-10', to: '2026-01-08', source: 'law' }],
  openPoints: [],
  ...changes,
})
const faultsOf = (result: Result<unknown>): string[] =>
  result.ok ? [] : result.faults.map(({ code, path }) => `${code} ${path}`)
const refused = (changes: Record<string, unknown>): string[] => faultsOf(readCalendarYear(aYear(changes)))
const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(faultsOf(result).join())
  return result.value
}

describe('a calendar year', () => {
  it('is read whole, each day with the text of its source', () => {
    const year = must(readCalendarYear(aYear()))
    expect(year.holidays[0]).toEqual({
      date: '2026-03-08',
      name,
      source: 'Закон о праздниках',
      restsOn: '2026-03-09',
    })
    const calendar = must(WorkingCalendar.of([year]))
    const kindOf = (date: string): string => must(calendar.day(date)).kind
    expect(['2026-01-07', '2026-01-08', '2026-01-10', '2026-01-11', '2026-01-12'].map(kindOf)).toEqual([
      'religious',
      'moved-off',
      'moved-on',
      'weekend',
      'working',
    ])
    expect(['2026-03-08', '2026-03-09', '2026-12-16'].map(kindOf)).toEqual([
      'holiday',
      'holiday-rested',
      'holiday',
    ])
  })

  it('tells every wrong value at once', () => {
    expect(
      refused({ country: 'RU', year: '2026', version: 0, asOf: 'yesterday', certainty: 'likely', extra: 1 }),
    ).toEqual([
      'CALENDAR-03 extra',
      'CALENDAR-02 country',
      'CALENDAR-02 certainty',
      'CALENDAR-02 year',
      'CALENDAR-02 version',
      'CALENDAR-02 asOf',
    ])
    for (const nothing of [null, undefined, 7, 'kz', []]) expect(readCalendarYear(nothing).ok).toBe(false)
  })

  it('refuses a day without a source, a name in two languages, a misspelt field', () => {
    expect(refused({ moved: [{ from: '2026-01-10', to: '2026-01-08', source: 'rumour' }] })).toEqual([
      'CALENDAR-02 moved[0].source',
    ])
    expect(
      refused({ religious: [{ date: '2026-01-07', name: { ru: 'Р', kk: 'Р' }, source: 'law' }] }),
    ).toEqual(['CALENDAR-02 religious[0].name.en'])
    expect(
      refused({ religious: [{ date: '2026-02-30', name, source: 'law', restsOn: '2026-01-08' }] }),
    ).toEqual(['CALENDAR-03 religious[0].restsOn', 'CALENDAR-02 religious[0].date'])
  })

  it('refuses a day of another year and a day named twice', () => {
    expect(refused({ moved: [{ from: '2027-01-02', to: '2026-01-08', source: 'law' }] })).toEqual([
      'CALENDAR-04 moved[0].from',
    ])
    expect(refused({ moved: [{ from: '2026-01-10', to: '2026-12-16', source: 'law' }] })).toEqual([
      'CALENDAR-05 moved[0].to',
    ])
  })

  it('refuses a holiday that is rested elsewhere than the law puts it', () => {
    const holiday = (date: string, restsOn?: string): Record<string, unknown> => ({
      holidays: [{ date, name, source: 'law', ...(restsOn === undefined ? {} : { restsOn }) }],
    })
    expect(refused(holiday('2026-03-08'))).toEqual(['CALENDAR-06 holidays[0].restsOn'])
    expect(refused(holiday('2026-03-08', '2026-03-10'))).toEqual(['CALENDAR-06 holidays[0].restsOn'])
    expect(refused(holiday('2026-12-16', '2026-12-17'))).toEqual(['CALENDAR-06 holidays[0].restsOn'])
    expect(refused(holiday('2026-03-08', '2026-03-09'))).toEqual([])
  })

  it('refuses an exchange of days that exchanges nothing', () => {
    expect(refused({ moved: [{ from: '2026-01-09', to: '2026-01-08', source: 'law' }] })).toEqual([
      'CALENDAR-07 moved[0].from',
    ])
    expect(refused({ moved: [{ from: '2026-01-10', to: '2026-01-11', source: 'law' }] })).toEqual([
      'CALENDAR-08 moved[0].to',
    ])
  })

  it('has to say what it does not know while it is provisional', () => {
    expect(refused({ certainty: 'provisional' })).toEqual(['CALENDAR-02 openPoints'])
    expect(refused({ certainty: 'provisional', openPoints: ['not published'] })).toEqual([])
  })

  it('is not there twice in one version', () => {
    const year = must(readCalendarYear(aYear()))
    expect(faultsOf(WorkingCalendar.of([year, year]))).toEqual(['CALENDAR-11 kz-2026.1'])
    expect(WorkingCalendar.of([year, { ...year, version: 2 }]).ok).toBe(true)
  })
})

describe('the warnings at the start', () => {
  const year = must(readCalendarYear(aYear()))
  const warned = (years: { year: number; provisional?: boolean }[], now: string): string[] => {
    const versions = years.map(({ year: number, provisional }) => ({
      ...year,
      year: number,
      certainty: provisional === true ? ('provisional' as const) : ('published' as const),
    }))
    return calendarWarnings(must(WorkingCalendar.of(versions)), new Date(now)).map(
      ({ code, path }) => `${code} ${path}`,
    )
  }

  it('say from 1 October in Almaty that next year is missing', () => {
    expect(warned([{ year: 2026 }], '2026-09-30T18:59:59Z')).toEqual([])
    expect(warned([{ year: 2026 }], '2026-09-30T19:00:00Z')).toEqual(['CALENDAR-09 2027'])
    expect(warned([{ year: 2026 }, { year: 2027 }], '2026-12-31T10:00:00Z')).toEqual([])
  })

  it('say from 15 December that next year is still provisional', () => {
    const years = [{ year: 2026 }, { year: 2027, provisional: true }]
    expect(warned(years, '2026-12-14T10:00:00Z')).toEqual([])
    expect(warned(years, '2026-12-15T10:00:00Z')).toEqual(['CALENDAR-10 2027'])
    expect(warned(years, '2027-01-02T10:00:00Z')).toEqual(['CALENDAR-10 2027'])
  })

  it('say at once that this year is missing', () => {
    expect(warned([{ year: 2026 }], '2027-02-01T10:00:00Z')).toEqual(['CALENDAR-01 2027'])
  })
})
