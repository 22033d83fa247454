import type { PortalDesk } from '../adapters/console-api/index.ts'
import { CompanyPortalAccounts, EsfPortal, esfPortalDefaults, writeInvoice } from '../adapters/esf/index.ts'
import { portalMetrics, type Metrics } from '../adapters/metrics/index.ts'
import type { PgCompanies } from '../adapters/postgres/companies.ts'
import type { PgDocuments } from '../adapters/postgres/documents.ts'
import { PgHeldInvoices } from '../adapters/postgres/held-invoices.ts'
import { PgLeases } from '../adapters/postgres/leases.ts'
import { PgMirrorCursors, PgMirrorRecords } from '../adapters/postgres/mirror-records.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import { PgPortalOutages } from '../adapters/postgres/portal-outages.ts'
import type { PgPortalLogins } from '../adapters/postgres/portal-logins.ts'
import { PgCallBudget, PgPortalSessions } from '../adapters/postgres/portal-sessions.ts'
import type { KeptKeySigners } from '../adapters/signing/index.ts'
import { readExactBytes } from '../adapters/xml/index.ts'
import {
  almatyDate,
  type Clock,
  type Ids,
  type Log,
  type Step,
  type UnitOfWork,
} from '../core/kernel/index.ts'
import {
  exportInvoices,
  followUpdates,
  holdAt,
  mirrorDefaults,
  mirrorInvoice,
  openDowntimeDesk,
  openOutageWatch,
  reconcile,
  standingAt,
  takeDifferences,
  watchDefaults,
  watchPortal,
} from '../core/mirror/index.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'
import { openDesk, openPortalLife, type PortalLife } from './portal-life.ts'

/** What is made of the settings for the state portal. */
export interface OpenMirror extends Stoppable {
  step: Step
  watch: () => Promise<string>
  isUp: () => Promise<boolean>
  desk: PortalDesk
  taxIds: () => Promise<string[]>
  follow: (taxId: string) => ReturnType<typeof followUpdates>
  reconcile: (taxId: string, range: Parameters<typeof reconcile>[2]) => ReturnType<typeof reconcile>
  life: PortalLife
}

/** Puts the mirror together; undefined where no portal is configured. */
export const openMirror = (
  { portal: options }: GatewaySettings,
  deps: {
    pool: PgPool
    clock: Clock
    holder: string
    ids: Ids
    log: Log
    registry: Metrics['registry']
    documents: PgDocuments
    companies: PgCompanies
    portalLogins: PgPortalLogins
    signers: KeptKeySigners
    unitOfWork: UnitOfWork
  },
): OpenMirror | undefined => {
  if (options === undefined) return undefined
  const { pool, clock, holder, documents, companies, portalLogins, signers, unitOfWork } = deps
  const records = new PgMirrorRecords(pool)
  const budget = new PgCallBudget(pool)
  const outages = new PgPortalOutages(pool)
  const held = new PgHeldInvoices(pool)
  const portal = new EsfPortal(
    { ...esfPortalDefaults, holder, ...options },
    {
      accounts: new CompanyPortalAccounts({
        companies,
        logins: portalLogins,
        keyOf: (companyId) => signers.portalKeyOf(companyId),
      }),
      sessions: new PgPortalSessions(pool),
      leases: new PgLeases(pool),
      budget,
      clock,
    },
  )
  const mirrorDeps = {
    documents,
    records,
    batches: records,
    history: records,
    portal,
    reader: portal,
    commands: portal,
    budget,
    signer: portal,
    writer: { write: writeInvoice },
    readDocument: readExactBytes,
    outages: openOutageWatch({ outages, clock }),
    unitOfWork,
    clock,
    settings: { ...mirrorDefaults, ...options.mirror },
  }
  const cursors = new PgMirrorCursors(pool)
  const invoices = openDesk(deps, true)
  const companyOf = async (taxId: string) => {
    const company = await companies.byTaxId(taxId)
    return { companyId: company?.id ?? '', companyTaxId: taxId }
  }
  portalMetrics(deps.registry, {
    isUp: async () => (await holdAt(outages, clock.now())) === undefined && portal.outage === undefined,
    calls: () => budget.spent(almatyDate(clock.now())),
    callsPerDay: mirrorDeps.settings.callsPerDay,
    held: () => held.count(),
  })
  const life = openPortalLife(deps, mirrorDeps)
  return {
    life,
    step: mirrorInvoice(mirrorDeps),
    desk: {
      state: async () => ({
        outage: portal.outage,
        callsPerDay: mirrorDeps.settings.callsPerDay,
        calls: await budget.spent(almatyDate(clock.now())),
      }),
      reconcile: (taxId, range) => reconcile(mirrorDeps, taxId, range),
      take: (differences) => takeDifferences(mirrorDeps, differences),
      export: (taxId, range) => exportInvoices(records, taxId, range),
      travel: async (documentId, at) => {
        const record = await records.find(documentId)
        const signed = await records.signed(documentId)
        if (record === undefined || signed === undefined) return undefined
        const lines = await records.lines(documentId)
        return { record, signed, lines, ...(at && { stood: standingAt(lines, at) }) }
      },
      fetch: async (taxId, range) => invoices.fetch({ caller: await companyOf(taxId), ...range }),
      progress: async (taxId) => invoices.progress({ caller: await companyOf(taxId) }),
      downtime: openDowntimeDesk({
        outages,
        held,
        documents,
        readDocument: readExactBytes,
        clock,
        ids: deps.ids,
      }),
    },
    watch: () =>
      watchPortal({
        outages,
        probe: () => portal.probe(),
        failingSince: () => portal.outage?.since,
        clock,
        ids: deps.ids,
        settings: { ...watchDefaults, ...options.watch },
      }),
    isUp: async () => (await holdAt(outages, clock.now())) === undefined && portal.outage === undefined,
    taxIds: async () => (await portalLogins.companies()).map(({ taxId }) => taxId),
    follow: (taxId) => followUpdates({ ...mirrorDeps, cursors }, taxId),
    reconcile: (taxId, range) => reconcile(mirrorDeps, taxId, range),
    // The session stays open at the portal: other replicas use it, and the next start finds it.
    stop: () => portal.close({ sessions: 'leave' }),
  }
}
