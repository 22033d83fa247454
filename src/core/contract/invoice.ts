import { startOfAlmatyDay } from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import { almatyDate, decimal, type DecimalText, type LocalDate } from '../kernel/index.ts'
import { returnBonus, useBonus } from './bonus.ts'
import type { Draft } from './draft.ts'
import { invoiceOpen, notNow } from './faults.ts'
import { renew } from './grant.ts'
import { isLess, isZero, minus, plus } from './money.ts'
import type { PinnedTariff } from './tariff.ts'
import { termOf } from './terms.ts'

/** The states in which an invoice for the next period moves no state. */
const renewable = ['ACTIVE', 'RESTRICTED', 'ARCHIVE_ONLY']

/** An invoice for access with the tariff as it stands today: the price is the client's for the whole period (offer 2.1, 3.2.4, 4.1). */
export const makeInvoice = (
  draft: Draft,
  { id, number, tariff, bonus }: { id: string; number: string; tariff: PinnedTariff; bonus?: DecimalText },
): void => {
  const { file } = draft
  if (file.invoice?.state === 'open') throw new Refusal('conflict', [invoiceOpen(file.invoice.number)])
  const details = { id, number, tariff, bonus }
  if (draft.may('invoiced')) draft.happen('invoiced', details)
  else if (renewable.includes(file.state)) draft.note('renewal-invoiced', '2.1, 4.1', details)
  else throw new Refusal('conflict', [notNow('invoiced', file.state, '4.1', draft.offerVersion)])
  const bonusUsed = bonus === undefined ? '0.00' : useBonus(draft, bonus, tariff.price)
  file.invoice = {
    id,
    number,
    tariff,
    amount: minus(tariff.price, bonusUsed),
    bonusUsed,
    madeAt: draft.now,
    paid: '0.00',
    state: 'open',
  }
  draft.tell('invoice-made', id, { number, amount: file.invoice.amount, tariff: tariff.name.ru })
  // Money that was here before the invoice counts towards it.
  if (!isZero(file.credit)) {
    const credit = file.credit
    file.credit = '0.00'
    draft.note('credit-used', '4.1', { amount: credit, invoice: number })
    settle(draft, credit, almatyDate(draft.now))
  }
}

/** The client has it: the five days run (offer 4.1). */
export const invoiceReceived = (draft: Draft, at: Date): void => {
  const { invoice } = draft.file
  if (invoice?.state !== 'open' || invoice.receivedAt !== undefined) return
  invoice.receivedAt = at
  draft.start(termOf(draft.terms, 'S7', at), invoice.id)
}

/** Nobody paid in time. What was paid in part is credit, the bonus comes back. */
export const lapseInvoice = (draft: Draft, dueOn: LocalDate): void => {
  const { file } = draft
  const { invoice } = file
  if (invoice?.state !== 'open') return
  invoice.state = 'lapsed'
  draft.drop('S7', invoice.id)
  const details = { invoice: invoice.number, dueOn, paid: invoice.paid }
  if (draft.may('invoice-lapsed')) draft.happen('invoice-lapsed', details)
  else draft.note('renewal-lapsed', '4.1', details)
  file.credit = plus(file.credit, invoice.paid)
  if (!isZero(invoice.bonusUsed)) returnBonus(draft, invoice.bonusUsed)
  draft.tell('invoice-lapsed', invoice.id, { number: invoice.number, dueOn })
}

/** One line of a bank statement, or the operator's word. Its identity is checked before: here it is new. */
export interface PaymentFact {
  key: string
  amount: DecimalText
  /** The bank's day. */
  paidOn: LocalDate
  source: string
  purpose?: string
}

/** Money arrived: towards the open invoice, or as credit where none waits. */
export const takePayment = (draft: Draft, payment: PaymentFact): 'paid' | 'partial' | 'credit' => {
  const { file } = draft
  draft.note('payment-received', '2.1, 4.1', { ...payment, invoice: file.invoice?.number })
  if (file.invoice?.state !== 'open') {
    file.credit = plus(file.credit, payment.amount)
    draft.tell('payment-unclaimed', payment.key, { amount: payment.amount }, { to: 'operator' })
    return 'credit'
  }
  return settle(draft, payment.amount, payment.paidOn)
}

const settle = (draft: Draft, amount: DecimalText, paidOn: LocalDate): 'paid' | 'partial' => {
  const { file } = draft
  const { invoice } = file
  if (invoice === undefined) throw new Error('a payment is settled against an invoice')
  invoice.paid = plus(invoice.paid, amount)
  if (isLess(invoice.paid, invoice.amount)) {
    draft.tell('payment-partial', `${invoice.id}:${invoice.paid}`, {
      amount,
      number: invoice.number,
      missing: minus(invoice.amount, invoice.paid),
    })
    return 'partial'
  }
  const over = decimal(invoice.paid).minus(invoice.amount)
  if (over.gt(0)) {
    invoice.paid = invoice.amount
    file.credit = plus(file.credit, over.toFixed(2))
    draft.note('overpaid', '4.1', { invoice: invoice.number, credit: over.toFixed(2) })
  }
  invoice.state = 'paid'
  invoice.paidAt = draft.now
  draft.stop('S7', invoice.id)
  // While the paid term runs, the next period waits behind it: nothing has to be granted again.
  if (
    file.expiresAt !== undefined &&
    draft.now < file.expiresAt &&
    ['ACTIVE', 'RESTRICTED'].includes(file.state)
  ) {
    draft.note('renewal-paid', '2.1, 4.1', { invoice: invoice.number, paidOn })
    renew(draft, invoice)
    return 'paid'
  }
  draft.happen('paid', { invoice: invoice.number, paidOn })
  const term = termOf(draft.terms, 'S8', startOfAlmatyDay(paidOn))
  draft.start(term, invoice.id)
  draft.tell('payment-received', invoice.id, { amount, dueOn: term.dueOn })
  return 'paid'
}
