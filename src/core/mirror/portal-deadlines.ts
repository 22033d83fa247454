import {
  deadlineOf,
  startOfAlmatyDay,
  WorkingCalendar,
  type Clause,
  type DayRule,
  type OfferTimers,
} from '../deadline/index.ts'
import { almatyDate, type LocalDate } from '../kernel/index.ts'
import type { InvoiceStanding } from './invoice-standing.ts'

/**
 * The portal's terms as clauses, counted like those of the offer. All of them are calendar days and none moves from
 * a day off: whether the tax terms move is not settled for every one of them, and the earlier day is the safe one.
 */
const days = (count: number): DayRule => ({
  unit: 'calendar-days',
  count,
  startsOn: 'next-day',
  lastDayOff: 'stays',
})

const clause = (one: Omit<Clause, 'reminders'>): Clause => ({
  ...one,
  reminders: [{ unit: 'calendar-days', count: 2, from: 'before-due' }],
})

export const portalTimers: OfferTimers = {
  offerVersion: 'esf-2026',
  clauses: [
    clause({
      id: 'E1',
      paragraph: 'выписка ЭСФ',
      startFact: 'turnover',
      startWords: { ru: 'оборот совершён', kk: 'айналым жасалды', en: 'the turnover took place' },
      says: {
        ru: 'Выписать счёт-фактуру в ИС ЭСФ в течение 15 календарных дней после даты совершения оборота.',
        kk: 'Айналым жасалған күннен кейін 15 күнтізбелік күн ішінде ЭШФ АЖ-да шот-фактура жазып беру.',
        en: 'Issue the invoice at the portal within 15 calendar days after the turnover date.',
      },
      dayRule: days(15),
    }),
    clause({
      id: 'E2',
      paragraph: 'простой ИС ЭСФ (DOWN_TIME)',
      startFact: 'paper-invoice',
      startWords: {
        ru: 'счёт-фактура выписан на бумаге во время простоя',
        kk: 'тоқтап тұру кезінде шот-фактура қағазда жазылды',
        en: 'the invoice was issued on paper during an outage',
      },
      says: {
        ru: 'Ввести бумажный счёт-фактуру в ИС ЭСФ в течение 15 календарных дней.',
        kk: 'Қағаз шот-фактураны 15 күнтізбелік күн ішінде ЭШФ АЖ-ға енгізу.',
        en: 'Enter the paper invoice at the portal within 15 calendar days.',
      },
      dayRule: days(15),
    }),
    clause({
      id: 'E3',
      paragraph: 'согласие получателя (2026)',
      startFact: 'correction-waits',
      startWords: {
        ru: 'исправленный или дополнительный счёт-фактура ждёт получателя',
        kk: 'түзетілген немесе қосымша шот-фактура алушыны күтуде',
        en: 'a corrected or additional invoice waits for the buyer',
      },
      says: {
        ru: 'Получателю — подтвердить или отклонить; до этого счёт-фактура не считается выписанным. Срок портала, если он назван, важнее.',
        kk: 'Алушыға — растау немесе қабылдамау; оған дейін шот-фактура жазылған болып саналмайды. Портал мерзімі аталса, сол маңыздырақ.',
        en: 'The buyer confirms or declines; until then the invoice does not count as issued. A term named by the portal comes first.',
      },
      // The term of 2026 is published nowhere; ten days is how long the buyer could object before.
      dayRule: days(10),
    }),
    clause({
      id: 'E4',
      paragraph: 'отзыв (2026)',
      startFact: 'revocation-waits',
      startWords: {
        ru: 'отзыв ждёт получателя',
        kk: 'қайтарып алу алушыны күтуде',
        en: 'a revocation waits for the buyer',
      },
      says: {
        ru: 'Получателю — согласиться с отзывом (confirm) или не согласиться (unrevoke). Срок портала, если он назван, важнее.',
        kk: 'Алушыға — қайтарып алуға келісу (confirm) немесе келіспеу (unrevoke). Портал мерзімі аталса, сол маңыздырақ.',
        en: 'The buyer agrees to the revocation (confirm) or does not (unrevoke). A term named by the portal comes first.',
      },
      dayRule: days(10),
    }),
    clause({
      id: 'E5',
      paragraph: 'возражение получателя',
      startFact: 'correction-issued',
      startWords: {
        ru: 'исправленный или дополнительный счёт-фактура выписан, либо основной отозван',
        kk: 'түзетілген немесе қосымша шот-фактура жазылды не негізгісі қайтарып алынды',
        en: 'a corrected or additional invoice was issued, or an ordinary one revoked',
      },
      says: {
        ru: 'Получатель может не согласиться (decline, unrevoke) в течение 10 календарных дней.',
        kk: 'Алушы 10 күнтізбелік күн ішінде келіспеуі мүмкін (decline, unrevoke).',
        en: 'The buyer may object (decline, unrevoke) within 10 calendar days.',
      },
      dayRule: days(10),
    }),
  ],
}

/** A term that runs for an invoice, with its last day. */
export interface PortalDeadline {
  clause: string
  paragraph: string
  startedOn: LocalDate
  dueOn: LocalDate
  /** `portal`: the portal has named the day itself; `rule`: counted here. */
  source: 'portal' | 'rule'
  says: Clause['says']
}

const calendar = (() => {
  const empty = WorkingCalendar.of([])
  if (!empty.ok) throw new Error('an empty calendar cannot be made')
  return empty.value
})()

/** The last day of a clause that began on a day. None of these rules asks the calendar. */
export const portalDeadline = (id: string, startedOn: LocalDate, named?: Date): PortalDeadline => {
  const found = portalTimers.clauses.find((one) => one.id === id)
  const deadline = deadlineOf(id, startOfAlmatyDay(startedOn), calendar, { offer: portalTimers })
  if (found === undefined || !deadline.ok) throw new Error(`${id} is no clause of the portal`)
  return {
    clause: id,
    paragraph: found.paragraph,
    startedOn,
    dueOn: named === undefined ? deadline.value.dueOn : almatyDate(named),
    source: named === undefined ? 'rule' : 'portal',
    says: found.says,
  }
}

/** The terms that run now for an invoice as it stands, the earliest first. */
export const deadlinesOf = (standing: InvoiceStanding): PortalDeadline[] => {
  const { status, statusSince, invoiceType, portalDeadline: named } = standing
  const since = statusSince === undefined ? undefined : almatyDate(statusSince)
  const found: PortalDeadline[] = []
  if (!standing.registered && !standing.rejected) {
    if (standing.datePaper !== undefined && standing.reasonPaper === 'down-time')
      found.push(portalDeadline('E2', standing.datePaper))
    else if (invoiceType === 'ordinary' && standing.turnoverDate !== undefined)
      found.push(portalDeadline('E1', standing.turnoverDate))
  }
  if (since !== undefined) {
    if (status === 'WAITING_CUSTOMER_CONFIRMATION') found.push(portalDeadline('E3', since, named))
    else if (status === 'WAITING_CUSTOMER_REVOKE_CONFIRMATION') found.push(portalDeadline('E4', since, named))
    else if (
      status === 'REVOKED' ||
      (invoiceType !== 'ordinary' && (status === 'CREATED' || status === 'DELIVERED'))
    )
      found.push(portalDeadline('E5', since, named))
  }
  return found.sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1))
}
