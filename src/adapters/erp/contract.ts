import type { BankStatementFormat } from '../../core/access/index.ts'
import type {
  DoorNotes,
  Exchange,
  ForeignFormat,
  MakeSigningLink,
  WebhookDesk,
} from '../../core/exchange/index.ts'
import type { ArchiveDesk } from '../../core/archive/index.ts'
import type { ClientContracts } from '../../core/contract/index.ts'
import type { MeterDesk } from '../../core/meter/index.ts'
import type {
  BaseSecretName,
  Caller,
  ConnectionCheck,
  ConnectionDesk,
  ConnectionProfile,
} from '../../core/company/index.ts'
import type { Clock, Log, Fault, Result, Words } from '../../core/kernel/index.ts'
import type { InvoiceDesk } from '../../core/mirror/index.ts'
import type { Door, DoorTools, HttpRouter } from '../http/index.ts'
import type { BaseCall, CallAnswer } from '../outbound/index.ts'

/**
 * One accounting system as the gateway knows it: a folder beside this file whose `index.ts` exports `door`.
 * It brings routes, foreign formats, bank statements, or several of them; nothing else in the source names it.
 */
export interface ErpDoor {
  /** The folder's name; the origin of every document that comes through. */
  readonly name: string
  /** Formats that `SendMessage` and `PutData` understand because of this folder. Pure reading. */
  readonly formats?: readonly ForeignFormat[]
  /** Bank statements that are understood because of this folder. Pure reading. */
  readonly statements?: readonly BankStatementFormat[]
  /** What an administrator types to reach this door, by the public address of the gateway. */
  readonly addresses?: (origin: string) => DoorAddress[]
  /** Texts that an administrator puts into the base, made for one connection. */
  readonly clientFiles?: (subject: ClientSubject) => ClientFile[]
  /** What is wrong with this door's own settings of a connection's profile; undefined: it takes none. */
  checkSettings?(settings: Record<string, unknown>): readonly Fault[]
  /** Formats that follow from the operator's own files; asked once, before the first request. */
  openFormats?(files: OperatorFiles): Result<OpenedFormats>
  /** What the door does by itself for the connections that use it; the scheduler runs it. */
  jobs?(work: DoorWork): DoorJob[]
  /** Looks at what this door needs of a connection; nothing for connections that do not use it. */
  examine?(subject: DoorSubject, work: DoorWork): Promise<ConnectionCheck[]>
  /** Adds the routes. `gateway` is the only way in: whatever a door offers, core decides. */
  mount?(router: HttpRouter, tools: DoorTools, gateway: Exchange, desks: Desks): void
}

/** The connection that texts for a base are made for. */
export interface ClientSubject {
  /** How the world reaches us, without a slash at the end. */
  origin: string
  login: string
  companyName: string
  companyTaxId: string
  connectionName: string
}

/** A text for a base: a module, an instruction. */
export interface ClientFile {
  name: string
  text: string
}

/** One string of a door, with what 1C or another client calls it. */
export interface DoorAddress {
  /** Stable, for machines: `wsdlUrl`, `namespace`, `restUrl`. */
  name: string
  title: Words
  value: string
}

/** A connection that a door works for. */
export interface DoorSubject {
  caller: Caller
  profile: ConnectionProfile
}

/** Something that happens by the calendar, as the scheduler takes it. */
export interface DoorJob {
  name: string
  about: string
  cron: string
  limitMs?: number
  run(context: { now: Date; signal: AbortSignal }): Promise<{ count: number; note: string }>
}

/** What a door that works by itself is given. */
export interface DoorWork {
  gateway: Exchange
  notes: DoorNotes
  clock: Clock
  log: Log
  newId: () => string
  /** How the world reaches us. */
  publicUrl: () => string
  /** Open connections whose profile has settings of the door. */
  subjects(door: string): Promise<DoorSubject[]>
  secretOf(connectionId: string, name: BaseSecretName): Promise<string | undefined>
  /** Calls a base; every call leaves a line in the raw log. Rejects with `CallFailed` when no answer came. */
  call(of: { caller: Caller; door: string; operation: string }, call: BaseCall): Promise<CallAnswer>
  /** Leaves a line in the raw log about what was read and how it was answered. */
  record(what: {
    caller: Caller
    door: string
    operation: string
    requestId: string
    at: Date
    target: string
    status: number
    codes: readonly string[]
    documentId?: string
    request: Uint8Array
    response: unknown
  }): void
  /** Does it unless another replica is at it; undefined when one is. */
  alone<T>(name: string, ttlMs: number, work: () => Promise<T>): Promise<T | undefined>
}

/** Where the operator keeps what formats are made of. */
export interface OperatorFiles {
  mappingFolders: readonly string[]
}

export interface OpenedFormats {
  formats: readonly ForeignFormat[]
  /** One of these formats as another text of the operator's file would make it; undefined when it is none of them. */
  draft(format: string, text: string): Result<ForeignFormat> | undefined
  stop(): Promise<void>
}

/** What a door may offer beside the exchange itself. */
export interface Desks {
  webhooks: WebhookDesk
  makeSigningLink: MakeSigningLink
  /** What the door remembers about a connection between two calls. */
  notes: DoorNotes
  meter: MeterDesk
  /** The contract under the offer, the client's side of it. */
  contracts: ClientContracts
  /** What a base may do about its own connection. */
  connections: ConnectionDesk
  /** Every door's own strings. */
  addresses: (origin: string) => { door: string; addresses: DoorAddress[] }[]
  /** Texts that go into the base of a connection, from every door. */
  clientFiles: (subject: ClientSubject) => ClientFile[]
  /** The later life of tax invoices at the state portal. */
  invoices: InvoiceDesk
  archive: ArchiveDesk
}

/** The HTTP floor's view of an ERP door. */
export const doorOf = (erp: ErpDoor, gateway: Exchange, desks: Desks): Door => ({
  name: erp.name,
  isRecorded: true,
  mount: (router, tools) => erp.mount?.(router, tools, gateway, desks),
})
