import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { awpHandlers } from './awp-service.ts'
import { FaultScript } from './fault-script.ts'
import { answer, basePath } from './http.ts'
import type { InvoiceKind } from './invoice.ts'
import { readInvoice } from './invoice.ts'
import { invoiceHandlers } from './invoice-service.ts'
import { memoryJournal, openJournal } from './journal.ts'
import type { EsfSimulatorOptions } from './options.ts'
import { Portal } from './portal.ts'
import type { PortalError } from './portal-error.ts'
import { authHandlers, sessionHandlers } from './session-service.ts'
import type { ActRow, CallRow, HistoryRow, InvoiceRow, SessionRow } from './state.ts'
import { accept, uploadHandlers } from './upload-service.ts'
import { parseXml } from './xml.ts'

/** An invoice as the portal has it. */
export interface PortalInvoice {
  readonly id: string
  readonly num: string
  /** Issue date, `dd.MM.yyyy`. */
  readonly date: string
  readonly kind: InvoiceKind
  readonly status: string
  readonly registrationNumber: string | undefined
  readonly cancelReason: string | undefined
  readonly errors: readonly PortalError[]
  readonly senderTin: string
  readonly customerTins: readonly string[]
  /** The exact text that was uploaded and signed. */
  readonly body: string
  readonly signature: string
  readonly certificate: string
  readonly acceptedAt: Date
  readonly lastUpdateAt: Date
  readonly history: readonly HistoryRow[]
}

export interface PortalAct {
  readonly id: string
  readonly number: string
  readonly date: string
  readonly status: string
  readonly registrationNumber: string | undefined
  readonly body: string
}

/** The call budget as the portal would count it. */
export interface CallReport {
  readonly total: number
  readonly logins: number
  readonly byOperation: Readonly<Record<string, number>>
  /** By day of Almaty. */
  readonly byDay: Readonly<Record<string, number>>
  readonly entries: readonly CallRow[]
}

/** An invoice put into the portal past its doors: issued to our company by somebody else. */
export interface Deposit {
  readonly body: string
  readonly senderTin: string
  readonly senderIin?: string
  readonly signature?: string
  readonly certificate?: string
}

export interface EsfSimulator {
  /** Base address of the services, `http://127.0.0.1:PORT/esf-web/ws/api1`: add `/InvoiceService` and so on. */
  readonly url: string
  readonly port: number
  readonly faults: FaultScript
  /** The portal's time: its clock plus everything ticked. */
  now(): Date
  /** Moves the portal's time forward and does what has become due. */
  tick(ms: number): void
  /** Empties the asynchronous queue whatever the delays; resolves when the journal is synced. */
  settle(): Promise<void>
  invoices(): PortalInvoice[]
  acts(): PortalAct[]
  sessions(): SessionRow[]
  calls(): CallReport
  /** Answers the id of the new document; it passes through the queue as any other. */
  deposit(invoice: Deposit): string
  /** The next matching invoice fails its heavy check with these codes. */
  failNext(errorCodes: readonly string[], which?: { readonly num?: string }): void
  /** What an official or the system does by itself: CANCELED_BY_OGD, CANCELED_BY_SNT_REVOKE… */
  changeStatus(id: string, status: string, cancelReason?: string): void
  /** What the recipient of an act decides in the cabinet: CONFIRMED, DECLINED, TERMINATED… */
  changeActStatus(id: string, status: string): void
  /** A person logs in to the cabinet with the same key: the gateway's next login meets the one-session rule. */
  openCabinetSession(iin: string, tin: string): string
  /** Closes every session, as a restart of the portal does. */
  killSessions(): void
  /** Stops the server, cuts open connections and closes the journal. May be called twice. */
  stop(): Promise<void>
}

/** The portal at a glance, without bodies. */
const overviewOf = (portal: Portal, faults: FaultScript) => {
  portal.advance()
  const { total, logins, byOperation, byDay } = report(portal)
  const count = (rows: Iterable<{ status: string }>): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }
  return {
    now: portal.now(),
    calls: { total, logins, byOperation, byDay },
    invoices: count(portal.state.invoices.values()),
    acts: count(portal.state.acts.values()),
    faults: faults.injected,
  }
}

/** Fine enough for delays of 300 to 800 ms. */
const heartbeatMs = 100

/** Starts the portal; resolves when it listens. */
export const startEsfSimulator = async (options: EsfSimulatorOptions): Promise<EsfSimulator> => {
  const { journal, records } =
    options.journalPath === undefined
      ? { journal: memoryJournal, records: [] }
      : openJournal(options.journalPath)
  const portal = new Portal(options, journal, records)
  const faults = new FaultScript(options.seed ?? 1, (window) => portal.outages.push(window))
  const host = options.host ?? '127.0.0.1'
  let url = ''
  const endpoint = {
    portal,
    faults,
    address: () => url,
    overview: () => overviewOf(portal, faults),
    handlers: {
      AuthService: authHandlers(portal),
      SessionService: sessionHandlers(portal),
      UploadInvoiceService: uploadHandlers(portal),
      InvoiceService: invoiceHandlers(portal),
      VersionService: { esfVersion: () => ({ version: 'InvoiceV2' }) },
      AwpWebService: awpHandlers(portal),
    },
  }
  const server = createServer((request, response) => {
    // A caller that hangs up is the caller's affair.
    request.on('error', () => response.destroy())
    response.on('error', () => undefined)
    void answer(endpoint, request, response)
  })
  // Longer than any client keeps an idle connection, so that a cut is always one of the script's.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  url = `http://${host}:${port}${basePath}`

  // On a real clock the queue moves although nobody calls, so that a watcher of the journal sees it move.
  const heartbeat =
    options.clock === undefined ? setInterval(() => portal.beat(), heartbeatMs).unref() : undefined

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    clearInterval(heartbeat)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    await portal.close()
  }

  return {
    url,
    port,
    faults,
    now: () => portal.now(),
    tick: (ms) => portal.tick(ms),
    settle: () => {
      portal.settle()
      return portal.durable()
    },
    invoices: () => {
      portal.advance()
      return [...portal.state.invoices.values()].map((invoice) => viewInvoice(portal, invoice))
    },
    acts: () => {
      portal.advance()
      return [...portal.state.acts.values()].map(viewAct)
    },
    sessions: () => [...portal.state.sessions.values()].map((session) => ({ ...session })),
    calls: () => report(portal),
    deposit: ({ body, senderTin, senderIin = senderTin, signature = '', certificate = '' }) =>
      accept(
        portal,
        { iin: senderIin, tin: senderTin },
        readInvoice(parseXml(body)),
        { body, version: 'InvoiceV2', signature, signatureType: 'COMPANY' },
        certificate,
      ),
    failNext: (errorCodes, which) =>
      portal.orderFailure(
        (invoice) => which?.num === undefined || invoice.num === which.num,
        errorCodes.map((errorCode) => ({ errorCode, text: 'Отказ по сценарию' })),
      ),
    changeStatus: (id, status, cancelReason) => {
      portal.write({
        kind: 'invoice.status',
        id,
        status,
        ...(cancelReason === undefined ? {} : { cancelReason }),
      })
    },
    changeActStatus: (id, status) => {
      portal.write({ kind: 'awp.status', id, status })
    },
    openCabinetSession: (iin, tin) => portal.openSession(iin, tin, 'ADMIN_ENTERPRISE').id,
    killSessions: () => {
      for (const session of portal.state.sessions.values())
        portal.closeSession(session, 'restart of the portal')
    },
    stop: () => (stopped ??= stop()),
  }
}

const viewInvoice = (portal: Portal, invoice: InvoiceRow): PortalInvoice => ({
  id: invoice.id,
  num: invoice.num,
  date: invoice.date,
  kind: invoice.kind,
  status: invoice.status,
  registrationNumber: invoice.registrationNumber,
  cancelReason: invoice.cancelReason,
  errors: invoice.errors,
  senderTin: invoice.senderTin,
  customerTins: invoice.customerTins,
  body: invoice.body,
  signature: invoice.signature,
  certificate: portal.state.certificates.get(invoice.certificateDigest) ?? '',
  acceptedAt: invoice.acceptedAt,
  lastUpdateAt: invoice.lastUpdateAt,
  history: [...invoice.history],
})

const viewAct = (act: ActRow): PortalAct => ({
  id: act.id,
  number: act.fact.number,
  date: act.fact.date,
  status: act.status,
  registrationNumber: act.registrationNumber,
  body: act.fact.body,
})

const report = (portal: Portal): CallReport => {
  const byOperation: Record<string, number> = {}
  for (const { operation } of portal.state.calls) byOperation[operation] = (byOperation[operation] ?? 0) + 1
  return {
    total: portal.state.calls.length,
    logins: (byOperation['createSession'] ?? 0) + (byOperation['createSessionSigned'] ?? 0),
    byOperation,
    byDay: Object.fromEntries(portal.callsByDay()),
    entries: [...portal.state.calls],
  }
}
