import type { DocumentRecord } from '../exchange/index.ts'
import { fault, type Fault, type Tx } from '../kernel/index.ts'

/**
 * What a side may have done with an invoice that is at the portal already.
 *
 * `confirm`: the buyer has seen it, or agrees to a correction or a revocation that waits for him. `decline`: the
 * buyer refuses a corrected or additional invoice. `revoke`: the seller takes an ordinary one back. `unrevoke`: the
 * buyer does not agree to a revocation. `delete`: the seller frees the number of an invoice that failed.
 */
export type CommandKind = 'confirm' | 'decline' | 'revoke' | 'unrevoke' | 'delete'

export const commandKinds: readonly CommandKind[] = ['confirm', 'decline', 'revoke', 'unrevoke', 'delete']

/**
 * ```
 * waiting ──▶ sending ──▶ done | refused
 *    ▲           │
 *    └─(no sign of it at the portal)
 * ```
 * `sending` is committed before the call. When its claim has ended without an answer, the portal is asked for the
 * invoice's status before the command is given again.
 */
export type CommandState = 'waiting' | 'sending' | 'done' | 'refused'

/** A command as it was given, and what became of it. */
export interface CommandRecord {
  id: string
  documentId: string
  /** БИН/ИИН and company in whose name it is carried out. */
  taxId: string
  companyId: string
  portalId: string
  kind: CommandKind
  /** Goes to the portal with it; always there for decline, revoke and unrevoke. */
  reason?: string
  /** `connection:…` of the base that asked. */
  by: string
  requestedAt: Date
  /** Where the invoice stood when it was given, in the portal's word. */
  statusBefore?: string
  state: CommandState
  claimedUntil?: Date
  settledAt?: Date
  /** Where the invoice stands since, in the portal's word. */
  status?: string
  /** Why the portal refused: its own code. */
  errorCode?: string
}

/** The commands that were given. */
export interface CommandRecords {
  /** Adds a command; the one that is returned is the open command of that kind when the document has one already. */
  add(tx: Tx, command: CommandRecord): Promise<CommandRecord>
  byId(id: string): Promise<CommandRecord | undefined>
  /** Oldest first. */
  ofDocument(documentId: string): Promise<CommandRecord[]>
  /**
   * Marks waiting commands `sending` until `claimedUntil`: `id`, then the oldest others of that company and kind,
   * at most `limit`. Empty when `id` is no longer waiting. Rows another replica holds are passed over.
   */
  claim(tx: Tx, wanted: { id: string; limit: number; claimedUntil: Date }): Promise<CommandRecord[]>
  /**
   * Writes what became of commands that are being sent; false when somebody else has settled one meanwhile.
   * `waiting` gives it back to be sent again; `sending` ends the claim: the outcome is unknown.
   */
  change(
    tx: Tx,
    id: string,
    change: Pick<CommandRecord, 'state' | 'status' | 'errorCode' | 'settledAt'>,
  ): Promise<boolean>
}

type Side = 'sender' | 'recipient'

interface CommandRule {
  side: Side
  /** The portal's statuses from which it can be given. */
  from: readonly string[]
  needsReason: boolean
  only?: 'ordinary' | 'correction'
}

/** Who may command what, and when. */
export const commandRules: Readonly<Record<CommandKind, CommandRule>> = {
  confirm: {
    side: 'recipient',
    from: ['CREATED', 'WAITING_CUSTOMER_CONFIRMATION', 'WAITING_CUSTOMER_REVOKE_CONFIRMATION'],
    needsReason: false,
  },
  decline: {
    side: 'recipient',
    from: ['CREATED', 'DELIVERED', 'WAITING_CUSTOMER_CONFIRMATION'],
    needsReason: true,
    only: 'correction',
  },
  revoke: { side: 'sender', from: ['CREATED', 'DELIVERED'], needsReason: true, only: 'ordinary' },
  unrevoke: {
    side: 'recipient',
    from: ['REVOKED', 'WAITING_CUSTOMER_REVOKE_CONFIRMATION'],
    needsReason: true,
  },
  delete: { side: 'sender', from: ['FAILED'], needsReason: false },
}

/** Statuses of the portal that we know. Any other says nothing: the portal decides. */
const known: ReadonlySet<string> = new Set([
  'IN_QUEUE',
  'IN_PROCESSING',
  'CREATED',
  'DELIVERED',
  'CANCELED',
  'CANCELED_BY_OGD',
  'CANCELED_BY_SNT_DECLINE',
  'CANCELED_BY_SNT_REVOKE',
  'REVOKED',
  'IMPORTED',
  'DRAFT',
  'FAILED',
  'DELETED',
  'DECLINED',
  'WAITING_CUSTOMER_CONFIRMATION',
  'WAITING_CUSTOMER_REVOKE_CONFIRMATION',
])

/** Whether the portal would surely refuse the command from this status. */
export const isOutOfPlace = (kind: CommandKind, status: string | undefined): boolean =>
  status !== undefined && known.has(status) && !commandRules[kind].from.includes(status)

/** Whether an invoice that stands at `status` shows that the command has been carried out. */
export const hasTakenEffect = (
  { kind, statusBefore }: Pick<CommandRecord, 'kind' | 'statusBefore'>,
  status: string | undefined,
): boolean => {
  switch (kind) {
    case 'confirm':
      if (statusBefore === 'WAITING_CUSTOMER_REVOKE_CONFIRMATION') return status === 'REVOKED'
      if (statusBefore === 'WAITING_CUSTOMER_CONFIRMATION')
        return status === 'DELIVERED' || status === 'CREATED'
      return status === 'DELIVERED'
    case 'decline':
      return status === 'DECLINED'
    case 'revoke':
      return status === 'REVOKED' || status === 'WAITING_CUSTOMER_REVOKE_CONFIRMATION'
    case 'unrevoke':
      return status === 'DELIVERED' || status === 'CREATED'
    case 'delete':
      // The portal leaves a deleted invoice out of its answers, or says DELETED.
      return status === undefined || status === 'DELETED'
  }
}

/** The longest reason that is kept; the portal names no limit. */
export const longestCommandReason = 1000

export const portalFaults = {
  notAtPortal: (record: Pick<DocumentRecord, 'mirrorState'>): Fault =>
    fault('PORTAL-01', '', {
      ru: `Счёта-фактуры ещё нет в ИС ЭСФ (состояние «${record.mirrorState}»). Дождитесь регистрации и повторите.`,
      kk: `Шот-фактура әлі ЭШФ АЖ-да жоқ («${record.mirrorState}» күйі). Тіркелуін күтіп, қайталаңыз.`,
      en: `The invoice is not at the portal yet (state “${record.mirrorState}”). Wait for its registration and repeat.`,
    }),
  notYours: (kind: CommandKind): Fault =>
    fault('PORTAL-02', 'command', {
      ru: `Команду «${kind}» даёт другая сторона: ${commandRules[kind].side === 'sender' ? 'поставщик' : 'получатель'}.`,
      kk: `«${kind}» командасын екінші тарап береді: ${commandRules[kind].side === 'sender' ? 'жеткізуші' : 'алушы'}.`,
      en: `The command “${kind}” is the other side's: the ${commandRules[kind].side === 'sender' ? 'seller' : 'buyer'} gives it.`,
    }),
  outOfPlace: (kind: CommandKind, status: string): Fault =>
    fault('PORTAL-03', 'command', {
      ru: `В статусе ИС ЭСФ «${status}» команда «${kind}» невозможна. Она возможна в статусах: ${commandRules[kind].from.join(', ')}.`,
      kk: `ЭШФ АЖ «${status}» мәртебесінде «${kind}» командасы мүмкін емес. Ол мына мәртебелерде мүмкін: ${commandRules[kind].from.join(', ')}.`,
      en: `In the portal's status “${status}” the command “${kind}” is not possible. It is possible in: ${commandRules[kind].from.join(', ')}.`,
    }),
  wrongType: (kind: CommandKind): Fault =>
    commandRules[kind].only === 'ordinary'
      ? fault('PORTAL-04', 'command', {
          ru: 'Отзывается только основной счёт-фактура. Исправленный или дополнительный исправьте новым исправленным счётом-фактурой.',
          kk: 'Тек негізгі шот-фактура қайтарып алынады. Түзетілген немесе қосымша шот-фактураны жаңа түзетілгенімен түзетіңіз.',
          en: 'Only an ordinary invoice is revoked. Correct a corrected or additional one with another corrected invoice.',
        })
      : fault('PORTAL-04', 'command', {
          ru: 'Отклоняется только исправленный или дополнительный счёт-фактура. По основному обратитесь к поставщику: он отзывает или исправляет его.',
          kk: 'Тек түзетілген немесе қосымша шот-фактура қабылданбайды. Негізгісі бойынша жеткізушіге жүгініңіз: ол қайтарып алады немесе түзетеді.',
          en: 'Only a corrected or additional invoice is declined. For an ordinary one ask the seller: he revokes or corrects it.',
        }),
  reasonMissing: (): Fault =>
    fault('PORTAL-05', 'reason', {
      ru: `Укажите причину (до ${longestCommandReason} знаков): портал передаст её другой стороне.`,
      kk: `Себебін көрсетіңіз (${longestCommandReason} таңбаға дейін): портал оны екінші тарапқа береді.`,
      en: `Give a reason (up to ${longestCommandReason} characters): the portal hands it to the other side.`,
    }),
  noPortal: (): Fault =>
    fault('PORTAL-06', '', {
      ru: 'Обмен с ИС ЭСФ для этой организации не настроен. Попросите оператора внести вход в кабинет ИС ЭСФ и ключ.',
      kk: 'Бұл ұйым үшін ЭШФ АЖ-мен алмасу бапталмаған. Оператордан ЭШФ АЖ кабинетіне кіруді және кілтті енгізуді сұраңыз.',
      en: 'The exchange with the portal is not set up for this company. Ask the operator to add the cabinet login and the key.',
    }),
  notInvoice: (): Fault =>
    fault('PORTAL-07', '', {
      ru: 'Это не счёт-фактура: в ИС ЭСФ такой документ не передаётся.',
      kk: 'Бұл шот-фактура емес: мұндай құжат ЭШФ АЖ-ға берілмейді.',
      en: 'This is no tax invoice: the portal does not keep such a document.',
    }),
  wrongRange: (): Fault =>
    fault('PORTAL-08', 'from', {
      ru: 'Укажите период запроса: from не позже to, не более 5 лет.',
      kk: 'Сұрау кезеңін көрсетіңіз: from to-дан кеш емес, 5 жылдан аспайды.',
      en: 'Give the period to fetch: from not later than to, five years at most.',
    }),
} satisfies Record<string, (...args: never[]) => Fault>
