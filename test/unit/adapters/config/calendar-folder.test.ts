import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readCalendarFolder } from '../../../../src/adapters/config/index.ts'

describe('the folder of calendars', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daneker-calendar-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const real = readFileSync('config/calendar/kz-2026.yaml', 'utf8')
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  const refused = (): string[] => {
    const read = readCalendarFolder(folder)
    return read.ok
      ? []
      : read.faults.map(({ code, message }) => `${code} ${message.en.replace(`${folder}/`, '')}`)
  }
  const lineOf = (text: string, part: string): number =>
    text.split('\n').findIndex((line) => line.includes(part)) + 1

  it('holds the years of the repository, latest versions first in force', () => {
    const read = readCalendarFolder('config/calendar')
    expect(
      read.ok && read.value.years.map(({ year, version, certainty }) => [year, version, certainty]),
    ).toEqual([
      [2024, 3, 'published'],
      [2025, 1, 'published'],
      [2026, 2, 'published'],
      [2027, 1, 'provisional'],
    ])
  })

  it('tells a wrong value with its line', () => {
    const text = real
      .replace('restsOn: 2026-03-24', 'restsOn: 2026-03-26')
      .replace('asOf: 2026-03-18', 'asOf: 18.03.2026')
    put('kz-2026.yaml', text)
    expect(refused()).toEqual([
      `CALENDAR-02 kz-2026.yaml:${lineOf(text, '18.03.2026')}: asOf: wanted a day YYYY-MM-DD`,
    ])
    put('kz-2026.yaml', text.replace('18.03.2026\n', '2026-03-18\n'))
    const line = lineOf(real, '2026-03-24')
    expect(refused()).toEqual([
      `CALENDAR-06 kz-2026.yaml:${line}: holidays[3].restsOn: the holiday 2026-03-21 is on a weekend; by law it is rested on 2026-03-24, the file says 2026-03-26`,
    ])
  })

  it('tells a missing value with the line around it', () => {
    const text = real.replace('    restsOn: 2026-03-09\n', '')
    put('kz-2026.yaml', text)
    expect(refused()).toEqual([
      `CALENDAR-06 kz-2026.yaml:${lineOf(text, 'date: 2026-03-08')}: holidays[2].restsOn: the holiday 2026-03-08 is on a weekend; by law it is rested on 2026-03-09, the file says nothing`,
    ])
  })

  it('tells what is not YAML, and values of it that nobody can read, without throwing', () => {
    put('kz-2026.yaml', 'country: KZ\ncountry: KZ\n')
    expect(refused()).toEqual([
      'CALENDAR-12 kz-2026.yaml:2: this is not YAML (DUPLICATE_KEY). Check indentation, quotes and repeated keys',
    ])
    for (const text of ['', 'just words', '- 1\n- 2\n', 'country: [KZ\n', 'a: *b\n', '\u0000']) {
      put('kz-2026.yaml', text)
      expect(refused().length).toBeGreaterThan(0)
    }
  })

  it('refuses a file whose name and content differ, and a stray name', () => {
    put('kz-2027.yaml', real)
    put('kz-2026.1.yaml', real)
    put('holidays.yaml', real)
    expect(refused().map((one) => one.slice(0, 60))).toEqual(
      [
        'CALENDAR-12 holidays.yaml: a calendar file is called kz-YYYY.',
        'CALENDAR-12 kz-2026.1.yaml: the file holds kz-2026.2. Correc',
        'CALENDAR-12 kz-2027.yaml: the file holds kz-2026.2. Correct ',
      ].map((one) => one.slice(0, 60)),
    )
  })

  it('refuses one version in two files', () => {
    put('kz-2026.yaml', real)
    put('kz-2026.2.yaml', real)
    expect(refused().map((one) => one.slice(0, 11))).toEqual(['CALENDAR-11'])
  })

  it('refuses a folder that is not there, and one that holds nothing refuses every year', () => {
    const none = readCalendarFolder(join(folder, 'none'))
    expect(none.ok ? '' : none.faults[0]?.code).toBe('CALENDAR-12')
    const empty = readCalendarFolder(folder)
    expect(empty.ok && empty.value.isWorkingDay('2026-01-12').ok).toBe(false)
  })
})
