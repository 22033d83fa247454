import { emptyHead, headOf, leafOf } from '../chain/index.ts'
import type { Hasher } from '../exchange/index.ts'
import type { Clock, UnitOfWork } from '../kernel/index.ts'
import type { ChainEnd, MeterBook } from './ports.ts'
import { lineText, type MeterLine, type MeterLink } from './records.ts'

export interface LinkLinesDeps {
  clock: Clock
  hasher: Hasher
  unitOfWork: UnitOfWork
  book: MeterBook
}

/**
 * Gives committed lines their numbers and links, at most `limit`; returns how many. Runs beside the intake and holds
 * nothing that intake needs. Dying in between leaves the lines as they were.
 */
export const linkMeterLines =
  ({ clock, hasher, unitOfWork, book }: LinkLinesDeps) =>
  (limit: number, look: 'quick' | 'whole' = 'quick'): Promise<number> =>
    unitOfWork.run(async (tx) => {
      await book.lock(tx)
      const lines = await book.unlinked(tx, limit, look)
      if (lines.length === 0) return 0
      const ends = await book.ends(tx, [...new Set(lines.map(({ companyId }) => companyId))])
      await book.append(tx, linked(hasher, lines, ends), clock.now())
      return lines.length
    })

const linked = (hasher: Hasher, lines: readonly MeterLine[], ends: Map<string, ChainEnd>): MeterLink[] => {
  const at = new Map(ends)
  return lines.map((line) => {
    const end = at.get(line.companyId) ?? { number: 0, head: emptyHead }
    const number = end.number + 1
    const leaf = leafOf(hasher, lineText({ ...line, number }))
    const head = headOf(hasher, end.head, leaf)
    at.set(line.companyId, { number, head })
    return { ...line, number, leaf, head }
  })
}
