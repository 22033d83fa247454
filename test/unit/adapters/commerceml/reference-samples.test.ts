import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { commerceMl } from '../../../../src/adapters/erp/commerceml/format.ts'

const folder = fileURLToPath(
  new URL('../../../../../shared/reference/onec/commerceml/samples/', import.meta.url),
)
const isThere = existsSync(folder)
const skipped = isThere ? '' : ' (skipped: the reference folder is not here)'

const company = { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' }
const operations = { 'Заказ товара': 'payment-invoice', Order: 'payment-invoice' }

const readings = async (name: string, settings: Record<string, unknown>) => {
  const profile = { settings: { commerceml: settings } }
  const read = await commerceMl.read(readFileSync(folder + name), name, { company, profile })
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return read.value
}

;(isThere ? describe : describe.skip)(`files of other people’s 1C and sites${skipped}`, () => {
  test.each([
    'commerceml3-import.xml',
    'commerceml3-offers.xml',
    'commerceml3-rests.xml',
    'import-2.04-utf8bom.xml',
    'import-2.0x-1c-official.xml',
    'offers-2.0x-1c-official.xml',
  ])('the catalogue %s goes by', async (name) => {
    expect(await readings(name, {})).toEqual([])
  })

  test.each([
    'bitrix-sale-query-2.05-windows1251.xml',
    'commerceml1-order-utf8bom.xml',
    'orders-2.03-utf8.xml',
    'orders-2.03-windows1251.xml',
  ])('the orders of %s are passed over unless the profile wants them', async (name) => {
    expect(await readings(name, {})).toEqual([])
  })

  test('an order in windows-1251 is read letter by letter where it is wanted', async () => {
    const [order] = await readings('orders-2.03-windows1251.xml', { operations })
    expect(order?.document).toMatchObject({
      kind: 'payment-invoice',
      guid: '20',
      currency: 'RUB',
      buyer: { name: 'Петр Петров', address: '87698' },
      lines: [
        { name: 'Доставка заказа', unitCode: '796', unit: 'шт', amountWithVat: '348.00' },
        { name: 'Комбайн MOULINEX A77 4C', price: '9335.42', amountWithVat: '9335.42' },
      ],
      totals: { amountWithVat: '9683.42' },
    })
  })

  test('orders without a partner or without goods say what they lack', async () => {
    const bitrix = await readings('bitrix-sale-query-2.05-windows1251.xml', { operations })
    expect(bitrix.map(({ faults }) => faults.map(({ path }) => path))).toEqual([['buyer'], ['buyer']])
    const [, second] = await readings('orders-2.03-utf8.xml', { operations })
    expect(second?.faults.map(({ path }) => path)).toEqual(['buyer', 'lines'])
  })

  test('an order of 1C 7.7 finds its goods in the catalogue of the file', async () => {
    const [order] = await readings('commerceml1-order-utf8bom.xml', { operations })
    expect(order?.faults.map(({ code, path }) => `${code} ${path}`)).toEqual(['CML-11 buyer'])
    const names = order?.sources.filter(({ path }) => /^lines\[\d+\]\.name$/.test(path)) ?? []
    expect(names[0]).toMatchObject({ found: 'GF Штуцер 3/4ш.*25лат.' })
    expect(names.length).toBeGreaterThan(50)
  })
})
