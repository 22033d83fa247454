import { randomUUID } from 'node:crypto'
import { EsfPortal, esfPortalDefaults, rsaPortalKey, writeInvoice } from '../../../src/adapters/esf/index.ts'
import type { EsfPortalOptions, PortalAccount } from '../../../src/adapters/esf/index.ts'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { MemoryLeases } from '../../../src/adapters/memory/leases.ts'
import { MemoryMirrorCursors, MemoryMirrorRecords } from '../../../src/adapters/memory/mirror-records.ts'
import { MemoryCallBudget, MemoryPortalSessions } from '../../../src/adapters/memory/portal-sessions.ts'
import { MemoryUnitOfWork, onRollback } from '../../../src/adapters/memory/unit-of-work.ts'
import { readDocumentValue } from '../../../src/core/document/index.ts'
import type { TaxInvoice } from '../../../src/core/document/index.ts'
import { Outdated } from '../../../src/core/exchange/index.ts'
import type { DocumentChange, DocumentRecord, Documents, NewEvent } from '../../../src/core/exchange/index.ts'
import { UpstreamError } from '../../../src/core/kernel/index.ts'
import type { StepOutcome, Tx, UnitOfWork } from '../../../src/core/kernel/index.ts'
import { mirrorDefaults, mirrorInvoice } from '../../../src/core/mirror/index.ts'
import type { MirrorDeps, MirrorSettings } from '../../../src/core/mirror/index.ts'
import { anInvoice } from '../../factories/documents.ts'
import { iin, password, seller } from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'

/** Documents as the mirror sees them: states, stamps, events. */
export class FewDocuments implements Pick<Documents, 'byId' | 'byIds' | 'bytes' | 'record'> {
  readonly rows = new Map<string, DocumentRecord>()
  readonly events: NewEvent[] = []
  private readonly contents = new Map<string, Uint8Array>()

  put(invoice: TaxInvoice, over: Partial<DocumentRecord> = {}): DocumentRecord {
    const id = randomUUID()
    const record: DocumentRecord = {
      id,
      revision: 1,
      kind: 'tax-invoice',
      companyId: 'company',
      connectionId: 'connection',
      senderTaxId: seller,
      senderName: 'ТОО «Алатау Снаб»',
      recipientTaxId: invoice.buyer.taxId ?? '',
      recipientName: invoice.buyer.name,
      guid: invoice.guid,
      version: invoice.version,
      number: invoice.number,
      date: invoice.date,
      digest: id,
      size: 1,
      receivedAt: new Date(0),
      senderState: 'signed',
      recipientState: 'none',
      mirrorState: 'waiting',
      origin: { door: 'test', format: 'test', requestId: id },
      ...over,
    }
    this.rows.set(id, record)
    this.contents.set(id, new TextEncoder().encode(JSON.stringify(invoice)))
    return record
  }

  async byId(id: string) {
    const record = this.rows.get(id)
    return record === undefined ? undefined : structuredClone(record)
  }

  async byIds(ids: string[]) {
    const found = ids.flatMap((id) => {
      const record = this.rows.get(id)
      return record === undefined ? [] : [[id, structuredClone(record)] as const]
    })
    return new Map(found)
  }

  async bytes(digest: string) {
    return this.contents.get(digest)
  }

  async record(tx: Tx, change: DocumentChange) {
    const before = this.rows.get(change.documentId)
    if (before?.revision !== change.revision) throw new Outdated(change.documentId)
    const { documentId, revision, events = [], reason, ...rest } = change
    delete rest.tasks
    delete rest.signature
    this.rows.set(documentId, {
      ...before,
      ...rest,
      revision: revision + 1,
      ...(typeof reason === 'string' ? { reason } : {}),
    })
    this.events.push(...events)
    onRollback(tx, () => {
      this.rows.set(documentId, before)
      this.events.splice(this.events.length - events.length, events.length)
    })
  }
}

/** Time that stands until a test moves it; the portal and the gateway share it. */
export class SharedClock {
  private at: number

  constructor(at: Date) {
    this.at = at.getTime()
  }

  now(): Date {
    return new Date(this.at)
  }

  move(ms: number): void {
    this.at += ms
  }
}

/** The process was killed here: before or after a commit. */
export class Killed extends Error {}

/** A unit of work in which the process dies by chance. */
class MortalUnitOfWork implements UnitOfWork {
  private readonly store = new MemoryUnitOfWork()
  private readonly dies: () => boolean

  constructor(dies: () => boolean) {
    this.dies = dies
  }

  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.dies()) throw new Killed('before the commit')
    const value = await this.store.run(work)
    if (this.dies()) throw new Killed('after the commit')
    return value
  }
}

export interface Gateway {
  documents: FewDocuments
  records: MemoryMirrorRecords
  cursors: MemoryMirrorCursors
  budget: MemoryCallBudget
  sessions: MemoryPortalSessions
  portal: EsfPortal
  deps: MirrorDeps
  /** Runs the step once, as the worker would. */
  run(documentId: string): Promise<StepOutcome>
  /** Runs every unfinished document, `width` at a time, and moves the clock, until all are final. */
  drive(options?: { width?: number; rounds?: number }): Promise<{ rounds: number; upstream: string[] }>
  /**
   * A whole day: `count` invoices arrive evenly over `hours`, each step runs when it is due, second by second,
   * until all are final.
   */
  live(day: { count: number; hours: number }): Promise<void>
  put(over?: Partial<TaxInvoice>, record?: Partial<DocumentRecord>): DocumentRecord
}

export const anAccount = (key: TestKey, over: Partial<PortalAccount> = {}): PortalAccount => ({
  taxId: seller,
  user: iin,
  password,
  login: 'ticket',
  key: rsaPortalKey({ privateKeyPem: key.privateKeyPem, certificatePem: key.pem }),
  ...over,
})

export const openGateway = (options: {
  simulator: Pick<EsfSimulator, 'url'>
  clock: SharedClock
  accounts: PortalAccount[]
  settings?: Partial<MirrorSettings>
  portal?: Partial<EsfPortalOptions>
  dies?: () => boolean
}): Gateway => {
  const { clock, accounts } = options
  const records = new MemoryMirrorRecords()
  const documents = new FewDocuments()
  const budget = new MemoryCallBudget()
  const sessions = new MemoryPortalSessions()
  const portal = new EsfPortal(
    {
      ...esfPortalDefaults,
      baseUrl: options.simulator.url,
      loginEveryMs: 0,
      holder: 'test',
      ...options.portal,
    },
    {
      accounts: {
        byTaxId: async (taxId) => accounts.find((account) => account.taxId === taxId),
        all: async () => accounts,
      },
      sessions,
      leases: new MemoryLeases(),
      budget,
      clock,
    },
  )
  const deps: MirrorDeps = {
    documents,
    records,
    batches: records,
    history: records,
    portal,
    reader: portal,
    commands: portal,
    budget,
    writer: { write: writeInvoice },
    signer: portal,
    readDocument: async (kind, bytes) => readDocumentValue(kind, JSON.parse(new TextDecoder().decode(bytes))),
    unitOfWork: options.dies === undefined ? new MemoryUnitOfWork() : new MortalUnitOfWork(options.dies),
    clock,
    settings: { ...mirrorDefaults, ...options.settings },
  }
  const step = mirrorInvoice(deps)

  const run = async (documentId: string): Promise<StepOutcome> => {
    const outcome = await step({
      id: documentId,
      kind: 'mirror',
      documentId,
      subject: '',
      dueAt: clock.now(),
      attempts: 1,
    })
    if (outcome.record !== undefined) {
      const write = outcome.record.bind(outcome)
      await deps.unitOfWork.run(write)
    }
    return outcome
  }

  let numbers = 0
  return {
    documents,
    records,
    cursors: new MemoryMirrorCursors(),
    budget,
    sessions,
    portal,
    deps,
    run,
    put: (over = {}, record = {}) => documents.put(anInvoice({ number: String(++numbers), ...over }), record),
    live: async ({ count, hours }) => {
      const startedAt = clock.now().getTime()
      const due = new Map<number, string[]>()
      const plan = (second: number, id: string): void => {
        due.set(second, [...(due.get(second) ?? []), id])
      }
      let arrived = 0
      let running = 0
      for (let second = 0; arrived < count || running > 0; second += 1) {
        clock.move(startedAt + second * 1_000 - clock.now().getTime())
        for (; arrived < count && (arrived / count) * hours * 3_600 <= second; arrived += 1) {
          plan(second, documents.put(anInvoice({ number: String(++numbers) })).id)
          running += 1
        }
        const now = due.get(second) ?? []
        due.delete(second)
        for (const id of now) {
          const outcome = await run(id)
          if (outcome.word === 'waiting')
            plan(second + Math.max(1, Math.ceil(outcome.askAgainInMs / 1_000)), id)
          else running -= 1
        }
      }
    },
    drive: async ({ width = 8, rounds: most = 400 } = {}) => {
      const upstream: string[] = []
      for (let rounds = 1; rounds <= most; rounds += 1) {
        const unfinished = [...documents.rows.values()].filter(
          ({ mirrorState }) => mirrorState === 'waiting' || mirrorState === 'submitted',
        )
        if (unfinished.length === 0) return { rounds, upstream }
        let shortest = 60_000
        for (let from = 0; from < unfinished.length; from += width) {
          await Promise.all(
            unfinished.slice(from, from + width).map(async ({ id }) => {
              try {
                const outcome = await run(id)
                if (outcome.word === 'waiting') shortest = Math.min(shortest, outcome.askAgainInMs)
              } catch (error) {
                if (error instanceof UpstreamError) {
                  upstream.push(error.word)
                  shortest = Math.min(shortest, error.retryAfterMs ?? 1_000)
                } else if (error instanceof Killed || error instanceof Outdated) shortest = 1_000
                else throw error
              }
            }),
          )
        }
        clock.move(Math.max(shortest, 500))
      }
      throw new Error('the mirror did not come to an end')
    },
  }
}
