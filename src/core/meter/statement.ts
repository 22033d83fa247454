import {
  emptyHead,
  knotSize,
  pathByKnots,
  pathOf,
  recordText,
  type PathStep,
  type RecordSigner,
} from '../chain/index.ts'
import type { Digest, Hasher } from '../exchange/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { MeterReader } from './ports.ts'
import { sealLeaf, type MeterDay, type MeterLine, type MeterLink, type MeterSeal } from './records.ts'

export interface StatementDeps {
  clock: Clock
  hasher: Hasher
  meter: MeterReader
  signer: RecordSigner
}

/** A closed day as a client sees it: his own seal, the path from it to the day's root, and the day. */
export interface SealedDay {
  seal: Omit<MeterSeal, 'companyId' | 'knots'>
  path: PathStep[]
  day: MeterDay
}

/**
 * What the operator counted for a company in a month, with everything that is needed to check it without the operator:
 * each count by its document, the chain over them, the days that closed them. `text` is what `signature` signs.
 */
export interface MeterStatement {
  taxId: string
  name: string
  month: string
  madeAt: Date
  /** Lines of this month: linked ones and open ones. */
  count: number
  /** Numbers without a gap; those of a neighbouring month that lie between are shown and not counted. */
  links: MeterLink[]
  /** The chain before the first link. */
  headBefore: Digest
  /** Counted, and not linked yet: of the last minutes. */
  open: MeterLine[]
  days: SealedDay[]
  text: string
  signature: Uint8Array
  publicKey: string
}

/** One document's count, with the path to the day that closed it. Without `sealed` the day is not closed yet. */
export interface MeterProof {
  link: MeterLink
  sealed?: SealedDay & { linkPath: PathStep[] }
  publicKey: string
}

export const meterStatement =
  ({ clock, meter, signer, hasher }: StatementDeps) =>
  async (
    company: { companyId: string; taxId: string; name: string },
    month: string,
  ): Promise<MeterStatement> => {
    const links = await meter.linksOfMonth(company.companyId, month)
    const open = await meter.openLines(company.companyId, month)
    const first = links[0]
    const last = links.at(-1)
    const before = first === undefined ? undefined : await meter.linkAt(company.companyId, first.number - 1)
    const seals =
      first === undefined || last === undefined
        ? []
        : await meter.seals(company.companyId, first.number, last.number)
    const madeAt = clock.now()
    const count = links.filter((link) => link.month === month).length + open.length
    const headBefore = before?.head ?? emptyHead
    const text = recordText('urn:daneker:meter-statement:1', [
      company.taxId,
      month,
      count,
      first?.number ?? 0,
      last?.number ?? 0,
      headBefore,
      last?.head ?? headBefore,
      open.length,
      madeAt.toISOString(),
    ])
    return {
      taxId: company.taxId,
      name: company.name,
      month,
      madeAt,
      count,
      links,
      headBefore,
      open,
      days: await sealedDays({ meter, hasher }, seals),
      text,
      signature: signer.sign(text),
      publicKey: signer.publicKey,
    }
  }

export const meterProof =
  ({ hasher, meter, signer }: Omit<StatementDeps, 'clock'>) =>
  async (documentId: string): Promise<MeterProof | undefined> => {
    const link = await meter.link(documentId)
    if (link === undefined) return undefined
    const [seal] = await meter.seals(link.companyId, link.number, link.number)
    const [sealed] = seal === undefined ? [] : await sealedDays({ meter, hasher }, [seal])
    if (seal === undefined || sealed === undefined) return { link, publicKey: signer.publicKey }
    const index = link.number - seal.first
    const knotFirst = seal.first + index - (index % knotSize)
    const leaves = await meter.leaves(
      link.companyId,
      knotFirst,
      Math.min(knotFirst + knotSize - 1, seal.last),
    )
    return {
      link,
      sealed: { ...sealed, linkPath: pathByKnots(hasher, seal.knots, leaves, index) },
      publicKey: signer.publicKey,
    }
  }

const sealedDays = async (
  { meter, hasher }: Pick<StatementDeps, 'meter' | 'hasher'>,
  seals: readonly MeterSeal[],
): Promise<SealedDay[]> => {
  const days = new Map((await meter.days(seals.map(({ day }) => day))).map((day) => [day.day, day]))
  const sealed: SealedDay[] = []
  for (const seal of seals) {
    const day = days.get(seal.day)
    if (day === undefined) continue
    const all = await meter.sealsOfDay(seal.day)
    const leaves = all.map((one) => sealLeaf(hasher, one))
    const { taxId, first, last, root, head } = seal
    sealed.push({
      seal: { taxId, day: seal.day, first, last, root, head },
      path: pathOf(
        hasher,
        leaves,
        all.findIndex((one) => one.companyId === seal.companyId),
      ),
      day,
    })
  }
  return sealed
}
