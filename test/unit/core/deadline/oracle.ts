/**
 * A second counter of terms that shares nothing with `src/core/deadline`: working days are typed out by hand from
 * the ministry's calendars (2027: from the law), and terms are counted by walking along the list of all days.
 */

/** The working days of each month, January to December; each week stands apart. */
const worked: Record<number, readonly string[]> = {
  2024: [
    '3-5 8-12 15-19 22-26 29-31',
    '1-2 5-9 12-16 19-23 26-29',
    '1 4-7 11-15 18-20 26-29', // 8, 21, 22 and 25 off
    '1-5 8-12 15-19 22-26 29-30',
    '2-4 6 10 13-17 20-24 27-31', // Saturday the 4th worked for Wednesday the 8th
    '3-7 10-14 17-21 24-28', // Kurban Ait on Sunday the 16th
    '1-5 9-12 15-19 22-26 29-31',
    '1-2 5-9 12-16 19-23 26-29',
    '2-6 9-13 16-20 23-27 30',
    '1-4 7-11 14-18 21-24 28-31',
    '1 4-8 11-15 18-22 25-29',
    '2-6 9-13 17-20 23-27 30-31',
  ],
  2025: [
    '5-6 8-10 13-17 20-24 27-31', // Sunday the 5th worked for Friday the 3rd
    '3-7 10-14 17-21 24-28',
    '3-7 11-14 17-20 26-28 31',
    '1-4 7-11 14-18 21-25 28-30',
    '2 5-6 8 12-16 19-23 26-30',
    '2-5 9-13 16-20 23-27 30', // Kurban Ait on Friday the 6th
    '1-4 8-11 14-18 21-25 28-31',
    '1 4-8 11-15 18-22 25-29',
    '2-5 8-12 15-19 22-26 29-30', // the 1st rested for Saturday, 30 August
    '1-3 6-10 13-17 20-24 28-31',
    '3-7 10-14 17-21 24-28',
    '1-5 8-12 15 17-19 22-26 29-31',
  ],
  2026: [
    '5-6 8-9 12-16 19-23 26-30',
    '2-6 9-13 16-20 23-27',
    '2-6 10-13 16-20 26-27 30-31',
    '1-3 6-10 13-17 20-24 27-30',
    '4-6 8 12-15 18-22 25-26 28-29', // Kurban Ait on Wednesday the 27th
    '1-5 8-12 15-19 22-26 29-30',
    '1-3 7-10 13-17 20-24 27-31',
    '3-7 10-14 17-21 24-28 31', // the 30th is no holiday any more
    '1-4 7-11 14-18 21-25 28-30',
    '1-2 5-9 12-16 19-23 27-30',
    '2-6 9-13 16-20 23-27 30',
    '1-4 7-11 14-15 17-18 21-25 28-31',
  ],
  2027: [
    '5-6 8 11-15 18-22 25-29',
    '1-5 8-12 15-19 22-26',
    '1-5 9-12 16-19 25-26 29-31', // Monday the 15th: Constitution Day
    '1-2 5-9 12-16 19-23 26-30',
    '4-6 11-14 17-21 24-28 31',
    '1-4 7-11 14-18 21-25 28-30',
    '1-2 5 7-9 12-16 19-23 26-30',
    '2-6 9-13 16-20 23-27 30-31',
    '1-3 6-10 13-17 20-24 27-30',
    '1 4-8 11-15 18-22 26-29',
    '1-5 8-12 15-19 22-26 29-30',
    '1-3 6-10 13-15 17 20-24 27-31',
  ],
}

const monthLength = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

const dateOf = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** The working days of a month as they were typed, with nothing left out of a run. */
const daysOf = (runs: string): number[] =>
  runs.split(' ').flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, n) => first + n)
  })

/** Every day from 2023 to 2032 (months reach beyond the calendars), in order. */
const allDays: string[] = []
for (let year = 2023; year <= 2032; year += 1)
  for (let month = 1; month <= 12; month += 1)
    for (let day = 1; day <= monthLength(year, month); day += 1) allDays.push(dateOf(year, month, day))

/** Working days by month: what the balance of working time prints. */
export const workedByMonth = (year: number): number[] =>
  (worked[year] ?? []).map((runs) => daysOf(runs).length)

const workingDays = new Set(
  Object.entries(worked).flatMap(([year, months]) =>
    months.flatMap((runs, n) => daysOf(runs).map((day) => dateOf(Number(year), n + 1, day))),
  ),
)

export const isWorked = (date: string): boolean => workingDays.has(date)

/** The clauses as a reader of the offer would note them on a card. */
const cards: Record<string, [count: number, unit: 'wd' | 'cd' | 'months', moves?: 'moves']> = {
  S7: [5, 'cd', 'moves'],
  S8: [5, 'wd'],
  S9: [12, 'months'],
  S14: [36, 'months'],
  S19: [3, 'wd'],
  S34: [7, 'cd'],
  S38: [5, 'wd'],
  S42: [10, 'wd'],
  S43: [30, 'cd', 'moves'],
  S44: [5, 'cd'],
  S46: [1, 'wd'],
  S47: [3, 'wd'],
}

export const clauseIds = Object.keys(cards)

/** The last day of a clause's term, walked day by day. */
export const dueOn = (clause: string, start: string): string => {
  const [count, unit, moves] = cards[clause] ?? [0, 'cd']
  let at = allDays.indexOf(start)
  if (unit === 'months') {
    const [year = 0, month = 0, day = 0] = start.split('-').map(Number)
    const months = year * 12 + (month - 1) + count
    const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1]
    return dateOf(toYear, toMonth, Math.min(day, monthLength(toYear, toMonth)))
  }
  for (let left = count; left > 0;) {
    at += 1
    if (unit === 'cd' || isWorked(allDays[at] ?? '')) left -= 1
  }
  while (moves === 'moves' && !isWorked(allDays[at] ?? '')) at += 1
  return allDays[at] ?? ''
}

/** The clocks went back at this instant, from UTC+6 to UTC+5. */
const change = Date.parse('2024-02-29T18:00:00Z')

export const almatyDay = (instant: Date): string =>
  new Date(instant.getTime() + (instant.getTime() < change ? 6 : 5) * 3_600_000).toISOString().slice(0, 10)

/** Midnight after a day. */
export const endOfDay = (date: string): Date => {
  const next = Date.parse(`${allDays[allDays.indexOf(date) + 1]}T00:00:00Z`)
  return new Date(next - (date < '2024-02-29' ? 6 : 5) * 3_600_000)
}
