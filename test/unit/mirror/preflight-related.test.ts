import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import type { TaxInvoice } from '../../../src/core/document/index.ts'
import { preflightRelated, relatedCodes, type MirrorRecord } from '../../../src/core/mirror/index.ts'
import { anInvoice, buyerTaxId, sellerTaxId, thirdTaxId } from '../../factories/documents.ts'
import { iin, makeKey, seller, startPortal } from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'
import { anAccount, openGateway, SharedClock } from './gateway.ts'
import type { Gateway } from './gateway.ts'

const record: MirrorRecord = {
  documentId: 'document',
  revision: 1,
  taxId: sellerTaxId,
  date: '2026-03-31',
  number: '15',
  phase: 'registered',
  portalStatus: 'CREATED',
  registrationNumber: 'ESF-260140000114-20260331-00000015',
  preparedAt: new Date(0),
  errors: [],
}
const original = anInvoice({ number: '15' })
const related = { number: '15', date: '2026-03-31' }
const fixed = (over: Partial<TaxInvoice> = {}): TaxInvoice =>
  anInvoice({ number: '16', invoiceType: 'fixed', relatedInvoice: related, ...over })
const codes = (invoice: TaxInvoice, over: Partial<MirrorRecord> = {}) =>
  preflightRelated(invoice, { invoice: original, record: { ...record, ...over } }).map(({ code }) => code)

const { seller: sellerParty, buyer, totals } = anInvoice()
const wrong: Readonly<Record<string, [Partial<TaxInvoice>, Partial<MirrorRecord>?][]>> = {
  WRONG_FIXED_PARENT_STATUS: [
    [{}, { portalStatus: 'CANCELED' }],
    [{}, { phase: 'rejected' }],
  ],
  WRONG_PARENT_STATUS: [[{ invoiceType: 'additional' }, { portalStatus: 'REVOKED' }]],
  RELATED_INVOICE_NOT_FOUND_REGISTRATION_NUMBER_FIELD_DIFFERS: [
    [{ relatedInvoice: { ...related, registrationNumber: 'ESF-1' } }],
  ],
  MAIN_AND_FIXED_INVOICES_SELLERS_NOT_EQUALS: [[{ seller: { ...sellerParty, taxId: thirdTaxId } }]],
  MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS: [[{ buyer: { ...buyer, taxId: thirdTaxId } }]],
  MAIN_AND_FIXED_INVOICES_RETAIL_WRONG_STATUS: [[{ buyer: { ...buyer, statuses: ['retail'] } }]],
  MAIN_AND_FIXED_INVOICES_NONRESIDENT_WRONG_STATUS: [[{ buyer: { ...buyer, statuses: ['nonresident'] } }]],
  MAIN_AND_FIXED_INVOICES_NDS_RATE_TYPES_NOT_EQUALS: [[{ withoutVatOutsideKz: true }]],
  MAIN_AND_ADDITIONAL_INVOICES_NOT_EQUALS: [
    [{ invoiceType: 'additional', buyer: { ...buyer, taxId: thirdTaxId } }],
  ],
  MAIN_AND_ADDITIONAL_INVOICES_SUM_NEGATIVE: [
    [{ invoiceType: 'additional', totals: { ...totals, amountWithVat: '-14505.81' } }],
  ],
}

describe('a correction against the original that we sent', () => {
  it('may be right', () => {
    expect(codes(fixed())).toEqual([])
    expect(
      codes(fixed({ relatedInvoice: { ...related, registrationNumber: record.registrationNumber } })),
    ).toEqual([])
    expect(
      codes(fixed({ invoiceType: 'additional', totals: { ...totals, amountWithVat: '-14505.80' } })),
    ).toEqual([])
    expect(buyer.taxId).toBe(buyerTaxId)
  })

  it.each(Object.entries(wrong).flatMap(([code, all]) => all.map((one) => ({ code, one }))))(
    'prevents $code, and it alone',
    ({ code, one: [over, standing] }) => {
      expect(codes(fixed(over), standing)).toEqual([code])
    },
  )

  it('has an example for every code that is prevented', () => {
    expect(new Set(relatedCodes)).toEqual(new Set(Object.keys(wrong)))
  })
})

describe('a correction on its way to the portal', () => {
  let key: TestKey
  let simulator: EsfSimulator
  let gateway: Gateway
  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
  })
  beforeEach(async () => {
    const clock = new SharedClock(new Date('2026-04-01T05:00:00Z'))
    simulator = await startPortal({ clock, delays: { queueMs: 2_000, processingMs: 2_000 } })
    gateway = openGateway({ simulator, clock, accounts: [anAccount(key)] })
  })
  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })

  it('waits for its original, is given its registration number, and replaces it', async () => {
    const first = gateway.put({ number: '15' })
    await gateway.run(first.id)
    const second = gateway.put({ number: '16', invoiceType: 'fixed', relatedInvoice: related })
    expect(await gateway.run(second.id)).toMatchObject({
      word: 'waiting',
      note: 'the invoice it corrects is not registered yet',
    })
    await gateway.drive()
    const registrationNumber = gateway.documents.rows.get(first.id)?.stamp?.registrationNumber ?? ''
    expect(registrationNumber).not.toBe('')
    expect((await gateway.records.signed(second.id))?.body).toContain(
      `<registrationNumber>${registrationNumber}</registrationNumber>`,
    )
    expect(
      simulator
        .invoices()
        .map(({ num, status }) => `${num} ${status}`)
        .sort(),
    ).toEqual(['15 CANCELED', '16 CREATED'])
  })

  it('is refused here when it changes the buyer, without a call', async () => {
    gateway.put({ number: '15' })
    await gateway.drive()
    const calls = simulator.calls().total
    const { id } = gateway.put({
      number: '16',
      invoiceType: 'fixed',
      relatedInvoice: related,
      buyer: { ...buyer, taxId: thirdTaxId },
    })
    expect(await gateway.run(id)).toMatchObject({
      word: 'refused',
      note: 'MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS',
    })
    expect(simulator.calls().total).toBe(calls)
  })
})
