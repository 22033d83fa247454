import type { Clock, Ids, LocalDate, Tx, UnitOfWork, Words } from '../kernel/index.ts'
import type { FetchRanges, IncomingInvoices, IncomingRecord } from './incoming.ts'
import { meaningOf } from './judge-status.ts'
import type { PortalReader } from './ports.ts'
import { quartersOf } from './quarters.ts'
import { reconcile } from './reconcile.ts'
import type { Difference, DifferenceKind, ReconcileDeps } from './reconcile.ts'

/** What our books say of one tax invoice of a company. */
export interface BookedInvoice {
  documentId: string
  date: LocalDate
  number: string
  senderState: string
  mirrorState: string
  /** On the document's stamp. */
  registrationNumber?: string
  /** On the mirror's record. */
  registered?: string
  metered: boolean
}

/** The company's own books: documents, stamps and meter lines, side by side. */
export interface MirrorBooks {
  /** Tax invoices of a company by day of issue, ordered by id. */
  booked(
    taxId: string,
    range: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ): Promise<BookedInvoice[]>
}

/** A difference as it is kept until it is gone. */
export interface KeptDifference extends Difference {
  id: string
  taxId: string
  direction: 'out' | 'in'
  firstSeenAt: Date
  lastSeenAt: Date
  /** When the offered action was taken last. */
  takenAt?: Date
  /** When a later comparison found it gone. */
  resolvedAt?: Date
}

/** The table of differences. */
export interface Differences {
  /**
   * Writes what a comparison of a range found: new ones are added, known ones seen again, and open ones of the range
   * that it did not find are resolved.
   */
  note(
    tx: Tx,
    found: {
      taxId: string
      range: { from: LocalDate; to: LocalDate }
      at: Date
      differences: (Omit<Difference, 'action'> & Pick<KeptDifference, 'id' | 'direction' | 'action'>)[]
    },
  ): Promise<void>
  /** Open ones, oldest day first, and those resolved since a moment when one is given. */
  of(taxId: string, options?: { resolvedSince?: Date }): Promise<KeptDifference[]>
  taken(tx: Tx, ids: string[], at: Date): Promise<void>
}

export interface ReconcileBooksDeps extends ReconcileDeps {
  reader: Pick<PortalReader, 'list'>
  incoming: Pick<IncomingInvoices, 'between'>
  books: MirrorBooks
  differences: Differences
  unitOfWork: UnitOfWork
  clock: Clock
  ids: Ids
}

/** Both sides of a range, counted, and every way in which they differ. */
export interface Reconciliation {
  /** Lines of both sides that were looked at. */
  compared: number
  /** Outgoing: signed and handed to the mirror = registered by the portal = stamped on the document = metered. */
  sent: number
  registered: number
  stamped: number
  metered: number
  /** Not decided yet, and refused by the portal or by our own checks. */
  waiting: number
  rejected: number
  /** Incoming: on the portal's list, and in the company's box. */
  atPortal: number
  fetched: number
  differences: (Difference & { direction: 'out' | 'in' })[]
}

const page = 500
const maxPages = 10_000

/**
 * Compares a company's books with the portal's, both directions: what was sent is registered, stamped and metered,
 * each once; what the portal has for us is in our box. Every difference is kept as one row with its cause and what
 * can be done, until a later comparison finds it gone.
 */
export const reconcileBooks = async (
  deps: ReconcileBooksDeps,
  taxId: string,
  range: { from: LocalDate; to: LocalDate },
): Promise<Reconciliation> => {
  const outgoing = await reconcile(deps, taxId, range)
  const booked = await bookedIn(deps, taxId, range)
  const incoming = await incomingDifferences(deps, taxId, range)
  const differences = [
    ...outgoing.differences.map((one) => ({ ...one, direction: 'out' as const })),
    ...booked.flatMap(bookDifference).map((one) => ({ ...one, direction: 'out' as const })),
    ...incoming.differences.map((one) => ({ ...one, direction: 'in' as const })),
  ]
  const at = deps.clock.now()
  await deps.unitOfWork.run((tx) =>
    deps.differences.note(tx, {
      taxId,
      range,
      at,
      differences: differences.map((one) => ({ ...one, id: deps.ids.next() })),
    }),
  )
  const count = (is: (one: BookedInvoice) => boolean) => booked.filter(is).length
  return {
    compared: outgoing.compared + incoming.compared,
    sent: count(wasSent),
    registered: count(({ registered }) => registered !== undefined),
    stamped: count(({ registrationNumber }) => registrationNumber !== undefined),
    metered: count(({ metered }) => metered),
    waiting: count(({ mirrorState }) => mirrorState === 'waiting' || mirrorState === 'submitted'),
    rejected: count(({ mirrorState }) => mirrorState === 'rejected'),
    atPortal: incoming.atPortal,
    fetched: incoming.fetched,
    differences,
  }
}

/** Withdrawn before the portal heard of it, or still waiting for the sender's signature. */
const wasSent = ({ mirrorState, senderState }: BookedInvoice): boolean =>
  mirrorState !== 'none' && senderState !== 'awaiting_signature'

const bookDifference = (one: BookedInvoice): Difference[] => {
  const { date, number, documentId } = one
  const base = { date, number, documentId, ours: one.mirrorState }
  const found: Difference[] = []
  if (!one.metered) found.push({ ...base, kind: 'unmetered', action: 'look' })
  if (one.registered !== one.registrationNumber) {
    found.push({
      ...base,
      kind: 'unstamped',
      action: one.registrationNumber === undefined ? 'ask-again' : 'look',
      theirs: one.registered ?? '',
    })
  }
  return found
}

const bookedIn = async (
  { books }: Pick<ReconcileBooksDeps, 'books'>,
  taxId: string,
  range: { from: LocalDate; to: LocalDate },
): Promise<BookedInvoice[]> => {
  const all: BookedInvoice[] = []
  for (;;) {
    const some = await books.booked(taxId, { ...range, after: all.at(-1)?.documentId, limit: page })
    all.push(...some)
    if (some.length < page) return all
  }
}

const incomingDifferences = async (
  deps: ReconcileBooksDeps,
  taxId: string,
  { from, to }: { from: LocalDate; to: LocalDate },
): Promise<{ compared: number; atPortal: number; fetched: number; differences: Difference[] }> => {
  const differences: Difference[] = []
  let atPortal = 0
  let fetched = 0
  for (const quarter of quartersOf(from, to)) {
    const ours = new Map((await fetchedIn(deps, taxId, quarter)).map((one) => [one.portalId, one]))
    fetched += ours.size
    const seen = new Set<string>()
    let next = 0
    for (let walked = 0; walked < maxPages; walked += 1) {
      const answer = await deps.reader.list(taxId, { direction: 'INBOUND', ...quarter, page: next })
      for (const info of answer.invoices) {
        if (seen.has(info.portalId)) continue
        seen.add(info.portalId)
        atPortal += 1
        const mine = ours.get(info.portalId)
        const base = {
          date: info.date ?? quarter.from,
          number: info.number ?? '',
          portalId: info.portalId,
          theirs: info.status ?? '',
        }
        if (mine === undefined) {
          if (meaningOf(info) === 'rejected') continue
          differences.push({ ...base, kind: 'not-fetched', action: 'fetch' })
        } else if (info.status !== undefined && info.status !== mine.status) {
          differences.push({
            ...base,
            kind: 'status-unnoticed',
            action: 'fetch',
            documentId: mine.documentId,
            ours: mine.status ?? '',
          })
        }
      }
      if (answer.last || answer.invoices.length === 0) break
      next = answer.page + 1
    }
    for (const mine of ours.values()) {
      if (seen.has(mine.portalId)) continue
      differences.push({
        kind: 'missing-at-portal',
        action: 'look',
        date: mine.date,
        number: mine.number,
        documentId: mine.documentId,
        portalId: mine.portalId,
        ours: mine.status ?? '',
      })
    }
  }
  return { compared: atPortal + fetched, atPortal, fetched, differences }
}

const fetchedIn = async (
  { incoming }: Pick<ReconcileBooksDeps, 'incoming'>,
  taxId: string,
  range: { from: LocalDate; to: LocalDate },
): Promise<IncomingRecord[]> => {
  const all: IncomingRecord[] = []
  for (;;) {
    const some = await incoming.between(taxId, { ...range, after: all.at(-1)?.portalId, limit: page })
    all.push(...some)
    if (some.length < page) return all
  }
}

/** Asks for the quarters in which something of the company's box is missing or stale; returns how many. */
export const fetchDifferences = async (
  deps: { ranges: Pick<FetchRanges, 'add'>; unitOfWork: UnitOfWork; clock: Clock; ids: Ids },
  taxId: string,
  differences: readonly Pick<Difference, 'action' | 'date'>[],
): Promise<number> => {
  const wanted = differences.filter(({ action }) => action === 'fetch').map(({ date }) => date)
  const days = wanted.sort()
  const [from] = days
  const to = days.at(-1)
  if (from === undefined || to === undefined) return 0
  // Only the quarters something is missing from: a range of years with two gaps is two questions.
  const quarters = quartersOf(from, to).filter((one) => days.some((day) => one.from <= day && day <= one.to))
  const requestedAt = deps.clock.now()
  await deps.unitOfWork.run((tx) =>
    deps.ranges.add(
      tx,
      quarters.map((quarter) => ({
        id: deps.ids.next(),
        taxId,
        ...quarter,
        page: 0,
        seen: 0,
        brought: 0,
        unread: 0,
        requestedAt,
      })),
    ),
  )
  return wanted.length
}

/** Why the two sides may differ so, and what helps: one sentence for the operator. */
export const causeOf = (kind: DifferenceKind): Words => causes[kind]

const causes: Readonly<Record<DifferenceKind, Words>> = {
  'missing-at-portal': {
    ru: 'У нас есть, на портале нет: удалён на портале или список портала неполон. Посмотрите обе стороны.',
    kk: 'Бізде бар, порталда жоқ: порталда жойылған немесе портал тізімі толық емес. Екі жағын да қараңыз.',
    en: 'We have it, the portal does not: deleted there, or its list is incomplete. Look at both.',
  },
  'registered-unnoticed': {
    ru: 'Портал зарегистрировал, ответ не дошёл. Спросить ещё раз.',
    kk: 'Портал тіркеді, жауап жетпеді. Қайта сұрау.',
    en: 'The portal registered it and the answer was lost. Ask again.',
  },
  'failed-unnoticed': {
    ru: 'Портал отклонил, ответ не дошёл. Спросить ещё раз.',
    kk: 'Портал қабылдамады, жауап жетпеді. Қайта сұрау.',
    en: 'The portal failed it and the answer was lost. Ask again.',
  },
  'stamp-differs': {
    ru: 'Номер регистрации у нас и на портале разный. Посмотрите обе стороны.',
    kk: 'Тіркеу нөмірі бізде және порталда әртүрлі. Екі жағын да қараңыз.',
    en: 'The registration numbers differ. Look at both.',
  },
  'other-content': {
    ru: 'Под этим номером на портале другой счёт-фактура. Посмотрите обе стороны.',
    kk: 'Осы нөмірмен порталда басқа шот-фактура тұр. Екі жағын да қараңыз.',
    en: 'Under this number the portal has another invoice. Look at both.',
  },
  'unknown-to-us': {
    ru: 'Выписан в кабинете или другой программой. Ничего делать не нужно.',
    kk: 'Кабинетте немесе басқа бағдарламамен жазылған. Ештеңе істеу қажет емес.',
    en: 'Issued in the cabinet or by another program. Nothing to do.',
  },
  unmetered: {
    ru: 'Документ принят, а в счётчике его нет. Проверьте счётчик (daneker meter check).',
    kk: 'Құжат қабылданған, ал есептегіште жоқ. Есептегішті тексеріңіз (daneker meter check).',
    en: 'The document was accepted and is not in the meter. Check the meter.',
  },
  unstamped: {
    ru: 'Портал зарегистрировал, а отметки на документе нет или она другая. Спросить ещё раз.',
    kk: 'Портал тіркеді, ал құжатта белгі жоқ немесе ол басқа. Қайта сұрау.',
    en: 'The portal registered it, and the document has no stamp or another one. Ask again.',
  },
  'not-fetched': {
    ru: 'На портале есть, в базе организации нет. Получить за этот квартал.',
    kk: 'Порталда бар, ұйым базасында жоқ. Осы тоқсан үшін алу.',
    en: 'The portal has it and the company’s box does not. Fetch its quarter.',
  },
  'status-unnoticed': {
    ru: 'Статус на портале изменился, мы этого не видели. Получить за этот квартал.',
    kk: 'Порталдағы мәртебе өзгерді, біз көрмедік. Осы тоқсан үшін алу.',
    en: 'The portal’s status moved unnoticed. Fetch its quarter.',
  },
}
