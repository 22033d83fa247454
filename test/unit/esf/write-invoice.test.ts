import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { writeInvoice } from '../../../src/adapters/esf/write-invoice.ts'
import { readInvoice } from '../../../src/adapters/esf/read-invoice.ts'
import { parseXml } from '../../../src/adapters/esf/xml.ts'
import { anInvoice, anInvoiceLine } from '../../factories/documents.ts'
import { formErrors } from './form-table.ts'
import { taxInvoices } from './tax-invoices.ts'

// Published by the portal, not ours to carry: the test against it runs where the folder lies beside the repository.
const officialSchema = new URL('../../../../shared/reference/esf/xsd/sdk-2025/', import.meta.url)
const withOfficialSchema = existsSync(officialSchema) ? it : it.skip

describe('the invoice in the form of the portal', () => {
  it('has the elements of the form in their order, without namespaces inside', () => {
    fc.assert(
      fc.property(taxInvoices, (invoice) => {
        expect(formErrors(parseXml(writeInvoice(invoice)))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  withOfficialSchema(
    'validates against the official schema of 2025, for 2 000 invoices of every section',
    () => {
      xmlRegisterFsInputProviders()
      const schemaText = readFileSync(new URL('InvoiceV2.xsd', officialSchema), 'utf8').replace(
        '<xs:import namespace="abstractInvoice.esf"/>',
        `<xs:import namespace="abstractInvoice.esf" schemaLocation="${new URL('abstractInvoice.xsd', officialSchema).pathname}"/>`,
      )
      const schema = XmlDocument.fromString(schemaText)
      const validator = XsdValidator.fromDoc(schema)
      try {
        fc.assert(
          fc.property(taxInvoices, (invoice) => {
            const written = XmlDocument.fromString(writeInvoice(invoice))
            try {
              validator.validate(written)
            } finally {
              written.dispose()
            }
          }),
          { numRuns: 2_000 },
        )
      } finally {
        validator.dispose()
        schema.dispose()
      }
    },
  )

  it('is read back into the document language as it was: nothing of any section is lost', () => {
    fc.assert(
      fc.property(taxInvoices, (invoice) => {
        const body = writeInvoice(invoice)
        const read = readInvoice(body, { guid: invoice.guid })
        if (!read.ok) throw new Error(JSON.stringify(read.faults))
        expect(read.value.extras).toBeUndefined()
        // Line ends are the language's own: one line feed.
        expect(writeInvoice(read.value)).toBe(body.replaceAll('&#13;', ''))
      }),
      { numRuns: 500 },
    )
  })

  it('gives the same string for the same invoice', () => {
    const invoice = anInvoice()
    expect(writeInvoice(structuredClone(invoice))).toBe(writeInvoice(invoice))
  })

  it('writes amounts without trailing zeros and days the portal’s way', () => {
    const body = writeInvoice(
      anInvoice({
        date: '2026-03-31',
        lines: [anInvoiceLine({ amountWithoutVat: '600000.00', price: '1200.500000', vatAmount: '0.00' })],
      }),
    )
    expect(body).toContain('<date>31.03.2026</date>')
    expect(body).toContain('<priceWithoutTax>600000</priceWithoutTax>')
    expect(body).toContain('<unitPrice>1200.5</unitPrice>')
    expect(body).toContain('<ndsAmount>0</ndsAmount>')
  })

  it('leaves the rate out where the seller charges no VAT', () => {
    const body = writeInvoice(anInvoice({ lines: [anInvoiceLine({ vatRate: 'none', vatAmount: '0.00' })] }))
    expect(body).not.toContain('ndsRate')
    expect(writeInvoice(anInvoice({ lines: [anInvoiceLine({ vatRate: '0' })] }))).toContain(
      '<ndsRate>0</ndsRate>',
    )
  })

  it('sends the code of a unit, never its name', () => {
    const body = writeInvoice(anInvoice({ lines: [anInvoiceLine({ unitCode: undefined, unit: 'шт' })] }))
    expect(body).not.toContain('unitNomenclature')
  })

  it('has no prolog, no default namespace and survives a carriage return', () => {
    const body = writeInvoice(anInvoice({ comment: 'a\r\nb' }))
    expect(body.startsWith('<v2:invoice xmlns:a="abstractInvoice.esf" xmlns:v2="v2.esf">')).toBe(true)
    expect(body).toContain('<addInf>a&#13;\nb</addInf>')
  })
})
