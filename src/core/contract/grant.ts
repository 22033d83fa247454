import { endOfAlmatyDay, type Deadline } from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import { addMonths, almatyDate } from '../kernel/index.ts'
import type { Draft } from './draft.ts'
import { notNow } from './faults.ts'
import type { AccessInvoice } from './file.ts'
import { offerVersionAt } from './publication.ts'
import { termOf } from './terms.ts'

/** Gives the access that was paid for: 12 calendar months from this moment, a mail that is owed, and the act (offer 2.2, 2.3, 4.2). */
export const grantAccess = (draft: Draft): void => {
  const { file } = draft
  const { invoice } = file
  if (file.state !== 'PAID' || invoice?.state !== 'paid')
    throw new Refusal('conflict', [notNow('granted', file.state, '2.2', draft.offerVersion)])
  const term = termOf(draft.terms, 'S9', draft.now)
  draft.happen('granted', { invoice: invoice.number, expiresAt: term.dueAt })
  draft.stop('S8', invoice.id)
  open(draft, term, draft.now, invoice)
}

/** The next period, paid while the present one runs, begins when that one ends. */
export const renew = (draft: Draft, invoice: AccessInvoice): void => {
  const fromAt = draft.file.expiresAt ?? draft.now
  // Counted from the last day of the present period, so that the months follow each other without a day between.
  const term = termOf(draft.terms, 'S9', new Date(fromAt.getTime() - 1))
  draft.note('renewed', '2.3, 3.2.4', { invoice: invoice.number, fromAt, expiresAt: term.dueAt })
  open(draft, term, fromAt, invoice)
}

const open = (draft: Draft, term: Deadline, fromAt: Date, invoice: AccessInvoice): void => {
  const { file } = draft
  begin(draft, fromAt)
  file.periods.push({ fromAt, toAt: term.dueAt, tariff: invoice.tariff, paid: invoice.paid })
  file.expiresAt = term.dueAt
  draft.start(term)
  const [fromOn, toOn] = [almatyDate(fromAt), term.dueOn]
  draft.tell('activated', invoice.id, { fromOn, toOn })
  draft.tell('activated', `operator:${invoice.id}`, { fromOn, toOn }, { to: 'operator' })
  file.acts.push({
    id: `act-${invoice.id}`,
    number: invoice.number,
    state: 'DRAFT',
    amount: invoice.amount,
    tariff: invoice.tariff,
    fromOn,
    toOn,
  })
  draft.note('act-drafted', '4.2', { act: `act-${invoice.id}`, amount: invoice.amount })
}

/** A fresh period begins: what was due because access had stopped is due no more. */
const begin = (draft: Draft, fromAt: Date): void => {
  const { file } = draft
  // A renewal paid early begins later: until then the present period is the one that is told.
  if (fromAt <= draft.now) file.activatedAt = fromAt
  draft.stop('S14', '')
  draft.stop('S14', 'archive-only')
  file.stoppedAt = undefined
  file.restriction = undefined
  file.sendsUnderNotice = undefined
}

/**
 * The operator's direct grant, without offer, invoice and payment: a two-sided contract (offer 10.13), the operator's
 * own company, a trial. Whatever ran before ends now.
 */
export const grantDirectly = (draft: Draft, months: number): void => {
  const { file } = draft
  const now = draft.now
  const startedOn = almatyDate(now)
  const dueOn = addMonths(startedOn, months)
  // The whole last day is the client's.
  const expiresAt = endOfAlmatyDay(dueOn)
  draft.happen('granted-directly', { months, expiresAt })
  draft.stop('S43')
  begin(draft, now)
  file.termination = undefined
  file.activatedAt = now
  file.expiresAt = expiresAt
  for (const period of file.periods) if (period.toAt > now) period.toAt = now
  file.periods = file.periods.filter(({ fromAt, toAt }) => fromAt < toAt)
  file.periods.push({ fromAt: now, toAt: expiresAt, paid: '0.00' })
  draft.start({
    clause: 'S9',
    paragraph: '2.3',
    offerVersion: offerVersionAt(draft.terms.log, now),
    startFact: 'access-granted',
    startedAt: now,
    startedOn,
    dayRule: { unit: 'calendar-months', count: months, startsOn: 'next-day', lastDayOff: 'stays' },
    certainty: 'published',
    dueOn,
    dueAt: expiresAt,
  })
  draft.tell('activated', `direct:${file.chain.seq}`, { fromOn: startedOn, toOn: dueOn })
}
