import type { Leases } from '../../core/kernel/index.ts'

/** Twin of the lease table. */
export class MemoryLeases implements Leases {
  private readonly rows = new Map<string, { holder: string; until: Date; token: number }>()

  async acquire(name: string, options: { holder: string; now: Date; ttlMs: number }) {
    const row = this.rows.get(name)
    const until = new Date(options.now.getTime() + options.ttlMs)
    if (row !== undefined && row.holder !== options.holder && row.until > options.now) {
      return { held: false, token: String(row.token) }
    }
    const token =
      row?.holder === options.holder && row.until > options.now ? row.token : (row?.token ?? 0) + 1
    this.rows.set(name, { holder: options.holder, until, token })
    return { held: true, token: String(token) }
  }

  async release(name: string, holder: string) {
    const row = this.rows.get(name)
    // The row stays, so that the token of the next holder is greater.
    if (row?.holder === holder) row.until = new Date(0)
  }
}
