import { Gauge, type Registry } from 'prom-client'

/** What is worth watching about the state portal. */
interface PortalFigures {
  isUp: () => Promise<boolean>
  /** Calls of the business day by kind. */
  calls: () => Promise<{ kind: string; calls: number }[]>
  callsPerDay: number
  /** Invoices on their way to it. */
  held: () => Promise<number>
}

/** Adds the portal's figures. A store that is away leaves a gap in them. */
export const portalMetrics = (
  registry: Registry,
  { isUp, calls, callsPerDay, held }: PortalFigures,
): void => {
  const registers = [registry]
  new Gauge({
    name: 'daneker_portal_up',
    help: '1 while the state portal answers; 0 during an outage, announced or found.',
    registers,
    async collect() {
      const up = await isUp().catch(() => undefined)
      if (up !== undefined) this.set(up ? 1 : 0)
    },
  })
  new Gauge({
    name: 'daneker_portal_calls',
    help: 'Calls to the portal in this business day (Asia/Almaty), by kind, over all replicas.',
    labelNames: ['kind'] as const,
    registers,
    async collect() {
      const spent = await calls().catch(() => [])
      this.reset()
      for (const one of spent) this.set({ kind: one.kind }, one.calls)
    },
  })
  new Gauge({
    name: 'daneker_portal_calls_limit',
    help: 'Calls to the portal that a business day may have.',
    registers,
    collect() {
      this.set(callsPerDay)
    },
  })
  new Gauge({
    name: 'daneker_portal_waiting_invoices',
    help: 'Invoices that are signed and not registered at the portal yet.',
    registers,
    async collect() {
      const count = await held().catch(() => undefined)
      if (count !== undefined) this.set(count)
    },
  })
}
