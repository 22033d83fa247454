import {
  emptyHead,
  headOf,
  leafOf,
  recordText,
  type RecordSigner,
  type RecordStamper,
} from '../chain/index.ts'
import type { Digest, Hasher } from '../exchange/index.ts'
import type { Clock, LocalDate, Tx, UnitOfWork } from '../kernel/index.ts'
import { addDays, almatyDate } from '../kernel/index.ts'

/** Who saw, changed or exported what, and why. Written before the answer goes out; never changed. */
export interface AuditLine {
  id: string
  at: Date
  /** `client`: a base by its credentials; `operator`: his staff and tools; `visitor`: whoever holds a link. */
  who: 'client' | 'operator' | 'visitor'
  /** Id of the connection or key; for a visitor the address his link was sent to, masked. */
  actor: string
  /** `document.read`, `bundle.exported`, `operator GET /operator/v1/…`. */
  deed: string
  /** What it was done to: a document, a company, a task. */
  object?: string
  /** The company whose matter it is. */
  companyId?: string
  /** What the operator gave as his reason. */
  reason?: string
}

export interface AuditLink {
  number: number
  line: AuditLine
  leaf: Digest
  head: Digest
}

/** A day of the log, closed: how far the chain had come, signed. */
export interface AuditDay {
  day: LocalDate
  last: number
  head: Digest
  signature: Uint8Array
  stamp?: Uint8Array
}

/** Where lines are written, at once and together with others. Resolves once durable. */
export interface AuditLog {
  add(line: AuditLine): Promise<void>
}

export interface AuditQuestion {
  object?: string
  companyId?: string
  actor?: string
  from?: Date
  to?: Date
  /** Numbers after this one; lines that are not chained yet come last, without a number. */
  limit: number
}

/** The chain over the lines, made afterwards by one writer at a time. */
export interface AuditBook {
  lock(tx: Tx): Promise<void>
  unlinked(tx: Tx, limit: number): Promise<AuditLine[]>
  end(tx?: Tx): Promise<{ number: number; head: Digest }>
  append(tx: Tx, links: readonly AuditLink[]): Promise<void>
  /** Newest first. */
  lines(question: AuditQuestion): Promise<(AuditLine & { number?: number })[]>
  linksAfter(number: number, limit: number): Promise<AuditLink[]>
  lastDay(): Promise<AuditDay | undefined>
  days(): Promise<AuditDay[]>
  close(day: AuditDay): Promise<void>
}

/** The text of a line; documented in docs/archive.md. What is absent is an empty line; a reason is told on one line. */
export const auditText = (number: number, line: AuditLine): string =>
  recordText('urn:daneker:audit-line:1', [
    number,
    line.id,
    line.at.toISOString(),
    line.who,
    ...[line.actor, line.deed, line.object, line.companyId, line.reason].map(oneLine),
  ])

export const oneLine = (text = ''): string => text.replace(/[\r\n]+/g, ' ')

export const auditDayText = ({ day, last, head }: Pick<AuditDay, 'day' | 'last' | 'head'>): string =>
  recordText('urn:daneker:audit-day:1', [day, last, head])

interface ChainDeps {
  hasher: Hasher
  unitOfWork: UnitOfWork
  book: AuditBook
}

/** Chains lines that have no place yet, at most `limit`; returns how many. */
export const linkAuditLines =
  ({ hasher, unitOfWork, book }: ChainDeps) =>
  (limit: number): Promise<number> =>
    unitOfWork.run(async (tx) => {
      await book.lock(tx)
      const lines = await book.unlinked(tx, limit)
      if (lines.length === 0) return 0
      let { number, head } = await book.end(tx)
      const links = lines.map((line): AuditLink => {
        number += 1
        const leaf = leafOf(hasher, auditText(number, line))
        head = headOf(hasher, head, leaf)
        return { number, line, leaf, head }
      })
      await book.append(tx, links)
      return links.length
    })

/** Signs (and stamps, where an authority answers) how far the log has come. Once a day. */
export const closeAuditDay =
  ({
    clock,
    book,
    signer,
    stamper,
  }: {
    clock: Clock
    book: AuditBook
    signer: RecordSigner
    stamper?: RecordStamper
  }) =>
  async (): Promise<AuditDay | undefined> => {
    const day = addDays(almatyDate(clock.now()), -1)
    const before = await book.lastDay()
    if (before !== undefined && before.day >= day) return undefined
    const { number: last, head } = await book.end()
    const text = auditDayText({ day, last, head })
    const stamp = await stamper?.stamp(new TextEncoder().encode(text)).catch(() => undefined)
    const closed: AuditDay = { day, last, head, signature: signer.sign(text), stamp }
    await book.close(closed)
    return closed
  }

export interface AuditFinding {
  what: 'line-altered' | 'line-missing' | 'chain-broken' | 'day-altered'
  where: string
}

const page = 5_000
const findingsTold = 1_000

/** Reads the whole log and tells what is not as it was written. */
export const checkAudit =
  ({ hasher, book }: Pick<ChainDeps, 'hasher' | 'book'>) =>
  async (): Promise<{ lines: number; days: number; findings: AuditFinding[] }> => {
    const findings: AuditFinding[] = []
    const found = (what: AuditFinding['what'], where: string): void => {
      if (findings.length < findingsTold) findings.push({ what, where })
    }
    const days = await book.days()
    const headAt = new Map<number, Digest>([[0, emptyHead]])
    const wanted = new Set(days.map(({ last }) => last))
    let [number, head] = [0, emptyHead]
    for (;;) {
      const links = await book.linksAfter(number, page)
      for (const link of links) {
        const where = `line ${link.number}`
        if (link.number !== number + 1) found('line-missing', `${where}: the one before is ${number}`)
        if (leafOf(hasher, auditText(link.number, link.line)) !== link.leaf) found('line-altered', where)
        if (headOf(hasher, head, link.leaf) !== link.head) found('chain-broken', where)
        number = link.number
        head = link.head
        if (wanted.has(number)) headAt.set(number, head)
      }
      if (links.length < page) break
    }
    for (const { day, last, head: closedAt } of days)
      if (headAt.get(last) !== closedAt) found('day-altered', `day ${day}: line ${last}`)
    return { lines: number, days: days.length, findings }
  }
