/**
 * A day of business in Kazakhstan, `YYYY-MM-DD`. It has no hour and no zone.
 * Instants are `Date` (UTC); the day an instant belongs to is asked of `almatyDate`.
 */
export type LocalDate = string

const pattern = /^(\d{4})-(\d{2})-(\d{2})$/

/** True for a day that exists: 2025-02-29 is not one. */
export const isLocalDate = (text: string): text is LocalDate => {
  const match = pattern.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1900 || year > 2999) return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Calendar days later (or earlier, when negative). */
export const addDays = (date: LocalDate, days: number): LocalDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** Calendar months later; the last day of the month when the day does not exist there (31 Jan + 1 = 28 Feb). */
export const addMonths = (date: LocalDate, months: number): LocalDate => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const lastDay = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10)
}

/** Days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (a: LocalDate, b: LocalDate): number =>
  Math.round((Date.parse(`${b}T00:00:00Z`) - Date.parse(`${a}T00:00:00Z`)) / 86_400_000)

const almaty = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Almaty',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

// Midnight falls on a quarter of an hour everywhere, so within one the day is the same. Formatting costs
// microseconds and every document asks for the present day several times.
const quarterMs = 900_000
let knownQuarter = Number.NaN
let knownDay: LocalDate = ''

/** The business day an instant falls on (UTC+6 until 2024-02-29, UTC+5 since 2024-03-01). */
export const almatyDate = (instant: Date): LocalDate => {
  const quarter = Math.floor(instant.getTime() / quarterMs)
  if (quarter !== knownQuarter) {
    knownDay = almaty.format(instant)
    knownQuarter = quarter
  }
  return knownDay
}

/** The month of account an instant falls in, `YYYY-MM`: the unit of the meter. */
export const almatyMonth = (instant: Date): string => almatyDate(instant).slice(0, 7)
