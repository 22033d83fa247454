import { addDays, almatyDate, type LocalDate } from '../kernel/index.ts'

const hourMs = 3_600_000

/** Offsets Almaty has had since independence, largest (earliest midnight) first. */
const offsetHours = [7, 6, 5]

/**
 * The instant a business day begins in Almaty.
 *
 * Asked of the zone table, never computed from a fixed offset: 2024-02-29 lasted 25 hours, because at its
 * midnight (18:00Z) the clocks went back from 24:00 to 23:00 and the hour came again. 1 March began at 19:00Z.
 */
export const startOfAlmatyDay = (date: LocalDate): Date => {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  for (const hours of offsetHours) {
    const candidate = new Date(midnight - hours * hourMs)
    if (almatyDate(candidate) === date) return candidate
  }
  throw new RangeError(`no beginning of ${date} in Asia/Almaty: the zone table of this Node.js is wrong`)
}

/** The instant a business day is over: the first one of the next day. At it, the day has been missed. */
export const endOfAlmatyDay = (date: LocalDate): Date => startOfAlmatyDay(addDays(date, 1))
