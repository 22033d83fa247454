import type { Caller } from '../company/index.ts'
import type { TaxInvoice } from '../document/index.ts'
import { documentFor, Refusal } from '../exchange/index.ts'
import type { DocumentRecord, Documents } from '../exchange/index.ts'
import {
  isLocalDate,
  addMonths,
  type Clock,
  type Ids,
  type LocalDate,
  type Tx,
  type UnitOfWork,
} from '../kernel/index.ts'
import { isOutdated } from './conclude.ts'
import type { FetchRange, FetchRanges, IncomingInvoices } from './incoming.ts'
import type { InvoiceStanding } from './invoice-standing.ts'
import {
  commandRules,
  isOutOfPlace,
  longestCommandReason,
  portalFaults,
  type CommandKind,
  type CommandRecord,
  type CommandRecords,
} from './portal-command.ts'
import { deadlinesOf, type PortalDeadline } from './portal-deadlines.ts'
import type { MirrorHistory, MirrorRecords, PortalSignatureCheck, ReadDocument } from './ports.ts'
import { quartersOf } from './quarters.ts'

/** How an invoice stands at the portal, what terms run, and what was commanded about it. */
export interface InvoiceView extends InvoiceStanding {
  deadlines: PortalDeadline[]
  commands: CommandRecord[]
}

/** How far a company's requests for its incoming invoices are. */
export interface FetchProgress {
  /** Quarters that are still to be read. */
  open: number
  seen: number
  brought: number
  unread: number
  ranges: FetchRange[]
}

/** An invoice in the portal's own form: the exact text that was signed, and by whom. */
export interface PortalOriginal {
  body: string
  signature: string
  certificate: string
  /** Of an incoming one: what we found when we checked its signature. */
  check?: PortalSignatureCheck
}

/** What a company's base asks about the portal, behind every door. All throw `Refusal` for what the caller can fix. */
export interface InvoiceDesk {
  standing(question: { caller: Caller; documentId: string }): Promise<InvoiceView>
  /** What lies at the portal, character for character, with its signature. */
  original(question: { caller: Caller; documentId: string }): Promise<PortalOriginal>
  /** Takes a command; it is carried out by a task. The same command again, while it is under way, is the first. */
  command(order: {
    caller: Caller
    documentId: string
    command: CommandKind
    reason?: string
  }): Promise<InvoiceView>
  /** Asks for the invoices that others issued to the company in a range of days of issue. */
  fetch(order: {
    caller: Pick<Caller, 'companyId' | 'companyTaxId'>
    from: LocalDate
    to: LocalDate
  }): Promise<FetchProgress>
  progress(question: { caller: Pick<Caller, 'companyTaxId'> }): Promise<FetchProgress>
}

export interface InvoiceDeskDeps {
  documents: Documents
  records: Pick<MirrorRecords, 'find'>
  history: Pick<MirrorHistory, 'lines' | 'signed'>
  incoming: Pick<IncomingInvoices, 'byDocument' | 'original'>
  commandRecords: CommandRecords
  ranges: FetchRanges
  readDocument: ReadDocument
  /** Whether the company has a login for the portal. */
  worksWithPortal(companyId: string): Promise<boolean>
  unitOfWork: UnitOfWork
  clock: Clock
  ids: Ids
}

/** Ranges shown as progress: twenty quarters are five years. */
const rangesShown = 20
const longestRangeMonths = 60

export const openInvoiceDesk = (deps: InvoiceDeskDeps): InvoiceDesk => {
  const view = async (caller: Caller, documentId: string): Promise<InvoiceView> => {
    const { record, side } = await documentFor(deps, caller, documentId)
    if (record.kind !== 'tax-invoice') throw new Refusal('conflict', [portalFaults.notInvoice()])
    const standing = await standingOf(deps, record, side)
    const commands = await deps.commandRecords.ofDocument(record.id)
    return {
      ...standing,
      deadlines: deadlinesOf(standing),
      commands: commands.filter(({ companyId }) => companyId === caller.companyId),
    }
  }
  const progress = async (taxId: string): Promise<FetchProgress> => {
    const ranges = await deps.ranges.of(taxId, rangesShown)
    const total = (of: (range: FetchRange) => number) => ranges.reduce((sum, range) => sum + of(range), 0)
    return {
      open: ranges.filter(({ doneAt }) => doneAt === undefined).length,
      seen: total(({ seen }) => seen),
      brought: total(({ brought }) => brought),
      unread: total(({ unread }) => unread),
      ranges,
    }
  }
  return {
    standing: ({ caller, documentId }) => view(caller, documentId),

    async original({ caller, documentId }) {
      const { record } = await documentFor(deps, caller, documentId)
      const theirs = await deps.incoming.byDocument(record.id)
      const kept =
        theirs?.brought === true
          ? await deps.incoming.original(theirs.taxId, theirs.portalId)
          : await deps.history.signed(record.id)
      if (kept === undefined) throw new Refusal('conflict', [portalFaults.notAtPortal(record)])
      const { body, signature, certificate } = kept
      return { body, signature, certificate, ...('check' in kept ? { check: kept.check } : {}) }
    },

    async command({ caller, documentId, command, reason }) {
      const { record } = await documentFor(deps, caller, documentId)
      const standing = await view(caller, documentId)
      const said = reason?.trim() || undefined
      mustBePossible(record, standing, command, said)
      if (!(await deps.worksWithPortal(caller.companyId)))
        throw new Refusal('conflict', [portalFaults.noPortal()])
      const order: CommandRecord = {
        id: deps.ids.next(),
        documentId: record.id,
        taxId: caller.companyTaxId,
        companyId: caller.companyId,
        portalId: standing.portalId ?? '',
        kind: command,
        ...(said === undefined ? {} : { reason: said }),
        by: `connection:${caller.connectionId}`,
        requestedAt: deps.clock.now(),
        ...(standing.status === undefined ? {} : { statusBefore: standing.status }),
        state: 'waiting',
      }
      await give(deps, order)
      return view(caller, documentId)
    },

    async fetch({ caller, from, to }) {
      const isRange =
        isLocalDate(from) && isLocalDate(to) && from <= to && to <= addMonths(from, longestRangeMonths)
      if (!isRange) throw new Refusal('invalid', [portalFaults.wrongRange()])
      if (!(await deps.worksWithPortal(caller.companyId)))
        throw new Refusal('conflict', [portalFaults.noPortal()])
      const requestedAt = deps.clock.now()
      const ranges = quartersOf(from, to).map((quarter): FetchRange => ({
        id: deps.ids.next(),
        taxId: caller.companyTaxId,
        ...quarter,
        page: 0,
        seen: 0,
        brought: 0,
        unread: 0,
        requestedAt,
      }))
      await deps.unitOfWork.run((tx) => deps.ranges.add(tx, ranges))
      return progress(caller.companyTaxId)
    },

    progress: ({ caller }) => progress(caller.companyTaxId),
  }
}

const mustBePossible = (
  record: DocumentRecord,
  standing: InvoiceStanding,
  command: CommandKind,
  reason: string | undefined,
): void => {
  const rule = commandRules[command]
  if (standing.side !== rule.side) throw new Refusal('forbidden', [portalFaults.notYours(command)])
  if (standing.portalId === undefined) throw new Refusal('conflict', [portalFaults.notAtPortal(record)])
  if (rule.only !== undefined && (rule.only === 'ordinary') !== (standing.invoiceType === 'ordinary'))
    throw new Refusal('conflict', [portalFaults.wrongType(command)])
  if (isOutOfPlace(command, standing.status))
    throw new Refusal('conflict', [portalFaults.outOfPlace(command, standing.status ?? '')])
  if (reason === undefined ? rule.needsReason : reason.length > longestCommandReason)
    throw new Refusal('invalid', [portalFaults.reasonMissing()])
}

/** The command, its event and its task together; a command that is under way already stays as it is. */
const give = async (deps: InvoiceDeskDeps, order: CommandRecord): Promise<void> => {
  for (let again = 0; ; again += 1) {
    const document = await deps.documents.byId(order.documentId)
    if (document === undefined) throw new Error(`document ${order.documentId} vanished`)
    try {
      await deps.unitOfWork.run(async (tx: Tx) => {
        const kept = await deps.commandRecords.add(tx, order)
        if (kept.id !== order.id) return
        await deps.documents.record(tx, {
          documentId: document.id,
          revision: document.revision,
          events: [
            {
              documentId: document.id,
              companyId: order.companyId,
              name: 'mirror.commanded',
              at: order.requestedAt,
              details: {
                command: order.kind,
                ...(order.reason === undefined ? {} : { reason: order.reason }),
              },
            },
          ],
          tasks: [
            {
              id: deps.ids.next(),
              kind: 'command',
              documentId: document.id,
              subject: order.id,
              dueAt: order.requestedAt,
              details: { commandId: order.id },
            },
          ],
        })
      })
      return
    } catch (error) {
      if (!isOutdated(error) || again >= 5) throw error
    }
  }
}

const standingOf = async (
  deps: InvoiceDeskDeps,
  record: DocumentRecord,
  side: 'sender' | 'recipient',
): Promise<InvoiceStanding> => {
  const [mine, theirs, invoice] = await Promise.all([
    deps.records.find(record.id),
    side === 'recipient' ? deps.incoming.byDocument(record.id) : undefined,
    invoiceOf(deps, record),
  ])
  const status = theirs?.status ?? mine?.portalStatus
  const portalId = theirs?.portalId ?? mine?.portalId ?? record.stamp?.portalId
  const statusSince =
    theirs?.statusSince ??
    (mine === undefined || status === undefined
      ? record.stamp?.registeredAt
      : (await deps.history.lines(record.id)).findLast(({ change }) => change.portalStatus === status)?.at)
  const registrationNumber =
    theirs?.registrationNumber ?? mine?.registrationNumber ?? record.stamp?.registrationNumber
  return {
    documentId: record.id,
    side,
    ...(portalId === undefined ? {} : { portalId }),
    ...(status === undefined ? {} : { status }),
    ...(statusSince === undefined ? {} : { statusSince }),
    ...(registrationNumber === undefined ? {} : { registrationNumber }),
    registered: record.mirrorState === 'registered',
    rejected: record.mirrorState === 'rejected' || record.mirrorState === 'none',
    invoiceType: invoice?.invoiceType ?? 'ordinary',
    ...(invoice === undefined ? {} : { turnoverDate: invoice.turnoverDate }),
    ...(invoice?.datePaper === undefined ? {} : { datePaper: invoice.datePaper }),
    ...(invoice?.reasonPaper === undefined ? {} : { reasonPaper: invoice.reasonPaper }),
    ...(theirs?.deadline === undefined ? {} : { portalDeadline: theirs.deadline }),
    errors: side === 'sender' ? (mine?.errors ?? []) : [],
  }
}

const invoiceOf = async (
  deps: Pick<InvoiceDeskDeps, 'documents' | 'readDocument'>,
  record: DocumentRecord,
): Promise<TaxInvoice | undefined> => {
  const bytes = await deps.documents.bytes(record.digest)
  if (bytes === undefined) return undefined
  const read = await deps.readDocument(record.kind, bytes)
  return read.ok && read.value.kind === 'tax-invoice' ? read.value : undefined
}
