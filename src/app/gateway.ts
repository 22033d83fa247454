import type { MailOptions, WebhookSenderOptions } from '../adapters/courier/index.ts'
import type { EsfPortalOptions } from '../adapters/esf/index.ts'
import type { HttpLimits, KeyEnvironment } from '../adapters/http/index.ts'
import type { LinkDoorDeps } from '../adapters/pages/index.ts'
import type { CallerOptions } from '../adapters/outbound/index.ts'
import type { Anchor, RevocationAddresses } from '../adapters/signing/index.ts'
import type { Certificate } from '../adapters/signing/x509/index.ts'
import type { Register } from '../core/company/index.ts'
import type { ContractDesk, OfferDesk } from '../core/contract/index.ts'
import { type Exchange, type MakeSigningLink } from '../core/exchange/index.ts'
import type { Clock, Log } from '../core/kernel/index.ts'
import type { MirrorSettings, WatchSettings } from '../core/mirror/index.ts'
import type { SignaturePolicy } from '../core/signature/index.ts'
import type { ContractOptions } from './contract.ts'
import type { RecorderOptions, RelayOptions, WorkerOptions } from '../jobs/index.ts'

/** What one process of the gateway does: all of it, or a part beside others on the same store. */
export type Role = 'http' | 'worker' | 'scheduler'

/** Everything a gateway is made of that may differ between two of them. */
export interface GatewaySettings {
  roles: readonly Role[]
  http: { host: string; port: number; publicUrl?: string; trustProxy: boolean; limits?: Partial<HttpLimits> }
  store:
    | { kind: 'embedded'; dataDir: string }
    | { kind: 'postgres'; url: string; max: number; mustBeDurable: boolean }
  queue: { kind: 'table' } | { kind: 'rabbitmq'; url: string; prefix: string }
  relay?: Partial<RelayOptions>
  /** Attempts at once, by kind of task. */
  concurrency?: WorkerOptions['concurrency']
  retention?: { tasksKeepDays: number; uploadsKeepHours: number; exchangesKeepDays?: number }
  /** How much of each exchange with a base is kept raw, and what may wait in memory to be written. */
  exchangeLog?: Partial<RecorderOptions>
  secrets: { pepper: Uint8Array; masterKey: Uint8Array; environment: KeyEnvironment }
  signature: {
    policy: Partial<SignaturePolicy>
    anchors: readonly Anchor[]
    intermediates?: readonly Certificate[]
    /** Where authorities answer about revocation, by the SHA-256 of the authority's certificate. */
    revocation?: ReadonlyMap<string, RevocationAddresses>
    /** Time-stamp service: with it every VALID signature gets a proof. */
    tspUrl?: string
    /** A proof that has been pending for longer stops the intake; default 4 h. */
    proofGraceMs?: number
    /** NCANode v3, which then signs with kept keys in our stead. */
    ncanodeUrl?: string
    /** Proofs are renewed when their stamp ends within so many days. */
    proofRenewDays?: number
  }
  mail: MailOptions & { linkKeepsMs: number }
  /** What the pages behind mailed links are told, beyond their defaults. */
  links?: Pick<LinkDoorDeps, 'ncalayerUrl' | 'limits'>
  webhooks: Partial<WebhookSenderOptions>
  /** How bases of clients are called: those that lie outside the public internet, authorities of their own. */
  bases?: CallerOptions
  archiveFolder: string
  /** Where calendars of working days lie; default `config/calendar`. */
  calendarFolder?: string
  /** With less free on a disk it writes to, no new document is taken; default 1 GiB. */
  minFreeDiskBytes?: number
  /** Without it clients have contracts by the operator's direct grant only. */
  contract?: ContractOptions
  /** Folders with mappings of foreign formats; default `config/adapters`. */
  mappingFolders?: readonly string[]
  /** Without an address tax invoices wait for the portal. */
  portal?: Partial<EsfPortalOptions> & {
    baseUrl: string
    mirror?: Partial<MirrorSettings>
    watch?: Partial<WatchSettings>
  }
}

export interface Gateway {
  /** Empty when the process has no `http` role. */
  url: string
  exchange: Exchange
  register: Register
  /** Contracts with clients, and the offer behind them. */
  contracts: ContractDesk
  offers: OfferDesk
  /** A page where a person signs one of the caller's documents. */
  makeSigningLink: MakeSigningLink
  /** Settles never while all is well; rejects when the store is gone and the process has to end. */
  lost: Promise<never>
  /** In order: intake, scheduler, workers, relay, broker, database. May be called twice. */
  stop(): Promise<void>
}

/** A part of a gateway that has a life of its own. */
export interface Stoppable {
  stop(): Promise<unknown>
}

/** What the parts of one gateway share while it is put together. */
export interface Surroundings {
  log: Log
  clock: Clock
  started: Stoppable[]
  stop: () => Promise<void>
}
