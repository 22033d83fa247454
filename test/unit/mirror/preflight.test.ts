import { describe, expect, it } from '@jest/globals'
import type { TaxInvoice } from '../../../src/core/document/index.ts'
import { preflight, preflightCodes } from '../../../src/core/mirror/index.ts'
import { anInvoice, anInvoiceLine, documentDay, sellerTaxId } from '../../factories/documents.ts'

const today = '2026-04-01'
const check = (over: Partial<TaxInvoice>, context: { today?: string; taxId?: string } = {}) =>
  preflight(anInvoice(over), { today, taxId: sellerTaxId, ...context })
const codes = (over: Partial<TaxInvoice>, context?: { today?: string; taxId?: string }) =>
  check(over, context).map(({ code }) => code)

const related = { number: '15', date: '2026-03-01' }
const share = {
  lineNumber: '2',
  amountWithoutVat: '1.00',
  turnoverAmount: '1.00',
  vatAmount: '0.00',
  amountWithVat: '1.00',
}

const negative = {
  amountWithoutVat: '-12505.00',
  turnoverAmount: '-12505.00',
  vatAmount: '-2000.80',
  amountWithVat: '-14505.80',
}

/** One example for each code of the portal that is prevented. */
const wrong: Readonly<Record<string, Partial<TaxInvoice>[]>> = {
  CONTENT_HAS_INVALID_CHARACTERS: [{ comment: 'a\u0001b' }, { lines: [anInvoiceLine({ name: '\ud800' })] }],
  FIELD_INVALID: [{ number: 'СФ-16' }, { number: '1'.repeat(31) }],
  WRONG_DATE: [{ date: '2026-04-02' }, { turnoverDate: '2026-04-02' }, { turnoverDate: today }],
  PAPER_REASON_NOT_SET: [{ datePaper: '2026-03-31' }],
  PAPER_DATE_NOT_SET: [{ reasonPaper: 'down-time' }],
  PAPER_INVOICE_TIME_EXPIRED: [{ datePaper: '2026-03-16', reasonPaper: 'down-time' }],
  FLK_VALITATION_FAILED: [
    {
      lines: Array.from({ length: 201 }, () => anInvoiceLine()),
      totals: {
        amountWithoutVat: '2513505.00',
        exciseAmount: '0.00',
        turnoverAmount: '2513505.00',
        vatAmount: '402160.80',
        amountWithVat: '2915665.80',
      },
    },
  ],
  INCORRECT_PRODUCT_SUM: [
    {
      lines: [anInvoiceLine({ turnoverAmount: '1.00' })],
      totals: { ...anInvoice().totals, turnoverAmount: '1.00' },
    },
  ],
  WRONG_SUM: [{ lines: [anInvoiceLine(negative)], totals: { ...negative, exciseAmount: '0.00' } }],
  INVALID_SELLER_COUNTRY_CODE: [{ seller: { ...anInvoice().seller, country: 'QQ' } }],
  INVALID_CONSIGNEE_COUNTRY_CODE: [{ consignee: { name: 'Склад', country: 'qq' } }],
  INCORRECT_TOTAL_SUM: [
    { totals: { ...anInvoice().totals, vatAmount: '2000.81' } },
    { totals: { ...anInvoice().totals, amountWithVat: '1.00' } },
  ],
  NDS_RATE_INCORRECT: [{ lines: [anInvoiceLine({ vatRate: '12' })] }],
  NDS_AMOUNT_FOR_NOT_NDS_PAYER: [{ lines: [anInvoiceLine({ vatRate: 'none' })] }],
  INVALID_MEASURE_UNIT_CODE: [{ lines: [anInvoiceLine({ unitCode: undefined })] }],
  INVALID_CURRENCY_CODE: [
    { currency: 'тенге', currencyRate: '1' },
    { currency: 'QQQ', currencyRate: '1' },
  ],
  CURRENCY_RATE_NOT_MATCH: [{ currency: 'USD' }],
  SELLER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION: [{ seller: { ...anInvoice().seller, taxId: '260140000604' } }],
  INVALID_CUSTOMER_TIN: [{ buyer: { ...anInvoice().buyer, taxId: undefined } }],
  INVALID_CUSTOMER_COUNTRY_CODE: [
    { buyer: { ...anInvoice().buyer, statuses: ['nonresident'], country: undefined } },
  ],
  PUBLIC_OFFICE_FIELDS_NOT_CONSISTENT: [
    { publicOffice: { bik: 'KKMFKZ2A' } },
    { buyer: { ...anInvoice().buyer, statuses: ['public-office'] } },
  ],
  BIK_IIK_TIN_NOT_CORRECT: [{ seller: { ...anInvoice().seller, bank: { iik: 'KZ12' } } }],
  FIELD_IS_NULL: [
    { deliveryTerm: { hasContract: true, contractDate: '2026-01-15' } },
    { deliveryTerm: { hasContract: true, contractNumber: '12' } },
  ],
  RELATED_INVOICE_NOT_FOUND: [{ invoiceType: 'fixed' }],
  RELATED_INVOICE_NOT_FOUND_NUM_FIELD_DIFFERS: [
    { invoiceType: 'additional', relatedInvoice: { ...related, number: 'А-1' } },
  ],
  WRONG_TYPE: [{ relatedInvoice: related }],
  MAIN_AND_FIXED_INVOICES_DATE_RANGE_INVALID: [
    { invoiceType: 'fixed', relatedInvoice: { ...related, date: '2026-04-01' } },
  ],
  ADDITIONAL_INVOICE_PRODUCT_UNIT_PRICE_IS_ABSENT: [
    { invoiceType: 'additional', relatedInvoice: related, lines: [anInvoiceLine({ price: undefined })] },
  ],
  PARTICIPANT_SHARE_INCORRECT: [{ sellerParticipants: [{ taxId: sellerTaxId, shares: [share] }] }],
}

describe('what the portal would refuse', () => {
  it('finds nothing wrong with a right invoice of any type', () => {
    expect(check({})).toEqual([])
    expect(check({ invoiceType: 'fixed', relatedInvoice: related })).toEqual([])
    expect(check({ invoiceType: 'additional', relatedInvoice: related })).toEqual([])
  })

  it.each(Object.entries(wrong).flatMap(([code, list]) => list.map((over) => ({ code, over }))))(
    'prevents $code, and it alone',
    ({ code, over }) => {
      const found = check(over)
      expect([...new Set(found.map((fault) => fault.code))]).toEqual([code])
      for (const { path, message } of found) {
        expect(path).not.toBe('')
        expect([message.ru, message.kk, message.en].every((text) => text.length > 10)).toBe(true)
      }
    },
  )

  it('has an example for every code it names', () => {
    expect(new Set(preflightCodes())).toEqual(new Set(Object.keys(wrong)))
  })

  it('tells everything at once', () => {
    expect(new Set(codes({ number: 'A', currency: 'USD', datePaper: '2026-03-31' }))).toEqual(
      new Set(['FIELD_INVALID', 'CURRENCY_RATE_NOT_MATCH', 'PAPER_REASON_NOT_SET']),
    )
  })

  it('judges the rate by the day of turnover, and lets corrections keep the old one', () => {
    const lines = [anInvoiceLine({ vatRate: '12', vatAmount: '1500.60', amountWithVat: '14005.60' })]
    const totals = { ...anInvoice().totals, vatAmount: '1500.60', amountWithVat: '14005.60' }
    expect(codes({ lines, totals, turnoverDate: '2025-12-31' })).toEqual([])
    expect(codes({ lines, totals, turnoverDate: documentDay })).toEqual(['NDS_RATE_INCORRECT'])
    expect(codes({ lines, totals, invoiceType: 'additional', relatedInvoice: related })).toEqual([])
  })

  it('lets an invoice on paper in for fifteen days after an outage', () => {
    const over = { datePaper: '2026-03-31', reasonPaper: 'down-time' as const }
    expect(codes(over, { today: '2026-04-15' })).toEqual([])
    expect(codes(over, { today: '2026-04-16' })).toEqual(['PAPER_INVOICE_TIME_EXPIRED'])
  })
})
