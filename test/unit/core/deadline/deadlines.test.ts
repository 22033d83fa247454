import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readCalendarFolder } from '../../../../src/adapters/config/index.ts'
import {
  clauseOf,
  deadlineOf,
  isMissed,
  offerTimers,
  remindersOf,
  WorkingCalendar,
  withDayRules,
  type CalendarYear,
  type Deadline,
} from '../../../../src/core/deadline/index.ts'
import { addDays, isLocalDate, type Result } from '../../../../src/core/kernel/index.ts'
import { handRows } from './hand-rows.ts'
import * as oracle from './oracle.ts'

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message.en).join('\n'))
  return result.value
}

const calendar = must(readCalendarFolder('config/calendar'))
const codes = (result: Result<unknown>): string[] => (result.ok ? [] : result.faults.map(({ code }) => code))
/** Noon in Almaty, far from both midnights. */
const noon = (date: string): Date => new Date(`${date}T07:00:00Z`)
const due = (clause: string, startedAt: Date): Deadline => must(deadlineOf(clause, startedAt, calendar))

const table = readFileSync(new URL('samples/0001-deadlines.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [start = '', clause = '', dueOn = '', dueAt = ''] = line.split('\t')
    return { start, clause, dueOn, dueAt }
  })

describe('the calendar files against a list of working days typed by hand', () => {
  it('agree on every day of four years', () => {
    const wrong: string[] = []
    for (let date = '2024-01-01'; date <= '2027-12-31'; date = addDays(date, 1))
      if (must(calendar.isWorkingDay(date)) !== oracle.isWorked(date)) wrong.push(date)
    expect(wrong).toEqual([])
  })

  it('have the months the ministry and the press printed', () => {
    const months = (year: number): number[] => oracle.workedByMonth(year)
    const sum = (year: number): number => months(year).reduce((total, one) => total + one, 0)
    // The balance of working time for 2024 printed 19 for June and 248 in all, before the moon moved Kurban Ait.
    expect(months(2024)).toEqual([21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21])
    expect([2024, 2025, 2026, 2027].map(sum)).toEqual([249, 246, 247, 247])
    expect([months(2025)[5], months(2025)[7], months(2025)[9]]).toEqual([20, 21, 22])
    expect(months(2026).slice(0, 5)).toEqual([19, 20, 18, 22, 17])
  })
})

describe('deadlines', () => {
  it.each(handRows)('%s from %s ends on %s: %s', (clause, start, dueOn) => {
    const startedAt = isLocalDate(start) ? noon(start) : new Date(start)
    expect(due(clause, startedAt).dueOn).toBe(dueOn)
    expect(oracle.dueOn(clause, oracle.almatyDay(startedAt))).toBe(dueOn)
  })

  it('come out of the table of more than five hundred, day and instant', () => {
    expect(table.length).toBeGreaterThanOrEqual(500)
    const wrong = table.filter(({ start, clause, dueOn, dueAt }) => {
      const counted = due(clause, new Date(start))
      const again = oracle.dueOn(clause, oracle.almatyDay(new Date(start)))
      return counted.dueOn !== dueOn || counted.dueAt.toISOString() !== dueAt || again !== dueOn
    })
    expect(wrong).toEqual([])
  })

  it('agree with the second counter for every clause on every day of four years', () => {
    const wrong: string[] = []
    let compared = 0
    for (let date = '2024-01-01'; date <= '2027-11-15'; date = addDays(date, 1)) {
      for (const clause of oracle.clauseIds) {
        const { dueOn, dueAt, startedOn } = due(clause, noon(date))
        const expected = oracle.dueOn(clause, date)
        compared += 1
        if (startedOn !== date || dueOn !== expected || +dueAt !== +oracle.endOfDay(expected))
          wrong.push(`${clause} ${date}: ${dueOn}, expected ${expected}`)
      }
    }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(16_000)
  })

  it('cover every timer of the offer', () => {
    expect(offerTimers.clauses.map(({ id }) => id)).toEqual(oracle.clauseIds)
    for (const { says, startWords, paragraph } of offerTimers.clauses) {
      expect(paragraph).toMatch(/^\d/)
      for (const words of [says, startWords])
        expect(Object.values(words).every((text) => text.length > 5)).toBe(true)
    }
  })

  it('say what they were counted from', () => {
    expect(due('S19', new Date('2025-12-30T20:15:00Z'))).toEqual({
      clause: 'S19',
      paragraph: '4.2',
      offerVersion: '1',
      startFact: 'act-message-received',
      startedAt: new Date('2025-12-30T20:15:00Z'),
      startedOn: '2025-12-31',
      dayRule: { unit: 'working-days', count: 3, startsOn: 'next-day', lastDayOff: 'moves' },
      calendarVersion: 'kz-2026.2',
      certainty: 'published',
      dueOn: '2026-01-08',
      dueAt: new Date('2026-01-08T19:00:00Z'),
    })
    expect(due('S19', noon('2025-12-30')).calendarVersion).toBe('kz-2025.1+kz-2026.2')
    expect(due('S46', noon('2026-12-31')).certainty).toBe('provisional')
    // A rule that moves nothing asks no calendar.
    expect(due('S14', noon('2026-11-23'))).toMatchObject({ calendarVersion: undefined, dueOn: '2029-11-23' })
  })

  it('are missed at the end of their last day and not a moment before', () => {
    const deadline = due('S7', noon('2024-02-24'))
    // 29 February 2024 lasted 25 hours.
    expect(deadline.dueAt).toEqual(new Date('2024-02-29T19:00:00Z'))
    expect(isMissed(deadline, new Date('2024-02-29T18:00:00Z'))).toBe(false)
    expect(isMissed(deadline, new Date('2024-02-29T18:59:59.999Z'))).toBe(false)
    expect(isMissed(deadline, new Date('2024-02-29T19:00:00Z'))).toBe(true)
  })

  it('end no later than a bound that the clause sets', () => {
    const at = noon('2026-03-20')
    const bounded = must(deadlineOf('S46', at, calendar, { notAfter: '2026-03-22' }))
    expect(bounded).toMatchObject({ dueOn: '2026-03-22', notAfter: '2026-03-22' })
    expect(bounded.dueAt).toEqual(new Date('2026-03-22T19:00:00Z'))
    const free = must(deadlineOf('S46', at, calendar, { notAfter: '2026-12-31' }))
    expect(free.dueOn).toBe('2026-03-26')
    expect(free).not.toHaveProperty('notAfter')
  })

  it('follow the settings where the offer leaves a choice', () => {
    const offer = withDayRules(offerTimers, {
      S9: { lastDayOff: 'moves' },
      S7: { lastDayOff: 'stays' },
      S8: { startsOn: 'same-day' },
      S43: { unit: 'working-days' },
    })
    const ends = (clause: string, date: string): string =>
      must(deadlineOf(clause, noon(date), calendar, { offer })).dueOn
    expect(ends('S9', '2025-02-28')).toBe('2026-03-02')
    expect(ends('S7', '2024-02-26')).toBe('2024-03-02')
    expect(ends('S8', '2026-01-12')).toBe('2026-01-16')
    // 20 in February; 2-6, 10-13 and 16 March.
    expect(ends('S43', '2026-01-30')).toBe('2026-03-16')
    expect(ends('S19', '2026-03-06')).toBe('2026-03-12')
    const sameDay = withDayRules(offerTimers, { S9: { startsOn: 'same-day' } })
    expect(must(deadlineOf('S9', noon('2026-03-01'), calendar, { offer: sameDay })).dueOn).toBe('2027-02-28')
  })

  it('remind before they end', () => {
    const on = (clause: string, date: string): string[] =>
      must(remindersOf(due(clause, noon(date)), calendar)).map((reminder) => reminder.on)
    // Due on Monday the 8th: two days before and on the day.
    expect(on('S7', '2026-06-01')).toEqual(['2026-06-06', '2026-06-08'])
    expect(on('S19', '2026-03-06')).toEqual(['2026-03-10', '2026-03-11'])
    expect(on('S42', '2024-03-19')).toEqual(['2024-04-02', '2024-04-04'])
    expect(on('S9', '2026-01-15')).toEqual(['2026-12-16', '2027-01-08', '2027-01-14'])
    expect(on('S34', '2026-01-15')).toEqual([])
    const [first] = must(remindersOf(due('S7', noon('2026-06-01')), calendar))
    expect(first?.at).toEqual(new Date('2026-06-05T19:00:00Z'))
  })

  it('refuse an unknown clause and name the known ones', () => {
    const refused = deadlineOf('S99', noon('2026-01-01'), calendar)
    expect(codes(refused)).toEqual(['DEADLINE-01'])
    expect(codes(clauseOf(offerTimers, 's7'))).toEqual(['DEADLINE-01'])
    expect(refused.ok ? '' : refused.faults[0]?.message.en).toContain('S7, S8, S9')
  })
})

describe('a year that is missing', () => {
  it('refuses what would reach it, before and after', () => {
    expect(codes(deadlineOf('S19', noon('2027-12-29'), calendar))).toEqual(['CALENDAR-01'])
    expect(codes(deadlineOf('S43', noon('2027-12-02'), calendar))).toEqual(['CALENDAR-01'])
    expect(codes(deadlineOf('S19', noon('2023-12-29'), calendar))).toEqual(['CALENDAR-01'])
    expect(codes(calendar.isWorkingDay('2028-01-01'))).toEqual(['CALENDAR-01'])
    // The last three working days of the published years are still counted.
    expect(due('S19', noon('2027-12-28')).dueOn).toBe('2027-12-31')
  })

  it('does not matter to a term that ends before it', () => {
    const one = must(WorkingCalendar.of([calendar.year(2026) as CalendarYear]))
    expect(must(deadlineOf('S19', noon('2026-12-28'), one)).dueOn).toBe('2026-12-31')
    expect(codes(deadlineOf('S19', noon('2026-12-29'), one))).toEqual(['CALENDAR-01'])
    expect(must(deadlineOf('S9', noon('2026-12-29'), one)).dueOn).toBe('2027-12-29')
  })

  it('says in three languages which file to bring', () => {
    const refused = calendar.day('2028-06-01')
    expect(refused.ok ? [] : Object.values(refused.faults[0]?.message ?? {})).toEqual([
      expect.stringContaining('kz-2028.yaml'),
      expect.stringContaining('kz-2028.yaml'),
      expect.stringContaining('kz-2028.yaml'),
    ])
  })
})

describe('a calendar that changes', () => {
  const asOf = (date: string): WorkingCalendar => must(readCalendarFolder('config/calendar', { asOf: date }))

  it('gives other days from the new version on, and the old ones on asking for that day', () => {
    // Constitution Day 2026 was taken away on 18 March.
    const before = must(deadlineOf('S46', noon('2026-08-28'), asOf('2026-03-17')))
    const after = must(deadlineOf('S46', noon('2026-08-28'), asOf('2026-03-18')))
    expect(before).toMatchObject({ dueOn: '2026-09-01', calendarVersion: 'kz-2026.1' })
    expect(after).toMatchObject({ dueOn: '2026-08-31', calendarVersion: 'kz-2026.2' })
  })

  it('moved three times in 2024', () => {
    const ends = (date: string, known: string): string =>
      must(deadlineOf('S46', noon(date), asOf(known))).dueOn
    expect(['2024-01-10', '2024-04-17'].map((known) => ends('2024-05-07', known))).toEqual([
      '2024-05-08',
      '2024-05-10',
    ])
    expect(['2024-06-06', '2024-06-07'].map((known) => ends('2024-06-14', known))).toEqual([
      '2024-06-18',
      '2024-06-17',
    ])
  })

  it('leaves a deadline that was set before as it was', () => {
    const set = must(deadlineOf('S46', noon('2026-08-28'), asOf('2026-01-10')))
    const kept = structuredClone(set)
    must(deadlineOf('S46', noon('2026-08-28'), calendar))
    expect(set).toEqual(kept)
    expect(isMissed(set, new Date('2026-09-01T10:00:00Z'))).toBe(false)
    // What it was counted from is enough to count it again.
    const again = must(deadlineOf(set.clause, set.startedAt, asOf('2026-01-10')))
    expect(again).toEqual(set)
  })

  it('did not know next year before it was published', () => {
    expect(codes(deadlineOf('S19', noon('2025-12-31'), asOf('2025-12-04')))).toEqual(['CALENDAR-01'])
    expect(must(deadlineOf('S19', noon('2025-12-31'), asOf('2025-12-05'))).dueOn).toBe('2026-01-08')
  })
})
