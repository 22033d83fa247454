import { randomUUID } from 'node:crypto'
import { FolderArchiveStore } from './adapters/archive-store/folder-store.ts'
import { operatorDoor, portalDoor, type PortalDesk } from './adapters/console-api/index.ts'
import {
  faultOfEndpoint,
  MailCourier,
  newWebhookSecret,
  StandardWebhookSender,
  webhookDefaults,
  type MailOptions,
  type WebhookSenderOptions,
} from './adapters/courier/index.ts'
import { doorOf } from './adapters/erp/contract.ts'
import { discoverErpDoors } from './adapters/erp/discover.ts'
import {
  CompanyPortalAccounts,
  EsfPortal,
  esfPortalDefaults,
  writeInvoice,
  type EsfPortalOptions,
} from './adapters/esf/index.ts'
import { AesSeal } from './adapters/host/aes-seal.ts'
import { sha256 } from './adapters/host/sha256.ts'
import { uuidIds } from './adapters/host/uuid-ids.ts'
import {
  hmacSecrets,
  openHttp,
  type Door,
  type HealthCheck,
  type HttpLimits,
  type KeyEnvironment,
  type OpenHttp,
} from './adapters/http/index.ts'
import { checkDoor, linkDoor, type LinkDoorDeps } from './adapters/pages/index.ts'
import { PgAccesses } from './adapters/postgres/accesses.ts'
import { PgArchiveRecords } from './adapters/postgres/archive-records.ts'
import { PgBellStore } from './adapters/postgres/bell-store.ts'
import { PgCompanies, PgCredentials } from './adapters/postgres/companies.ts'
import { PgCompanyKeys } from './adapters/postgres/company-keys.ts'
import { PgDocuments } from './adapters/postgres/documents.ts'
import { startEmbeddedPostgres } from './adapters/postgres/embedded.ts'
import { PgFeed } from './adapters/postgres/feed.ts'
import { PgJobRuns, PgLeases } from './adapters/postgres/leases.ts'
import { PgLedger } from './adapters/postgres/ledger.ts'
import { PgLinks } from './adapters/postgres/links.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { PgMirrorCursors, PgMirrorRecords } from './adapters/postgres/mirror-records.ts'
import { checkServer, openPool, PgUnitOfWork, type PgPool } from './adapters/postgres/pool.ts'
import { PgProofs } from './adapters/postgres/proofs.ts'
import { PgPortalLogins } from './adapters/postgres/portal-logins.ts'
import { PgCallBudget, PgPortalSessions } from './adapters/postgres/portal-sessions.ts'
import { PgTaskStore } from './adapters/postgres/tasks.ts'
import { PgUploads } from './adapters/postgres/uploads.ts'
import { PgWebhooks } from './adapters/postgres/webhooks.ts'
import { PdfPrinter } from './adapters/print/index.ts'
import { RabbitTaskQueue } from './adapters/rabbitmq/index.ts'
import { openMetrics } from './adapters/metrics/index.ts'
import {
  AuthorityProofs,
  AuthorityRevocation,
  CmsVerifier,
  companyKeyCheck,
  computableUnder,
  KeptKeySigners,
  KzSuite,
  TrustStore,
  TspClient,
  type Anchor,
  type RevocationAddresses,
} from './adapters/signing/index.ts'
import { SignatureWorkers } from './adapters/signing/workers/index.ts'
import type { Certificate } from './adapters/signing/x509/index.ts'
import { TableQueue } from './adapters/table-queue/index.ts'
import { readExactBytes } from './adapters/xml/index.ts'
import { authenticate, openRegister, type Register } from './core/company/index.ts'
import {
  archiveStep,
  deliverStep,
  makeSigningLink,
  notifyStep,
  openExchange,
  printOf,
  publicCheck,
  openLinkVisits,
  openProving,
  openWebhookDesk,
  proveStep,
  putBackTasks,
  renewProofs as renewProofsUseCase,
  signStep,
  type Exchange,
  type Ledger,
  type PrintDeps,
  type MakeSigningLink,
} from './core/exchange/index.ts'
import {
  almatyDate,
  systemClock,
  type Clock,
  type Log,
  type Procedures,
  type Step,
  type TaskQueue,
  type UnitOfWork,
} from './core/kernel/index.ts'
import {
  exportInvoices,
  followUpdates,
  mirrorDefaults,
  mirrorInvoice,
  reconcile,
  takeDifferences,
  type MirrorSettings,
} from './core/mirror/index.ts'
import { defaultSignaturePolicy, type SignaturePolicy } from './core/signature/index.ts'
import {
  archiveFinalDocuments,
  followPortal,
  purgeSettledTasks,
  purgeUploads,
  reconcilePortal,
  Relay,
  renewProofs,
  rescueStuckTasks,
  restrictExpiredAccess,
  Scheduler,
  Worker,
  type RelayOptions,
  type WorkerOptions,
} from './jobs/index.ts'

/** What one process of the gateway does: all of it, or a part beside others on the same store. */
export type Role = 'http' | 'worker' | 'scheduler'

/** Everything a gateway is made of that may differ between two of them. */
export interface GatewaySettings {
  roles: readonly Role[]
  http: { host: string; port: number; publicUrl?: string; trustProxy: boolean; limits?: Partial<HttpLimits> }
  store:
    | { kind: 'embedded'; dataDir: string }
    | { kind: 'postgres'; url: string; max: number; mustBeDurable: boolean }
  queue: { kind: 'table' } | { kind: 'rabbitmq'; url: string; prefix: string }
  relay?: Partial<RelayOptions>
  /** Attempts at once, by kind of task. */
  concurrency?: WorkerOptions['concurrency']
  retention?: { tasksKeepDays: number; uploadsKeepHours: number }
  secrets: { pepper: Uint8Array; masterKey: Uint8Array; environment: KeyEnvironment }
  signature: {
    policy: Partial<SignaturePolicy>
    anchors: readonly Anchor[]
    intermediates?: readonly Certificate[]
    /** Where authorities answer about revocation, by the SHA-256 of the authority's certificate. */
    revocation?: ReadonlyMap<string, RevocationAddresses>
    /** Time-stamp service: with it every VALID signature gets a proof. */
    tspUrl?: string
    /** A proof that has been pending for longer stops the intake; default 4 h. */
    proofGraceMs?: number
    /** Proofs are renewed when their stamp ends within so many days. */
    proofRenewDays?: number
  }
  mail: MailOptions & { linkKeepsMs: number }
  /** What the pages behind mailed links are told, beyond their defaults. */
  links?: Pick<LinkDoorDeps, 'ncalayerUrl' | 'limits'>
  webhooks: Partial<WebhookSenderOptions>
  archiveFolder: string
  /** Without an address tax invoices wait for the portal. */
  portal?: Partial<EsfPortalOptions> & { baseUrl: string; mirror?: Partial<MirrorSettings> }
}

export interface Gateway {
  /** Empty when the process has no `http` role. */
  url: string
  exchange: Exchange
  register: Register
  /** A page where a person signs one of the caller's documents. */
  makeSigningLink: MakeSigningLink
  /** Settles never while all is well; rejects when the store is gone and the process has to end. */
  lost: Promise<never>
  /** In order: intake, scheduler, workers, relay, broker, database. May be called twice. */
  stop(): Promise<void>
}

interface Stoppable {
  stop(): Promise<unknown>
}

/** The composition root: the only place that names concrete classes and sees all floors. */
export const startGateway = async (
  settings: GatewaySettings,
  { log, clock = systemClock }: { log: Log; clock?: Clock },
): Promise<Gateway> => {
  // What was started last is stopped first.
  const started: Stoppable[] = []
  const stop = async (): Promise<void> => {
    for (let part = started.pop(); part !== undefined; part = started.pop()) await part.stop()
  }
  try {
    return await assemble(settings, { log, clock, started, stop })
  } catch (error) {
    await stop()
    throw error
  }
}

interface Surroundings {
  log: Log
  clock: Clock
  started: Stoppable[]
  stop: () => Promise<void>
}

const assemble = async (
  settings: GatewaySettings,
  { log, clock, started, stop }: Surroundings,
): Promise<Gateway> => {
  const ids = uuidIds
  const holder = randomUUID()
  const { pool, lost } = await openStore(settings.store, { log, started })
  const seal = new AesSeal(settings.secrets.masterKey)
  const secrets = hmacSecrets(settings.secrets)

  const tasks = new PgTaskStore(pool)
  const queue = openQueue(settings.queue, pool, { log, clock })
  const relay = new Relay({ tasks, queue, clock, log }, settings.relay)
  const proofs = new PgProofs(pool)
  const { anchors, intermediates = [], tspUrl, proofGraceMs = 4 * 3_600_000 } = settings.signature
  const metrics = openMetrics({
    tasks,
    queue,
    clock,
    relayLastRoundAt: () => relay.lastRoundAt,
    storeLoad: () => pool.load(),
    oldestPendingProof: tspUrl === undefined ? undefined : () => proofs.oldestPending(),
  })
  started.push({ stop: () => Promise.resolve(metrics.stop()) })
  // Whoever commits rings the bell at once; the relay's poll is for what other processes commit.
  const nudge = (): void => relay.nudge()
  const unitOfWork = nudging(new PgUnitOfWork(pool), nudge)
  const ledger = nudgingLedger(new PgLedger(pool), nudge)

  const documents = new PgDocuments(pool)
  const feed = new PgFeed(pool)
  const companies = new PgCompanies(pool)
  const accesses = new PgAccesses(pool)
  const webhooks = new PgWebhooks(pool, seal)
  const keys = new PgCompanyKeys(pool, seal)
  const portalLogins = new PgPortalLogins(pool, seal)
  const uploads = new PgUploads(pool)
  const archiveStore = new FolderArchiveStore(settings.archiveFolder)

  const policy: SignaturePolicy = { ...defaultSignaturePolicy, ...settings.signature.policy }
  const workers = new SignatureWorkers()
  started.push(workers)
  const suite = new KzSuite(workers)
  const trust = new TrustStore(suite, anchors, intermediates, computableUnder(policy))
  const { revocation: addresses } = settings.signature
  const revocation = addresses === undefined ? undefined : new AuthorityRevocation({ suite, addresses })
  const verifier = new CmsVerifier({ suite, trust, policy, clock, revocation })
  // Signing waits for no stamp: the `prove` task adds it, and goes on asking when the authority is away.
  const signers = new KeptKeySigners(keys, { clock })
  const gatherer =
    tspUrl === undefined
      ? undefined
      : new AuthorityProofs({
          suite,
          trust,
          timeStamper: new TspClient({ url: tspUrl, clock, verify: { suite, trust, policy } }),
          revocation,
          clock,
        })
  const proving = gatherer && openProving({ proofs, clock, graceMs: proofGraceMs })

  const erpDoors = await discoverErpDoors()
  const formats = new Map(
    erpDoors.flatMap(({ formats: own = [] }) => own.map((format) => [format.name, format] as const)),
  )
  const printer = new PdfPrinter()
  started.push(printer)
  const printing: PrintDeps = {
    printer,
    readDocument: readExactBytes,
    checkUrlOf: ({ id }) => `${settings.http.publicUrl ?? http?.url ?? ''}/check/${id}`,
  }
  const exchange = openExchange({
    clock,
    ids,
    hasher: sha256,
    unitOfWork,
    ledger,
    documents,
    feed,
    uploads,
    companies,
    accesses,
    verifier,
    signers,
    proving,
    printing,
    formats,
  })
  const webhookOptions = { ...webhookDefaults, ...settings.webhooks }
  const webhookDesk = openWebhookDesk({
    ids,
    unitOfWork,
    webhooks,
    newSecret: newWebhookSecret,
    faultOf: (url) => faultOfEndpoint(url, webhookOptions),
  })
  const register = openRegister({
    clock,
    ids,
    unitOfWork,
    companies,
    accesses,
    keys,
    portalLogins,
    secrets,
    checkKey: companyKeyCheck({ clock }),
  })

  const mirror = openMirror(settings, {
    pool,
    clock,
    holder,
    documents,
    companies,
    portalLogins,
    signers,
    unitOfWork,
  })
  if (mirror !== undefined) started.push(mirror)

  let http: OpenHttp | undefined
  const links = new PgLinks(pool)
  const publicUrl = (): string => settings.http.publicUrl ?? http?.url ?? ''
  const makeLink = makeSigningLink({ clock, unitOfWork, documents, links, publicUrl })
  started.push(queue)
  await queue.start()
  if (settings.roles.includes('worker')) {
    const courier = new MailCourier(settings.mail)
    started.push({ stop: () => Promise.resolve(courier.close()) }, relay)
    const procedures: Procedures = {
      sign: signStep({ clock, ids, documents, verifier, signers, proving }),
      ...(gatherer === undefined ? {} : { prove: proveStep({ clock, documents, proofs, gatherer }) }),
      deliver: deliverStep({
        clock,
        ids,
        unitOfWork,
        documents,
        companies,
        links,
        courier,
        publicUrl,
        linkKeepsMs: settings.mail.linkKeepsMs,
      }),
      notify: notifyStep({
        clock,
        unitOfWork,
        documents,
        feed,
        webhooks,
        sender: new StandardWebhookSender(webhookOptions),
      }),
      archive: archiveStep({
        clock,
        ids,
        documents,
        hasher: sha256,
        store: archiveStore,
        records: new PgArchiveRecords(pool),
        proofs,
      }),
      ...(mirror === undefined ? {} : { mirror: { step: mirror.step } }),
    }
    const worker = new Worker(
      {
        tasks,
        queue,
        unitOfWork,
        procedures,
        clock,
        ids,
        log,
        nudge,
        onAttempt: (attempt) => metrics.attempted(attempt),
      },
      settings.concurrency === undefined ? {} : { concurrency: settings.concurrency },
    )
    await relay.start()
    started.push(worker)
    await worker.start()
  }

  const runs = new PgJobRuns(pool)
  const scheduler = new Scheduler({ runs, clock, holder, log }, [
    restrictExpiredAccess({ accesses }),
    archiveFinalDocuments({ documents, tasks, unitOfWork, ids, nudge }),
    rescueStuckTasks({ tasks }),
    purgeSettledTasks({ tasks, runs }, { keepDays: settings.retention?.tasksKeepDays }),
    purgeUploads({ uploads }, { keepHours: settings.retention?.uploadsKeepHours }),
    ...(gatherer === undefined
      ? []
      : [
          renewProofs(
            {
              renew: renewProofsUseCase({
                clock,
                unitOfWork,
                documents,
                hasher: sha256,
                store: archiveStore,
                proofs,
                gatherer,
              }),
            },
            { aheadDays: settings.signature.proofRenewDays },
          ),
        ]),
    ...(mirror === undefined ? [] : [followPortal({ ...mirror, log }), reconcilePortal({ ...mirror, log })]),
  ])
  if (settings.roles.includes('scheduler')) {
    started.push(scheduler)
    await scheduler.start()
  }
  if (settings.roles.includes('http')) {
    const checks: HealthCheck[] = [
      { name: 'store', check: async () => (await pool.query('select 1')).rowCount === 1 },
    ]
    const doors: Door[] = [
      ...erpDoors.map((erp) => doorOf(erp, exchange, { webhooks: webhookDesk, makeSigningLink: makeLink })),
      operatorDoor({
        register,
        documents,
        tasks,
        putBack: putBackTasks({ clock, ids, unitOfWork, documents, tasks }),
        jobs: scheduler,
        clock,
      }),
      ...(mirror === undefined ? [] : [portalDoor(mirror.desk)]),
      checkDoor(publicCheck({ documents })),
      linkDoor({
        visits: openLinkVisits({
          clock,
          ids,
          unitOfWork,
          documents,
          verifier,
          proving,
          links,
          readDocument: readExactBytes,
        }),
        formKey: settings.secrets.pepper,
        print: ({ record }, language) => printOf({ documents, ...printing }, record, language),
        ...settings.links,
      }),
    ]
    http = await openHttp({
      ...settings.http,
      doors,
      authenticate: authenticate({ credentials: new PgCredentials(pool), secrets, clock }),
      clock,
      ids,
      log,
      checks,
      registry: metrics.registry,
    })
    started.push(http)
  }
  return {
    url: http?.url ?? '',
    exchange,
    register,
    makeSigningLink: makeLink,
    lost,
    stop,
  }
}

const openStore = async (
  store: GatewaySettings['store'],
  { log, started }: Pick<Surroundings, 'log' | 'started'>,
): Promise<{ pool: PgPool; lost: Promise<never> }> => {
  if (store.kind === 'postgres') {
    const pool = openPool({ connection: store.url, embedded: false, max: store.max, log })
    started.push({ stop: () => pool.close() })
    await checkServer(pool, { durabilityRequired: store.mustBeDurable })
    await migrate(pool, { log })
    // A server that is away comes back: requests answer 503 meanwhile.
    return { pool, lost: new Promise<never>(() => {}) }
  }
  const embedded = await startEmbeddedPostgres({ dataDir: store.dataDir, log })
  started.push(embedded)
  const pool = openPool({ connection: embedded.connection, embedded: true, log })
  started.push({ stop: () => pool.close() })
  await migrate(pool, { log })
  return { pool, lost: embedded.lost }
}

const openQueue = (
  queue: GatewaySettings['queue'],
  pool: PgPool,
  deps: { log: Log; clock: Clock },
): TaskQueue =>
  queue.kind === 'table'
    ? new TableQueue({ bells: new PgBellStore(pool), ...deps })
    : new RabbitTaskQueue({ url: queue.url, ...deps }, { prefix: queue.prefix })

/** What is made of the settings for the state portal. */
interface OpenMirror extends Stoppable {
  step: Step
  desk: PortalDesk
  taxIds: () => Promise<string[]>
  follow: (taxId: string) => ReturnType<typeof followUpdates>
  reconcile: (taxId: string, range: Parameters<typeof reconcile>[2]) => ReturnType<typeof reconcile>
}

const openMirror = (
  { portal: options }: GatewaySettings,
  deps: {
    pool: PgPool
    clock: Clock
    holder: string
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
    unitOfWork,
    clock,
    settings: { ...mirrorDefaults, ...options.mirror },
  }
  const cursors = new PgMirrorCursors(pool)
  return {
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
    },
    taxIds: async () => (await portalLogins.companies()).map(({ taxId }) => taxId),
    follow: (taxId) => followUpdates({ ...mirrorDeps, cursors }, taxId),
    reconcile: (taxId, range) => reconcile(mirrorDeps, taxId, range),
    // The session stays open at the portal: other replicas use it, and the next start finds it.
    stop: () => portal.close({ sessions: 'leave' }),
  }
}

/** Tasks written by this process are looked at as soon as they are committed. */
const nudging = (unitOfWork: UnitOfWork, nudge: () => void): UnitOfWork => ({
  async run(work) {
    const value = await unitOfWork.run(work)
    nudge()
    return value
  },
})

const nudgingLedger = (ledger: Ledger, nudge: () => void): Ledger => ({
  async enter(acceptance) {
    const entry = await ledger.enter(acceptance)
    if (entry.outcome === 'new') nudge()
    return entry
  },
})
