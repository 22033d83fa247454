import { emptyHead, headOf, knotsOf, leafOf, rootOf } from '../chain/index.ts'
import type { Hasher } from '../exchange/index.ts'
import type { MeterReader } from './ports.ts'
import { dayText, lineText, sealLeaf } from './records.ts'

/** Something in the meter that is not as it was written, and where. */
export interface MeterFinding {
  /** Stable name of what is wrong. */
  what:
    | 'uncounted'
    | 'nothing-counted'
    | 'wrong-month'
    | 'line-altered'
    | 'line-missing'
    | 'chain-broken'
    | 'seal-altered'
    | 'day-altered'
    | 'day-missing'
  /** `company 2601… line 17`, `day 2026-11-22`, `document 0198…`. */
  where: string
}

export interface MeterCheck {
  lines: number
  companies: number
  days: number
  findings: MeterFinding[]
}

/** Findings told at most: a broken store need not be told line by line. */
const findingsTold = 1_000
const page = 5_000

/**
 * The operator's own check of the whole meter: lines equal the documents (I6), every chain and every day holds. Reads
 * in pages and changes nothing.
 */
export const checkMeter =
  ({ hasher, meter }: { hasher: Hasher; meter: MeterReader }) =>
  async (): Promise<MeterCheck> => {
    const findings: MeterFinding[] = []
    const found = (what: MeterFinding['what'], where: string): void => {
      if (findings.length < findingsTold) findings.push({ what, where })
    }
    for (const { what, documentId } of await meter.differences(findingsTold))
      found(what, `document ${documentId}`)

    let [lines, companies] = [0, 0]
    let at: { companyId: string; taxId: string; number: number; head: string } | undefined
    for (;;) {
      const links = await meter.linksAfter(at, page)
      for (const link of links) {
        if (at?.companyId !== link.companyId) companies += 1
        const end = at?.companyId === link.companyId ? at : { number: 0, head: emptyHead }
        const where = `company ${masked(link.taxId)} line ${link.number}`
        if (link.number !== end.number + 1) found('line-missing', `${where}: the one before is ${end.number}`)
        if (leafOf(hasher, lineText(link)) !== link.leaf) found('line-altered', where)
        else if (headOf(hasher, end.head, link.leaf) !== link.head) found('chain-broken', where)
        at = link
        lines += 1
      }
      if (links.length < page) break
    }
    const days = await checkDays({ hasher, meter }, found)
    return { lines, companies, days, findings }
  }

const checkDays = async (
  { hasher, meter }: { hasher: Hasher; meter: MeterReader },
  found: (what: MeterFinding['what'], where: string) => void,
): Promise<number> => {
  const days = await meter.allDays()
  const sealedTo = new Map<string, number>()
  let previous = emptyHead
  for (const [index, day] of days.entries()) {
    const where = `day ${day.day}`
    if (day.number !== index + 1) found('day-missing', `${where}: number ${day.number} at place ${index + 1}`)
    if (day.previous !== previous || leafOf(hasher, dayText(day)) !== day.digest) found('day-altered', where)
    previous = day.digest
    const seals = await meter.sealsOfDay(day.day)
    for (const seal of seals) {
      const leaves = await meter.leaves(seal.companyId, seal.first, seal.last)
      const at = `${where}, company ${masked(seal.taxId)}`
      const follows = seal.first === (sealedTo.get(seal.companyId) ?? 0) + 1
      if (!follows || rootOf(hasher, knotsOf(hasher, leaves)) !== seal.root) found('seal-altered', at)
      sealedTo.set(seal.companyId, seal.last)
    }
    const root = rootOf(
      hasher,
      seals.map((seal) => sealLeaf(hasher, seal)),
    )
    if (root !== day.root) found('day-altered', `${where}: its companies`)
  }
  return days.length
}

/** Full tax ids go to no log; the last four digits tell companies apart. */
const masked = (taxId: string): string => `…${taxId.slice(-4)}`
