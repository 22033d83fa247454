import type { AccessState } from '../access/index.ts'
import { endOfAlmatyDay, type Deadline } from '../deadline/index.ts'
import type { DecimalText, LocalDate } from '../kernel/index.ts'
import type { PinnedTariff } from './tariff.ts'

/**
 * A client's contract file: everything the two sides owe each other under the offer, read and written as one. Whatever
 * happens is an event of its chain; the file is what the events came to. Instants are called `…At`, business days `…On`.
 */
export interface ContractFile {
  companyId: string
  /** Grows with every change; a decision made on an older one is made again. */
  revision: number
  state: AccessState
  /** The present or last period of access. */
  activatedAt?: Date
  expiresAt?: Date
  /** The day access stopped: the three years of the archive run from it (offer 4.5). */
  stoppedAt?: Date
  /** Why sending is closed while the state is RESTRICTED. */
  restriction?: 'limit' | 'term'
  /** A contract under notice goes on as it was (offer 8.1). */
  sendsUnderNotice?: boolean
  acceptance?: OfferAcceptance
  /** Paid or granted periods, oldest first; a renewal paid early waits behind the present one. */
  periods: Period[]
  invoice?: AccessInvoice
  /** Money that arrived and bought nothing yet. */
  credit: DecimalText
  /** Acts of access, oldest first: one for each grant. */
  acts: AccessAct[]
  upgrade?: { tariff: PinnedTariff; requestedAt: Date; by: string }
  /** `before`: the state the notice found. */
  termination?: { by: 'client' | 'operator'; noticeAt: Date; reason?: string; before: AccessState }
  consents: Consent[]
  requisites: Requisites[]
  bonuses: Bonus[]
  /** A two-sided written contract that says otherwise than the offer (offer 10.13). */
  override?: { note: string; at: Date; by: string }
  records: ContractRecord[]
  timers: Timer[]
  /** Documents of ours that did not pass, told once each. */
  stuck?: string[]
  /** The month and the share of the limit that were told last. */
  limitTold?: { month: string; percent: number }
  /** Position, hash and moment of the last event. */
  chain: { seq: number; hash: string; at?: Date }
}

/** The client's EDS over the hash of the offer: from here on the contract runs (offer 1.2, 10.1). */
export interface OfferAcceptance {
  offerVersion: string
  publication: number
  offerHash: string
  acceptedAt: Date
  /** What the signature is over: `hash-text` (64 hex digits), `hash-bytes` (32 bytes) or `text` (the offer itself). */
  over: 'hash-text' | 'hash-bytes' | 'text'
  /** The signature as it came, base64. */
  cms: string
  /** With time stamp and answers about the certificates, when an authority gave them; base64. */
  extendedCms?: string
  stampedAt?: Date
  signer: Record<string, unknown>
  by: string
}

/** A period of access with the tariff it was bought for; counted from the moment of granting. */
export interface Period {
  fromAt: Date
  toAt: Date
  /** Absent where the operator granted access without a tariff (offer 10.13). */
  tariff?: PinnedTariff
  paid: DecimalText
}

/** The payment invoice for access: `open` until it is paid, lapses, or is replaced. */
export interface AccessInvoice {
  id: string
  number: string
  tariff: PinnedTariff
  /** The price less the bonus used. */
  amount: DecimalText
  bonusUsed: DecimalText
  madeAt: Date
  documentId?: string
  /** When the client received it: the five days run from here. */
  receivedAt?: Date
  paid: DecimalText
  paidAt?: Date
  state: 'open' | 'paid' | 'lapsed'
}

export type ActState = 'DRAFT' | 'OPERATOR_SIGNED' | 'SENT' | 'CLIENT_SIGNED' | 'REFUSED' | 'DEEMED_ACCEPTED'

/** The act of access: an ordinary document of the operator's, with the term of offer 4.2 beside it. */
export interface AccessAct {
  id: string
  number: string
  state: ActState
  amount: DecimalText
  tariff: PinnedTariff
  fromOn: LocalDate
  toOn: LocalDate
  documentId?: string
  sentAt?: Date
  /** Proven receipt of the message about the act, and how it is proven. */
  receivedAt?: Date
  receipt?: string
  deadline?: Deadline
  closedAt?: Date
  reason?: string
  taxInvoice?: { id: string; documentId?: string; registrationNumber?: string; stuck?: string }
}

/** What consents are asked for (offer 6.4, 6.5, 10.6, 3.2.7). Only the first carries the contract. */
export const consentNames = [
  'personal-data',
  'marketing',
  'partner-offers',
  'roaming',
  'qr-sign',
  'sms',
  'showcase',
] as const
export type ConsentName = (typeof consentNames)[number]

export interface Consent {
  name: ConsentName
  given: boolean
  at: Date
  by: string
}

/** Requisites by date: the old ones stay true of old documents (offer 10.8). */
export interface Requisites {
  fromOn: LocalDate
  toldAt: Date
  /** Told after the three working days: losses fall on the silent side. */
  late: boolean
  dueOn: LocalDate
  email?: string
  phone?: string
  address?: string
  name?: string
  iik?: string
  bik?: string
}

/** Points of the bonus programme in tenge (offer 3.1.3). */
export interface Bonus {
  id: string
  amount: DecimalText
  left: DecimalText
  reason: string
  grantedAt: Date
  expiresOn: LocalDate
}

/** What one side tells the other besides documents: no more than the clause asks. */
export type RecordKind = 'claim' | 'incident' | 'force-majeure' | 'disclosure'

export interface ContractRecord {
  id: string
  kind: RecordKind
  number: string
  state: string
  openedAt: Date
  by: string
  text: string
  /** What the clause asks beside the text: the sum a claim is bounded by, the onset, the legal basis. */
  facts: Record<string, string>
  deadline?: Deadline
  closedAt?: Date
  outcome?: string
}

/** A term that runs, with everything it was counted from. It is ended by its fact or by its last day, whichever comes first. */
export interface Timer {
  clause: string
  /** What it is about: the invoice, the act, a record; empty where the contract has one. */
  subject: string
  deadline: Deadline
  /** Moments still to come, earliest first; the last is the end of the term. */
  moments: { at: Date; what: 'reminder' | 'due'; on: LocalDate }[]
}

/** A fact of a contract. Append-only; each carries the hash of the one before. */
export interface ContractEvent {
  companyId: string
  seq: number
  /** A happening of the access table, or a fact that moves no state. */
  name: string
  from: AccessState
  to: AccessState
  /** Where the offer says it. */
  clause: string
  offerVersion: string
  at: Date
  by: string
  details: Record<string, unknown>
  previous: string
  hash: string
}

export const emptyFile = (companyId: string): ContractFile => ({
  companyId,
  revision: 0,
  state: 'NONE',
  periods: [],
  acts: [],
  credit: '0.00',
  consents: [],
  requisites: [],
  bonuses: [],
  records: [],
  timers: [],
  chain: { seq: 0, hash: '' },
})

/** The period an instant lies in. */
export const periodAt = ({ periods }: Pick<ContractFile, 'periods'>, at: Date): Period | undefined =>
  periods.find(({ fromAt, toAt }) => fromAt <= at && at < toAt)

/** The requisites that hold on a day. */
export const requisitesOn = (
  { requisites }: Pick<ContractFile, 'requisites'>,
  on: LocalDate,
): Requisites | undefined =>
  requisites
    .filter(({ fromOn }) => fromOn <= on)
    .sort((a, b) => a.fromOn.localeCompare(b.fromOn) || a.toldAt.getTime() - b.toldAt.getTime())
    .at(-1)

/** A consent is what was said last. */
export const hasConsent = ({ consents }: Pick<ContractFile, 'consents'>, name: ConsentName): boolean =>
  consents.filter((one) => one.name === name).at(-1)?.given ?? false

/** The next moment anything of this file is due; undefined when nothing runs. */
export const nextMomentOf = ({ timers }: Pick<ContractFile, 'timers'>): Date | undefined =>
  timers
    .flatMap(({ moments }) => moments.slice(0, 1).map(({ at }) => at))
    .sort((a, b) => a.getTime() - b.getTime())[0]

/** An act that waits for somebody: for the operator's key, the delivery, the client's word, or the portal's number. */
export const isOpenAct = ({ state, taxInvoice }: AccessAct): boolean =>
  ['DRAFT', 'OPERATOR_SIGNED', 'SENT'].includes(state) ||
  (taxInvoice !== undefined && taxInvoice.registrationNumber === undefined && taxInvoice.stuck === undefined)

/** Something of this file waits for what becomes of a document, or for the grant that follows a payment. */
export const isFollowed = ({
  state,
  invoice,
  acts,
}: Pick<ContractFile, 'state' | 'invoice' | 'acts'>): boolean =>
  state === 'PAID' || (invoice?.state === 'open' && invoice.receivedAt === undefined) || acts.some(isOpenAct)

/** The last instant of a business day: what had been published by then holds on it. */
export const lastInstantOf = (on: LocalDate): Date => new Date(endOfAlmatyDay(on).getTime() - 1)
