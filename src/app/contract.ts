import { contractDoor } from '../adapters/console-api/index.ts'
import { MailCourier } from '../adapters/courier/index.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import type { Door } from '../adapters/http/index.ts'
import { offerDoor } from '../adapters/pages/index.ts'
import type { PgAccesses } from '../adapters/postgres/accesses.ts'
import type { PgCompanies } from '../adapters/postgres/companies.ts'
import {
  PgBadFaithRegister,
  PgMonthlyCounts,
  PgPayments,
  PgPickUps,
} from '../adapters/postgres/contract-books.ts'
import { PgContractFiles } from '../adapters/postgres/contract-files.ts'
import type { PgDocuments } from '../adapters/postgres/documents.ts'
import { PgNotices } from '../adapters/postgres/notices.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import type { BankStatementFormat } from '../core/access/index.ts'
import {
  checkReadingRights,
  contractDefaults,
  followContracts,
  openBadFaithDesk,
  openContractDesk,
  openClientContracts,
  openOfferDesk,
  openOperatorDocuments,
  remindPickUps,
  runTerms,
  sendNotices,
  watchLimits,
  type ContractDeps,
  type ContractSettings,
  type OperatorParty,
  type Publications,
} from '../core/contract/index.ts'
import { clockInDoubt } from '../core/contract/faults.ts'
import { WorkingCalendar } from '../core/deadline/index.ts'
import { Refusal, type CompanySigners, type Exchange, type Links } from '../core/exchange/index.ts'
import { systemClock, type Clock, type Ids, type Log, type UnitOfWork } from '../core/kernel/index.ts'
import type { ProofGatherer, SignatureVerifier } from '../core/signature/index.ts'
import { contractJobs } from '../jobs/index.ts'
import { startedExchange } from './started-exchange.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'

/** The contract with clients: whose offer it is, by which days it counts, and what is chosen where the offer is silent. */
export interface ContractOptions {
  /** Whose invoices and acts they are; without it the gateway keeps contracts and sends no documents of its own. */
  operator?: OperatorParty
  /** Without one no term that needs working days can be counted. */
  calendar: WorkingCalendar
  settings?: Partial<ContractSettings>
}

interface Parts {
  pool: PgPool
  clock: Clock
  ids: Ids
  log: Log
  unitOfWork: UnitOfWork
  companies: PgCompanies
  accesses: PgAccesses
  publications: Publications
  documents: PgDocuments
  links: Links
  verifier: SignatureVerifier
  signers: CompanySigners
  gatherer: ProofGatherer | undefined
  /** The exchange is put together after the contract, whose answers it asks for. */
  exchange: () => Exchange
  publicUrl: () => string
  started: Stoppable[]
}

/** A clock this far from the store's is not believed. */
const mostSkewMs = 300_000

/** Puts the contract room together. */
export const openContract = (settings: GatewaySettings, parts: Parts) => {
  const { pool, clock, ids, log, unitOfWork, companies, accesses, publications, documents, signers } = parts
  const options: ContractOptions = settings.contract ?? { calendar: emptyCalendar() }
  const { operator } = options
  const mail = new MailCourier(settings.mail)
  parts.started.push({ stop: () => Promise.resolve(mail.close()) })
  const pickUps = new PgPickUps(pool)
  const exchange = startedExchange(parts.exchange)
  const deps: ContractDeps = {
    clock,
    ids,
    hasher: sha256,
    unitOfWork,
    companies,
    files: new PgContractFiles(pool, accesses, ids),
    notices: new PgNotices(pool, ids),
    payments: new PgPayments(pool),
    publications,
    counts: new PgMonthlyCounts(pool),
    documents: openOperatorDocuments({
      clock,
      unitOfWork,
      hasher: sha256,
      exchange,
      documents,
      companies,
      operator,
    }),
    pickUps,
    badFaith: new PgBadFaithRegister(pool),
    links: parts.links,
    mail,
    verifier: parts.verifier,
    gatherer: parts.gatherer,
    signers,
    operatorSigner: async () => {
      const company = operator === undefined ? undefined : await companies.byTaxId(operator.taxId)
      return company === undefined ? undefined : signers.of(company.id)
    },
    operatorTaxId: operator?.taxId,
    calendar: options.calendar,
    settings: { ...contractDefaults, ...options.settings },
    publicUrl: parts.publicUrl,
    linkKeepsMs: settings.mail.linkKeepsMs,
  }
  const desk = openContractDesk(deps)
  const offers = openOfferDesk(deps)
  const badFaith = openBadFaithDesk(deps)
  return {
    desk,
    offers,
    badFaith,
    clients: openClientContracts(desk, offers),
    /** Doors of the operator and of everybody. */
    doors: (statements: readonly BankStatementFormat[]): Door[] => [
      contractDoor({ desk, offers, badFaith, statements, hasher: sha256 }),
      offerDoor(offers),
    ],
    pickUps,
    jobs: contractJobs({
      mustTrustClock: () => mustTrustClock(pool, clock),
      runTerms: runTerms(deps),
      followDocuments: followContracts(deps, log),
      watchLimits: watchLimits(deps),
      sendNotices: sendNotices(deps, log),
      remindPickUps: remindPickUps(deps),
      checkReading: checkReadingRights(deps, readingRights(companies, documents, exchange)),
    }),
  }
}

const emptyCalendar = (): WorkingCalendar => {
  const empty = WorkingCalendar.of([])
  if (!empty.ok) throw new Error('a calendar of no years is one')
  return empty.value
}

/** A node whose clock jumped ends no terms. A test's own clock is what the test wants it to be. */
const mustTrustClock = async (pool: PgPool, clock: Clock): Promise<void> => {
  if (clock !== systemClock) return
  const { rows } = await pool.query<{ now: Date }>('select now()')
  const skewMs = Math.abs((rows[0]?.now.getTime() ?? 0) - clock.now().getTime())
  if (skewMs > mostSkewMs) throw new Refusal('unavailable', [clockInDoubt(Math.round(skewMs / 1000))])
}

/** Not a signature at all: an answer with it is refused for its form and changes nothing. */
const noSignature = new Uint8Array([0x30, 0x00])

/**
 * Reads as the client would: through the same use cases, with the same rights. Nothing is marked as seen or fetched, and
 * an answer is only rehearsed: it has to fail by its signature, not by the access.
 */
const readingRights = (
  companies: PgCompanies,
  documents: PgDocuments,
  exchange: Pick<Exchange, 'list' | 'status' | 'signatures' | 'trail' | 'answer'>,
) => ({
  async failures(companyId: string): Promise<string[]> {
    const company = await companies.byId(companyId)
    if (company === undefined) return ['no company']
    const base = (await companies.connectionsOf(companyId))[0]
    const caller = {
      companyId,
      companyTaxId: company.taxId,
      companyName: company.name,
      connectionId: base?.id ?? '00000000-0000-0000-0000-000000000000',
      connectionName: base?.name ?? 'check-reading-rights',
      signing: 'sender' as const,
    }
    const failures: string[] = []
    const tried = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work()
      } catch (error) {
        failures.push(`${what}: ${error instanceof Error ? error.message : 'failed'}`)
      }
    }
    for (const box of ['inbox', 'outbox'] as const) {
      await tried(box, async () => {
        for (const { documentId, digest } of await exchange.list({ caller, filter: { box, limit: 3 } })) {
          await exchange.status({ caller, documentId })
          await exchange.signatures({ caller, documentId })
          await exchange.trail({ caller, documentId })
          // Purged by its own term, never by the access.
          await documents.bytes(digest)
          if (box === 'inbox') await rehearsed(exchange, caller, documentId)
        }
      })
    }
    return failures
  },
})

const rehearsed = async (
  exchange: Pick<Exchange, 'answer'>,
  caller: Parameters<Exchange['answer']>[0]['caller'],
  documentId: string,
): Promise<void> => {
  try {
    await exchange.answer({ caller, documentId, answer: 'accept', signature: noSignature })
  } catch (error) {
    if (error instanceof Refusal && error.status !== 'forbidden') return
    throw error
  }
}
