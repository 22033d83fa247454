import type { InvoiceKind } from './invoice.ts'
import type { AcceptedAct, AcceptedInvoice, JournalRecord } from './journal.ts'
import type { PortalError } from './portal-error.ts'

export interface SessionRow {
  readonly id: string
  readonly iin: string
  readonly tin: string
  readonly profile: string
  open: boolean
  lastUsedAt: Date
}

export interface HistoryRow {
  readonly at: Date
  readonly status: string
  readonly iin: string
  readonly tin: string
  readonly note: string | undefined
}

/** An invoice as the portal keeps it. */
export interface InvoiceRow {
  readonly seq: bigint
  readonly id: string
  readonly num: string
  readonly date: string
  readonly kind: InvoiceKind
  readonly senderTin: string
  readonly senderIin: string
  readonly sellerTins: readonly string[]
  readonly customerTins: readonly string[]
  readonly related: { num: string; date: string } | undefined
  readonly body: string
  readonly version: string
  readonly signature: string
  readonly signatureType: string
  readonly certificateDigest: string
  readonly acceptedAt: Date
  lastUpdateAt: Date
  deliveredAt: Date | undefined
  status: string
  registrationNumber: string | undefined
  cancelReason: string | undefined
  errors: readonly PortalError[]
  readonly history: HistoryRow[]
}

export interface ActRow {
  readonly seq: bigint
  readonly id: string
  readonly fact: AcceptedAct
  readonly acceptedAt: Date
  lastUpdateAt: Date
  status: string
  registrationNumber: string | undefined
  errors: readonly PortalError[]
}

export interface CallRow {
  readonly at: string
  readonly service: string
  readonly operation: string
  /** `ok`, or the words of the fault. */
  readonly outcome: string
  /** What the fault script did to this call. */
  readonly injected?: string
}

/** Ids look like the portal's: 17 digits, beyond what a JavaScript number can hold [L]. */
export const firstId = 20_113_995_733_614_592n

/** The portal's memory: changed by journal records alone, so that reading a journal back rebuilds it. */
export class PortalState {
  readonly sessions = new Map<string, SessionRow>()
  readonly invoices = new Map<string, InvoiceRow>()
  /** `senderTin|date|num` → invoices in order of arrival; a deleted one frees its key. */
  readonly byKey = new Map<string, InvoiceRow[]>()
  readonly bySender = new Map<string, InvoiceRow[]>()
  readonly byCustomer = new Map<string, InvoiceRow[]>()
  readonly certificates = new Map<string, string>()
  readonly acts = new Map<string, ActRow>()
  readonly calls: CallRow[] = []
  /** Invoices and acts whose asynchronous check is not finished. */
  readonly unsettled = new Set<InvoiceRow | ActRow>()
  lastAt = new Date(0)
  #documents = 0n

  nextId(): string {
    return String(firstId + this.#documents)
  }

  openSessionOf(iin: string): SessionRow | undefined {
    for (const session of this.sessions.values()) if (session.open && session.iin === iin) return session
    return undefined
  }

  apply(record: JournalRecord): void {
    const at = new Date(record.at)
    // Calls are counted; they are no events that a cursor could pass.
    if (at > this.lastAt && record.kind !== 'call') this.lastAt = at
    switch (record.kind) {
      case 'call': {
        const { service, operation, outcome, injected } = record
        this.calls.push({
          at: record.at,
          service,
          operation,
          outcome,
          ...(injected === undefined ? {} : { injected }),
        })
        return
      }
      case 'session.opened': {
        const { sessionId, iin, tin, profile } = record
        this.sessions.set(sessionId, { id: sessionId, iin, tin, profile, open: true, lastUsedAt: at })
        return
      }
      case 'session.closed': {
        const session = this.sessions.get(record.sessionId)
        if (session !== undefined) session.open = false
        return
      }
      case 'certificate':
        this.certificates.set(record.digest, record.certificate)
        return
      case 'invoice.accepted':
        this.#accept(record, at)
        return
      case 'invoice.status': {
        const invoice = this.invoices.get(record.id)
        if (invoice !== undefined) this.#changeInvoice(invoice, record, at)
        return
      }
      case 'awp.accepted': {
        const act: ActRow = {
          seq: this.#documents,
          id: record.id,
          fact: record,
          acceptedAt: at,
          lastUpdateAt: at,
          status: 'IMPORTED',
          registrationNumber: undefined,
          errors: [],
        }
        this.#documents += 1n
        this.acts.set(act.id, act)
        this.unsettled.add(act)
        return
      }
      case 'awp.status': {
        const act = this.acts.get(record.id)
        if (act === undefined) return
        act.status = record.status
        act.lastUpdateAt = at
        act.registrationNumber = record.registrationNumber ?? act.registrationNumber
        act.errors = record.errors ?? act.errors
        this.unsettled.delete(act)
        return
      }
    }
  }

  #accept(fact: AcceptedInvoice, at: Date): void {
    const invoice: InvoiceRow = {
      seq: this.#documents,
      id: fact.id,
      num: fact.num,
      date: fact.date,
      kind: fact.invoiceKind,
      senderTin: fact.senderTin,
      senderIin: fact.senderIin,
      sellerTins: fact.sellerTins,
      customerTins: fact.customerTins,
      related:
        fact.relatedNum === undefined || fact.relatedDate === undefined
          ? undefined
          : { num: fact.relatedNum, date: fact.relatedDate },
      body: fact.body,
      version: fact.version,
      signature: fact.signature,
      signatureType: fact.signatureType,
      certificateDigest: fact.certificateDigest,
      acceptedAt: at,
      lastUpdateAt: at,
      deliveredAt: undefined,
      status: 'IN_QUEUE',
      registrationNumber: undefined,
      cancelReason: undefined,
      errors: [],
      history: [{ at, status: 'IN_QUEUE', iin: fact.senderIin, tin: fact.senderTin, note: undefined }],
    }
    this.#documents += 1n
    this.invoices.set(invoice.id, invoice)
    append(this.byKey, invoiceKey(invoice.senderTin, invoice.date, invoice.num), invoice)
    append(this.bySender, invoice.senderTin, invoice)
    for (const tin of new Set(invoice.customerTins)) append(this.byCustomer, tin, invoice)
    this.unsettled.add(invoice)
  }

  #changeInvoice(
    invoice: InvoiceRow,
    change: Extract<JournalRecord, { kind: 'invoice.status' }>,
    at: Date,
  ): void {
    invoice.status = change.status
    invoice.lastUpdateAt = at
    invoice.registrationNumber = change.registrationNumber ?? invoice.registrationNumber
    invoice.cancelReason = change.cancelReason ?? invoice.cancelReason
    invoice.errors = change.errors ?? invoice.errors
    if (change.status === 'DELIVERED') invoice.deliveredAt ??= at
    invoice.history.push({
      at,
      status: change.status,
      iin: change.by?.iin ?? invoice.senderIin,
      tin: change.by?.tin ?? invoice.senderTin,
      note: change.note,
    })
    if (change.status !== 'IN_PROCESSING') this.unsettled.delete(invoice)
    if (change.status === 'DELETED') {
      const key = invoiceKey(invoice.senderTin, invoice.date, invoice.num)
      this.byKey.set(key, this.byKey.get(key)?.filter((one) => one !== invoice) ?? [])
    }
  }
}

export const invoiceKey = (tin: string, date: string, num: string): string => `${tin}|${date}|${num}`

const append = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
