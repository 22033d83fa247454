import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { brokenBisRules, bisRules } from '../../../../src/adapters/erp/ubl/bis-rules.ts'
import { ublFormat } from '../../../../src/adapters/erp/ubl/read/index.ts'
import { readTree } from '../../../../src/adapters/erp/ubl/read/tree.ts'
import { writeUbl } from '../../../../src/adapters/erp/ubl/write/index.ts'
import { checkDocument, type PaymentInvoice, type TaxInvoice } from '../../../../src/core/document/index.ts'
import type { ForeignReading, ReadingContext } from '../../../../src/core/exchange/index.ts'
import { decimal, moneyText, plainText } from '../../../../src/core/kernel/index.ts'
import {
  aPaymentInvoice,
  anInvoice,
  anInvoiceLine,
  documentDay,
  sellerTaxId,
} from '../../../factories/documents.ts'

const context = (settings: Record<string, unknown> = {}, units?: Record<string, string>): ReadingContext => ({
  company: { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' },
  profile: { settings: { ubl: settings }, units },
})

const read = async (xml: string, within = context()): Promise<ForeignReading> => {
  const readings = await ublFormat.read(Buffer.from(xml), 'invoice.xml', within)
  if (!readings.ok) throw new Error(readings.faults.map(({ code }) => code).join())
  return readings.value[0] as ForeignReading
}

const written = (document: Parameters<typeof writeUbl>[0]): string => {
  const result = writeUbl(document)
  if (!result.ok) throw new Error(result.faults.map(({ code }) => code).join())
  return result.value
}

const brokenBy = async (xml: string): Promise<string[]> => {
  const tree = await readTree(Buffer.from(xml))
  if (!tree.ok) throw new Error('no UBL')
  return brokenBisRules(tree.value).map(({ id }) => id)
}

/** What UBL carries of a party. */
const carried = ({
  taxId,
  name,
  address,
  country = 'KZ',
  phone,
  email,
}: TaxInvoice['buyer'] | TaxInvoice['seller']) => ({
  taxId,
  name,
  address,
  country,
  phone,
  email,
})

const bankOf = ({ bank }: TaxInvoice['seller']) =>
  bank && { iik: bank.iik, bik: bank.bik, bankName: bank.bankName }

/** Goods and services that cost something, whose sums are right. */
const anyLine = (sign: 1 | -1) =>
  fc
    .record({
      name: fc.stringMatching(/^[А-Яа-яӘәҚқA-Za-z<&>"'][А-Яа-яӘәҚқ A-Za-z0-9<&>"']{0,40}[А-Яа-я0-9]$/),
      quantity: fc.integer({ min: 1, max: 100_000 }),
      price: fc.integer({ min: 1, max: 100_000_000 }),
      vatRate: fc.constantFrom('16', '10', '5', '0', 'none'),
      unit: fc.constantFrom(['796', 'шт'], ['166', 'кг'], ['5114', 'одна услуга'], ['356', 'ч']),
      truOriginCode: fc.constantFrom('1', '4', '6'),
    })
    .map(({ name, quantity, price, vatRate, unit: [unitCode, unit], truOriginCode }) => {
      const units = decimal(quantity).div(1000)
      const net = units.mul(decimal(price).div(100)).toDecimalPlaces(2).mul(sign)
      const vat = net
        .mul(vatRate === 'none' ? 0 : decimal(vatRate))
        .div(100)
        .toDecimalPlaces(2)
      return {
        name: name.replace(/\s+/g, ' '),
        unitCode,
        unit,
        quantity: plainText(units.mul(sign)),
        price: plainText(decimal(price).div(100)),
        amountWithoutVat: moneyText(net),
        vatRate,
        vatAmount: moneyText(vat),
        amountWithVat: moneyText(net.plus(vat)),
        truOriginCode,
      }
    })

const totalsOf = (
  lines: readonly { amountWithoutVat: string; vatAmount: string; amountWithVat: string }[],
) => {
  const sum = (key: 'amountWithoutVat' | 'vatAmount' | 'amountWithVat') =>
    moneyText(lines.reduce((all, line) => all.plus(line[key]), decimal(0)))
  return {
    amountWithoutVat: sum('amountWithoutVat'),
    vatAmount: sum('vatAmount'),
    amountWithVat: sum('amountWithVat'),
  }
}

describe('an invoice written as UBL', () => {
  it('reads back to the same tax invoice, also as a credit note', async () => {
    const any = fc.constantFrom<1 | -1>(1, -1).chain((sign) =>
      fc.record({
        sign: fc.constant(sign),
        lines: fc.array(anyLine(sign), { minLength: 1, maxLength: 6 }),
        contract: fc.boolean(),
        comment: fc.option(fc.stringMatching(/^[а-я][а-я <&>]{0,30}[а-я]$/), { nil: undefined }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(any, async ({ sign, lines: drawn, contract, comment }) => {
        const lines = drawn.map((line): TaxInvoice['lines'][number] => ({
          ...line,
          truOriginCode: line.truOriginCode,
          turnoverAmount: line.amountWithoutVat,
          catalogTruId: '1',
        }))
        const totals = totalsOf(lines)
        const { seller, buyer, consignor: _, consignee: __, operatorName: ___, ...rest } = anInvoice()
        const invoice: TaxInvoice = {
          ...rest,
          seller: { ...carried(seller), bank: bankOf(seller) },
          buyer: carried(buyer),
          invoiceType: sign === 1 ? 'ordinary' : 'additional',
          relatedInvoice: sign === 1 ? undefined : { number: '15', date: '2026-03-01' },
          deliveryTerm: contract ? rest.deliveryTerm : { hasContract: false },
          lines,
          totals: { ...totals, turnoverAmount: totals.amountWithoutVat, exciseAmount: '0.00' },
          comment,
        }
        const back = await read(written(invoice))
        expect(back.faults).toEqual([])
        expect(JSON.parse(JSON.stringify(back.document))).toEqual(JSON.parse(JSON.stringify(invoice)))
      }),
      { numRuns: 150 },
    )
  })

  it('reads back to the same payment invoice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine(1), { minLength: 1, maxLength: 6 }), async (drawn) => {
        const lines = drawn.map(({ truOriginCode: _, ...line }) => ({ ...line, code: '00-00000077' }))
        const { paymentPurposeCode: _, seller, buyer, ...rest } = aPaymentInvoice()
        const invoice: PaymentInvoice = {
          ...rest,
          seller: { ...carried(seller), bank: bankOf(seller) },
          buyer: carried(buyer),
          lines,
          totals: totalsOf(lines),
        }
        const back = await read(written(invoice), context({ invoice: 'payment-invoice' }))
        expect(back.faults).toEqual([])
        expect(JSON.parse(JSON.stringify(back.document))).toEqual(JSON.parse(JSON.stringify(invoice)))
      }),
      { numRuns: 100 },
    )
  })

  it('keeps every rule of BIS but the electronic address of who has none', async () => {
    const invoice = anInvoice()
    expect(await brokenBy(written(invoice))).toEqual(['PEPPOL-EN16931-R010', 'PEPPOL-EN16931-R020'])
    const reachable = anInvoice({
      seller: { ...invoice.seller, email: 'sales@example.kz' },
      buyer: { ...invoice.buyer, email: 'buyer@example.kz' },
    })
    expect(await brokenBy(written(reachable))).toEqual([])
  })

  it('says a price with VAT without it, and a discount as an allowance, within the rules', async () => {
    const xml = written(
      aPaymentInvoice({
        priceIncludesVat: true,
        lines: [
          {
            name: 'Цемент',
            unitCode: '796',
            unit: 'шт',
            quantity: '3',
            price: '116',
            discount: '16.00',
            amountWithoutVat: '286.21',
            vatRate: '16',
            vatAmount: '45.79',
            amountWithVat: '332.00',
          },
        ],
        totals: { amountWithoutVat: '286.21', vatAmount: '45.79', amountWithVat: '332.00' },
      }),
    )
    expect(xml).toContain('<cbc:Amount currencyID="KZT">16.00</cbc:Amount>')
    expect((await brokenBy(xml)).filter((id) => !/R0[12]0$/.test(id))).toEqual([])
  })

  it('is refused where an additional invoice both adds and takes away, and for other kinds', () => {
    const minus = anInvoiceLine({
      amountWithoutVat: '-1.00',
      quantity: '-1',
      vatAmount: '-0.16',
      amountWithVat: '-1.16',
    })
    const mixed = writeUbl(anInvoice({ invoiceType: 'additional', lines: [anInvoiceLine(), minus] }))
    expect(mixed.ok ? [] : mixed.faults.map(({ code }) => code)).toEqual(['UBL-07'])
  })
})

describe('the rules of BIS', () => {
  const good = (): string => {
    const invoice = anInvoice()
    const seller = { ...invoice.seller, email: 'sales@example.kz' }
    return written(anInvoice({ seller, buyer: { ...invoice.buyer, email: 'buyer@example.kz' } }))
  }
  const without = (element: string) => (xml: string) =>
    xml.replace(new RegExp(`\\s*<cbc:${element}[^>]*>[^<]*</cbc:${element}>`), '')
  const saying = (element: string, text: string) => (xml: string) =>
    xml.replace(new RegExp(`(<cbc:${element}[^>]*>)[^<]*`), `$1${text}`)

  it.each<[string, (xml: string) => string]>([
    ['BR-01', without('CustomizationID')],
    ['BR-02', (xml) => xml.replace('<cbc:ID>16</cbc:ID>', '')],
    ['BR-03', without('IssueDate')],
    ['BR-04', without('InvoiceTypeCode')],
    ['BR-05', without('DocumentCurrencyCode')],
    ['BR-09', without('IdentificationCode')],
    ['BR-12', (xml) => xml.replace(/(<cac:LegalMonetaryTotal>\s*)<cbc:LineExt.*/, '$1')],
    ['BR-25', (xml) => xml.replace('<cbc:Name>Цемент М-400, мешок 50 кг</cbc:Name>', '')],
    ['BR-27', saying('PriceAmount', '-1')],
    ['BR-CO-09', (xml) => xml.replace('>KZ2601', '>2601')],
    [
      'BR-CO-10',
      (xml) => xml.replace(/(<cac:LegalMonetaryTotal>\s*<cbc:LineExtensionAmount[^>]*>)[^<]*/, '$112505.01'),
    ],
    ['BR-CO-14', saying('TaxAmount', '2000.81')],
    ['BR-CO-15', saying('TaxInclusiveAmount', '14505.81')],
    ['BR-CO-16', saying('PayableAmount', '1')],
    ['BR-CO-25', (xml) => xml.replace(/\s*<cac:PaymentTerms>[^]*<\/cac:PaymentTerms>/, '')],
    ['BR-DEC (PayableAmount)', saying('PayableAmount', '14505.800')],
    ['PEPPOL-EN16931-R003', without('BuyerReference')],
    ['PEPPOL-EN16931-R004', saying('CustomizationID', 'urn:other')],
    ['PEPPOL-EN16931-R007', saying('ProfileID', 'urn:other')],
    ['PEPPOL-EN16931-R008', saying('BuyerReference', '')],
    ['PEPPOL-EN16931-R051', (xml) => xml.replace('currencyID="KZT"', 'currencyID="USD"')],
    ['PEPPOL-EN16931-R120', saying('PriceAmount', '1251')],
    ['PEPPOL-EN16931-P0100 / P0101', saying('InvoiceTypeCode', '999')],
    ['PEPPOL-EN16931-P0112', saying('InvoiceTypeCode', '384')],
    ['PEPPOL-EN16931-F001', saying('IssueDate', '31.03.2026')],
  ])('%s speaks when it is broken', async (id, spoil) => {
    const xml = good()
    expect(spoil(xml)).not.toBe(xml)
    expect(await brokenBy(spoil(xml))).toContain(id)
  })

  it('have names of their own', () => {
    const ids = bisRules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

/** As a foreign system writes it: no BIS identifiers, another prefix, VAT numbers, units of its own. */
const foreign = (changes: (xml: string) => string = (xml) => xml): string =>
  changes(`<?xml version="1.0" encoding="UTF-8"?>
<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:UBLVersionID>2.1</b:UBLVersionID><b:ID>1007</b:ID><b:IssueDate>${documentDay}</b:IssueDate><b:InvoiceTypeCode listID="UN/ECE 1001">380</b:InvoiceTypeCode><b:DocumentCurrencyCode>KZT</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PartyName><b:Name>ТОО «Алатау Снаб»</b:Name></a:PartyName><a:PostalAddress><b:StreetName>пр. Абая, 10</b:StreetName><b:CityName>Алматы</b:CityName><a:Country><b:IdentificationCode>KZ</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyTaxScheme><b:CompanyID>KZ260140000114</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PartyLegalEntity><b:RegistrationName>ТОО «Есіл Құрылыс»</b:RegistrationName><b:CompanyID>260140000604</b:CompanyID></a:PartyLegalEntity><a:PostalAddress><b:CityName>Астана</b:CityName><a:Country><b:IdentificationCode>KZ</b:IdentificationCode></a:Country></a:PostalAddress></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="KZT">160.00</b:TaxAmount></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="KZT">1000.00</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="KZT">1000.00</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="KZT">1160.00</b:TaxInclusiveAmount><b:PayableAmount currencyID="KZT">1160.00</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="C62">4</b:InvoicedQuantity><b:LineExtensionAmount currencyID="KZT">1000.00</b:LineExtensionAmount><a:Item><b:Name>Болт</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>16.00</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="KZT">500</b:PriceAmount><b:BaseQuantity unitCode="C62">2</b:BaseQuantity></a:Price></a:InvoiceLine>
</ubl:Invoice>`)

describe('an invoice of another system', () => {
  const usual = context({ truOriginCode: '4' })

  it('becomes a tax invoice without a fault, each value with its place', async () => {
    const reading = await read(foreign(), usual)
    expect(reading.faults).toEqual([])
    const document = reading.document as TaxInvoice
    expect(checkDocument(document, { today: documentDay }).faults).toEqual([])
    expect(document.lines[0]).toMatchObject({
      unitCode: '796',
      price: '250',
      vatRate: '16',
      vatAmount: '160.00',
      truOriginCode: '4',
    })
    expect(document.seller).toMatchObject({ taxId: '260140000114', address: 'пр. Абая, 10, Алматы' })
    expect(reading.sources.find(({ path }) => path === 'lines[0].quantity')).toMatchObject({
      source: 'Invoice/cac:InvoiceLine/cbc:InvoicedQuantity',
      found: '4',
      rule: 'decimal',
    })
    expect(reading.sources.find(({ path }) => path === 'lines[0].unitCode')?.dictionary).toBe('rec20')
    expect(reading.unread).toContain('Invoice/cbc:UBLVersionID')
  })

  it('becomes a payment invoice where the connection says so', async () => {
    const reading = await read(foreign(), context({ invoice: 'payment-invoice' }))
    expect(reading.document?.kind).toBe('payment-invoice')
  })

  it('gets the same GUID every time it comes, and another for another number', async () => {
    const [one, two] = [await read(foreign(), usual), await read(foreign(), usual)]
    const other = await read(
      foreign((xml) => xml.replace('1007', '1008')),
      usual,
    )
    expect(one.document?.guid).toBe(two.document?.guid)
    expect(other.document?.guid).not.toBe(one.document?.guid)
  })

  it.each<[string, (xml: string) => string, string]>([
    ['an unknown unit', (xml) => xml.replace('unitCode="C62">4', 'unitCode="QQQ">4'), 'UBL-02'],
    ['a reverse charge', (xml) => xml.replace('<b:ID>S<', '<b:ID>AE<'), 'UBL-03'],
    ['a rate with decimals', (xml) => xml.replace('16.00<', '16.5<'), 'UBL-03'],
    [
      'an allowance on the whole',
      (xml) =>
        xml.replace(
          '<a:TaxTotal>',
          '<a:AllowanceCharge><b:Amount>1</b:Amount></a:AllowanceCharge><a:TaxTotal>',
        ),
      'UBL-04',
    ],
    ['a quantity in words', (xml) => xml.replace('>4<', '>четыре<'), 'UBL-05'],
    ['no origin of goods', (xml) => xml, 'UBL-08'],
  ])('is refused with %s, and the field is named', async (what, spoil, code) => {
    const reading = await read(foreign(spoil), what === 'no origin of goods' ? context() : usual)
    expect(reading.document).toBeUndefined()
    expect(reading.faults.map((one) => one.code)).toContain(code)
  })

  it('takes a unit of its own from the connection', async () => {
    const xml = foreign((text) => text.replace('unitCode="C62">4', 'unitCode="шт.">4'))
    const reading = await read(xml, context({ truOriginCode: '4' }, { 'шт.': '796' }))
    expect((reading.document as TaxInvoice).lines[0]?.unitCode).toBe('796')
  })

  it('is no UBL under another root or namespace, cut off, or with a DOCTYPE', async () => {
    const texts = [
      '<Invoice/>',
      '<Order xmlns="urn:x"/>',
      foreign().slice(0, 900),
      `<!DOCTYPE a>${foreign()}`,
    ]
    for (const text of texts) {
      const result = await ublFormat.read(Buffer.from(text), '', usual)
      expect(result.ok).toBe(false)
    }
  })

  it('is read with 5 000 lines', async () => {
    const [, line = ''] = /(<a:InvoiceLine>[^]*<\/a:InvoiceLine>)/.exec(foreign()) ?? []
    const reading = await read(
      foreign((xml) => xml.replace(line, line.repeat(5_000))),
      usual,
    )
    expect((reading.document as TaxInvoice).lines).toHaveLength(5_000)
  })
})
