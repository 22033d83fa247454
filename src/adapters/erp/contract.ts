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
import type { ConnectionDesk } from '../../core/company/index.ts'
import type { Fault, Result, Words } from '../../core/kernel/index.ts'
import type { InvoiceDesk } from '../../core/mirror/index.ts'
import type { Door, DoorTools, HttpRouter } from '../http/index.ts'

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
  /** What is wrong with this door's own settings of a connection's profile; undefined: it takes none. */
  checkSettings?(settings: Record<string, unknown>): readonly Fault[]
  /** Formats that follow from the operator's own files; asked once, before the first request. */
  openFormats?(files: OperatorFiles): Result<OpenedFormats>
  /** Adds the routes. `gateway` is the only way in: whatever a door offers, core decides. */
  mount?(router: HttpRouter, tools: DoorTools, gateway: Exchange, desks: Desks): void
}

/** One string of a door, with what 1C or another client calls it. */
export interface DoorAddress {
  /** Stable, for machines: `wsdlUrl`, `namespace`, `restUrl`. */
  name: string
  title: Words
  value: string
}

/** Where the operator keeps what formats are made of. */
export interface OperatorFiles {
  mappingFolders: readonly string[]
}

export interface OpenedFormats {
  formats: readonly ForeignFormat[]
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
