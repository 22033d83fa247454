import { noSuchCompany, type PortalDesk } from '../adapters/console-api/index.ts'
import { CompanyPortalAccounts, EsfPortal, esfPortalDefaults, writeInvoice } from '../adapters/esf/index.ts'
import { portalMetrics, type Metrics } from '../adapters/metrics/index.ts'
import type { PgCompanies } from '../adapters/postgres/companies.ts'
import type { PgDocuments } from '../adapters/postgres/documents.ts'
import { PgHeldInvoices } from '../adapters/postgres/held-invoices.ts'
import { PgFetchRanges, PgIncomingInvoices } from '../adapters/postgres/incoming-invoices.ts'
import { PgLeases } from '../adapters/postgres/leases.ts'
import { PgMirrorCursors, PgMirrorRecords } from '../adapters/postgres/mirror-records.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import { PgDifferences, PgMirrorBooks } from '../adapters/postgres/portal-differences.ts'
import { PgPortalOutages } from '../adapters/postgres/portal-outages.ts'
import type { PgPortalLogins } from '../adapters/postgres/portal-logins.ts'
import { PgCallBudget, PgPortalSessions } from '../adapters/postgres/portal-sessions.ts'
import type { KeptKeySigners } from '../adapters/signing/index.ts'
import { readExactBytes } from '../adapters/xml/index.ts'
import { Refusal } from '../core/exchange/index.ts'
import {
  almatyDate,
  type Clock,
  type Ids,
  type LocalDate,
  type Log,
  type Step,
  type UnitOfWork,
} from '../core/kernel/index.ts'
import {
  actSubject,
  exportInvoices,
  fetchDifferences,
  followUpdates,
  holdAt,
  mirrorDefaults,
  mirrorInvoice,
  openDowntimeDesk,
  openOutageWatch,
  reconcileBooks,
  standingAt,
  takeDifferences,
  watchDefaults,
  watchPortal,
  type Reconciliation,
} from '../core/mirror/index.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'
import { openPortalActs, type PortalActs } from './portal-acts.ts'
import { openDesk, openPortalLife, type PortalLife } from './portal-life.ts'

type Range = { from: LocalDate; to: LocalDate }

/** Clocks may differ by so much before it is worth a word. */
const clockSlackMs = 5 * 60_000

/** What is made of the settings for the state portal. */
export interface OpenMirror extends Stoppable {
  step: Step
  watch: () => Promise<string>
  isUp: () => Promise<boolean>
  desk: PortalDesk
  taxIds: () => Promise<string[]>
  follow: (taxId: string) => ReturnType<typeof followUpdates>
  reconcile: (taxId: string, range: Range) => Promise<Reconciliation>
  life: PortalLife
  acts: PortalActs
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
  const differences = new PgDifferences(pool)
  const compare = (taxId: string, range: Range) =>
    reconcileBooks(
      {
        ...mirrorDeps,
        incoming: new PgIncomingInvoices(pool),
        books: new PgMirrorBooks(pool),
        differences,
        ids: deps.ids,
      },
      taxId,
      range,
    )
  const companyOf = async (taxId: string) => {
    const company = await companies.byTaxId(taxId)
    if (company === undefined) throw new Refusal('not-found', [noSuchCompany()])
    return { companyId: company.id, companyTaxId: taxId }
  }
  portalMetrics(deps.registry, {
    isUp: async () => (await holdAt(outages, clock.now())) === undefined && portal.outage === undefined,
    calls: () => budget.spent(almatyDate(clock.now())),
    callsPerDay: mirrorDeps.settings.callsPerDay,
    held: () => held.count(),
  })
  const life = openPortalLife(deps, mirrorDeps)
  const acts = openPortalActs(deps, mirrorDeps, portal)
  const invoiceStep = mirrorInvoice(mirrorDeps)
  return {
    life,
    acts,
    step: (task) => (task.subject === actSubject ? acts.step(task) : invoiceStep(task)),
    desk: {
      state: async () => ({
        outage: portal.outage,
        callsPerDay: mirrorDeps.settings.callsPerDay,
        calls: await budget.spent(almatyDate(clock.now())),
      }),
      reconcile: compare,
      differences: (taxId, all) =>
        differences.of(
          taxId,
          all ? { resolvedSince: new Date(clock.now().getTime() - 90 * 86_400_000) } : {},
        ),
      take: async (taxId) => {
        const open = await differences.of(taxId)
        const asked = await takeDifferences(mirrorDeps, open)
        const wanted = await fetchDifferences(
          { ranges: new PgFetchRanges(pool), unitOfWork, clock, ids: deps.ids },
          taxId,
          open,
        )
        const acted = open.filter(({ action }) => action === 'ask-again' || action === 'fetch')
        await unitOfWork.run((tx) =>
          differences.taken(
            tx,
            acted.map(({ id }) => id),
            clock.now(),
          ),
        )
        return { asked, fetching: wanted }
      },
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
      chooseActs: acts.choose,
      downtime: openDowntimeDesk({
        outages,
        held,
        documents,
        readDocument: readExactBytes,
        clock,
        ids: deps.ids,
      }),
    },
    watch: async () => {
      const found = await watchPortal({
        outages,
        probe: () => portal.probe(),
        failingSince: () => portal.outage?.since,
        clock,
        ids: deps.ids,
        settings: { ...watchDefaults, ...options.watch },
      })
      // Days of issue, tickets and cursors go by the clock: a wrong one is told every time it is looked at.
      if (found === 'up' && Math.abs(portal.aheadMs) > clockSlackMs)
        deps.log.warn(
          { partner: 'portal', aheadSeconds: Math.round(portal.aheadMs / 1_000) },
          'portal.clock-differs',
        )
      return found
    },
    isUp: async () => (await holdAt(outages, clock.now())) === undefined && portal.outage === undefined,
    taxIds: async () => (await portalLogins.companies()).map(({ taxId }) => taxId),
    follow: (taxId) => followUpdates({ ...mirrorDeps, cursors }, taxId),
    reconcile: compare,
    // The session stays open at the portal: other replicas use it, and the next start finds it.
    stop: () => portal.close({ sessions: 'leave' }),
  }
}
