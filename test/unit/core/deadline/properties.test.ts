import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import { readCalendarFolder } from '../../../../src/adapters/config/index.ts'
import {
  endOfAlmatyDay,
  lastDayOf,
  startOfAlmatyDay,
  type DayRule,
  type WorkingCalendar,
} from '../../../../src/core/deadline/index.ts'
import { addDays, addMonths, almatyDate, daysBetween } from '../../../../src/core/kernel/index.ts'

const read = readCalendarFolder('config/calendar')
if (!read.ok) throw new Error(read.faults[0]?.message.en)
const calendar: WorkingCalendar = read.value

/** Any day of 2024-2026, so that what is counted stays within the published years. */
const anyDay = fc.integer({ min: 0, max: 1095 }).map((days) => addDays('2024-01-01', days))
const anyRule = (lastDayOff: DayRule['lastDayOff']): fc.Arbitrary<DayRule> =>
  fc.record({
    unit: fc.constantFrom('working-days', 'calendar-days', 'calendar-months'),
    count: fc.integer({ min: 1, max: 10 }),
    startsOn: fc.constantFrom('next-day', 'same-day'),
    lastDayOff: fc.constant(lastDayOff),
  })
const last = (rule: DayRule, from: string): string => {
  const counted = lastDayOf(rule, from, calendar)
  if (!counted.ok) throw new Error(counted.faults[0]?.message.en)
  return counted.value.on
}
const works = (date: string): boolean => {
  const day = calendar.isWorkingDay(date)
  return day.ok && day.value
}

describe('terms, whatever the rule and the day', () => {
  it('never end on a day off when the last day moves', () => {
    fc.assert(
      fc.property(anyRule('moves'), anyDay, (rule, from) => works(last(rule, from))),
      { numRuns: 2_000 },
    )
  })

  it('never end earlier because they began later', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyRule('moves'), anyRule('stays')),
        anyDay,
        fc.integer({ min: 0, max: 40 }),
        (rule, from, later) => last(rule, from) <= last(rule, addDays(from, later)),
      ),
      { numRuns: 2_000 },
    )
  })

  it('are no shorter with more days, and strictly longer in working days', () => {
    fc.assert(
      fc.property(anyRule('moves'), anyDay, (rule, from) => {
        const longer = last({ ...rule, count: rule.count + 1 }, from)
        return rule.unit === 'working-days' ? longer > last(rule, from) : longer >= last(rule, from)
      }),
      { numRuns: 1_000 },
    )
  })

  it('add up: m and then n working days are m + n', () => {
    const count = fc.integer({ min: 1, max: 30 })
    const rule = (n: number): DayRule => ({
      unit: 'working-days',
      count: n,
      startsOn: 'next-day',
      lastDayOff: 'moves',
    })
    fc.assert(
      fc.property(
        anyDay,
        count,
        count,
        (from, m, n) => last(rule(n), last(rule(m), from)) === last(rule(m + n), from),
      ),
      { numRuns: 1_000 },
    )
  })

  it('move a last day off forward only, and over days off only', () => {
    fc.assert(
      fc.property(anyRule('moves'), anyDay, (rule, from) => {
        const moved = last(rule, from)
        const unmoved = last({ ...rule, lastDayOff: 'stays' }, from)
        const between = Array.from({ length: Math.max(0, daysBetween(unmoved, moved)) }, (_, n) =>
          addDays(unmoved, n),
        )
        return moved >= unmoved && !between.some(works)
      }),
      { numRuns: 1_000 },
    )
  })

  it('end a month on its number, or on its last day when there is no such number', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 48 }), (from, count) => {
        const on = last({ unit: 'calendar-months', count, startsOn: 'next-day', lastDayOff: 'stays' }, from)
        const sameNumber = on.slice(8) === from.slice(8)
        const lastOfMonth = addDays(on, 1).slice(8) === '01'
        const shorterMonth = on.slice(8) < from.slice(8)
        return on === addMonths(from, count) && (sameNumber || (lastOfMonth && shorterMonth))
      }),
      { numRuns: 1_000 },
    )
  })

  it('begin a day earlier when the day of the fact counts', () => {
    fc.assert(
      fc.property(anyRule('stays'), anyDay, (rule, from) => {
        const [same, next] = [
          last({ ...rule, startsOn: 'same-day' }, from),
          last({ ...rule, startsOn: 'next-day' }, from),
        ]
        return rule.unit === 'working-days' ? same <= next : same === addDays(next, -1)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('business days as instants', () => {
  it('meet without a gap: the end of a day is the beginning of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12_000 }), (days) => {
        const date = addDays('1998-01-01', days)
        const [start, end] = [startOfAlmatyDay(date), endOfAlmatyDay(date)]
        const justBefore = new Date(+end - 1)
        return (
          +end === +startOfAlmatyDay(addDays(date, 1)) &&
          almatyDate(start) === date &&
          almatyDate(justBefore) === date &&
          almatyDate(new Date(+start - 1)) === addDays(date, -1)
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
