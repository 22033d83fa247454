import { emptyHead, knotsOf, leafOf, rootOf, type RecordSigner, type RecordStamper } from '../chain/index.ts'
import type { Hasher } from '../exchange/index.ts'
import { startOfAlmatyDay } from '../deadline/index.ts'
import { addDays, almatyDate, UpstreamError, type Clock, type UnitOfWork } from '../kernel/index.ts'
import type { MeterBook } from './ports.ts'
import { dayText, sealLeaf, type MeterDay, type MeterSeal } from './records.ts'

export interface CloseDayDeps {
  clock: Clock
  hasher: Hasher
  unitOfWork: UnitOfWork
  book: MeterBook
  signer: RecordSigner
  /** Absent where no authority stamps. */
  stamper?: RecordStamper
}

/**
 * Closes yesterday, unless it is closed: every company's new links under one root, chained to the day before. After an
 * outage one closing covers everything that gathered. Undefined when there was nothing to close.
 */
export const closeMeterDay =
  ({ clock, hasher, unitOfWork, book, signer }: CloseDayDeps) =>
  (): Promise<MeterDay | undefined> =>
    unitOfWork.run(async (tx) => {
      await book.lock(tx)
      const now = clock.now()
      const today = almatyDate(now)
      const day = addDays(today, -1)
      const previous = await book.lastDay(tx)
      if (previous !== undefined && previous.day >= day) return undefined
      const seals: MeterSeal[] = []
      for (const { companyId, taxId, first, last, head } of await book.unsealed(
        tx,
        startOfAlmatyDay(today),
      )) {
        const leaves = await book.leaves(companyId, first, last, tx)
        const knots = knotsOf(hasher, leaves)
        seals.push({ companyId, taxId, day, first, last, head, knots, root: rootOf(hasher, knots) })
      }
      seals.sort((a, b) => (a.taxId < b.taxId ? -1 : 1))
      const facts = {
        day,
        number: (previous?.number ?? 0) + 1,
        companies: seals.length,
        documents: seals.reduce((sum, { first, last }) => sum + last - first + 1, 0),
        root: rootOf(
          hasher,
          seals.map((seal) => sealLeaf(hasher, seal)),
        ),
        previous: previous?.digest ?? emptyHead,
      }
      const text = dayText(facts)
      const closed: MeterDay = {
        ...facts,
        digest: leafOf(hasher, text),
        signature: signer.sign(text),
        closedAt: now,
      }
      await book.close(tx, closed, seals)
      return closed
    })

/** Stamps closed days that have no stamp yet. An authority that is silent is asked again by the next run. */
export const stampMeterDays =
  ({ book, stamper }: Pick<CloseDayDeps, 'book' | 'stamper'>) =>
  async (): Promise<{ stamped: number; stoppedBy?: string }> => {
    if (stamper === undefined) return { stamped: 0 }
    let stamped = 0
    for (const day of await book.unstamped(100)) {
      try {
        await book.stamp(day.day, await stamper.stamp(new TextEncoder().encode(dayText(day))))
        stamped += 1
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        return { stamped, stoppedBy: `${error.partner} ${error.word}` }
      }
    }
    return { stamped }
  }
