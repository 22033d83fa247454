import { finalActStatuses, MirrorOutdated } from '../../core/mirror/index.ts'
import type { ActChange, ActRecord, ActRecords, SignedAct } from '../../core/mirror/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Twin of the table of acts at the portal. */
export class MemoryActRecords implements ActRecords {
  private readonly rows = new Map<string, ActRecord>()
  private readonly bodies = new Map<string, SignedAct>()

  async find(documentId: string) {
    return structuredClone(this.rows.get(documentId))
  }

  async signed(documentId: string) {
    return structuredClone(this.bodies.get(documentId))
  }

  async add(tx: Tx, { taxId, at, ...signed }: SignedAct & { taxId: string; at: Date }) {
    const { documentId, date, number } = signed
    if (this.rows.has(documentId)) throw new Error(`the act of document ${documentId} is there already`)
    this.rows.set(documentId, {
      documentId,
      revision: 1,
      taxId,
      date,
      number,
      phase: 'prepared',
      preparedAt: at,
      errors: [],
    })
    this.bodies.set(documentId, signed)
    onRollback(tx, () => {
      this.rows.delete(documentId)
      this.bodies.delete(documentId)
    })
  }

  async change(tx: Tx, seen: Pick<ActRecord, 'documentId' | 'revision'>, change: ActChange) {
    const before = this.rows.get(seen.documentId)
    if (before?.revision !== seen.revision) throw new MirrorOutdated(seen.documentId)
    const after = structuredClone(before)
    after.revision += 1
    for (const [name, value] of Object.entries(change) as [keyof ActRecord, never][]) {
      if (value === null) delete after[name]
      else if (value !== undefined) after[name] = value
    }
    this.rows.set(seen.documentId, after)
    onRollback(tx, () => this.rows.set(seen.documentId, before))
  }

  async byPortalIds(taxId: string, ids: string[]) {
    return structuredClone([...this.rows.values()]).filter(
      (one) => one.taxId === taxId && one.portalId !== undefined && ids.includes(one.portalId),
    )
  }

  async moving(taxId: string, limit: number) {
    return structuredClone([...this.rows.values()])
      .filter((one) => one.taxId === taxId && one.phase === 'registered')
      .filter(({ status }) => status === undefined || !finalActStatuses.includes(status))
      .sort((a, b) => (a.registeredAt?.getTime() ?? 0) - (b.registeredAt?.getTime() ?? 0))
      .slice(0, limit)
  }
}
