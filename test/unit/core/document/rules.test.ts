import { describe, expect, it } from '@jest/globals'
import type {
  Act,
  CheckContext,
  Checked,
  Document,
  PaymentInvoice,
  Reconciliation,
  TaxInvoice,
  Waybill,
} from '../../../../src/core/document/index.ts'
import {
  checkDocument,
  documentFaultCodes,
  documentKinds,
  readDocumentValue,
} from '../../../../src/core/document/index.ts'
import {
  aBuyer,
  aContract,
  aDocument,
  aFile,
  aPaymentInvoice,
  aPowerOfAttorney,
  aReconciliation,
  aSeller,
  aWaybill,
  anAct,
  anInvoice,
  anInvoiceLine,
  buyerTaxId,
  documentDay,
  sellerTaxId,
  thirdTaxId,
} from '../../../factories/documents.ts'
import { codesAndPaths, readXml } from './feed-xml.ts'

const context = (companyTaxId?: string): CheckContext => ({
  today: documentDay,
  ...(companyTaxId === undefined ? {} : { companyTaxId }),
})

const check = (document: Document, companyTaxId?: string): Checked =>
  checkDocument(document, context(companyTaxId))

const actWith = (fields: Partial<Act['lines'][number]>, act: Partial<Act> = {}): Act => {
  const whole = anAct(act)
  return { ...whole, lines: whole.lines.map((line) => ({ ...line, ...fields })) }
}

const invoiceWith = (
  fields: Partial<TaxInvoice['lines'][number]>,
  invoice: Partial<TaxInvoice> = {},
): TaxInvoice => anInvoice({ lines: [anInvoiceLine(fields)], ...invoice })

const waybillWith = (fields: Partial<Waybill['lines'][number]>): Waybill => {
  const whole = aWaybill()
  return { ...whole, lines: whole.lines.map((line) => ({ ...line, ...fields })) }
}

const sideWith = (fields: Partial<Reconciliation['organizationSide']>): Reconciliation => {
  const whole = aReconciliation()
  return { ...whole, organizationSide: { ...whole.organizationSide, ...fields } }
}

const payWithout = (field: 'bik' | 'kbe'): PaymentInvoice => {
  const seller = aSeller()
  return aPaymentInvoice({
    seller: { ...seller, bank: { ...seller.bank, iik: 'KZ18722S000012345678', [field]: undefined } },
  })
}

/** A side that agrees with the one of the factory, seen from the counterparty. */
const mirrored: Reconciliation['organizationSide'] = {
  openingCredit: '5000.00',
  rows: [
    { date: '2026-02-10', document: 'Поступление 5', credit: '116000.00' },
    { date: '2026-02-20', document: 'Платёжное поручение 14', debit: '100000.00' },
  ],
  turnoverDebit: '100000.00',
  turnoverCredit: '116000.00',
  closingCredit: '21000.00',
}

const related = { number: '15', date: '2026-02-01' }

const [lineOfAct] = anAct().lines as [Act['lines'][number]]

/** For each code of the catalogue a document that makes the rule speak, and where it points. */
const spoken: Record<string, [Document, string]> = {
  'TAXID-01': [anAct({ seller: aSeller({ taxId: undefined }) }), 'seller.taxId'],
  'TAXID-02': [anAct({ buyer: aBuyer({ taxId: '123123123123' }) }), 'buyer.taxId'],
  'TAXID-03': [anAct({ buyer: aBuyer({ taxId: sellerTaxId }) }), 'buyer.taxId'],
  'BANK-01': [anAct({ seller: aSeller({ bank: { iik: 'KZ18722S000012345679' } }) }), 'seller.bank.iik'],
  'BANK-02': [
    anAct({ seller: aSeller({ bank: { iik: 'KZ18722S000012345678', bik: '12345678' } }) }),
    'seller.bank.bik',
  ],
  'BANK-03': [
    anAct({ seller: aSeller({ bank: { iik: 'KZ18722S000012345678', kbe: '37' } }) }),
    'seller.bank.kbe',
  ],
  'DOC-20': [
    { ...actWith({}), lines: new Array<Act['lines'][number]>(201).fill({ ...lineOfAct, unitCode: '999' }) },
    '',
  ],
  'DOC-21': [anAct({ date: '1999-12-31' }), 'date'],
  'DOC-22': [anAct({ date: '2026-04-01' }), 'date'],
  'LINE-01': [actWith({ quantity: '2' }), 'lines[0].amountWithoutVat'],
  'LINE-02': [actWith({ price: '100000.01' }), 'lines[0].amountWithoutVat'],
  'LINE-03': [actWith({ amountWithVat: '116000.02' }), 'lines[0].amountWithVat'],
  'LINE-04': [actWith({ amountWithVat: '116000.01' }), 'lines[0].amountWithVat'],
  'LINE-05': [actWith({ quantity: '0' }), 'lines[0].quantity'],
  'LINE-06': [actWith({ price: '-100000' }), 'lines[0].price'],
  'LINE-07': [actWith({ amountWithoutVat: '-100000.00' }), 'lines[0].amountWithoutVat'],
  'LINE-08': [actWith({ discount: '100000.01' }), 'lines[0].discount'],
  'LINE-09': [invoiceWith({ exciseAmount: '1.00' }), 'lines[0].turnoverAmount'],
  'LINE-10': [invoiceWith({ gtin: '4870000000013' }), 'lines[0].gtin'],
  'LINE-11': [actWith({ unitCode: '999' }), 'lines[0].unitCode'],
  'VAT-01': [actWith({ vatRate: '18' }), 'lines[0].vatRate'],
  'VAT-02': [
    invoiceWith({ vatRate: '12', vatAmount: '1500.60', amountWithVat: '14005.60' }),
    'lines[0].vatRate',
  ],
  'VAT-03': [actWith({ vatRate: '12' }), 'lines[0].vatRate'],
  'VAT-04': [actWith({ vatAmount: '16000.02', amountWithVat: '116000.02' }), 'lines[0].vatAmount'],
  'VAT-05': [actWith({ vatAmount: '16000.01', amountWithVat: '116000.01' }), 'lines[0].vatAmount'],
  'VAT-06': [actWith({ vatRate: 'none' }), 'lines[0].vatAmount'],
  'TOTAL-01': [
    anAct({ totals: { amountWithoutVat: '100000.02', vatAmount: '16000.00', amountWithVat: '116000.02' } }),
    'totals.amountWithoutVat',
  ],
  'TOTAL-02': [
    anAct({ totals: { amountWithoutVat: '100000.01', vatAmount: '16000.00', amountWithVat: '116000.01' } }),
    'totals.amountWithoutVat',
  ],
  'TOTAL-03': [
    anAct({ totals: { amountWithoutVat: '100000.00', vatAmount: '16000.00', amountWithVat: '116000.02' } }),
    'totals.amountWithVat',
  ],
  'PAY-01': [aPaymentInvoice({ seller: aSeller({ bank: undefined }) }), 'seller.bank'],
  'PAY-02': [payWithout('bik'), 'seller.bank.bik'],
  'PAY-03': [payWithout('kbe'), 'seller.bank.kbe'],
  'PAY-04': [aPaymentInvoice({ paymentPurposeCode: undefined }), 'paymentPurposeCode'],
  'PAY-05': [aPaymentInvoice({ payBefore: '2026-03-30' }), 'payBefore'],
  'ACT-01': [actWith({ performedFrom: '2026-03-02', performedTo: '2026-03-01' }), 'lines[0].performedTo'],
  'ACT-02': [anAct({ acceptedOn: '2026-04-01' }), 'acceptedOn'],
  'ACT-03': [anAct({ seller: aSeller({ address: undefined }) }), 'seller.address'],
  'ACT-04': [anAct({ buyer: aBuyer({ address: undefined }) }), 'buyer.address'],
  'ACT-05': [anAct({ deliveredBy: undefined }), 'deliveredBy'],
  'ACT-06': [actWith({ performedFrom: undefined, performedTo: undefined }), 'lines[0].performedFrom'],
  'ACT-07': [actWith({ unit: undefined, unitCode: undefined }), 'lines[0].unit'],
  'WAYBILL-01': [waybillWith({ unit: undefined, unitCode: undefined }), 'lines[0].unit'],
  'WAYBILL-02': [waybillWith({ quantityDue: '9.999999' }), 'lines[0].quantity'],
  'WAYBILL-03': [aWaybill({ warrant: { number: '7', date: '2026-04-01' } }), 'warrant.date'],
  'WAYBILL-04': [aWaybill({ releasedBy: undefined }), 'releasedBy'],
  'WAYBILL-05': [aWaybill({ authorizedBy: undefined }), 'authorizedBy'],
  'INVOICE-01': [anInvoice({ turnoverDate: '2026-04-01', date: '2026-04-01' }), 'turnoverDate'],
  'INVOICE-02': [anInvoice({ date: '2026-03-30' }), 'date'],
  'INVOICE-03': [anInvoice({ turnoverDate: '2026-03-15' }), 'date'],
  'INVOICE-04': [anInvoice({ number: 'КС00-000016' }), 'number'],
  'INVOICE-05': [anInvoice({ invoiceType: 'fixed' }), 'relatedInvoice'],
  'INVOICE-06': [anInvoice({ relatedInvoice: related }), 'relatedInvoice'],
  'INVOICE-07': [
    anInvoice({ invoiceType: 'additional', relatedInvoice: { number: '15', date: '2026-04-01' } }),
    'relatedInvoice.date',
  ],
  'INVOICE-08': [anInvoice({ reasonPaper: 'down-time' }), 'datePaper'],
  'INVOICE-09': [anInvoice({ currency: 'USD' }), 'currencyRate'],
  'INVOICE-10': [
    anInvoice({ deliveryTerm: { hasContract: true, contractDate: '2026-01-15' } }),
    'deliveryTerm.contractNumber',
  ],
  'INVOICE-11': [
    anInvoice({ deliveryTerm: { hasContract: true, contractNumber: '1' } }),
    'deliveryTerm.contractDate',
  ],
  'INVOICE-12': [invoiceWith({ unitCode: undefined }), 'lines[0].unitCode'],
  'INVOICE-13': [anInvoice({ seller: aSeller({ vatCertificate: undefined }) }), 'seller.vatCertificate'],
  'INVOICE-14': [anInvoice({ buyer: { ...aBuyer(), statuses: ['public-office'] } }), 'publicOffice'],
  'INVOICE-15': [
    anInvoice({
      sellerParticipants: [
        {
          taxId: thirdTaxId,
          shares: [
            {
              lineNumber: '2',
              amountWithoutVat: '0.00',
              turnoverAmount: '0.00',
              vatAmount: '0.00',
              amountWithVat: '0.00',
            },
          ],
        },
      ],
    }),
    'sellerParticipants[0].shares[0].lineNumber',
  ],
  'INVOICE-16': [anInvoice({ withoutVatOutsideKz: true }), 'withoutVatOutsideKz'],
  'INVOICE-17': [anInvoice({ buyer: { name: 'Foreign Buyer', statuses: ['nonresident'] } }), 'buyer.country'],
  'RECON-01': [aReconciliation({ periodFrom: '2026-04-01' }), 'periodTo'],
  'RECON-02': [aReconciliation({ periodFrom: '2026-02-15' }), 'organizationSide.rows[0].date'],
  'RECON-03': [sideWith({ rows: [{ date: '2026-02-10', document: 'Пусто' }] }), 'organizationSide.rows[0]'],
  'RECON-04': [sideWith({ turnoverDebit: '116000.01' }), 'organizationSide.turnoverDebit'],
  'RECON-05': [sideWith({ closingDebit: '21000.01' }), 'organizationSide.closingDebit'],
  'RECON-06': [aReconciliation({ counterpartySide: mirrored, discrepancy: '1.00' }), 'discrepancy'],
  'RECON-07': [aReconciliation({ agreed: true, discrepancy: '1.00' }), 'agreed'],
  'POA-01': [aPowerOfAttorney({ validUntil: '2026-03-30' }), 'validUntil'],
  'POA-02': [aPowerOfAttorney({ date: '2026-03-01', validUntil: '2026-03-30' }), 'validUntil'],
  'POA-03': [
    aPowerOfAttorney({ representative: { name: 'Доверенный Д. Д.' } }),
    'representative.identityDocument',
  ],
  'POA-04': [aPowerOfAttorney({ lines: undefined, basis: undefined }), 'lines'],
  'CONTRACT-01': [aContract({ validUntil: '2026-01-14' }), 'validUntil'],
  'FILE-01': [aFile({ fileName: '../Сертификат.pdf' }), 'fileName'],
  'FILE-02': [aFile({ content: 'UEsDBBQ=' }), 'content'],
  'FILE-03': [aFile({ fileName: 'счёт.pdf.exe' }), 'fileName'],
  'FILE-04': [aFile({ content: undefined }), 'content'],
}

/** Said while reading; reading.test.ts walks through them one by one. */
const saidWhileReading = documentFaultCodes.filter(({ code }) => /^DOC-(0\d|1\d)$/.test(code))

describe('the catalogue of codes', () => {
  it('has each code once, in the same shape', () => {
    const codes = documentFaultCodes.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.filter((code) => !/^[A-Z]+-\d{2}$/.test(code))).toEqual([])
  })

  it('speaks three languages, and every sentence tells what to do', () => {
    for (const { words } of documentFaultCodes) {
      const sentences = [words.ru, words.kk, words.en]
      expect(new Set(sentences).size).toBe(3)
      expect(sentences.every((sentence) => sentence.length > 20 && sentence.endsWith('.'))).toBe(true)
      // Kazakh has letters that Russian lacks: a Russian sentence in its place is noticed.
      expect(words.kk).toMatch(/[әғқңөұүһі]/i)
      const holes = sentences.map((sentence) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort().join())
      expect(new Set(holes).size).toBe(1)
    }
  })

  it('has a document that makes each rule speak', () => {
    const rules = documentFaultCodes
      .filter((known) => !saidWhileReading.includes(known))
      .map(({ code }) => code)
    // TAXID-04 needs to know the company and has its own test.
    expect(Object.keys(spoken).concat('TAXID-04').sort()).toEqual([...rules].sort())
  })
})

it.each(Object.entries(spoken))('says %s, and where', (code, [document, path]) => {
  const { faults, notices } = check(document)
  const severity = documentFaultCodes.find((known) => known.code === code)?.severity
  const said = severity === 'fault' ? faults : notices
  expect(codesAndPaths(said)).toContain(`${code} ${path}`.trim())
  for (const { message } of [...faults, ...notices]) expect(Object.values(message).join()).not.toMatch(/[{}]/)
})

it.each(Object.entries(spoken))('the document of %s can be written down', (_, [document]) => {
  expect(readDocumentValue(document.kind, JSON.parse(JSON.stringify(document)))).toMatchObject({ ok: true })
})

it.each(documentKinds)('has nothing to say of a valid %s', (kind) => {
  expect(check(aDocument(kind), sellerTaxId)).toEqual({ faults: [], notices: [] })
})

describe('parties', () => {
  it('must be the company of the connection', () => {
    expect(codesAndPaths(check(anAct(), buyerTaxId).faults)).toEqual(['TAXID-04 seller.taxId'])
    expect(check(aPowerOfAttorney(), sellerTaxId).faults).toEqual([])
    expect(codesAndPaths(check(aReconciliation(), thirdTaxId).faults)).toEqual([
      'TAXID-04 organization.taxId',
    ])
  })

  it('may be branches of one company', () => {
    const buyer = aBuyer({ taxId: sellerTaxId, branchTaxId: thirdTaxId })
    expect(check(aWaybill({ buyer })).faults).toEqual([])
    expect(check(anAct({ seller: aSeller({ branchTaxId: thirdTaxId }) }), thirdTaxId).faults).toEqual([])
  })

  it('may lack a number only abroad', () => {
    expect(codesAndPaths(check(anAct({ buyer: aBuyer({ taxId: undefined }) })).faults)).toEqual([
      'TAXID-01 buyer.taxId',
    ])
    expect(check(anAct({ buyer: aBuyer({ taxId: undefined, country: 'TR' }) })).faults).toEqual([])
    const nonresident = { ...aBuyer({ taxId: undefined, country: 'TR' }), statuses: ['nonresident' as const] }
    expect(check(anInvoice({ buyer: nonresident })).faults).toEqual([])
    expect(
      codesAndPaths(check(anInvoice({ buyer: { ...nonresident, statuses: undefined } })).faults),
    ).toEqual(['TAXID-01 buyer.taxId'])
  })

  it('are checked wherever a number stands', () => {
    const wrong = '260140000115'
    const invoice = anInvoice({
      consignor: { taxId: wrong },
      sellerAgent: { taxId: wrong },
      buyer: { ...aBuyer(), branchTaxId: wrong },
    })
    expect(codesAndPaths(check(invoice).faults)).toEqual([
      'TAXID-02 buyer.branchTaxId',
      'TAXID-02 consignor.taxId',
      'TAXID-02 sellerAgent.taxId',
    ])
  })
})

describe('tax invoices', () => {
  it('are in time on the fifteenth day and late on the sixteenth', () => {
    expect(check(anInvoice({ turnoverDate: '2026-03-16' })).notices).toEqual([])
    expect(codesAndPaths(check(anInvoice({ turnoverDate: '2026-03-15' })).notices)).toEqual([
      'INVOICE-03 date',
    ])
  })

  it('of last year keep last year’s rate', () => {
    const old = invoiceWith(
      { vatRate: '12', vatAmount: '1500.60', amountWithVat: '14005.60' },
      {
        turnoverDate: '2025-12-31',
        totals: {
          amountWithoutVat: '12505.00',
          exciseAmount: '0.00',
          turnoverAmount: '12505.00',
          vatAmount: '1500.60',
          amountWithVat: '14005.60',
        },
      },
    )
    expect(check(old).faults).toEqual([])
    expect(codesAndPaths(check(anInvoice({ turnoverDate: '2025-12-31' })).faults)).toEqual([
      'VAT-02 lines[0].vatRate',
    ])
  })

  it('may be negative when additional', () => {
    const minus = {
      quantity: '-10',
      amountWithoutVat: '-12505.00',
      turnoverAmount: '-12505.00',
      vatAmount: '-2000.80',
      amountWithVat: '-14505.80',
    }
    const totals = {
      amountWithoutVat: '-12505.00',
      exciseAmount: '0.00',
      turnoverAmount: '-12505.00',
      vatAmount: '-2000.80',
      amountWithVat: '-14505.80',
    }
    expect(
      check(invoiceWith(minus, { totals, invoiceType: 'additional', relatedInvoice: related })).faults,
    ).toEqual([])
    expect(codesAndPaths(check(invoiceWith(minus, { totals })).faults)).toContain(
      'LINE-07 lines[0].amountWithoutVat',
    )
  })

  it('of services need no unit, quantity or price', () => {
    const service = {
      truOriginCode: '6' as const,
      unitCode: undefined,
      quantity: undefined,
      price: undefined,
    }
    expect(check(invoiceWith(service)).faults).toEqual([])
  })

  it('count the excise into the turnover and the VAT', () => {
    const line = {
      exciseAmount: '495.00',
      turnoverAmount: '13000.00',
      vatAmount: '2080.00',
      amountWithVat: '15080.00',
    }
    const totals = {
      amountWithoutVat: '12505.00',
      exciseAmount: '495.00',
      turnoverAmount: '13000.00',
      vatAmount: '2080.00',
      amountWithVat: '15080.00',
    }
    expect(check(invoiceWith(line, { totals })).faults).toEqual([])
    expect(
      codesAndPaths(check(invoiceWith(line, { totals: { ...totals, exciseAmount: '0.00' } })).faults),
    ).toEqual(['TOTAL-01 totals.exciseAmount'])
  })
})

it('takes an act whose prices include VAT and carry a discount', () => {
  const act = actWith({ price: '116500', discount: '500.00' }, { priceIncludesVat: true })
  expect(check(act)).toEqual({ faults: [], notices: [] })
})

it('takes a reconciliation with both sides', () => {
  expect(check(aReconciliation({ counterpartySide: mirrored, discrepancy: '0.00', agreed: true }))).toEqual({
    faults: [],
    notices: [],
  })
})

it('collects the faults of all lines in one sitting', () => {
  const act = anAct()
  const lines = act.lines.flatMap((line) => [
    line,
    { ...line, quantity: '2' },
    { ...line, vatAmount: '1.00' },
  ])
  expect(codesAndPaths(check({ ...act, lines }).faults)).toEqual([
    'LINE-01 lines[1].amountWithoutVat',
    'LINE-03 lines[2].amountWithVat',
    'TOTAL-01 totals.amountWithVat',
    'TOTAL-01 totals.amountWithoutVat',
    'TOTAL-01 totals.vatAmount',
    'VAT-04 lines[2].vatAmount',
  ])
})

it('stops after two hundred faults and says so', () => {
  const lines = new Array<Act['lines'][number]>(10_000).fill({ ...lineOfAct, quantity: '0' })
  const { faults } = check({ ...anAct(), lines })
  expect(faults).toHaveLength(201)
  expect(faults.at(-1)?.code).toBe('DOC-19')
})

it('says every code of reading somewhere', () => {
  const extras = Array.from({ length: 201 }, () => ({ name: 'a', value: 'b' }))
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, 1]))
  const results = [
    readDocumentValue('act', null),
    readDocumentValue('act', {
      ...anAct({ comment: '\u0001' }),
      kind: 'waybill',
      guid: '?',
      number: 'x'.repeat(51),
      date: 'x',
      priceIncludesVat: 'да',
      basis: 5,
      surprise: 1,
      extras,
      lines: [{ price: 'x', vatAmount: '0.001' }],
    }),
    readDocumentValue('act', many),
    readDocumentValue('file', aFile({ content: '?' })),
    readDocumentValue('file', aFile({ content: 'AAAA'.repeat(7 * 1024 * 1024) })),
    readDocumentValue('tax-invoice', { ...anInvoice(), invoiceType: 'x' }),
    readXml('<Act xmlns="urn:daneker:edo:document:1">stray<Number>1</Number><Number>2</Number></Act>'),
  ]
  const said = new Set(
    results.flatMap((result) => (result.ok ? [] : result.faults.map((fault) => fault.code))),
  )
  expect([...said].sort()).toEqual(saidWhileReading.map(({ code }) => code).sort())
})
