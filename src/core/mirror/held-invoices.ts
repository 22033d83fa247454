import type { DocumentRecord, Documents } from '../exchange/index.ts'
import { fault, type Clock, type Fault, type Ids, type LocalDate } from '../kernel/index.ts'
import { Refusal } from '../exchange/index.ts'
import { holdAt } from './outages.ts'
import type { Hold, PortalOutage, PortalOutages, PortalProbe } from './outages.ts'
import { portalDeadline } from './portal-deadlines.ts'
import type { ReadDocument } from './ports.ts'

/** Invoices that are on their way to the portal. */
export interface HeldInvoices {
  count(): Promise<number>
  /** By day of issue, oldest first. */
  oldest(limit: number): Promise<DocumentRecord[]>
}

/** An invoice that waits for the portal, and its term. */
export interface HeldInvoice {
  documentId: string
  number: string
  date: LocalDate
  senderTaxId: string
  clause: string
  dueOn: LocalDate
}

/** The whole picture of the portal's downtime, for the operator. */
export interface Downtime {
  hold?: Hold
  outages: PortalOutage[]
  probes: PortalProbe[]
  held: number
  /** Those whose terms end soonest. */
  soonest: HeldInvoice[]
}

/** What an operator does about the portal's downtime. */
export interface DowntimeDesk {
  show(): Promise<Downtime>
  announce(outage: { from: Date; until: Date; note: string; by: string }): Promise<PortalOutage>
  /** Ends an outage now, or at `until`. */
  end(order: { id: string; until?: Date }): Promise<void>
}

export interface DowntimeDeps {
  outages: PortalOutages
  held: HeldInvoices
  documents: Pick<Documents, 'bytes'>
  readDocument: ReadDocument
  clock: Clock
  ids: Ids
}

const shown = { days: 90, probes: 20, invoices: 50 }
/** An outage is announced for hours or days; longer is a slip of the pen. */
const longestOutageMs = 31 * 86_400_000

const badOutage = (): Fault =>
  fault('PORTAL-09', 'from', {
    ru: 'Укажите начало и конец простоя (2026-02-13T00:00:00+05:00): конец позже начала, не более 31 дня.',
    kk: 'Тоқтап тұрудың басы мен соңын көрсетіңіз (2026-02-13T00:00:00+05:00): соңы басынан кеш, 31 күннен аспайды.',
    en: 'Give the beginning and the end of the outage (2026-02-13T00:00:00+05:00): the end later than the beginning, 31 days at most.',
  })

const noSuchOutage = (): Fault =>
  fault('PORTAL-10', 'id', {
    ru: 'Такого простоя нет, или он начался позже указанного конца.',
    kk: 'Мұндай тоқтап тұру жоқ немесе ол көрсетілген соңынан кеш басталды.',
    en: 'There is no such outage, or it began after the end that was given.',
  })

export const openDowntimeDesk = (deps: DowntimeDeps): DowntimeDesk => ({
  async show() {
    const now = deps.clock.now()
    const [outages, probes, hold, held, oldest] = await Promise.all([
      deps.outages.between(new Date(now.getTime() - shown.days * 86_400_000), new Date(8.64e15)),
      deps.outages.probes(shown.probes),
      holdAt(deps.outages, now),
      deps.held.count(),
      deps.held.oldest(shown.invoices),
    ])
    const terms: HeldInvoice[] = []
    for (const record of oldest) terms.push(await termOf(deps, record))
    return {
      ...(hold === undefined ? {} : { hold }),
      outages,
      probes,
      held,
      soonest: terms.sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1)),
    }
  },

  async announce({ from, until, note, by }) {
    const lastsMs = until.getTime() - from.getTime()
    if (!(lastsMs > 0) || lastsMs > longestOutageMs) throw new Refusal('invalid', [badOutage()])
    const outage: PortalOutage = {
      id: deps.ids.next(),
      kind: 'announced',
      from,
      until,
      note: note.slice(0, 500),
      by,
      reportedAt: deps.clock.now(),
    }
    await deps.outages.add(outage)
    return outage
  },

  async end({ id, until = deps.clock.now() }) {
    const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
    if (!isId || !(await deps.outages.end(id, until))) throw new Refusal('not-found', [noSuchOutage()])
  },
})

const termOf = async (deps: DowntimeDeps, record: DocumentRecord): Promise<HeldInvoice> => {
  const bytes = await deps.documents.bytes(record.digest)
  const read = bytes === undefined ? undefined : await deps.readDocument(record.kind, bytes)
  const invoice = read?.ok === true && read.value.kind === 'tax-invoice' ? read.value : undefined
  const { clause, dueOn } =
    invoice?.datePaper === undefined
      ? portalDeadline('E1', invoice?.turnoverDate ?? record.date)
      : portalDeadline('E2', invoice.datePaper)
  return {
    documentId: record.id,
    number: record.number,
    date: record.date,
    senderTaxId: record.senderTaxId,
    clause,
    dueOn,
  }
}
