import type { AccessState } from '../access/index.ts'
import type { DecimalText, LocalDate, Tx } from '../kernel/index.ts'
import type { ContractChange } from './draft.ts'
import type { ContractEvent, ContractFile, Requisites } from './file.ts'
import type { NewNotice, Notice } from './notices.ts'
import type { Publication } from './publication.ts'
import type { Tariff } from './tariff.ts'

/** The contract files of all clients. */
export interface ContractFiles {
  of(companyId: string): Promise<ContractFile | undefined>
  /** Files of which something is due, the longest overdue first. */
  due(now: Date, limit: number): Promise<ContractFile[]>
  /** Files that wait for what becomes of a document, by company id after `after`. */
  following(after: string | undefined, limit: number): Promise<ContractFile[]>
  /** Files of a state (of all states when undefined), by company id after `after`. */
  list(filter: { state?: AccessState; after?: string; limit: number }): Promise<ContractFile[]>
  /** Events of one contract, first to last. */
  events(companyId: string): Promise<ContractEvent[]>
  /**
   * Writes files, events and notices together. Throws `Outdated` when one of the files has another revision than its
   * decision was made on; nothing is written then.
   */
  save(tx: Tx, changes: readonly ContractChange[]): Promise<void>
  /** A number for the next invoice, never given twice. */
  nextNumber(): Promise<number>
}

/** Mails that are owed. */
export interface Notices {
  add(tx: Tx, notices: readonly NewNotice[]): Promise<void>
  due(now: Date, limit: number): Promise<Notice[]>
  sent(id: string, sent: { at: Date; to: string; messageId: string }): Promise<void>
  /** The attempt failed; it is due again at `dueAt`. */
  failed(id: string, failed: { trouble: string; dueAt: Date }): Promise<void>
  list(filter: { companyId?: string; open?: boolean; limit: number }): Promise<Notice[]>
}

/** A payment as a statement or an operator tells it. */
export interface Payment {
  /** The identity of the statement's line: the same line is taken once, whatever file it comes in again. */
  key: string
  payerTaxId: string
  amount: DecimalText
  paidOn: LocalDate
  purpose: string
  source: string
  companyId?: string
  /** `paid`, `partial`, `credit`; `unmatched` where no client is known by the payer's tax id. */
  outcome: 'paid' | 'partial' | 'credit' | 'unmatched'
  at: Date
  by: string
}

export interface Payments {
  byKey(key: string): Promise<Payment | undefined>
  /** False when the key is known: then nothing may be written for it. */
  record(tx: Tx, payment: Payment): Promise<boolean>
  list(filter: { companyId?: string; outcome?: Payment['outcome']; limit: number }): Promise<Payment[]>
}

/** The publication log. Append-only. */
export interface Publications {
  /** The whole log in order; may be two seconds old unless it has to be fresh. */
  all(how?: { fresh: boolean }): Promise<readonly Publication[]>
  content(seq: number): Promise<Uint8Array | undefined>
  /** Throws `Outdated` when another line took the place meanwhile. */
  append(tx: Tx, entry: Publication, content: Uint8Array): Promise<void>
}

/** The count of outgoing documents, as the operator's accounting has it (offer 2.11). */
export interface MonthlyCounts {
  /** By company; a company that sent nothing is left out. */
  of(companyIds: readonly string[], month: string): Promise<Map<string, number>>
}

/** What is asked to be made as a document of the operator's own. */
export interface DocumentOrder {
  kind: 'payment-invoice' | 'act' | 'tax-invoice'
  /** The same id is the same document, however often it is asked for. */
  id: string
  number: string
  date: LocalDate
  tariff: Tariff
  amount: DecimalText
  client: { taxId: string; name: string; requisites?: Requisites }
  /** The period, where one is granted. */
  fromOn?: LocalDate
  toOn?: LocalDate
  payBefore?: LocalDate
  /** The offer the document hangs on. */
  basis?: { title: string; number: string; date: LocalDate }
}

/** How a document of the operator's stands, as the exchange has it. */
export interface DocumentFate {
  signed: boolean
  deliveredAt?: Date
  /** The client's first look: proves that the message was received. */
  viewedAt?: Date
  answer?: { word: 'accepted' | 'refused' | 'deemed' | 'failed'; at: Date; reason?: string }
  registrationNumber?: string
  mirrorRejected?: string
}

/** The operator's documents to its clients: made, sent and signed by the gateway itself. */
export interface OperatorDocuments {
  /** Resolves with the document's id; the same order again with the same id. Throws `Refusal`. */
  issue(order: DocumentOrder): Promise<string>
  fate(documentId: string): Promise<DocumentFate | undefined>
  /** Settles a document nobody answered in its term (offer 4.2); `answered` when somebody did. Safe to repeat. */
  deem(documentId: string, evidence: Record<string, unknown>): Promise<'deemed' | 'answered'>
}

/** Sends a mail to people. Throws UpstreamError. */
export interface ContractMail {
  /** The same id is the same message for the recipient's server. */
  mail(message: { id: string; to: string; subject: string; text: string }): Promise<{ messageId: string }>
}

/** When clients last fetched something (offer 3.4.8). */
export interface PickUps {
  /** Cheap: writes at most once in ten minutes for a company. Never throws. */
  noted(companyId: string, at: Date): Promise<void>
  /** Clients who fetched nothing since `before` and were not told since, with what waits for them. */
  overdue(before: Date, limit: number): Promise<OverduePickUp[]>
  told(tx: Tx, companyIds: readonly string[], at: Date): Promise<void>
}

export interface OverduePickUp {
  companyId: string
  since: Date
  waiting: number
  /** The first few, for people: `Акт № 12`. */
  titles: { kind: string; number: string; sender: string }[]
}

/** A participant others warn of (offer 3.2.6). Never blocks anybody. */
export interface BadFaithEntry {
  id: string
  taxId: string
  source: string
  reason: string
  addedAt: Date
  expiresOn: LocalDate
  by: string
  appeal?: { text: string; at: Date; outcome?: 'upheld' | 'rejected'; decidedAt?: Date }
}

export interface BadFaithRegister {
  put(tx: Tx, entry: BadFaithEntry): Promise<void>
  byId(id: string): Promise<BadFaithEntry | undefined>
  list(): Promise<BadFaithEntry[]>
}
