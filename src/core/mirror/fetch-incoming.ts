import type { Companies, Company } from '../company/index.ts'
import { writeDocumentXml, type TaxInvoice } from '../document/index.ts'
import type { DocumentFacts, Documents, Hasher, NewEvent } from '../exchange/index.ts'
import { silentLog, type Clock, type Ids, type Log, type UnitOfWork } from '../kernel/index.ts'
import { isOutdated } from './conclude.ts'
import type {
  Arrival,
  FetchRange,
  FetchRanges,
  IncomingInvoices,
  IncomingRecord,
  InvoiceReader,
} from './incoming.ts'
import { mirrorStateOf, noteStatus, whatIsKnown } from './note-status.ts'
import type {
  MirrorCursors,
  MirrorHistory,
  MirrorRecords,
  PortalInvoiceInfo,
  PortalReader,
  PortalSignatureVerifier,
  UpdatesCursor,
} from './ports.ts'
import { ourRecordOf } from './same-invoice.ts'
import { unreadableInvoice } from './unreadable-invoice.ts'

export interface FetchIncomingDeps {
  companies: Pick<Companies, 'byTaxId'>
  documents: Pick<Documents, 'byId' | 'record'>
  records: Pick<MirrorRecords, 'byKey' | 'find' | 'change'>
  history: Pick<MirrorHistory, 'signed'>
  incoming: IncomingInvoices
  ranges: FetchRanges
  cursors: MirrorCursors
  reader: PortalReader
  formReader: InvoiceReader
  verifier: PortalSignatureVerifier
  hasher: Hasher
  unitOfWork: UnitOfWork
  clock: Clock
  ids: Ids
  log?: Log
}

/** What one look at the portal's answer came to. */
export interface Fetched {
  seen: number
  brought: number
  changed: number
  /** Delivered as a file, because its form could not be read. */
  unread: number
}

const blockSize = 200

/** How far ahead of our clock the portal's may be before its cursor is not believed. */
const clockSlackMs = 10 * 60_000

const nothing = (): Fetched => ({ seen: 0, brought: 0, changed: 0, unread: 0 })

const add = (to: Fetched, what: Fetched): void => {
  to.seen += what.seen
  to.brought += what.brought
  to.changed += what.changed
  to.unread += what.unread
}

/**
 * Reads what happened to invoices issued to a company since it was last asked: new ones become documents of its
 * box, known ones tell what became of them. The cursor is written after everything before it was, so a crash
 * repeats and never skips; what comes twice is entered once.
 */
export const followIncoming = async (
  deps: FetchIncomingDeps,
  taxId: string,
  { blocks = 10 }: { blocks?: number } = {},
): Promise<Fetched> => {
  const all = nothing()
  const company = await deps.companies.byTaxId(taxId)
  if (company === undefined) return all
  let cursor = (await deps.cursors.read(taxId, 'INBOUND')) ?? (await beginning(deps, taxId))
  for (let block = 0; block < blocks; block += 1) {
    const answer = await deps.reader.updates(taxId, 'INBOUND', cursor, blockSize)
    add(all, await take(deps, company, answer.invoices))
    const stays =
      answer.cursor.lastEventDate === cursor.lastEventDate &&
      answer.cursor.lastInvoiceId === cursor.lastInvoiceId
    // A cursor from the future would skip everything until then.
    const isBelievable = Date.parse(answer.cursor.lastEventDate) <= deps.clock.now().getTime() + clockSlackMs
    if (stays || !isBelievable) break
    cursor = answer.cursor
    const reached = cursor
    await deps.unitOfWork.run((tx) => deps.cursors.write(tx, taxId, 'INBOUND', reached))
    if (answer.last) break
  }
  return all
}

/** Never read before: a day back. What is older is asked for as history. Kept at once, so that a fault moves nothing. */
const beginning = async (deps: FetchIncomingDeps, taxId: string): Promise<UpdatesCursor> => {
  const cursor = { lastEventDate: new Date(deps.clock.now().getTime() - 86_400_000).toISOString() }
  await deps.unitOfWork.run((tx) => deps.cursors.write(tx, taxId, 'INBOUND', cursor))
  return cursor
}

/** A guard against a portal that never says which page is the last. */
const maxPages = 10_000

/**
 * Reads the quarters of history that a company has asked for, page by page; each page is remembered, so that it
 * goes on after a stop where it was. `goOn` is asked before every call.
 */
export const fetchHistory = async (
  deps: FetchIncomingDeps,
  taxId: string,
  goOn: () => boolean | Promise<boolean> = () => true,
): Promise<Fetched> => {
  const all = nothing()
  const company = await deps.companies.byTaxId(taxId)
  if (company === undefined) return all
  for (const range of await deps.ranges.open(taxId)) {
    let standing: FetchRange = range
    while (standing.doneAt === undefined) {
      if (!(await goOn())) return all
      const { id, from, to, page } = standing
      const answer = await deps.reader.list(taxId, { direction: 'INBOUND', from, to, page })
      const fetched = await take(deps, company, answer.invoices)
      add(all, fetched)
      const isLast = answer.last || answer.invoices.length === 0 || page > maxPages
      standing = {
        ...standing,
        // Portals count pages from 0 or from 1, nobody is sure: the answer says which page it was.
        page: answer.page + 1,
        seen: standing.seen + fetched.seen,
        brought: standing.brought + fetched.brought,
        unread: standing.unread + fetched.unread,
        ...(isLast ? { doneAt: deps.clock.now() } : {}),
      }
      const { seen, brought, unread, doneAt } = standing
      const next = standing.page
      await deps.unitOfWork.run((tx) =>
        deps.ranges.progress(tx, id, { page: next, seen, brought, unread, ...(doneAt && { doneAt }) }),
      )
    }
  }
  return all
}

const take = async (
  deps: FetchIncomingDeps,
  company: Company,
  infos: PortalInvoiceInfo[],
): Promise<Fetched> => {
  const fetched = nothing()
  const known = new Map(
    (
      await deps.incoming.find(
        company.taxId,
        infos.map(({ portalId }) => portalId),
      )
    ).map((one) => [one.portalId, one]),
  )
  for (const info of infos) {
    fetched.seen += 1
    const record = known.get(info.portalId)
    if (record !== undefined) {
      if (await notice(deps, record, info)) fetched.changed += 1
      continue
    }
    const arrived = await arrive(deps, company, await whole(deps, company.taxId, info))
    if (arrived === 'brought' || arrived === 'unread') fetched.brought += 1
    if (arrived === 'unread') fetched.unread += 1
  }
  return fetched
}

/** A later change may come without its body. */
const whole = async (
  deps: FetchIncomingDeps,
  taxId: string,
  info: PortalInvoiceInfo,
): Promise<PortalInvoiceInfo> => {
  if (info.body.trim() !== '') return info
  const found = await deps.reader.invoices(taxId, [info.portalId])
  return found.find(({ portalId, body }) => portalId === info.portalId && body.trim() !== '') ?? info
}

const notice = async (
  deps: FetchIncomingDeps,
  record: IncomingRecord,
  info: PortalInvoiceInfo,
): Promise<boolean> => {
  const { status } = info
  if (status === undefined) return false
  const isNews =
    status !== record.status ||
    (info.registrationNumber ?? record.registrationNumber) !== record.registrationNumber
  if (!isNews) return false
  for (let again = 0; ; again += 1) {
    const at = deps.clock.now()
    const known = await whatIsKnown(deps, record.documentId)
    if (known === undefined) return false
    try {
      await deps.unitOfWork.run((tx) =>
        noteStatus(
          deps,
          tx,
          known,
          {
            status,
            since: info.updatedAt ?? at,
            ...(info.registrationNumber && { registrationNumber: info.registrationNumber }),
            ...(info.deadline && { deadline: info.deadline }),
          },
          { at },
        ),
      )
      return true
    } catch (error) {
      if (!isOutdated(error) || again >= 5) throw error
    }
  }
}

/** One that was sent through us is in the box already: only the portal's view of it is remembered. */
const arrive = async (
  deps: FetchIncomingDeps,
  company: Company,
  info: PortalInvoiceInfo,
): Promise<'brought' | 'unread' | 'linked' | 'known'> => {
  const at = deps.clock.now()
  const guid = `esf.${info.portalId}`
  const read = deps.formReader.read(info.body, { guid })
  const document = read.ok ? read.value : unreadableInvoice(info, company, { guid, today: at })
  if (!read.ok) {
    const fault = read.faults[0]
    ;(deps.log ?? silentLog).warn(
      { portalId: info.portalId, code: fault?.code, path: fault?.path },
      'portal.form-not-read',
    )
  }
  const senderTaxId = (read.ok ? read.value.seller.taxId : undefined) ?? ''
  const base = {
    taxId: company.taxId,
    companyId: company.id,
    portalId: info.portalId,
    date: document.date,
    number: document.number ?? '',
    senderTaxId,
    ...(info.status === undefined ? {} : { status: info.status, statusSince: info.updatedAt ?? at }),
    ...(info.registrationNumber === undefined ? {} : { registrationNumber: info.registrationNumber }),
    ...(info.deadline === undefined ? {} : { deadline: info.deadline }),
    fetchedAt: at,
  }
  const ours = await ourRecordOf(deps, senderTaxId, info)
  const sent = ours === undefined ? undefined : await deps.documents.byId(ours.documentId)
  if (sent?.recipientCompanyId === company.id) {
    await deps.unitOfWork.run((tx) =>
      deps.incoming.link(tx, { ...base, documentId: sent.id, brought: false }),
    )
    return 'linked'
  }
  const check = await deps.verifier.verify({ ...info, ...(info.inputAt && { at: info.inputAt }) })
  const id = deps.ids.next()
  const bytes = writeDocumentXml(document)
  const mirrorState = mirrorStateOf(info)
  const registeredAt = info.inputAt ?? info.updatedAt ?? at
  const arrival: Arrival = {
    record: { ...base, documentId: id, brought: true },
    original: { body: info.body, signature: info.signature, certificate: info.certificate, check },
    facts: factsOf(document, company, info),
    bytes,
    digest: deps.hasher.digest(bytes),
    rawDigest: deps.hasher.digest(new TextEncoder().encode(info.body)),
    requestId: guid,
    mirrorState,
    ...(mirrorState === 'registered' && info.registrationNumber !== undefined
      ? { stamp: { registrationNumber: info.registrationNumber, portalId: info.portalId, registeredAt } }
      : {}),
    events: eventsOf(info, company, id, at, check),
    archiveTaskId: deps.ids.next(),
  }
  const isNew = await deps.unitOfWork.run((tx) => deps.incoming.arrive(tx, arrival))
  if (!isNew) return 'known'
  return read.ok ? 'brought' : 'unread'
}

const eventsOf = (
  info: PortalInvoiceInfo,
  company: Company,
  documentId: string,
  at: Date,
  check: { verdict: string; note: string },
): NewEvent[] => {
  const own = { documentId, companyId: company.id, at }
  const arrived: NewEvent = {
    ...own,
    name: 'document.arrived',
    details: {
      from: 'portal',
      portalId: info.portalId,
      status: info.status,
      registrationNumber: info.registrationNumber,
      signature: check.verdict,
      signatureNote: check.note,
    },
  }
  return info.status === 'WAITING_CUSTOMER_CONFIRMATION'
    ? [arrived, { ...own, name: 'mirror.confirmation-awaited', details: { status: info.status } }]
    : [arrived]
}

/** The buyer is the company that the portal gave the invoice to, whatever its form says (a branch, a participant). */
const factsOf = (
  document: TaxInvoice | ReturnType<typeof unreadableInvoice>,
  company: Company,
  info: PortalInvoiceInfo,
): DocumentFacts => {
  const sender = document.kind === 'tax-invoice' ? document.seller : document.sender
  return {
    kind: document.kind,
    senderTaxId: sender.taxId ?? '',
    senderName: sender.name,
    recipientTaxId: company.taxId,
    recipientName: company.name,
    guid: `esf.${info.portalId}`,
    version: document.version,
    number: document.number ?? '',
    date: document.date,
    ...(document.kind === 'tax-invoice' ? { total: document.totals.amountWithVat } : {}),
    currency: document.currency,
  }
}
