import type { Ledger } from '../core/exchange/index.ts'
import type { UnitOfWork } from '../core/kernel/index.ts'

/** Tasks written by this process are looked at as soon as they are committed. */
export const nudging = (unitOfWork: UnitOfWork, nudge: () => void): UnitOfWork => ({
  async run(work) {
    const value = await unitOfWork.run(work)
    nudge()
    return value
  },
})

/** The same for what is entered. */
export const nudgingLedger = (ledger: Ledger, nudge: () => void): Ledger => ({
  async enter(acceptance) {
    const entry = await ledger.enter(acceptance)
    if (entry.outcome === 'new') nudge()
    return entry
  },
  async enterTogether(acceptances) {
    const entry = await ledger.enterTogether(acceptances)
    if (entry.outcome === 'entered') nudge()
    return entry
  },
  find: (acceptance) => ledger.find(acceptance),
})
