import { UpstreamError } from '../../core/kernel/index.ts'
import type { Clock, Leases, LocalDate } from '../../core/kernel/index.ts'
import type {
  ActAnswer,
  ActPortal,
  CallBudget,
  CommandAnswer,
  InvoiceKey,
  PortalCommands,
  PortalDirection,
  PortalReader,
  PortalSession,
  PortalSessions,
  PortalSigner,
  PortalAct,
  ProbeResult,
  SignedAct,
  SignedInvoice,
  StatePortal,
  UpdatesCursor,
  UploadAnswer,
} from '../../core/mirror/index.ts'
import type { PortalAccount, PortalAccounts } from './account.ts'
import type { Outage } from './breaker.ts'
import { BudgetSpent, PortalCaller, SessionOver } from './caller.ts'
import { field, nested } from './envelope.ts'
import {
  actAnswer,
  actsIn,
  changesIn,
  idOf,
  invoiceErrorsIn,
  invoicesIn,
  portalDay,
  standardResponsesIn,
  summariesIn,
} from './read-answers.ts'
import type { StandardResponse } from './read-answers.ts'
import { SharedSessions } from './sessions.ts'
import { Transport } from './transport.ts'
import { escapeXml, textOf } from './xml.ts'
import type { XmlElement } from './xml.ts'

export interface EsfPortalOptions {
  /** `https://esf.gov.kz:8443/esf-web/ws/api1`; the test stand is `https://test3.esf.kgd.gov.kz:8443/esf-web/ws/api1`. */
  baseUrl: string
  /** Certificates (PEM) trusted for the portal's TLS beside the system's own. */
  ca?: string[]
  callsPerDay: number
  callsKeptForQuestions: number
  /** Logins of one user are at least this far apart. */
  loginEveryMs: number
  sessionTimeoutMs: number
  questionTimeoutMs: number
  /** An upload with everything before it, login included, ends within this; must be less than the mirror's `claimMs`. */
  uploadTimeoutMs: number
  /** Larger answers are cut off. */
  maxAnswerBytes: number
  /** Names this process among the replicas. */
  holder: string
}

export const esfPortalDefaults = {
  callsPerDay: 3_000,
  callsKeptForQuestions: 300,
  loginEveryMs: 5 * 60_000,
  sessionTimeoutMs: 30_000,
  questionTimeoutMs: 60_000,
  uploadTimeoutMs: 60_000,
  maxAnswerBytes: 20 * 1024 * 1024,
} satisfies Partial<EsfPortalOptions>

export interface EsfPortalDeps {
  accounts: PortalAccounts
  sessions: PortalSessions
  leases: Leases
  budget: CallBudget
  clock: Clock
}

/** The portal ИС ЭСФ over SOAP. */
export class EsfPortal implements StatePortal, PortalReader, PortalCommands, PortalSigner, ActPortal {
  readonly #options: EsfPortalOptions
  readonly #accounts: PortalAccounts
  readonly #transport: Transport
  readonly #caller: PortalCaller
  readonly #sessions: SharedSessions
  readonly #clock: Clock

  constructor(options: EsfPortalOptions, deps: EsfPortalDeps) {
    this.#options = options
    this.#accounts = deps.accounts
    this.#clock = deps.clock
    this.#transport = new Transport({ ca: options.ca, maxAnswerBytes: options.maxAnswerBytes })
    this.#caller = new PortalCaller(options, { ...deps, transport: this.#transport })
    this.#sessions = new SharedSessions(
      { loginEveryMs: options.loginEveryMs, timeoutMs: options.sessionTimeoutMs, holder: options.holder },
      { ...deps, caller: this.#caller },
    )
  }

  async upload(taxId: string, batch: SignedInvoice[]): Promise<UploadAnswer[]> {
    const startedAt = this.#clock.now().getTime()
    const [first] = batch
    if (first === undefined) return []
    const account = await this.#account(taxId)
    const session = await this.#open(account)
    const leftMs = this.#options.uploadTimeoutMs - (this.#clock.now().getTime() - startedAt)
    if (leftMs < this.#options.uploadTimeoutMs / 4) {
      throw new UpstreamError('unreachable', 'portal', 'the login took so long that the upload was not begun')
    }
    const infos = batch.map(({ body, signature, signatureType }) =>
      nested(
        'invoiceUploadInfo',
        field('invoiceBody', body),
        field('version', 'InvoiceV2'),
        field('signature', signature),
        field('signatureType', signatureType),
      ),
    )
    try {
      const payload = await this.#caller.call({
        service: 'UploadInvoiceService',
        operation: 'syncInvoice',
        content:
          field('sessionId', session.sessionId) +
          nested('invoiceUploadInfoList', ...infos) +
          field('x509Certificate', first.certificate),
        timeoutMs: leftMs,
        isQuestion: false,
      })
      return uploadAnswers(payload, batch)
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      await this.#sessions.over(session)
      // Most likely nothing was taken. Nobody has written down that it is so: ask first.
      throw new UpstreamError('unclear', 'portal', 'the session ended during the upload', { cause: error })
    }
  }

  async findByKey(taxId: string, keys: InvoiceKey[]) {
    const payload = await this.#ask(
      taxId,
      'queryInvoiceSummaryByKey',
      nested(
        'invoiceKeyList',
        ...keys.map(({ date, number }) =>
          nested('invoiceKey', field('date', portalDay(date)), field('num', number)),
        ),
      ) + field('direction', 'OUTBOUND'),
    )
    return summariesIn(payload)
  }

  async statusOf(taxId: string, portalIds: string[]) {
    return summariesIn(await this.#ask(taxId, 'queryInvoiceSummaryById', idList(portalIds)))
  }

  async errorsOf(taxId: string, portalIds: string[]) {
    return invoiceErrorsIn(await this.#ask(taxId, 'queryInvoiceErrorById', idList(portalIds)))
  }

  async invoices(taxId: string, portalIds: string[]) {
    return invoicesIn(await this.#ask(taxId, 'queryInvoiceById', idList(portalIds)))
  }

  async updates(taxId: string, direction: PortalDirection, cursor: UpdatesCursor, limit: number) {
    const payload = await this.#ask(
      taxId,
      'queryUpdates',
      field('lastEventDate', cursor.lastEventDate) +
        field('lastInvoiceId', cursor.lastInvoiceId) +
        field('direction', direction) +
        field('limit', String(limit)) +
        field('fullInfoOnStatusChange', 'true'),
    )
    const lastEventDate = textOf(payload, 'lastEventDate')
    const lastInvoiceId = idOf(payload, 'lastInvoiceId')
    return {
      invoices: invoicesIn(payload),
      cursor:
        lastEventDate === undefined || Number.isNaN(Date.parse(lastEventDate))
          ? cursor
          : { lastEventDate, ...(lastInvoiceId === undefined ? {} : { lastInvoiceId }) },
      last: textOf(payload, 'lastBlock') !== 'false',
    }
  }

  async list(
    taxId: string,
    question: { direction: PortalDirection; from: LocalDate; to: LocalDate; page: number },
  ) {
    const payload = await this.#ask(
      taxId,
      'queryInvoice',
      nested(
        'criteria',
        field('direction', question.direction),
        // Days of issue in Almaty: +05:00 since 2024-03-01. The portal wants the offset spelled out.
        field('dateFrom', `${question.from}T00:00:00.000+05:00`),
        field('dateTo', `${question.to}T23:59:59.999+05:00`),
        field('asc', 'true'),
        field('pageNum', String(question.page)),
      ),
    )
    const page = Number(textOf(payload, 'currPage'))
    return {
      invoices: invoicesIn(payload),
      page: Number.isInteger(page) ? page : question.page,
      last: textOf(payload, 'lastBlock') !== 'false',
    }
  }

  async confirm(taxId: string, portalIds: string[]): Promise<CommandAnswer[]> {
    const payload = await this.#command(taxId, 'confirmInvoiceById', async () => idList(portalIds))
    return summariesIn(payload).map(({ portalId, status }) => ({
      portalId,
      changed: status === 'DELIVERED',
      status,
    }))
  }

  decline(taxId: string, invoices: { portalId: string; reason: string }[]) {
    return this.#withReasons(taxId, 'declineInvoiceById', invoices)
  }

  revoke(taxId: string, invoices: { portalId: string; reason: string }[]) {
    return this.#withReasons(taxId, 'revokeInvoiceById', invoices)
  }

  unrevoke(taxId: string, invoices: { portalId: string; reason: string }[]) {
    return this.#withReasons(taxId, 'unrevokeInvoiceById', invoices)
  }

  async deleteFailed(taxId: string, portalIds: string[]): Promise<CommandAnswer[]> {
    const payload = await this.#command(taxId, 'deleteInvoiceById', async ({ key }) => {
      const ids = portalIds.map((id) => `<id>${id}</id>`).join('')
      const signature = await key.signRaw(bytesOf(`<signedContent><ids>${ids}</ids></signedContent>`))
      return idList(portalIds) + field('signature', signature) + field('x509Certificate', key.certificate)
    })
    return changesIn(payload)
  }

  async sign(taxId: string, bytes: Uint8Array, documentId: string) {
    const account = await this.#accounts.byTaxId(taxId)
    if (account === undefined) return undefined
    const { key } = account
    return {
      signature: await key.signRaw(bytes, documentId),
      certificate: key.certificate,
      signatureType: key.signatureType,
    }
  }

  async uploadAct(taxId: string, act: SignedAct): Promise<ActAnswer> {
    const account = await this.#account(taxId)
    const session = await this.#open(account)
    try {
      const payload = await this.#caller.call({
        ...awp('uploadAwp', 'awpUpload'),
        content:
          field('sessionId', session.sessionId) +
          nested(
            'awpInfoList',
            nested(
              'awpInfo',
              field('awpBody', act.body),
              field('version', 'AwpV1'),
              field('signature', act.signature),
              field('signatureType', act.signatureType),
            ),
          ) +
          field('x509Certificate', act.certificate) +
          field('senderSignerName', act.signerName),
        timeoutMs: this.#options.uploadTimeoutMs,
        isQuestion: false,
      })
      return actAnswer(payload, act)
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      await this.#sessions.over(session)
      throw new UpstreamError('unclear', 'portal', 'the session ended during the upload', { cause: error })
    }
  }

  async actStatuses(taxId: string, portalIds: string[]): Promise<PortalAct[]> {
    return actsIn(
      await this.#ask(taxId, awp('queryAwpStatusById', 'awpQueryStatusById'), idList(portalIds)),
      'awpSummary',
    )
  }

  async actsSince(taxId: string, since: Date, limit: number): Promise<PortalAct[]> {
    return actsIn(
      await this.#ask(
        taxId,
        awp('queryUpdate', 'awpQueryUpdates'),
        field('lastEventDate', since.toISOString()) + field('lastAwpId', '0') + field('limit', String(limit)),
      ),
      'awpInfo',
    )
  }

  /** Set while the portal is down: since when, and when it is tried again. For readiness, metrics and the console. */
  get outage(): Outage | undefined {
    return this.#caller.outage
  }

  /** What the portal says its form is (`InvoiceV2`): a probe that needs no session. */
  async version(): Promise<string> {
    const payload = await this.#caller.call({
      service: 'VersionService',
      operation: 'esfVersion',
      content: '',
      timeoutMs: this.#options.sessionTimeoutMs,
      isQuestion: true,
    })
    return textOf(payload, 'version') ?? ''
  }

  /** By how much our clock is ahead of the portal's, as its last answer showed. */
  get aheadMs(): number {
    return this.#caller.aheadMs
  }

  /** Whether the portal answers at all. Never throws; while our own calls are held back it is down. */
  async probe(): Promise<{ result: ProbeResult; note: string }> {
    try {
      const version = await this.version()
      return { result: 'up', note: version }
    } catch (error) {
      if (error instanceof BudgetSpent) return { result: 'unknown', note: error.message }
      if (!(error instanceof UpstreamError)) throw error
      // A refusal is an answer: somebody is there.
      return { result: error.word === 'refused' ? 'up' : 'down', note: error.message }
    }
  }

  /**
   * Frees the connections. `sessions: 'close'` also logs out, which gives the users back to their browsers;
   * with other replicas at work leave them open: the next start finds them.
   */
  async close({ sessions }: { sessions: 'close' | 'leave' }): Promise<void> {
    if (sessions === 'close') {
      for (const account of await this.#accounts.all()) {
        // A portal that does not answer must not hold up the stop; the session ends by itself there.
        await this.#sessions.close(account).catch(() => {})
      }
    }
    this.#transport.close()
  }

  /**
   * The text that these signatures cover is not published: this is the form that the one known client signs
   * (see README.md), the ids and reasons of the request in their order.
   */
  async #withReasons(
    taxId: string,
    operation: string,
    invoices: { portalId: string; reason: string }[],
  ): Promise<CommandAnswer[]> {
    const payload = await this.#command(taxId, operation, async ({ key }) => {
      const pairs = invoices.map(({ portalId, reason }) => field('id', portalId) + field('reason', reason))
      const signed = pairs.map((pair) => `<idWithReason>${pair}</idWithReason>`).join('')
      const signature = await key.signRaw(
        bytesOf(`<signedContent><idsWithReasons>${signed}</idsWithReasons></signedContent>`),
      )
      return (
        field('signature', signature) +
        field('x509Certificate', key.certificate) +
        nested('idWithReasonList', ...pairs.map((pair) => nested('invoiceIdWithReason', pair)))
      )
    })
    return changesIn(payload)
  }

  /** A question of InvoiceService. A session that has ended is opened anew, once. */
  async #ask(taxId: string, asked: string | ReturnType<typeof awp>, content: string): Promise<XmlElement> {
    const address = typeof asked === 'string' ? { service: 'InvoiceService', operation: asked } : asked
    const account = await this.#account(taxId)
    for (let renewed = false; ; renewed = true) {
      const session = await this.#open(account)
      try {
        return await this.#caller.call({
          ...address,
          content: field('sessionId', session.sessionId) + content,
          timeoutMs: this.#options.questionTimeoutMs,
          isQuestion: true,
        })
      } catch (error) {
        if (!(error instanceof SessionOver)) throw error
        await this.#sessions.over(session)
        if (renewed) throw new UpstreamError('unreachable', 'portal', 'sessions end as soon as they open')
      }
    }
  }

  /** Commands are idempotent at the portal: a status that is there already is answered as unchanged. */
  async #command(
    taxId: string,
    operation: string,
    content: (account: PortalAccount) => Promise<string>,
  ): Promise<XmlElement> {
    return this.#ask(taxId, operation, await content(await this.#account(taxId)))
  }

  async #account(taxId: string): Promise<PortalAccount> {
    const account = await this.#accounts.byTaxId(taxId)
    if (account !== undefined) return account
    throw new UpstreamError('refused', 'portal', 'the company has no access to the portal')
  }

  async #open(account: PortalAccount): Promise<PortalSession> {
    try {
      return await this.#sessions.of(account)
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      throw new UpstreamError('unreachable', 'portal', 'no session could be opened', { cause: error })
    }
  }
}

/** Acts have a service, a namespace and names of their own. */
const awp = (operation: string, name: string) => ({
  service: 'AwpWebService',
  operation,
  request: `${name}Request`,
  answer: `${name}Response`,
  namespace: 'v1.awp',
})

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const idList = (portalIds: string[]): string =>
  nested('idList', ...portalIds.map((id) => `<id>${escapeXml(id)}</id>`))

/** Matches the answer to the batch by day and number: the portal gives nothing else back. */
const uploadAnswers = (payload: XmlElement, batch: SignedInvoice[]): UploadAnswer[] => {
  const accepted = standardResponsesIn(payload, 'acceptedSet')
  const declined = standardResponsesIn(payload, 'declinedSet')
  const isAbout =
    (invoice: SignedInvoice) =>
    ({ date, number }: StandardResponse): boolean =>
      date === invoice.date && number === invoice.number
  const answers = batch.map((invoice): UploadAnswer => {
    const { documentId } = invoice
    const yes = accepted.filter(isAbout(invoice))
    const no = declined.filter(isAbout(invoice))
    const [taken] = yes
    const [refused] = no
    if (yes.length + no.length !== 1) return { documentId, word: 'unmentioned' }
    if (refused !== undefined) return { documentId, word: 'declined', errors: refused.errors }
    return taken?.id === undefined
      ? { documentId, word: 'unmentioned' }
      : { documentId, word: 'accepted', portalId: taken.id }
  })
  // A body that the portal could not even read is declined without a number. When it is clear whose it is, say so.
  const nameless = declined.filter(({ date, number }) => date === undefined && number === undefined)
  const unmentioned = answers.filter(({ word }) => word === 'unmentioned')
  const [errors] = nameless
  return errors !== undefined && nameless.length === unmentioned.length
    ? answers.map((answer) =>
        answer.word === 'unmentioned'
          ? { documentId: answer.documentId, word: 'declined', errors: errors.errors }
          : answer,
      )
    : answers
}
