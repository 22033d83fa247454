import type { AccessState } from '../../core/access/index.ts'
import {
  isFollowed,
  nextMomentOf,
  type BadFaithEntry,
  type BadFaithRegister,
  type ContractChange,
  type ContractEvent,
  type ContractFile,
  type ContractFiles,
  type DocumentFate,
  type DocumentOrder,
  type MonthlyCounts,
  type NewNotice,
  type Notice,
  type Notices,
  type OperatorDocuments,
  type OverduePickUp,
  type Payment,
  type Payments,
  type PickUps,
  type Publication,
  type Publications,
} from '../../core/contract/index.ts'
import { Outdated } from '../../core/exchange/index.ts'
import type { Clock, Ids, Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Twin of the owed mails. */
export class MemoryNotices implements Notices {
  readonly #ids: Ids
  readonly #notices = new Map<string, Notice>()
  readonly #keys = new Set<string>()
  /** Nothing is due before this: the ones that were sent lie behind it. */
  readonly #open = new Map<string, Notice>()

  constructor(ids: Ids) {
    this.#ids = ids
  }

  add(tx: Tx, notices: readonly NewNotice[]): Promise<void> {
    for (const notice of notices) {
      const key = `${notice.companyId ?? ''} ${notice.key}`
      if (this.#keys.has(key)) continue
      const owed: Notice = { ...notice, id: this.#ids.next(), attempts: 0 }
      this.#keys.add(key)
      this.#notices.set(owed.id, owed)
      this.#open.set(owed.id, owed)
      onRollback(tx, () => {
        this.#keys.delete(key)
        this.#notices.delete(owed.id)
        this.#open.delete(owed.id)
      })
    }
    return Promise.resolve()
  }

  due(now: Date, limit: number): Promise<Notice[]> {
    const due = [...this.#open.values()].filter(({ dueAt }) => dueAt <= now)
    due.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.id.localeCompare(b.id))
    return Promise.resolve(due.slice(0, limit).map((one) => ({ ...one })))
  }

  sent(id: string, { at, to }: { at: Date; to: string; messageId: string }): Promise<void> {
    const notice = this.#open.get(id)
    if (notice !== undefined) {
      Object.assign(notice, { sentAt: at, sentTo: to, attempts: notice.attempts + 1, trouble: undefined })
      this.#open.delete(id)
    }
    return Promise.resolve()
  }

  failed(id: string, { trouble, dueAt }: { trouble: string; dueAt: Date }): Promise<void> {
    const notice = this.#open.get(id)
    if (notice !== undefined) Object.assign(notice, { trouble, dueAt, attempts: notice.attempts + 1 })
    return Promise.resolve()
  }

  list({ companyId, open, limit }: { companyId?: string; open?: boolean; limit: number }): Promise<Notice[]> {
    const found = [...this.#notices.values()].filter(
      (one) =>
        (companyId === undefined || one.companyId === companyId) &&
        (open !== true || one.sentAt === undefined),
    )
    return Promise.resolve(
      found
        .sort((a, b) => b.id.localeCompare(a.id))
        .slice(0, limit)
        .map((one) => ({ ...one })),
    )
  }
}

/** Twin of the contract files. What is handed out is a copy: a decision that is not saved changes nothing. */
export class MemoryContractFiles implements ContractFiles {
  readonly #notices: Notices
  readonly #files = new Map<string, ContractFile>()
  readonly #events = new Map<string, ContractEvent[]>()
  #number = 0

  constructor(notices: Notices) {
    this.#notices = notices
  }

  of(companyId: string): Promise<ContractFile | undefined> {
    return Promise.resolve(structuredClone(this.#files.get(companyId)))
  }

  due(now: Date, limit: number): Promise<ContractFile[]> {
    const due = [...this.#files.values()].flatMap((file) => {
      const at = nextMomentOf(file)
      return at !== undefined && at <= now ? [{ at, file }] : []
    })
    due.sort((a, b) => a.at.getTime() - b.at.getTime())
    return Promise.resolve(due.slice(0, limit).map(({ file }) => structuredClone(file)))
  }

  following(after: string | undefined, limit: number): Promise<ContractFile[]> {
    return Promise.resolve(this.#page(isFollowed, after, limit))
  }

  list({
    state,
    after,
    limit,
  }: {
    state?: AccessState
    after?: string
    limit: number
  }): Promise<ContractFile[]> {
    return Promise.resolve(this.#page((file) => state === undefined || file.state === state, after, limit))
  }

  events(companyId: string): Promise<ContractEvent[]> {
    return Promise.resolve(structuredClone(this.#events.get(companyId) ?? []))
  }

  async save(tx: Tx, changes: readonly ContractChange[]): Promise<void> {
    for (const { file, wasRevision } of changes) {
      if ((this.#files.get(file.companyId)?.revision ?? 0) !== wasRevision)
        throw new Outdated(`contract of ${file.companyId}`)
    }
    for (const { file, events, notices } of changes) {
      const before = this.#files.get(file.companyId)
      const chain = this.#events.get(file.companyId) ?? []
      const length = chain.length
      this.#files.set(file.companyId, structuredClone(file))
      this.#events.set(file.companyId, chain)
      chain.push(...structuredClone(events))
      onRollback(tx, () => {
        chain.length = length
        if (before === undefined) this.#files.delete(file.companyId)
        else this.#files.set(file.companyId, before)
      })
      await this.#notices.add(tx, notices)
    }
  }

  nextNumber(): Promise<number> {
    this.#number += 1
    return Promise.resolve(this.#number)
  }

  #page(fits: (file: ContractFile) => boolean, after: string | undefined, limit: number): ContractFile[] {
    return [...this.#files.values()]
      .filter((file) => (after === undefined || file.companyId > after) && fits(file))
      .sort((a, b) => (a.companyId < b.companyId ? -1 : 1))
      .slice(0, limit)
      .map((file) => structuredClone(file))
  }
}

/** Twin of the lines of bank statements. */
export class MemoryPayments implements Payments {
  readonly #payments = new Map<string, Payment>()

  byKey(key: string): Promise<Payment | undefined> {
    return Promise.resolve(this.#payments.get(key))
  }

  record(tx: Tx, payment: Payment): Promise<boolean> {
    if (this.#payments.has(payment.key)) return Promise.resolve(false)
    this.#payments.set(payment.key, payment)
    onRollback(tx, () => this.#payments.delete(payment.key))
    return Promise.resolve(true)
  }

  list({
    companyId,
    outcome,
    limit,
  }: {
    companyId?: string
    outcome?: Payment['outcome']
    limit: number
  }): Promise<Payment[]> {
    const found = [...this.#payments.values()].filter(
      (one) =>
        (companyId === undefined || one.companyId === companyId) &&
        (outcome === undefined || one.outcome === outcome),
    )
    return Promise.resolve(found.reverse().slice(0, limit))
  }
}

/** Twin of the publication log. */
export class MemoryPublications implements Publications {
  readonly #log: Publication[] = []
  readonly #contents = new Map<number, Uint8Array>()

  all(): Promise<readonly Publication[]> {
    return Promise.resolve([...this.#log])
  }

  content(seq: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#contents.get(seq))
  }

  append(tx: Tx, entry: Publication, content: Uint8Array): Promise<void> {
    if (this.#log.some(({ seq }) => seq === entry.seq))
      return Promise.reject(new Outdated(`publication ${entry.seq}`))
    this.#log.push(entry)
    this.#contents.set(entry.seq, content)
    onRollback(tx, () => this.#log.pop())
    return Promise.resolve()
  }
}

/** Twin of the month's counts; a test says what was sent. */
export class MemoryMonthlyCounts implements MonthlyCounts {
  readonly #counts = new Map<string, number>()

  add(companyId: string, month: string, count: number): void {
    const key = `${companyId} ${month}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
  }

  of(companyIds: readonly string[], month: string): Promise<Map<string, number>> {
    return Promise.resolve(
      new Map(
        companyIds.flatMap((id) => {
          const count = this.#counts.get(`${id} ${month}`)
          return count === undefined ? [] : [[id, count] as const]
        }),
      ),
    )
  }
}

/** Twin of the pick-ups. */
export class MemoryPickUps implements PickUps {
  readonly #at = new Map<string, Date>()
  readonly #told = new Map<string, Date>()

  noted(companyId: string, at: Date): Promise<void> {
    this.#at.set(companyId, at)
    return Promise.resolve()
  }

  overdue(before: Date, limit: number): Promise<OverduePickUp[]> {
    return Promise.resolve(
      [...this.#at]
        .filter(([id, at]) => at < before && (this.#told.get(id) ?? new Date(0)) < before)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([companyId, since]) => ({ companyId, since, waiting: 1, titles: [] })),
    )
  }

  told(_: Tx, companyIds: readonly string[], at: Date): Promise<void> {
    for (const id of companyIds) this.#told.set(id, at)
    return Promise.resolve()
  }
}

/** Twin of the register of bad-faith participants. */
export class MemoryBadFaithRegister implements BadFaithRegister {
  readonly #entries = new Map<string, BadFaithEntry>()

  put(_: Tx, entry: BadFaithEntry): Promise<void> {
    this.#entries.set(entry.id, entry)
    return Promise.resolve()
  }

  byId(id: string): Promise<BadFaithEntry | undefined> {
    return Promise.resolve(this.#entries.get(id))
  }

  list(): Promise<BadFaithEntry[]> {
    return Promise.resolve([...this.#entries.values()])
  }
}

/** Twin of the operator's documents: kept by order, moved along by whoever tests. */
export class MemoryOperatorDocuments implements OperatorDocuments {
  readonly orders = new Map<string, DocumentOrder>()
  readonly #fates = new Map<string, DocumentFate>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(order: DocumentOrder): Promise<string> {
    const documentId = `${order.kind}:${order.id}`
    if (!this.orders.has(documentId)) {
      this.orders.set(documentId, order)
      this.#fates.set(documentId, { signed: false })
    }
    return Promise.resolve(documentId)
  }

  fate(documentId: string): Promise<DocumentFate | undefined> {
    return Promise.resolve(this.peek(documentId))
  }

  peek(documentId: string): DocumentFate | undefined {
    return this.#fates.get(documentId)
  }

  /** Something happened to a document. */
  move(documentId: string, news: Partial<DocumentFate>): void {
    const before = this.#fates.get(documentId)
    if (before === undefined) throw new Error(`no document ${documentId}`)
    this.#fates.set(documentId, { ...before, ...news })
  }

  deem(documentId: string): Promise<'deemed' | 'answered'> {
    const fate = this.#fates.get(documentId)
    if (fate?.answer !== undefined)
      return Promise.resolve(fate.answer.word === 'deemed' ? 'deemed' : 'answered')
    this.move(documentId, { answer: { word: 'deemed', at: this.#clock.now() } })
    return Promise.resolve('deemed')
  }
}
