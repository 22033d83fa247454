import type { Clock } from '../../core/kernel/index.ts'
import type { JournalRecord } from './journal.ts'
import type { VerifyRaw, VerifyTicket } from './signatures.ts'

/** A person registered at the portal. */
export interface SimulatorUser {
  /** IIN of the person: the login of the cabinet and the owner of the key. */
  readonly iin: string
  /** Password of the portal's cabinet (not the PIN of the key). */
  readonly password: string
  /** Enterprises the person may act for; the person's own IIN is always allowed. */
  readonly tins: readonly string[]
}

export interface SimulatorTaxpayer {
  readonly tin: string
  readonly name?: string
  /** On the VAT register; `true` when absent. */
  readonly vatPayer?: boolean
  readonly blocked?: boolean
  readonly fake?: boolean
  /** Series and number of the VAT certificate, for enterpriseValidation. */
  readonly certificate?: { readonly series: string; readonly number: string }
}

/** A rate that may stand in an invoice whose turnover date lies in the range (both days included). */
export interface NdsRate {
  readonly rate: string
  readonly from: string
  readonly until: string
}

/** Milliseconds, or a range from which each document draws its own (by the seed, so a run repeats). */
export type Delay = number | readonly [number, number]

export interface EsfSimulatorOptions {
  /** 0: any free port. */
  readonly port?: number
  readonly host?: string
  /** JSON lines; without it the portal forgets everything when it stops. */
  readonly journalPath?: string
  readonly users: readonly SimulatorUser[]
  /** How long a document stays IN_QUEUE and IN_PROCESSING. 0: it is done before the next call is answered. */
  readonly delays?: { readonly queueMs?: Delay; readonly processingMs?: Delay }
  /** Decides session ids, registration numbers, delays and random faults. */
  readonly seed?: number
  readonly clock?: Clock
  /** Idle time after which a session is closed. Not documented; "lives 20+ minutes" [L]. */
  readonly sessionTtlMs?: number
  /** Invoices on a page of queryInvoice [?]. */
  readonly pageSize?: number
  readonly verifyTicket?: VerifyTicket
  readonly verifyRaw?: VerifyRaw
  /** `ignored` lets old test keys log in (the SDK's expired in 2018). */
  readonly certificateDates?: 'checked' | 'ignored'
  /** The register of taxpayers. When given it is complete: others are ABSENT_IN_DICTIONARY. */
  readonly taxpayers?: readonly SimulatorTaxpayer[]
  readonly ndsRates?: readonly NdsRate[]
  /** Rule of 2026: corrections and revocations wait for a customer who is a VAT payer. */
  readonly customerConfirmation?: boolean
  /** Whether the number of a FAILED invoice may be used again before it is deleted [?]; not by default. */
  readonly failedNumberReusable?: boolean
  /** Known outages, for invoices written on paper meanwhile (DOWN_TIME). Maintenance windows of the script count too. */
  readonly downtimes?: readonly { readonly from: Date; readonly until: Date }[]
  /** Enforced only when given; calls are counted always. Known of the portal: 3000 calls a day per IP [C]. */
  readonly callsPerDay?: number
  /** Hears every journal record after it is applied (not yet synced). */
  readonly onRecord?: (record: JournalRecord) => void
}

/**
 * VAT rates by turnover date: 12 % until the end of 2025, 16 % from 2026 (Tax Code 2025).
 * 5 and 10 are the reduced rates of the new code [?].
 */
export const defaultNdsRates: readonly NdsRate[] = [
  { rate: '0', from: '1900-01-01', until: '2999-12-31' },
  { rate: '12', from: '2009-01-01', until: '2025-12-31' },
  { rate: '16', from: '2026-01-01', until: '2999-12-31' },
  { rate: '5', from: '2026-01-01', until: '2999-12-31' },
  { rate: '10', from: '2026-01-01', until: '2999-12-31' },
]
