import type { PortalOutage, PortalOutages, PortalProbe } from '../../core/mirror/index.ts'

/** Twin of the tables of outages and probes. */
export class MemoryPortalOutages implements PortalOutages {
  private readonly outages = new Map<string, PortalOutage>()
  private looks: PortalProbe[] = []

  async add(outage: PortalOutage) {
    const isThere = [...this.outages.values()].some(
      ({ kind, until }) => kind === outage.kind && until === undefined && outage.until === undefined,
    )
    if (!isThere) this.outages.set(outage.id, { ...outage })
  }

  async end(id: string, until: Date) {
    const outage = this.outages.get(id)
    if (outage === undefined || outage.from > until) return false
    this.outages.set(id, { ...outage, until })
    return true
  }

  async between(from: Date, to: Date) {
    return [...this.outages.values()]
      .filter((one) => one.from <= to && (one.until === undefined || one.until >= from))
      .sort((a, b) => b.from.getTime() - a.from.getTime())
  }

  async noteProbe(probe: PortalProbe) {
    this.looks.push(probe)
  }

  async probes(limit: number) {
    return [...this.looks].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, limit)
  }

  async purgeProbes(before: Date) {
    const kept = this.looks.filter(({ at }) => at >= before)
    const gone = this.looks.length - kept.length
    this.looks = kept
    return gone
  }
}
