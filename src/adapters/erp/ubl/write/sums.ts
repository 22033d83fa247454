import type { PaymentInvoice, TaxInvoice } from '../../../../core/document/index.ts'
import { decimal, moneyText, plainText, type ExactDecimal } from '../../../../core/kernel/index.ts'
import { cbc, type Node } from './xml-text.ts'

export type Invoice = TaxInvoice | PaymentInvoice
export type Line = Invoice['lines'][number]

/** Sums of one message: in its currency, and positive also where the document takes away. */
export class Sums {
  readonly isCredit: boolean
  readonly #currencyID: string

  constructor(invoice: Invoice) {
    this.#currencyID = invoice.currency
    this.isCredit = invoice.lines.some((line) => decimal(line.amountWithoutVat).lt(0))
  }

  positive(sum: string): ExactDecimal {
    return this.isCredit ? decimal(sum).neg() : decimal(sum)
  }

  /** A sum of money with two places. */
  money(name: string, sum: ExactDecimal): Node {
    return cbc(name, moneyText(sum), { currencyID: this.#currencyID })
  }

  /** A price has as many places as it needs. */
  price(name: string, sum: ExactDecimal): Node {
    return cbc(name, plainText(sum), { currencyID: this.#currencyID })
  }
}
