import { readInvoice } from '../adapters/esf/index.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import type { PgCompanies } from '../adapters/postgres/companies.ts'
import type { PgDocuments } from '../adapters/postgres/documents.ts'
import { PgFetchRanges, PgIncomingInvoices } from '../adapters/postgres/incoming-invoices.ts'
import { PgLeases } from '../adapters/postgres/leases.ts'
import { PgMirrorCursors, PgMirrorRecords } from '../adapters/postgres/mirror-records.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import { PgCommandRecords } from '../adapters/postgres/portal-commands.ts'
import type { PgPortalLogins } from '../adapters/postgres/portal-logins.ts'
import { RawSignatureVerifier } from '../adapters/signing/index.ts'
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
  carryOutCommands,
  fetchHistory,
  followIncoming,
  openInvoiceDesk,
  type Fetched,
  type FetchIncomingDeps,
  type InvoiceDesk,
  type MirrorDeps,
  type PortalCommands,
  type PortalReader,
} from '../core/mirror/index.ts'

interface Deps {
  pool: PgPool
  clock: Clock
  ids: Ids
  log: Log
  holder: string
  documents: PgDocuments
  companies: PgCompanies
  portalLogins: PgPortalLogins
  unitOfWork: UnitOfWork
}

/** How long one replica may read a company's history before another may take over. */
const fetchLeaseMs = 5 * 60_000
/** History is read with what is left of the day's calls: uploads and questions about them come first. */
const shareOfCalls = 0.6

/** What clients ask about the portal; answers without a portal, too: what is known stays known. */
export const openDesk = (
  { pool, clock, ids, documents, portalLogins, unitOfWork }: Deps,
  on: boolean,
): InvoiceDesk => {
  const records = new PgMirrorRecords(pool)
  return openInvoiceDesk({
    documents,
    records,
    history: records,
    incoming: new PgIncomingInvoices(pool),
    commandRecords: new PgCommandRecords(pool),
    ranges: new PgFetchRanges(pool),
    readDocument: readExactBytes,
    worksWithPortal: async (companyId) => on && (await portalLogins.of(companyId)) !== undefined,
    unitOfWork,
    clock,
    ids,
  })
}

/** The later life of invoices and those that others issue to us, over an open portal. */
export interface PortalLife {
  step: Step
  followIncoming: (taxId: string) => Promise<Fetched>
  fetchHistory: (taxId: string) => Promise<Fetched>
  waiting: () => Promise<string[]>
}

export const openPortalLife = (
  deps: Deps,
  mirror: MirrorDeps & { reader: PortalReader; commands: PortalCommands },
): PortalLife => {
  const { pool, clock, holder } = deps
  const incoming = new PgIncomingInvoices(pool)
  const ranges = new PgFetchRanges(pool)
  const leases = new PgLeases(pool)
  const fetching: FetchIncomingDeps = {
    ...deps,
    records: mirror.records,
    history: mirror.history,
    incoming,
    ranges,
    cursors: new PgMirrorCursors(pool),
    reader: mirror.reader,
    formReader: { read: readInvoice },
    verifier: new RawSignatureVerifier(),
    hasher: sha256,
  }
  const alone = async (taxId: string, work: (goOn: () => Promise<boolean>) => Promise<Fetched>) => {
    const name = `portal-fetch:${taxId}`
    const hold = async () =>
      (await leases.acquire(name, { holder, now: clock.now(), ttlMs: fetchLeaseMs })).held
    if (!(await hold())) return { seen: 0, brought: 0, changed: 0, unread: 0 }
    try {
      return await work(async () => (await hold()) && (await hasCallsLeft()))
    } finally {
      await leases.release(name, holder)
    }
  }
  const hasCallsLeft = async () => {
    const spent = await mirror.budget.spent(almatyDate(clock.now()))
    const total = spent.reduce((sum, { calls }) => sum + calls, 0)
    return total < mirror.settings.callsPerDay * shareOfCalls
  }
  return {
    step: carryOutCommands({ ...mirror, incoming, commandRecords: new PgCommandRecords(pool) }),
    followIncoming: (taxId) => alone(taxId, () => followIncoming(fetching, taxId)),
    fetchHistory: (taxId) => alone(taxId, (goOn) => fetchHistory(fetching, taxId, goOn)),
    waiting: () => ranges.waiting(),
  }
}
