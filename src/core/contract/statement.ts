import type { BankPayment, BankStatement } from '../access/index.ts'
import type { Hasher } from '../exchange/ports.ts'
import { canonicalBytes } from './canonical.ts'
import type { StatementLine } from './desk.ts'

/**
 * What makes a line of a statement one: the order's number and day, who paid whom from which account, and how much. Two
 * statements that overlap bring the same line twice, with the same key.
 */
const keyOf = ({ number, date, amount, currency, payer, payee }: BankPayment, hasher: Hasher): string =>
  `bank:${hasher
    .digest(
      canonicalBytes([
        number,
        date,
        amount,
        currency,
        payer.taxId,
        payer.account,
        payee.taxId,
        payee.account,
      ]),
    )
    .slice(0, 40)}`

/** The payments of a statement that came in, in tenge, to an account of it. The rest is not money for access. */
export const incomingLines = (statement: BankStatement, hasher: Hasher, source: string): StatementLine[] =>
  statement.payments
    .filter(
      ({ direction, currency, amount }) =>
        direction === 'in' && currency === 'KZT' && !/^0+(\.0+)?$/.test(amount),
    )
    .map((payment) => ({
      key: keyOf(payment, hasher),
      payerTaxId: payment.payer.taxId ?? '',
      amount: payment.amount,
      paidOn: payment.bookedOn ?? payment.date,
      purpose: payment.purpose.slice(0, 1000),
      source,
    }))
