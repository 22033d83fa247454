import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readChanges } from '../../../../src/adapters/erp/onec-odata/changes-feed.ts'
import { isKazakhAccounting, readMetadata } from '../../../../src/adapters/erp/onec-odata/metadata.ts'
import { centsOf, exact, textOfCents } from '../../../../src/adapters/erp/onec-odata/read/exact.ts'
import { odataFormat } from '../../../../src/adapters/erp/onec-odata/read/format.ts'
import { checkDocument } from '../../../../src/core/document/index.ts'

const folder = new URL('../../../../../shared/reference/onec/odata/', import.meta.url)
// The public samples lie beside the repository where they are at all.
const withReference = existsSync(folder) ? it : it.skip
const fileOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

const context = { company: { taxId: '260140000114', name: 'ТОО «Исполнитель Тест»' }, profile: {} }

describe('money of a base', () => {
  it('is repaired to the tiyn when only its tail is blurred, and refused otherwise', () => {
    expect([exact(0.1 + 0.2, 2), exact(174000, 2), exact(-0, 2), exact('12', 2)]).toEqual([
      '0.30',
      '174000.00',
      '0.00',
      '12.00',
    ])
    for (const spoilt of [0.005, 1.234, 2 ** 47 + 0.5, Number.NaN, Infinity, '1,5', null, undefined, {}])
      expect([spoilt, exact(spoilt, 2)]).toEqual([spoilt, undefined])
  })

  it('comes through doubles unchanged for every amount a document can hold', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (cents) => {
        const text = textOfCents(cents)
        expect(exact(JSON.parse(text) as number, 2)).toBe(text)
        expect(centsOf(text)).toBe(cents)
      }),
    )
  })

  it('survives sums of doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 500 }), (cents) => {
        const blurred = cents.reduce((sum, one) => sum + one / 100, 0)
        expect(exact(blurred, 2)).toBe(textOfCents(cents.reduce((sum, one) => sum + BigInt(one), 0n)))
      }),
    )
  })
})

describe('what a base publishes', () => {
  withReference('is read from metadata in the shape of 1C', async () => {
    const read = await readMetadata(fileOf('metadata-fixture-02-document-with-fi.xml'))
    if (!read.ok) throw new Error(JSON.stringify(read.faults))
    expect([...read.value.entities.keys()]).toEqual(['Catalog_Контрагенты', 'Document_РТУ'])
    expect(read.value.entities.get('Document_РТУ')?.has('DataVersion')).toBe(true)
    expect(isKazakhAccounting(read.value)).toBe(false)
  })

  it('is accounting for Kazakhstan by what it alone has', () => {
    const entities = (given: Record<string, string[]>) => ({
      entities: new Map(Object.entries(given).map(([name, fields]) => [name, new Set(fields)])),
    })
    expect(isKazakhAccounting(entities({ ChartOfAccounts_Типовой: [] }))).toBe(true)
    expect(isKazakhAccounting(entities({ Catalog_Контрагенты: ['ИдентификационныйКодЛичности'] }))).toBe(true)
    expect(
      isKazakhAccounting(entities({ Catalog_Контрагенты: ['ИНН'], ChartOfAccounts_Хозрасчетный: [] })),
    ).toBe(false)
  })

  it('refuses what is no metadata, and changes that are none', async () => {
    expect((await readMetadata('<html><body>')).ok).toBe(false)
    expect((await readChanges('<feed')).ok).toBe(false)
    expect(await readChanges('<feed xmlns="http://www.w3.org/2005/Atom"/>')).toEqual({ ok: true, value: [] })
  })
})

describe('a document of a base', () => {
  const read = async (value: unknown) => {
    const result = await odataFormat.read(Buffer.from(JSON.stringify(value)), 'x.json', context)
    if (!result.ok) throw new Error(JSON.stringify(result.faults))
    return result.value
  }

  withReference('is read from the samples, with the source of each value', async () => {
    const document = JSON.parse(fileOf('kz-sample-Document_РеализацияТоваровУслуг.json')) as Record<
      string,
      unknown
    >
    const [organisation] = (
      JSON.parse(fileOf('kz-sample-Catalog_Организации.json')) as { value: Record<string, unknown>[] }
    ).value
    const [counterparty] = (
      JSON.parse(fileOf('kz-sample-Catalog_Контрагенты.json')) as { value: Record<string, unknown>[] }
    ).value
    const service = '00000061-3eea-11f0-86fd-00e0529ce6ff'
    const vat = '000000a1-3eea-11f0-86fd-00e0529ce6ff'
    const [reading] = await read({
      format: 'onec-odata/1',
      entity: 'Document_РеализацияТоваровУслуг',
      document,
      refs: {
        Catalog_Организации: { [String(organisation?.['Ref_Key'])]: organisation },
        Catalog_Контрагенты: { [String(counterparty?.['Ref_Key'])]: counterparty },
        Catalog_Номенклатура: { [service]: { Ref_Key: service, НаименованиеПолное: 'Сопровождение' } },
        Catalog_СтавкиНДС: { [vat]: { Ref_Key: vat, Description: '16%' } },
      },
    })
    expect(reading?.faults).toEqual([])
    expect(reading?.document).toMatchObject({
      kind: 'act',
      number: '16',
      date: '2026-03-31',
      seller: { taxId: '260140000114', vatCertificate: { series: '62001', number: '1234567' } },
      buyer: { taxId: '250540002272' },
      lines: [
        {
          name: 'Сопровождение 1С за март 2026',
          performedFrom: '2026-03-01',
          performedTo: '2026-03-31',
          quantity: '1',
          price: '150000',
          vatRate: '16',
          vatAmount: '24000.00',
        },
      ],
      totals: { amountWithVat: '174000.00' },
    })
    if (reading?.document === undefined) throw new Error('not read')
    expect(checkDocument(reading.document, { today: '2026-03-31' }).faults).toEqual([])
    expect(reading.sources).toContainEqual({
      path: 'lines[0].vatAmount',
      source: 'Услуги[1].СуммаНДС',
      found: '24000.00',
      rule: 'double-to-2-places',
    })
  })

  it('is refused as a file when it is nothing read from a base', async () => {
    for (const text of [
      '',
      '[]',
      '{"format":"x"}',
      '{"format":"onec-odata/1","entity":"x","document":{},"refs":{"a":1}}',
    ])
      expect((await odataFormat.read(Buffer.from(text), 'x', context)).ok).toBe(false)
  })

  it('names every missing field with its place in 1C', async () => {
    const [reading] = await read({
      format: 'onec-odata/1',
      entity: 'Document_СчетНаОплатуПокупателю',
      document: {
        Ref_Key: '00000051-3eea-11f0-86fd-00e0529ce6ff',
        УчитыватьНДС: true,
        Товары: [{ Сумма: 1.005 }],
      },
      refs: {},
    })
    expect(reading?.document).toBeUndefined()
    expect(new Set(reading?.faults.map(({ source }) => source))).toEqual(
      new Set([
        'Организация_Key',
        'Контрагент_Key',
        'Товары[1].Номенклатура_Key',
        'Товары[1].Сумма',
        'Товары[1].СуммаНДС',
        'Товары[1].Количество',
        'Товары[1].Цена',
        'Товары[1].СтавкаНДС_Key',
      ]),
    )
  })
})
