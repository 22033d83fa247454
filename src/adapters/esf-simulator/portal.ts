import { createHash } from 'node:crypto'
import type { Clock } from '../../core/kernel/index.ts'
import { almatyDate, systemClock } from '../../core/kernel/index.ts'
import { heavyCheck } from './heavy-check.ts'
import type { InvoiceFacts } from './invoice.ts'
import { readInvoice } from './invoice.ts'
import type { Journal, JournalFact, JournalRecord } from './journal.ts'
import type { Delay, EsfSimulatorOptions, SimulatorTaxpayer, SimulatorUser } from './options.ts'
import type { PortalError } from './portal-error.ts'
import { seededRandom } from './random.ts'
import { SoapFault } from './soap.ts'
import type { ActRow, InvoiceRow, SessionRow } from './state.ts'
import { PortalState, invoiceKey } from './state.ts'
import { parseXml } from './xml.ts'

/** "Lives 20+ minutes" [L]. */
const defaultSessionTtlMs = 30 * 60_000

/** The portal behind the services: time, memory, journal and the asynchronous queue. */
export class Portal {
  readonly state = new PortalState()
  readonly options: EsfSimulatorOptions
  /** Maintenance windows of the fault script; they count as known outages. */
  readonly outages: { from: Date; until: Date }[]
  readonly #clock: Clock
  readonly #journal: Journal
  readonly #users: ReadonlyMap<string, SimulatorUser>
  readonly #taxpayers: ReadonlyMap<string, SimulatorTaxpayer> | undefined
  readonly #tickets = new Map<string, { iin: string; expiresAt: number }>()
  readonly #facts = new WeakMap<InvoiceRow, InvoiceFacts>()
  /** Heavy check verdicts ordered by a test, in the order they will be met. */
  readonly #ordered: { matches: (invoice: InvoiceRow) => boolean; errors: readonly PortalError[] }[] = []
  readonly #callsByDay = new Map<string, number>()
  #offsetMs = 0
  #observedMs = 0
  #counter = 0

  constructor(options: EsfSimulatorOptions, journal: Journal, records: readonly JournalRecord[]) {
    this.options = options
    this.#journal = journal
    this.#clock = options.clock ?? systemClock
    this.#users = new Map(options.users.map((user) => [user.iin, user]))
    this.#taxpayers =
      options.taxpayers === undefined ? undefined : new Map(options.taxpayers.map((one) => [one.tin, one]))
    this.outages = [...(options.downtimes ?? [])]
    for (const record of records) this.state.apply(record)
    for (const call of this.state.calls) this.#count(call)
    // Session ids of this run must differ from those of the run before.
    this.#counter = records.length
  }

  // --- time ------------------------------------------------------------------------------------------

  now(): Date {
    return new Date(this.#clock.now().getTime() + this.#offsetMs)
  }

  today(): string {
    return almatyDate(this.now())
  }

  /** Moves the portal's time forward and does the work that has become due. */
  tick(ms: number): void {
    this.#offsetMs += ms
    this.advance()
  }

  /** Nothing that happens from now on may carry a time that a cursor has already passed. */
  observed(at: Date): void {
    this.#observedMs = Math.max(this.#observedMs, at.getTime())
  }

  #stamp(wanted: Date): Date {
    return new Date(Math.max(wanted.getTime(), this.state.lastAt.getTime(), this.#observedMs + 1))
  }

  // --- memory ----------------------------------------------------------------------------------------

  /** Writes a fact to the journal and into the memory; the answer that tells it waits for `durable()`. */
  write(fact: JournalFact, wanted: Date = this.now()): Date {
    const at = this.#stamp(wanted)
    const record: JournalRecord = { at: at.toISOString(), ...fact }
    this.#journal.append(record)
    this.state.apply(record)
    this.options.onRecord?.(record)
    return at
  }

  /** A call is counted without moving the portal's time of events. */
  writeCall(fact: Extract<JournalFact, { kind: 'call' }>): void {
    const record: JournalRecord = { at: this.now().toISOString(), ...fact }
    this.#journal.append(record)
    this.state.apply(record)
    this.#count(record)
    this.options.onRecord?.(record)
  }

  /** Calls of a day of Almaty, the unit of the portal's budget. */
  callsOfDay(day: string): number {
    return this.#callsByDay.get(day) ?? 0
  }

  callsByDay(): ReadonlyMap<string, number> {
    return this.#callsByDay
  }

  #count(call: { readonly at: string }): void {
    const day = almatyDate(new Date(call.at))
    this.#callsByDay.set(day, (this.#callsByDay.get(day) ?? 0) + 1)
  }

  durable(): Promise<void> {
    return this.#journal.flush()
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  // --- people and sessions ---------------------------------------------------------------------------

  user(iin: string | undefined): SimulatorUser | undefined {
    return iin === undefined ? undefined : this.#users.get(iin)
  }

  taxpayer(tin: string): SimulatorTaxpayer | undefined {
    return this.#taxpayers === undefined ? { tin } : this.#taxpayers.get(tin)
  }

  isVatPayer(tin: string): boolean {
    return this.taxpayer(tin)?.vatPayer ?? true
  }

  rememberTicket(state: string, iin: string, ttlMinutes: number): void {
    this.#tickets.set(state, { iin, expiresAt: this.now().getTime() + ttlMinutes * 60_000 })
  }

  /** The person a ticket was issued to; `undefined` for a stranger's or an expired one. */
  ticketOwner(state: string): string | undefined {
    const ticket = this.#tickets.get(state)
    return ticket === undefined || ticket.expiresAt < this.now().getTime() ? undefined : ticket.iin
  }

  /** Hex of 32 digits, repeatable for a seed. */
  nextHex(): string {
    this.#counter += 1
    return createHash('sha256')
      .update(`${this.options.seed ?? 1}/${this.#counter}`)
      .digest('hex')
      .slice(0, 32)
  }

  openSession(iin: string, tin: string, profile: string): SessionRow {
    // `<32 hex>-<tin>--<profile>` as of 2026 [L]; at most 64 characters [C].
    const sessionId = `${this.nextHex()}-${tin}--${profile}`
    this.write({ kind: 'session.opened', sessionId, iin, tin, profile })
    return this.state.sessions.get(sessionId) as SessionRow
  }

  closeSession(session: SessionRow, cause: string): void {
    if (session.open) this.write({ kind: 'session.closed', sessionId: session.id, cause })
  }

  /** Closes sessions left alone for longer than the time to live. */
  expireSessions(): void {
    const limit = this.now().getTime() - (this.options.sessionTtlMs ?? defaultSessionTtlMs)
    for (const session of this.state.sessions.values()) {
      if (session.open && session.lastUsedAt.getTime() < limit) this.closeSession(session, 'idle')
    }
  }

  /** The open session of a business call; ends the call when there is none. */
  session(sessionId: string | undefined): SessionRow {
    const session = this.state.sessions.get(sessionId ?? '')
    if (session === undefined || !session.open) {
      throw SoapFault.declared('sessionClosed', 'No open session associated with user.')
    }
    session.lastUsedAt = this.now()
    return session
  }

  certificateDigest(certificate: string): string {
    const digest = createHash('sha256').update(certificate).digest('hex')
    if (!this.state.certificates.has(digest)) this.write({ kind: 'certificate', digest, certificate })
    return digest
  }

  // --- the asynchronous queue ------------------------------------------------------------------------

  /** Saves the second reading of a body that has just been checked. */
  keepFacts(id: string, facts: InvoiceFacts): void {
    const invoice = this.state.invoices.get(id)
    if (invoice !== undefined) this.#facts.set(invoice, facts)
  }

  /** Facts of a stored body; read again after a restart. */
  facts(invoice: InvoiceRow): InvoiceFacts {
    const known = this.#facts.get(invoice)
    if (known !== undefined) return known
    const facts = readInvoice(parseXml(invoice.body))
    this.#facts.set(invoice, facts)
    return facts
  }

  /** The next matching invoice fails its heavy check with these errors. */
  orderFailure(matches: (invoice: InvoiceRow) => boolean, errors: readonly PortalError[]): void {
    this.#ordered.push({ matches, errors })
  }

  /** Does everything that is due now, in the order of its time. */
  advance(): void {
    this.#advanceUntil(this.now().getTime())
  }

  /** What time alone brings about. A journal that cannot be written says so to the next caller. */
  beat(): void {
    if (this.state.unsettled.size === 0) return
    this.advance()
    this.durable().catch(() => undefined)
  }

  /** Empties the queue whatever the delays. */
  settle(): void {
    this.#advanceUntil(Number.POSITIVE_INFINITY)
  }

  #advanceUntil(limitMs: number): void {
    for (;;) {
      const due = [...this.state.unsettled]
        .map((row) => ({ row, dueMs: this.#dueMs(row) }))
        .filter(({ dueMs }) => dueMs <= limitMs)
        .sort((a, b) => a.dueMs - b.dueMs || (a.row.seq < b.row.seq ? -1 : 1))
      if (due.length === 0) return
      for (const { row, dueMs } of due) {
        const at = new Date(Math.min(dueMs, this.now().getTime()))
        if ('fact' in row) this.#settleAct(row, at)
        else if (row.status === 'IN_QUEUE')
          this.write({ kind: 'invoice.status', id: row.id, status: 'IN_PROCESSING' }, at)
        else this.#settleInvoice(row, at)
      }
    }
  }

  #dueMs(row: InvoiceRow | ActRow): number {
    const { queueMs = 0, processingMs = 0 } = this.options.delays ?? {}
    const queued = this.#draw(queueMs, row.seq)
    const processed = this.#draw(processingMs, row.seq)
    if ('fact' in row) return row.acceptedAt.getTime() + queued + processed
    return row.lastUpdateAt.getTime() + (row.status === 'IN_QUEUE' ? queued : processed)
  }

  #draw(delay: Delay, seq: bigint): number {
    if (typeof delay === 'number') return delay
    const [least, most] = delay
    return least + Math.floor(this.#number(seq, 'delay') * (most - least + 1))
  }

  /** A number in [0, 1) that belongs to a document. */
  #number(seq: bigint, purpose: string): number {
    const digest = createHash('sha256')
      .update(`${this.options.seed ?? 1}/${purpose}/${seq}`)
      .digest()
    return seededRandom(digest.readUInt32LE(0))()
  }

  #settleInvoice(invoice: InvoiceRow, at: Date): void {
    const order = this.#ordered.findIndex(({ matches }) => matches(invoice))
    const [ordered] = order === -1 ? [] : this.#ordered.splice(order, 1)
    const errors = ordered?.errors ?? heavyCheck(this, invoice)
    const [first] = errors
    if (first !== undefined) {
      // `cancelReason` holds the code of the first error [L].
      this.write(
        { kind: 'invoice.status', id: invoice.id, status: 'FAILED', cancelReason: first.errorCode, errors },
        at,
      )
      return
    }
    const registrationNumber = this.#registrationNumber('ESF', invoice.senderTin, invoice.seq)
    if (invoice.kind !== 'ORDINARY_INVOICE' && this.waitsForCustomer(invoice)) {
      this.write(
        {
          kind: 'invoice.status',
          id: invoice.id,
          status: 'WAITING_CUSTOMER_CONFIRMATION',
          registrationNumber,
        },
        at,
      )
      return
    }
    this.write({ kind: 'invoice.status', id: invoice.id, status: 'CREATED', registrationNumber }, at)
    this.replaceOriginal(invoice, at)
  }

  /** Rule of 2026: the customer's consent is needed when one of the customers is a VAT payer. */
  waitsForCustomer(invoice: InvoiceRow): boolean {
    return (
      this.options.customerConfirmation === true && invoice.customerTins.some((tin) => this.isVatPayer(tin))
    )
  }

  /** A corrected invoice in force cancels the one it corrects. */
  replaceOriginal(invoice: InvoiceRow, at: Date = this.now()): void {
    if (invoice.kind !== 'FIXED_INVOICE') return
    const original = this.original(invoice)
    if (original === undefined) return
    this.write(
      { kind: 'invoice.status', id: original.id, status: 'CANCELED', cancelReason: 'CANCEL_PARENT_INVOICE' },
      at,
    )
  }

  /** The registered invoice that a corrected or additional one refers to. */
  original(invoice: InvoiceRow): InvoiceRow | undefined {
    const { related } = invoice
    if (related === undefined) return undefined
    return this.state.byKey
      .get(invoiceKey(invoice.senderTin, related.date, related.num))
      ?.find((one) => one.registrationNumber !== undefined && one !== invoice)
  }

  #settleAct(act: ActRow, at: Date): void {
    const registrationNumber = this.#registrationNumber('AWP', act.fact.senderTin, act.seq)
    this.write({ kind: 'awp.status', id: act.id, status: 'NOT_VIEWED', registrationNumber }, at)
  }

  /** `ESF-<TIN>-<yyyyMMdd>-<8 digits>`: the day of registration, the sender's TIN. */
  #registrationNumber(prefix: 'ESF' | 'AWP', tin: string, seq: bigint): string {
    const day = this.today().replaceAll('-', '')
    // Spread over eight digits without two documents meeting: an odd factor is a bijection modulo 10^8 when
    // it is not divisible by 5.
    const digits = String((seq * 76_963_661n + BigInt(this.options.seed ?? 1)) % 100_000_000n).padStart(
      8,
      '0',
    )
    return `${prefix}-${tin}-${day}-${digits}`
  }
}
