import type { Differences, KeptDifference } from '../../core/mirror/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

const keyOf = ({
  direction,
  kind,
  date,
  number,
  documentId = '',
  portalId = '',
}: Partial<KeptDifference>): string => [direction, kind, date, number, documentId, portalId].join('|')

/** Twin of the table of differences. */
export class MemoryDifferences implements Differences {
  private rows: KeptDifference[] = []

  async note(tx: Tx, { taxId, range, at, differences }: Parameters<Differences['note']>[1]) {
    const before = this.rows
    onRollback(tx, () => {
      this.rows = before
    })
    const rows = before.map((row) => ({ ...row }))
    for (const one of differences) {
      const open = rows.find(
        (row) => row.taxId === taxId && row.resolvedAt === undefined && keyOf(row) === keyOf(one),
      )
      if (open === undefined) rows.push({ ...one, taxId, firstSeenAt: at, lastSeenAt: at })
      else {
        const { id, firstSeenAt } = open
        Object.assign(open, one, { id, firstSeenAt, lastSeenAt: at })
      }
    }
    for (const row of rows) {
      const isOfRange = row.taxId === taxId && row.date >= range.from && row.date <= range.to
      if (isOfRange && row.resolvedAt === undefined && row.lastSeenAt < at) row.resolvedAt = at
    }
    this.rows = rows
  }

  async of(taxId: string, { resolvedSince }: { resolvedSince?: Date } = {}) {
    return structuredClone(
      this.rows.filter(
        (row) =>
          row.taxId === taxId &&
          (row.resolvedAt === undefined || (resolvedSince !== undefined && row.resolvedAt >= resolvedSince)),
      ),
    ).sort((a, b) => (`${a.date} ${a.number}` < `${b.date} ${b.number}` ? -1 : 1))
  }

  async taken(tx: Tx, ids: string[], at: Date) {
    const before = this.rows
    onRollback(tx, () => {
      this.rows = before
    })
    this.rows = before.map((row) => (ids.includes(row.id) ? { ...row, takenAt: at } : row))
  }
}
