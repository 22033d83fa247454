import fc from 'fast-check'
import type { TaxInvoice } from '../../../src/core/document/index.ts'
import { decimal, moneyText } from '../../../src/core/kernel/index.ts'
import { anInvoice } from '../../factories/documents.ts'

type Line = TaxInvoice['lines'][number]
type Participant = NonNullable<TaxInvoice['sellerParticipants']>[number]

/** Texts as accountants type them, and as copying from other programs leaves them. */
const text = (max: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.constantFrom(
        'ТОО «Ақ Жол»',
        'ул. Абая, 10 & Ко',
        '<b>',
        ']]>',
        'a"b\'c',
        'әіңғүұқөһ',
        'строка\r\nвторая',
        '😀',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    )
    .map((value) =>
      value
        // eslint-disable-next-line no-control-regex -- the format refuses these before a document is made
        .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '')
        .slice(0, max)
        .replace(/[\ud800-\udbff]$/, '')
        .trim(),
    )
    .map((value) => (value === '' ? 'текст' : value))

const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })

const taxId = digits(12, 12)
const date = fc
  .integer({ min: 0, max: 800 })
  .map((days) => new Date(Date.UTC(2025, 0, 1 + days)).toISOString().slice(0, 10))
const money = fc.integer({ min: 0, max: 10 ** 12 }).map((tiyn) => moneyText(decimal(tiyn).div(100)))
const fine = fc.integer({ min: 1, max: 10 ** 12 }).map((value) => decimal(value).div(1_000_000).toFixed())
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined })
const iik = fc
  .string({ unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'), minLength: 18, maxLength: 18 })
  .map((rest) => `KZ${rest}`)
const bank = fc.record(
  { iik, bik: fc.constantFrom('CASPKZKA', 'HSBKKZKXXXX'), bankName: text(250), kbe: digits(2, 2) },
  { requiredKeys: ['iik'] },
)

const party = {
  taxId,
  branchTaxId: taxId,
  reorganizedTaxId: taxId,
  name: text(450),
  address: text(450),
  country: fc.constantFrom('KZ', 'RU', 'DE'),
  bank,
  vatCertificate: fc.record({ series: digits(5, 5), number: digits(7, 7) }),
  share: fine,
  trailer: text(255),
}

const seller: fc.Arbitrary<TaxInvoice['seller']> = fc.record(
  {
    ...party,
    statuses: fc.uniqueArray(
      fc.constantFrom(
        'committent',
        'broker',
        'forwarder',
        'lessor',
        'joint-activity-participant',
        'sharing-agreement-participant',
        'exporter',
        'transporter',
        'principal',
        'lawyer',
        'bailiff',
        'mediator',
        'notary',
        'nonresident',
      ),
      { minLength: 0, maxLength: 5 },
    ),
    vatControlBank: bank,
    branchOfNonresident: fc.boolean(),
  },
  { requiredKeys: ['name'] },
)

const buyer: fc.Arbitrary<TaxInvoice['buyer']> = fc.record(
  {
    ...party,
    statuses: fc.uniqueArray(
      fc.constantFrom(
        'committent',
        'broker',
        'lessee',
        'joint-activity-participant',
        'public-office',
        'nonresident',
        'sharing-agreement-participant',
        'principal',
        'retail',
        'individual',
        'lawyer',
        'bailiff',
        'mediator',
        'notary',
      ),
      { minLength: 0, maxLength: 5 },
    ),
  },
  { requiredKeys: ['name'] },
)

const vatRate = fc.constantFrom('none', '0', '5', '10', '12', '16')

const line: fc.Arbitrary<Line> = fc.record(
  {
    truOriginCode: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    name: text(400),
    declaredName: text(400),
    tnvedCode: digits(10, 10),
    gtin: digits(8, 14),
    kpvedCode: digits(2, 20),
    unitCode: digits(3, 4),
    unit: text(50),
    quantity: fine,
    price: fine,
    amountWithoutVat: money,
    exciseRate: money,
    exciseAmount: money,
    turnoverAmount: money,
    vatRate,
    vatAmount: money,
    amountWithVat: money,
    declarationNumber: text(50),
    declarationLine: text(20),
    waybillLine: text(20),
    catalogTruId: fc.constantFrom('1', '123456'),
    turnoverCode: text(20),
    turnoverAdjustment: fc.integer({ min: -999_999_999, max: 999_999_999 }).map(String),
    secondUnit: text(50),
    secondQuantity: fine,
    additionalUnit: text(50),
    additional: text(255),
  },
  {
    requiredKeys: [
      'truOriginCode',
      'name',
      'amountWithoutVat',
      'turnoverAmount',
      'vatRate',
      'vatAmount',
      'amountWithVat',
      'catalogTruId',
    ],
  },
)

const participant: fc.Arbitrary<Participant> = fc.record(
  {
    taxId,
    reorganizedTaxId: taxId,
    shares: fc.array(
      fc.record(
        {
          lineNumber: fc.integer({ min: 1, max: 200 }).map(String),
          quantity: fine,
          secondQuantity: fine,
          additionalUnit: text(50),
          additional: text(255),
          amountWithoutVat: money,
          exciseAmount: money,
          turnoverAmount: money,
          vatRate,
          vatAmount: money,
          amountWithVat: money,
        },
        { requiredKeys: ['lineNumber', 'amountWithoutVat', 'turnoverAmount', 'vatAmount', 'amountWithVat'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['taxId', 'shares'] },
)

const shippingParty = fc.record(
  { taxId, name: text(450), address: text(450), country: fc.constantFrom('KZ', 'RU') },
  { requiredKeys: [] },
)
const agent = fc.record(
  { taxId, name: text(450), address: text(450), documentNumber: text(100), documentDate: date },
  { requiredKeys: [] },
)
const reference = fc.record({ number: text(100), date }, { requiredKeys: ['number'] })

/** Tax invoices of every type with every section that the language carries, present and absent. */
export const taxInvoices: fc.Arbitrary<TaxInvoice> = fc
  .record(
    {
      number: digits(1, 30),
      date,
      turnoverDate: date,
      invoiceType: fc.constantFrom('ordinary', 'fixed', 'additional'),
      relatedInvoice: maybe(
        fc.record(
          { number: digits(1, 30), date, registrationNumber: text(60) },
          { requiredKeys: ['number', 'date'] },
        ),
      ),
      datePaper: maybe(date),
      reasonPaper: maybe(
        fc.constantFrom('down-time', 'missing-requirement', 'unlawful-removal-registration'),
      ),
      operatorName: maybe(text(200)),
      currency: fc.constantFrom('KZT', 'USD', 'RUB'),
      currencyRate: maybe(fine),
      withoutVatOutsideKz: maybe(fc.boolean()),
      seller,
      buyer,
      publicOffice: maybe(
        fc.record(
          {
            iik,
            bik: fc.constantFrom('KKMFKZ2A' as const, 'NBRKKZKX' as const),
            productCode: digits(1, 10),
            paymentPurpose: fc.constantFrom('Оплата по договору 12', 'За услуги связи'),
          },
          { requiredKeys: ['bik'] },
        ),
      ),
      consignor: maybe(shippingParty),
      consignee: maybe(shippingParty),
      deliveryTerm: fc.record(
        {
          hasContract: fc.boolean(),
          contractNumber: text(100),
          contractDate: date,
          accountNumber: text(30),
          term: text(200),
          transportTypeCode: digits(2, 2),
          warrantNumber: text(18),
          warrantDate: date,
          destination: text(450),
          deliveryConditionCode: fc.constantFrom('FCA', 'XXX'),
        },
        { requiredKeys: ['hasContract'] },
      ),
      deliveryDocument: maybe(reference),
      secondDeliveryDocument: maybe(reference),
      lines: fc.array(line, { minLength: 1, maxLength: 5 }),
      totals: fc.record({
        amountWithoutVat: money,
        exciseAmount: money,
        turnoverAmount: money,
        vatAmount: money,
        amountWithVat: money,
      }),
      sellerParticipants: maybe(fc.array(participant, { minLength: 1, maxLength: 2 })),
      buyerParticipants: maybe(fc.array(participant, { minLength: 1, maxLength: 2 })),
      sellerAgent: maybe(agent),
      buyerAgent: maybe(agent),
      comment: maybe(text(2000)),
    },
    { noNullPrototype: true },
  )
  .map((parts) => anInvoice(parts as Partial<TaxInvoice>))
