import { randomUUID } from 'node:crypto'
import { dryRunDoor, mappingDoor, operatorDoor, portalDoor } from './adapters/console-api/index.ts'
import {
  faultOfEndpoint,
  MailCourier,
  newWebhookSecret,
  StandardWebhookSender,
  webhookDefaults,
} from './adapters/courier/index.ts'
import { doorOf, type Desks } from './adapters/erp/contract.ts'
import { discoverErpDoors } from './adapters/erp/discover.ts'
import { FolderRoom } from './adapters/host/disk-room.ts'
import { AesSeal } from './adapters/host/aes-seal.ts'
import { sha256 } from './adapters/host/sha256.ts'
import { uuidIds } from './adapters/host/uuid-ids.ts'
import { hmacSecrets, openHttp, type Door, type HealthCheck, type OpenHttp } from './adapters/http/index.ts'
import { checkDoor, linkDoor } from './adapters/pages/index.ts'
import { PgAccesses } from './adapters/postgres/accesses.ts'
import { PgPublications } from './adapters/postgres/contract-books.ts'
import { PgAttachments } from './adapters/postgres/attachments.ts'
import { PgCompanies, PgCredentials } from './adapters/postgres/companies.ts'
import { PgCompanyKeys } from './adapters/postgres/company-keys.ts'
import { PgBaseSecrets } from './adapters/postgres/base-secrets.ts'
import { PgConnectionProfiles } from './adapters/postgres/connection-profiles.ts'
import { PgKeyUses } from './adapters/postgres/key-uses.ts'
import { PgDocuments } from './adapters/postgres/documents.ts'
import { PgDoorNotes } from './adapters/postgres/door-notes.ts'
import { PgFileDocuments } from './adapters/postgres/file-documents.ts'
import { PgFeed } from './adapters/postgres/feed.ts'
import { PgJobRuns } from './adapters/postgres/leases.ts'
import { PgLedger } from './adapters/postgres/ledger.ts'
import { PgLinks } from './adapters/postgres/links.ts'
import { PgUnitOfWork } from './adapters/postgres/pool.ts'
import { PgProofs } from './adapters/postgres/proofs.ts'
import { PgPortalLogins } from './adapters/postgres/portal-logins.ts'
import { PgTaskStore } from './adapters/postgres/tasks.ts'
import { PgUploads } from './adapters/postgres/uploads.ts'
import { PgWebhooks } from './adapters/postgres/webhooks.ts'
import { PdfPrinter } from './adapters/print/index.ts'
import { openMetrics } from './adapters/metrics/index.ts'
import { companyKeyCheck } from './adapters/signing/index.ts'
import { readExactBytes } from './adapters/xml/index.ts'
import { authenticate, openRegister } from './core/company/index.ts'
import {
  deliverStep,
  inviteStep,
  makeSigningLink,
  notifyStep,
  openExchange,
  printOf,
  publicCheck,
  openLinkVisits,
  openWebhookDesk,
  proveStep,
  putBackTasks,
  rehearseMapping,
  renewProofs as renewProofsUseCase,
  signBatch,
  signStep,
  type Exchange,
  type ExchangeDeps,
  type PrintDeps,
} from './core/exchange/index.ts'
import { systemClock, type Clock, type Log, type Procedures } from './core/kernel/index.ts'
import {
  archiveFinalDocuments,
  fetchHistory,
  followActs,
  followIncoming,
  followPortal,
  purgeExchanges,
  purgeSettledTasks,
  purgeUploads,
  reconcilePortal,
  Relay,
  renewProofs,
  rescueStuckTasks,
  Scheduler,
  sendActs,
  watchPortal,
  Worker,
} from './jobs/index.ts'
import { openEvidence } from './app/evidence.ts'
import type { Gateway, GatewaySettings, Stoppable, Surroundings } from './app/gateway.ts'
import { connectionDoctor } from './app/connection-doctor.ts'
import { openConnections } from './app/connections.ts'
import { openContract } from './app/contract.ts'
import { openFormats } from './app/formats.ts'
import { openDoorWork } from './app/door-work.ts'
import { openExchangeLog } from './app/exchange-log.ts'
import { openMirror } from './app/mirror.ts'
import { openDesk } from './app/portal-life.ts'
import { nudging, nudgingLedger } from './app/nudging.ts'
import { openSigning } from './app/signing.ts'
import { openQueue, openStore } from './app/store.ts'

export type { Gateway, GatewaySettings, Role } from './app/gateway.ts'

/** Below it PostgreSQL, its log and the archive have no room to work in. */
const usualFreeDiskBytes = 1024 ** 3

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
  const metrics = openMetrics({
    tasks,
    queue,
    clock,
    relayLastRoundAt: () => relay.lastRoundAt,
    storeLoad: () => pool.load(),
    freeDiskBytes: () => room.freeBytes(),
    oldestPendingProof: settings.signature.tspUrl === undefined ? undefined : () => proofs.oldestPending(),
  })
  started.push({ stop: () => Promise.resolve(metrics.stop()) })
  // Whoever commits rings the bell at once; the relay's poll is for what other processes commit.
  const nudge = (): void => relay.nudge()
  const unitOfWork = nudging(new PgUnitOfWork(pool), nudge)
  const ledger = nudgingLedger(new PgLedger(pool), nudge)

  const documents = new PgDocuments(pool)
  const feed = new PgFeed(pool)
  const companies = new PgCompanies(pool)
  const publications = new PgPublications(pool)
  const accesses = new PgAccesses(pool, {
    clock,
    publications,
    limitPolicy: settings.contract?.settings?.limitPolicy,
  })
  const links = new PgLinks(pool)
  const publicUrl = (): string => settings.http.publicUrl ?? http?.url ?? ''
  const webhooks = new PgWebhooks(pool, seal)
  const keys = new PgCompanyKeys(pool, seal)
  const keyUses = new PgKeyUses(pool)
  const portalLogins = new PgPortalLogins(pool, seal)
  const uploads = new PgUploads(pool)
  const room = new FolderRoom(
    [settings.archiveFolder, ...(settings.store.kind === 'embedded' ? [settings.store.dataDir] : [])],
    { minFreeBytes: settings.minFreeDiskBytes ?? usualFreeDiskBytes },
  )
  const attachments = new PgAttachments(pool)
  const notes = new PgDoorNotes(pool)
  const profiles = new PgConnectionProfiles(pool)
  const baseSecrets = new PgBaseSecrets(pool, seal)

  const { verifier, signers, gatherer, proving, timeStamper } = openSigning(settings.signature, {
    clock,
    keys,
    uses: keyUses,
    unitOfWork,
    proofs,
    started,
  })

  const erpDoors = await discoverErpDoors()
  const opened = openFormats(erpDoors, settings, started)
  const { formats } = opened
  const printer = new PdfPrinter()
  started.push(printer)
  const printing: PrintDeps = {
    printer,
    readDocument: readExactBytes,
    checkUrlOf: ({ id }) => `${settings.http.publicUrl ?? http?.url ?? ''}/check/${id}`,
  }
  const contract = openContract(settings, {
    pool,
    clock,
    ids,
    log,
    unitOfWork,
    companies,
    accesses,
    publications,
    documents,
    links,
    verifier,
    signers,
    gatherer,
    exchange: () => exchange,
    publicUrl,
    started,
  })
  const refusalDenial: ExchangeDeps['refusalDenial'] = (record, reason) =>
    contract.desk.refusalDenial(record, reason)
  const exchangeDeps: ExchangeDeps = {
    clock,
    ids,
    hasher: sha256,
    unitOfWork,
    ledger,
    documents,
    feed,
    uploads,
    attachments,
    companies,
    profiles,
    accesses,
    verifier,
    signers,
    proving,
    proofs,
    printing,
    room,
    warningAbout: (taxId) => contract.badFaith.warningAbout(taxId),
    refusalDenial,
    pickedUp: (companyId, at) => contract.pickUps.noted(companyId, at),
    formats,
  }
  const exchange: Exchange = openExchange(exchangeDeps)
  const exchangeLog = openExchangeLog(
    { pool, ids, log, counted: (outcome, count) => metrics.exchanged(outcome, count), started },
    settings.exchangeLog,
  )
  const webhookOptions = { ...webhookDefaults, ...settings.webhooks }
  const webhookDesk = openWebhookDesk({
    ids,
    unitOfWork,
    webhooks,
    newSecret: newWebhookSecret,
    faultOf: (url) => faultOfEndpoint(url, webhookOptions),
  })
  const connections = openConnections({
    clock,
    ids,
    unitOfWork,
    companies,
    profiles,
    secrets,
    baseSecrets,
    pool,
    erpDoors,
    formats,
  })
  const register = openRegister({
    clock,
    ids,
    unitOfWork,
    companies,
    grantDirectly: async (company, months, by) => {
      const { companyId, state, activatedAt, expiresAt } = await contract.desk.grantDirectly(
        company,
        months,
        by,
      )
      return { companyId, state, activatedAt, expiresAt }
    },
    keys,
    portalLogins,
    secrets,
    doors: new Set(erpDoors.map(({ name }) => name)),
    checkKey: companyKeyCheck({ clock }),
  })

  const portalDeps = {
    pool,
    clock,
    holder,
    ids,
    log,
    registry: metrics.registry,
    documents,
    companies,
    portalLogins,
    signers,
    unitOfWork,
  }
  const mirror = openMirror(settings, portalDeps)
  const invoices = openDesk(portalDeps, mirror !== undefined)
  if (mirror !== undefined) started.push(mirror)
  const evidence = openEvidence({
    clock,
    ids,
    pool,
    unitOfWork,
    companies,
    documents,
    proofs,
    masterKey: settings.secrets.masterKey,
    archiveFolder: settings.archiveFolder,
    calendarFolder: settings.calendarFolder ?? 'config/calendar',
    stamper: timeStamper,
  })

  let http: OpenHttp | undefined
  const makeLink = makeSigningLink({ clock, ids, unitOfWork, documents, links, publicUrl })
  started.push(queue)
  await queue.start()
  if (settings.roles.includes('worker')) {
    const courier = new MailCourier(settings.mail)
    started.push({ stop: () => Promise.resolve(courier.close()) }, relay)
    const procedures: Procedures = {
      sign: signStep({ clock, ids, documents, verifier, signers, proving }),
      ...(gatherer === undefined
        ? {}
        : { prove: proveStep({ clock, documents, proofs, gatherer, store: evidence.store }) }),
      invite: inviteStep({ clock, unitOfWork, documents, links, courier, publicUrl }),
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
      ...(mirror === undefined ? {} : { mirror: { step: mirror.step }, command: { step: mirror.life.step } }),
      archive: evidence.archiveStep,
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

  const doorWork = openDoorWork(
    {
      pool,
      gateway: exchange,
      notes,
      clock,
      log,
      ids,
      holder,
      connections: connections.connections,
      profiles,
      secrets: baseSecrets,
      recorder: exchangeLog.recorder,
      publicUrl,
    },
    settings.bases ?? { allowedRanges: [] },
  )
  const runs = new PgJobRuns(pool)
  const scheduler = new Scheduler({ runs, clock, holder, log }, [
    ...contract.jobs,
    archiveFinalDocuments({ documents, tasks, unitOfWork, ids, nudge }),
    rescueStuckTasks({ tasks }),
    purgeSettledTasks({ tasks, runs }, { keepDays: settings.retention?.tasksKeepDays }),
    purgeUploads({ uploads, attachments }, { keepHours: settings.retention?.uploadsKeepHours }),
    ...erpDoors.flatMap((erp) => erp.jobs?.(doorWork) ?? []),
    purgeExchanges({ exchanges: exchangeLog.exchanges }, { keepDays: settings.retention?.exchangesKeepDays }),
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
                store: evidence.store,
                proofs,
                gatherer,
              }),
            },
            { aheadDays: settings.signature.proofRenewDays },
          ),
        ]),
    ...evidence.jobs,
    ...(mirror === undefined
      ? []
      : [
          watchPortal(mirror),
          followPortal({ ...mirror, log }),
          reconcilePortal({ ...mirror, log }),
          followIncoming({ ...mirror, ...mirror.life, log }),
          fetchHistory({ ...mirror, ...mirror.life, log }),
          sendActs(mirror.acts),
          followActs({ taxIds: mirror.taxIds, follow: mirror.acts.follow, log }),
        ]),
  ])
  if (settings.roles.includes('scheduler')) {
    started.push(scheduler)
    await scheduler.start()
  }
  if (settings.roles.includes('http')) {
    const checks: HealthCheck[] = [
      { name: 'store', check: async () => (await pool.query('select 1')).rowCount === 1 },
      ...(mirror === undefined ? [] : [{ name: 'portal', informs: true, check: mirror.isUp }]),
    ]
    const audited = evidence.audit.exchange(exchange)
    const desks: Desks = {
      webhooks: webhookDesk,
      makeSigningLink: makeLink,
      notes,
      meter: evidence.meter,
      contracts: contract.clients,
      connections: connections.desk,
      addresses: connections.addresses,
      clientFiles: connections.clientFiles,
      invoices,
      archive: evidence.archive,
    }
    const doors: Door[] = [
      ...erpDoors.map((erp) => doorOf(erp, audited, desks)),
      exchangeLog.door({
        exchange: exchangeDeps,
        erpDoors,
        desks,
        dryConnections: connections.dryDesk,
        connections: connections.connections,
        companies,
        publicUrl,
      }),
      ...contract.doors(erpDoors.flatMap(({ statements = [] }) => statements)),
      dryRunDoor({ exchange, callerOf: (idOrLogin) => connections.desk.callerOf(idOrLogin) }),
      mappingDoor({
        draft: (format, text) => opened.draft(format, text),
        rehearse: rehearseMapping({
          files: new PgFileDocuments(pool),
          documents,
          companyOf: (companyId) => companies.byId(companyId),
          profiles: new PgConnectionProfiles(pool),
          readDocument: readExactBytes,
        }),
      }),
      connections.door({
        register,
        doctor: connectionDoctor({
          desk: connections.desk,
          connections: connections.connections,
          profiles,
          exchanges: exchangeLog.exchanges,
          work: doorWork,
          erpDoors,
          publicUrl,
          flush: () => exchangeLog.recorder.flush(),
        }),
      }),
      operatorDoor({
        register,
        documents,
        keyUses,
        signBatch: signBatch({ clock, ids, unitOfWork, documents, verifier, signers, proving }),
        makeSigningLink: makeLink,
        tasks,
        putBack: putBackTasks({ clock, ids, unitOfWork, documents, tasks }),
        jobs: scheduler,
        clock,
      }),
      ...evidence.doors,
      ...(mirror === undefined ? [] : [portalDoor(mirror.desk)]),
      checkDoor(evidence.audit.check(publicCheck({ documents }))),
      linkDoor({
        visits: evidence.audit.visits(
          openLinkVisits({
            clock,
            ids,
            unitOfWork,
            documents,
            attachments,
            verifier,
            proving,
            refusalDenial,
            links,
            readDocument: readExactBytes,
          }),
        ),
        formKey: settings.secrets.pepper,
        print: ({ record }, language) => printOf({ documents, ...printing }, record, language),
        ...settings.links,
      }),
    ]
    http = await openHttp({
      ...settings.http,
      doors: doors.map(evidence.watched),
      authenticate: authenticate({ credentials: new PgCredentials(pool), secrets, clock }),
      clock,
      ids,
      log,
      checks,
      registry: metrics.registry,
      recorded: (served) => exchangeLog.recorded(served),
    })
    started.push(http)
  }
  return {
    url: http?.url ?? '',
    exchange,
    register,
    contracts: contract.desk,
    offers: contract.offers,
    makeSigningLink: makeLink,
    lost,
    stop,
  }
}
