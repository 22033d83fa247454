import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { PaymentInvoice, Totals } from '../../../../src/core/document/index.ts'
import { checkDocument, computeTotals, vatRatesOn } from '../../../../src/core/document/index.ts'
import {
  costOf,
  moneyOf,
  scaled,
  tiyn,
  vatInside,
  vatOn,
} from '../../../../src/core/document/rules/figures.ts'
import { decimal, moneyText } from '../../../../src/core/kernel/index.ts'
import { aPaymentInvoice, documentDay } from '../../../factories/documents.ts'

/** Canonical decimal text with at most `places` places. */
const number = (whole: number, places: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** BigInt(whole + places) - 1n }), fc.boolean())
    .map(([units, isNegative]) =>
      decimal(`${isNegative ? '-' : ''}${units}`)
        .div(decimal(10).pow(places))
        .toFixed(),
    )
    .map((text) => (text === '-0' ? '0' : text))

const rate = fc.constantFrom('16', '12', '10', '5', '0', 'none')
const percent = (text: string): string => (text === 'none' ? '0' : text)

describe('fixed-point figures agree with exact decimals', () => {
  it('for quantity times price', () => {
    fc.assert(
      fc.property(number(9, 6), number(9, 6), (quantity, price) => {
        expect(moneyOf(costOf(quantity, price)).replace(/^-(0\.00)$/, '$1')).toBe(
          moneyText(decimal(quantity).times(price)).replace(/^-(0\.00)$/, '$1'),
        )
      }),
    )
  })

  it('for VAT on top and inside', () => {
    fc.assert(
      fc.property(number(12, 2), rate, (amount, vatRate) => {
        const exact = decimal(amount).times(percent(vatRate))
        const plus = decimal(100).plus(percent(vatRate))
        const plain = (text: string): string => text.replace(/^-(0\.00)$/, '$1')
        expect(moneyOf(vatOn(tiyn(amount), vatRate))).toBe(plain(moneyText(exact.div(100))))
        expect(moneyOf(vatInside(tiyn(amount), vatRate))).toBe(plain(moneyText(exact.div(plus))))
      }),
    )
  })

  it('and money returns as it came', () => {
    fc.assert(
      fc.property(number(15, 2), (amount) => {
        expect(moneyOf(tiyn(amount))).toBe(decimal(amount).toFixed(2))
      }),
    )
    expect(scaled('1.5', 6)).toBe(1_500_000n)
    expect(moneyOf(-5n)).toBe('-0.05')
  })
})

type Line = PaymentInvoice['lines'][number]

/** A line as 1C computes it: rounded by itself, VAT on top or inside. */
const aLine = (includesVat: boolean): fc.Arbitrary<Line> =>
  fc
    .tuple(
      fc.bigInt({ min: 1n, max: 999_999_999n }),
      fc.bigInt({ min: 0n, max: 99_999_999n }),
      fc.constantFrom(...vatRatesOn(documentDay)),
    )
    .map(([thousandths, hundredths, vatRate]) => {
      const quantity = decimal(String(thousandths)).div(1000).toFixed()
      const price = decimal(String(hundredths)).div(100).toFixed()
      const cost = costOf(quantity, price)
      const vat = includesVat ? vatInside(cost, vatRate) : vatOn(cost, vatRate)
      const without = includesVat ? cost - vat : cost
      return {
        name: 'Товар',
        quantity,
        price,
        amountWithoutVat: moneyOf(without),
        vatRate,
        vatAmount: moneyOf(vat),
        amountWithVat: moneyOf(without + vat),
      }
    })

const invoiceOf = (lines: Line[], priceIncludesVat: boolean): PaymentInvoice => {
  const invoice = aPaymentInvoice({ lines, priceIncludesVat })
  const computed: Totals | undefined = computeTotals(invoice)
  if (computed === undefined) throw new Error('an invoice has totals')
  const { amountWithoutVat, vatAmount, amountWithVat } = computed
  return { ...invoice, totals: { amountWithoutVat, vatAmount, amountWithVat } }
}

describe.each([false, true])('documents whose price includes VAT: %s', (includesVat) => {
  const lines = fc.array(aLine(includesVat), { minLength: 1, maxLength: 20 })

  it('have nothing to report when computed as 1C does', () => {
    fc.assert(
      fc.property(lines, (made) => {
        expect(checkDocument(invoiceOf(made, includesVat), { today: documentDay })).toEqual({
          faults: [],
          notices: [],
        })
      }),
    )
  })

  it('are taken with a notice when the VAT of a line is a tiyn away, and refused at two', () => {
    fc.assert(
      fc.property(lines, fc.nat(), (made, pick) => {
        const at = pick % made.length
        const withVatMoved = (by: bigint): PaymentInvoice => {
          const moved = made.map((line, index): Line => {
            if (index !== at) return line
            const vat = tiyn(line.vatAmount) + by
            const without = tiyn(line.amountWithoutVat) - (includesVat ? by : 0n)
            return {
              ...line,
              amountWithoutVat: moneyOf(without),
              vatAmount: moneyOf(vat),
              amountWithVat: moneyOf(without + vat),
            }
          })
          const sum = (field: 'amountWithoutVat' | 'vatAmount' | 'amountWithVat'): string =>
            moneyOf(moved.reduce((total, line) => total + tiyn(line[field]), 0n))
          return {
            ...invoiceOf(moved, includesVat),
            totals: {
              amountWithoutVat: sum('amountWithoutVat'),
              vatAmount: sum('vatAmount'),
              amountWithVat: sum('amountWithVat'),
            },
          }
        }
        fc.pre(made[at] !== undefined && !['0', 'none'].includes(made[at].vatRate))
        fc.pre(!includesVat || tiyn(made[at]?.amountWithoutVat ?? '0') > 2n)
        const near = checkDocument(withVatMoved(1n), { today: documentDay })
        expect(near.faults).toEqual([])
        expect(near.notices.map((notice) => notice.code)).toEqual(['VAT-05'])
        const far = checkDocument(withVatMoved(2n), { today: documentDay })
        expect(far.faults.map((fault) => fault.code)).toEqual(['VAT-04'])
      }),
    )
  })
})
