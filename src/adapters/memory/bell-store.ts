import type { Bell, BellStore, TakenBell, TaskKind } from '../../core/kernel/index.ts'

interface Row extends TakenBell {
  visibleAt: Date
  buried?: { reason: string; at: Date }
}

/** Twin of the bell table. */
export class MemoryBellStore implements BellStore {
  private readonly rows = new Map<string, Row>()
  private lastId = 0

  async add(bells: (Bell & { dueAt: Date })[]) {
    for (const { taskId, kind, dueAt } of bells) {
      const id = String(++this.lastId)
      this.rows.set(id, { id, taskId, kind, deliveries: 0, visibleAt: dueAt })
    }
  }

  async takeDue(options: { kinds: readonly TaskKind[]; now: Date; limit: number; leaseMs: number }) {
    return [...this.rows.values()]
      .filter((row) => row.buried === undefined && row.visibleAt <= options.now)
      .filter((row) => options.kinds.includes(row.kind))
      .sort((a, b) => a.visibleAt.getTime() - b.visibleAt.getTime())
      .slice(0, options.limit)
      .map((row): TakenBell => {
        row.visibleAt = new Date(options.now.getTime() + options.leaseMs)
        row.deliveries += 1
        return { id: row.id, taskId: row.taskId, kind: row.kind, deliveries: row.deliveries }
      })
  }

  async remove(ids: string[]) {
    for (const id of ids) this.rows.delete(id)
  }

  async giveBack(bells: { id: string; dueAt: Date; heard: boolean }[]) {
    for (const { id, dueAt, heard } of bells) {
      const row = this.rows.get(id)
      if (row === undefined || row.buried !== undefined) continue
      row.visibleAt = dueAt
      if (heard) row.deliveries = 0
    }
  }

  async bury(ids: string[], reason: string, now: Date) {
    for (const id of ids) {
      const row = this.rows.get(id)
      if (row !== undefined) row.buried = { reason, at: now }
    }
  }

  async buried(limit: number) {
    return [...this.rows.values()]
      .flatMap((row) =>
        row.buried === undefined
          ? []
          : [{ taskId: row.taskId, kind: row.kind, reason: row.buried.reason, buriedAt: row.buried.at }],
      )
      .slice(0, limit)
  }
}
