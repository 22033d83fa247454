import { addDays, addMonths, type LocalDate } from '../kernel/index.ts'

/** The calendar quarters that cover a range of days, cut to it, the latest first. The portal lists no longer ranges. */
export const quartersOf = (from: LocalDate, to: LocalDate): { from: LocalDate; to: LocalDate }[] => {
  const quarters: { from: LocalDate; to: LocalDate }[] = []
  for (let start = from; start <= to;) {
    const next = nextQuarter(start)
    const last = addDays(next, -1)
    quarters.unshift({ from: start, to: last < to ? last : to })
    start = next
  }
  return quarters
}

const nextQuarter = (date: LocalDate): LocalDate => {
  const month = Number(date.slice(5, 7))
  const first = month - ((month - 1) % 3)
  return addMonths(`${date.slice(0, 4)}-${String(first).padStart(2, '0')}-01`, 3)
}
