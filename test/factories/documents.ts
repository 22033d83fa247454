import type {
  Act,
  Contract,
  Document,
  DocumentKind,
  FileDocument,
  Party,
  PaymentInvoice,
  PowerOfAttorney,
  Reconciliation,
  TaxInvoice,
  Waybill,
} from '../../src/core/document/index.ts'

/** Valid documents of each kind. A test overrides only what it speaks of. */

/** БИН that pass their check digit; the companies do not exist. */
export const sellerTaxId = '260140000114'
export const buyerTaxId = '260140000604'
export const thirdTaxId = '240240012346'
/** ИИН that pass their check digit. */
export const personTaxId = '880101300123'

/** The day on which every document of the factories is right. */
export const documentDay = '2026-03-31'

export const aSeller = (overrides: Partial<Party> = {}): Party => ({
  taxId: sellerTaxId,
  name: 'ТОО «Алатау Снаб»',
  address: 'г. Алматы, пр. Абая, 10',
  phone: '+7 727 000 00 01',
  bank: { iik: 'KZ18722S000012345678', bik: 'CASPKZKA', bankName: 'АО «Kaspi Bank»', kbe: '17' },
  vatCertificate: { series: '60001', number: '0012345' },
  ...overrides,
})

export const aBuyer = (overrides: Partial<Party> = {}): Party => ({
  taxId: buyerTaxId,
  name: 'ТОО «Есіл Құрылыс»',
  address: 'г. Астана, ул. Кенесары, 40',
  phone: '+7 717 000 00 02',
  ...overrides,
})

/** Five places from the left of a counter: GUIDs of one test never repeat. */
let made = 0
const nextGuid = (): string => `6f1a3c80-0000-4000-8000-${String(++made).padStart(12, '0')}`

const head = () => ({
  guid: nextGuid(),
  version: '1',
  number: '00000000016',
  date: documentDay,
  currency: 'KZT',
})

const aContractBasis = { title: 'Договор', number: '12/26', date: '2026-01-15' }

const work = {
  code: '00-00000042',
  name: 'Техническое обслуживание оборудования',
  unitCode: '5114',
  unit: 'Одна услуга',
  quantity: '1',
  price: '100000',
  amountWithoutVat: '100000.00',
  vatRate: '16',
  vatAmount: '16000.00',
  amountWithVat: '116000.00',
}

const goods = {
  code: '00-00000077',
  name: 'Цемент М-400, мешок 50 кг',
  unitCode: '796',
  unit: 'шт',
  quantity: '10',
  price: '1250.5',
  amountWithoutVat: '12505.00',
  vatRate: '16',
  vatAmount: '2000.80',
  amountWithVat: '14505.80',
}

const goodsTotals = { amountWithoutVat: '12505.00', vatAmount: '2000.80', amountWithVat: '14505.80' }

export const aPaymentInvoice = (overrides: Partial<PaymentInvoice> = {}): PaymentInvoice => ({
  kind: 'payment-invoice',
  ...head(),
  seller: aSeller(),
  buyer: aBuyer(),
  basis: aContractBasis,
  paymentPurposeCode: '710',
  payBefore: '2026-04-10',
  priceIncludesVat: false,
  lines: [goods],
  totals: goodsTotals,
  ...overrides,
})

export const anAct = (overrides: Partial<Act> = {}): Act => ({
  kind: 'act',
  ...head(),
  seller: aSeller(),
  buyer: aBuyer(),
  basis: aContractBasis,
  priceIncludesVat: false,
  lines: [{ ...work, performedFrom: '2026-03-01', performedTo: '2026-03-31' }],
  totals: { amountWithoutVat: '100000.00', vatAmount: '16000.00', amountWithVat: '116000.00' },
  deliveredBy: { position: 'Директор', name: 'Исполнитель А. А.' },
  ...overrides,
})

export const aWaybill = (overrides: Partial<Waybill> = {}): Waybill => ({
  kind: 'waybill',
  ...head(),
  seller: aSeller(),
  buyer: aBuyer(),
  basis: aContractBasis,
  priceIncludesVat: false,
  lines: [{ ...goods, quantityDue: '10' }],
  totals: goodsTotals,
  authorizedBy: { position: 'Директор', name: 'Исполнитель А. А.' },
  chiefAccountant: { name: 'Бухгалтер Б. Б.' },
  releasedBy: { position: 'Кладовщик', name: 'Кладовщик В. В.' },
  warrant: { number: '7', date: '2026-03-30', issuedBy: 'ТОО «Есіл Құрылыс»' },
  ...overrides,
})

/** One line of a tax invoice. */
export const anInvoiceLine = (
  overrides: Partial<TaxInvoice['lines'][number]> = {},
): TaxInvoice['lines'][number] => ({
  truOriginCode: '4',
  name: 'Цемент М-400, мешок 50 кг',
  tnvedCode: '2523290000',
  gtin: '4870000000012',
  unitCode: '796',
  unit: 'шт',
  quantity: '10',
  price: '1250.5',
  amountWithoutVat: '12505.00',
  turnoverAmount: '12505.00',
  vatRate: '16',
  vatAmount: '2000.80',
  amountWithVat: '14505.80',
  catalogTruId: '1',
  ...overrides,
})

export const anInvoice = (overrides: Partial<TaxInvoice> = {}): TaxInvoice => ({
  kind: 'tax-invoice',
  ...head(),
  number: '16',
  invoiceType: 'ordinary',
  turnoverDate: documentDay,
  operatorName: 'Оператор Г. Г.',
  seller: aSeller(),
  buyer: { ...aBuyer(), country: 'KZ' },
  consignor: { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»', address: 'г. Алматы, пр. Абая, 10' },
  consignee: {
    taxId: buyerTaxId,
    name: 'ТОО «Есіл Құрылыс»',
    address: 'г. Астана, ул. Кенесары, 40',
    country: 'KZ',
  },
  deliveryTerm: { hasContract: true, contractNumber: '12/26', contractDate: '2026-01-15' },
  lines: [anInvoiceLine()],
  totals: { ...goodsTotals, turnoverAmount: '12505.00', exciseAmount: '0.00' },
  ...overrides,
})

export const aReconciliation = (overrides: Partial<Reconciliation> = {}): Reconciliation => ({
  kind: 'reconciliation',
  ...head(),
  organization: aSeller(),
  counterparty: aBuyer(),
  basis: aContractBasis,
  periodFrom: '2026-01-01',
  periodTo: '2026-03-31',
  organizationSide: {
    openingDebit: '5000.00',
    rows: [
      { date: '2026-02-10', document: 'Реализация 00000000003 от 10.02.2026', debit: '116000.00' },
      { date: '2026-02-20', document: 'Поступление на счёт 14 от 20.02.2026', credit: '100000.00' },
    ],
    turnoverDebit: '116000.00',
    turnoverCredit: '100000.00',
    closingDebit: '21000.00',
  },
  organizationSigner: { position: 'Главный бухгалтер', name: 'Бухгалтер Б. Б.' },
  ...overrides,
})

export const aPowerOfAttorney = (overrides: Partial<PowerOfAttorney> = {}): PowerOfAttorney => ({
  kind: 'power-of-attorney',
  ...head(),
  validUntil: '2026-04-10',
  principal: aSeller(),
  supplier: aBuyer(),
  representative: {
    position: 'Экспедитор',
    name: 'Доверенный Д. Д.',
    taxId: personTaxId,
    identityDocument: {
      kind: 'Удостоверение личности',
      number: '000000001',
      date: '2020-05-05',
      issuedBy: 'МВД РК',
    },
  },
  basis: { title: 'Счёт на оплату', number: '16', date: '2026-03-30' },
  lines: [
    {
      name: 'Цемент М-400, мешок 50 кг',
      unitCode: '796',
      unit: 'шт',
      quantity: '10',
      quantityInWords: 'Десять',
    },
  ],
  manager: { position: 'Директор', name: 'Исполнитель А. А.' },
  chiefAccountant: { name: 'Бухгалтер Б. Б.' },
  ...overrides,
})

/** The smallest file that says it is a PDF. */
export const pdfContent = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')

export const aContract = (overrides: Partial<Contract> = {}): Contract => ({
  kind: 'contract',
  ...head(),
  number: '12/26',
  sender: aSeller(),
  recipient: aBuyer(),
  subject: 'Поставка строительных материалов',
  validFrom: '2026-01-15',
  validUntil: '2026-12-31',
  amount: '5000000.00',
  fileName: 'Договор 12-26.pdf',
  mediaType: 'application/pdf',
  content: pdfContent,
  ...overrides,
})

export const aFile = (overrides: Partial<FileDocument> = {}): FileDocument => ({
  kind: 'file',
  ...head(),
  sender: aSeller(),
  recipient: aBuyer(),
  title: 'Сертификат соответствия',
  fileName: 'Сертификат.pdf',
  mediaType: 'application/pdf',
  content: pdfContent,
  ...overrides,
})

/** A valid document of the kind. */
export const aDocument = (kind: DocumentKind): Document => {
  switch (kind) {
    case 'payment-invoice':
      return aPaymentInvoice()
    case 'act':
      return anAct()
    case 'waybill':
      return aWaybill()
    case 'tax-invoice':
      return anInvoice()
    case 'reconciliation':
      return aReconciliation()
    case 'power-of-attorney':
      return aPowerOfAttorney()
    case 'contract':
      return aContract()
    case 'file':
      return aFile()
  }
}
