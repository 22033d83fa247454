import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { services } from '../../../../src/adapters/erp/enterprisedata/dialogue/services.ts'
import { enterpriseData } from '../../../../src/adapters/erp/enterprisedata/read/package.ts'
import { wsdlOf } from '../../../../src/adapters/erp/enterprisedata/wsdl.ts'
import { checkDocument } from '../../../../src/core/document/index.ts'

const company = { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' }
const reference = fileURLToPath(new URL('../../../../../shared/reference/onec/', import.meta.url))
const isHere = existsSync(reference)
const reason = isHere ? '' : ' (skipped: ../shared is not here)'

;(isHere ? describe : describe.skip)(`the samples of the reference${reason}`, () => {
  const read = async (file: string) =>
    enterpriseData.read(readFileSync(`${reference}enterprisedata/${file}`), file, { company, profile: {} })

  test('a handshake holds no documents', async () => {
    expect(await read('handshake-no-body.xml')).toEqual({ ok: true, value: [] })
  })

  test.each([
    ['realization-services-1.8.xml', 'КС00-000016', 'none', '0.00', '150000.00'],
    ['realization-services-vat16-1.17.xml', 'КС00-000017', '16', '24000.00', '174000.00'],
  ])('%s is an act without faults', async (file, number, vatRate, vatAmount, amountWithVat) => {
    const result = await read(file)
    if (!result.ok) throw new Error('refused')
    const [reading] = result.value
    expect(reading?.document).toMatchObject({
      kind: 'act',
      guid: '00000051-3eea-11f0-86fd-00e0529ce6ff',
      number,
      date: '2026-03-31',
      currency: 'KZT',
      seller: { taxId: '260140000114' },
      buyer: { taxId: '250540002272', name: 'ТОО "Заказчик Тест"' },
      basis: { number: '12/26', date: '2026-01-05' },
      lines: [{ name: 'Сопровождение 1С за март 2026', vatRate, vatAmount, amountWithVat }],
    })
    const { document } = reading ?? {}
    if (document === undefined) throw new Error('no document')
    expect(checkDocument(document, { today: '2026-04-01', companyTaxId: company.taxId }).faults).toEqual([])
  })

  test.each(services.map((service) => [service.name, service] as const))(
    'the WSDL of %s has the operations and elements of the reconstructed one',
    (name, service) => {
      const elementsOf = (wsdl: string): string[] =>
        [...wsdl.matchAll(/<xs:element name="(\w+)"(?: type="([^"]*)")?([^>]*)>/g)].map(
          ([, element, type = '', rest = '']) =>
            `${element} ${type}${rest.includes('nillable') ? ' nillable' : ''}`,
        )
      const theirs = readFileSync(`${reference}wsdl/${name}.reconstructed.wsdl`, 'utf8')
      expect(elementsOf(wsdlOf(service, 'http://host'))).toEqual(elementsOf(theirs))
      const partsOf = (wsdl: string): string[] =>
        [...wsdl.matchAll(/<part name="(\w+)" element="([^"]+)"\s*\/>/g)].map(([whole]) => whole)
      expect(partsOf(wsdlOf(service, 'http://host'))).toEqual(partsOf(theirs))
      const actionsOf = (wsdl: string): string[] =>
        [...wsdl.matchAll(/<soapbind:operation style="document" soapAction="([^"]+)"/g)].map(
          ([, one = '']) => one,
        )
      expect(actionsOf(wsdlOf(service, 'http://host'))).toEqual(actionsOf(theirs))
    },
  )
})
