import type { AccessHappening } from '../access/index.ts'
import { isMissed } from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import { almatyDate, type LocalDate } from '../kernel/index.ts'
import { setConsent } from './accept-offer.ts'
import type { Draft } from './draft.ts'
import { notNow, objectionLate, reasonNeeded } from './faults.ts'
import { lapseInvoice } from './invoice.ts'
import { plus } from './money.ts'
import type { Publication } from './publication.ts'
import { settingTerm, termOf } from './terms.ts'

/** A reason is words that say something: at least ten characters with three letters among them. */
export const isReason = (text: string | undefined): text is string =>
  text !== undefined &&
  text.trim().length >= 10 &&
  text.length <= 1000 &&
  (text.match(/\p{L}/gu)?.length ?? 0) >= 3

const reasoned = (reason: string | undefined, clause: string): string => {
  if (!isReason(reason)) throw new Refusal('invalid', [reasonNeeded(clause)])
  return reason.trim()
}

/**
 * Access stops on a moment: the three years of the archive run from it, never from an earlier one (offer 4.5). A
 * contract that never had access kept nothing and has no archive.
 */
export const stopAccess = (draft: Draft, at: Date): void => {
  const { file } = draft
  if (file.stoppedAt !== undefined || file.activatedAt === undefined) return
  file.stoppedAt = at
  draft.start(termOf(draft.terms, 'S14', at))
}

/** 2.3, 4.3: the last day is over. Sending closes, reading stays; the archive follows by the operator's setting. */
export const endTerm = (draft: Draft, endedAt: Date, dueOn: LocalDate): void => {
  const { file } = draft
  if (draft.may('term-ended')) {
    draft.happen('term-ended', { dueOn, endedAt })
    file.restriction = 'term'
  } else {
    draft.note('term-ended', '2.3', { dueOn, endedAt })
  }
  stopAccess(draft, endedAt)
  const days = draft.terms.settings.archiveAfterDays
  if (file.state === 'RESTRICTED')
    draft.start(
      settingTerm(
        draft.terms,
        { clause: 'S14', paragraph: '4.5', startFact: 'access-stopped', days },
        endedAt,
      ),
      'archive-only',
    )
  draft.tell('access-ended', dueOn, { dueOn })
}

/** Either side's written notice (offer 8.1): thirty days, in which the contract goes on as it was. */
export const notifyTermination = (draft: Draft, by: 'client' | 'operator', reason?: string): void => {
  const { file } = draft
  const before = file.state
  draft.happen('termination-notified', { by, reason })
  file.termination = { by, noticeAt: draft.now, reason, before }
  file.sendsUnderNotice = before === 'ACTIVE'
  const term = termOf(draft.terms, 'S43', draft.now)
  draft.start(term)
  const facts = { dueOn: term.dueOn }
  const key = String(file.chain.seq)
  draft.tell('termination-notified', key, facts)
  draft.tell('termination-notified', `operator:${key}`, facts, { to: 'operator' })
}

const whyWords: Partial<Record<AccessHappening, string>> = {
  terminated: 'уведомление, п. 8.1',
  objected: 'возражение против изменений, п. 9.7',
  'breach-ended': 'нарушение, п. 8.2',
  'consent-withdrawn': 'отзыв согласия, п. 6.4',
}

const end = (draft: Draft, happening: AccessHappening, at: Date, details: Record<string, unknown>): void => {
  const { file } = draft
  const before = file.termination?.before ?? file.state
  draft.happen(happening, details)
  if (file.invoice?.state === 'open') lapseInvoice(draft, almatyDate(at))
  // Money for a service that was not granted is the client's.
  else if (file.invoice?.state === 'paid' && before === 'PAID') {
    draft.note('payment-returned-to-credit', '4.1', {
      amount: file.invoice.paid,
      invoice: file.invoice.number,
    })
    file.credit = plus(file.credit, file.invoice.paid)
    file.invoice = undefined
  }
  file.sendsUnderNotice = undefined
  file.upgrade = undefined
  // Claims and acts go on after the contract, and the archive's term too.
  draft.stopAll(['S14', 'S19', 'S42'])
  draft.drop('S14', 'archive-only')
  const present = file.expiresAt
  if (present === undefined || present > at) file.expiresAt = file.activatedAt === undefined ? undefined : at
  for (const period of file.periods)
    if (period.toAt > at) period.toAt = at < period.fromAt ? period.fromAt : at
  stopAccess(draft, at)
  const facts = { why: whyWords[happening] ?? happening }
  const key = String(file.chain.seq)
  draft.tell('contract-ended', key, facts)
  draft.tell('contract-ended', `operator:${key}`, facts, { to: 'operator' })
}

export const terminate = (draft: Draft, at: Date): void => end(draft, 'terminated', at, { at })

/** 3.2.3, 8.2: the operator refuses at once, with notice. Incoming documents and the archive stay open. */
export const endForBreach = (draft: Draft, reason: string | undefined): void =>
  end(draft, 'breach-ended', draft.now, { reason: reasoned(reason, '8.2') })

/** 6.4: the consent that carries the contract is taken back. The statutory archive stays. */
export const withdrawConsent = (draft: Draft): void => {
  if (!draft.may('consent-withdrawn'))
    throw new Refusal('conflict', [notNow('consent-withdrawn', draft.file.state, '6.4', draft.offerVersion)])
  setConsent(draft, 'personal-data', false)
  end(draft, 'consent-withdrawn', draft.now, { consent: 'personal-data' })
}

/** 9.7: against a change, in writing, within one working day of its publication and not after the paid period. */
export const objectTo = (draft: Draft, publication: Publication, reason: string | undefined): void => {
  const { file } = draft
  const why = reasoned(reason, '9.7')
  const paidUntil =
    file.expiresAt === undefined ? undefined : almatyDate(new Date(file.expiresAt.getTime() - 1))
  const term = termOf(
    draft.terms,
    'S46',
    publication.publishedAt,
    paidUntil === undefined ? {} : { notAfter: paidUntil },
  )
  if (isMissed(term, draft.now)) throw new Refusal('conflict', [objectionLate(term)])
  end(draft, 'objected', draft.now, { publication: publication.seq, reason: why, deadline: term })
}
