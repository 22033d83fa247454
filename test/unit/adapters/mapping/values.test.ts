import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { dayIn } from '../../../../src/adapters/mapping/dates.ts'
import {
  countryOf,
  currencyOf,
  unitCodeOf,
  vatRateOf,
} from '../../../../src/adapters/mapping/dictionaries.ts'
import { decimalIn } from '../../../../src/adapters/mapping/numbers.ts'
import { uuidOf } from '../../../../src/adapters/mapping/uuid5.ts'

const numberOf = (text: string): string => {
  const value = decimalIn(text)
  return typeof value === 'string' ? value : value.toFixed()
}

describe('numbers as people and programs write them', () => {
  it.each([
    ['1233.05', '1233.05'],
    ['1 233,05', '1233.05'],
    ['1\u00a0233,05', '1233.05'],
    ['1.233.456,7', '1233456.7'],
    ['1,233,456.70', '1233456.7'],
    ['1,233', '1.233'],
    ['-0,5', '-0.5'],
    ['+7', '7'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['12 345 678', '12345678'],
  ])('%s is %s', (text, value) => expect(numberOf(text)).toBe(value))

  it.each(['12 шт', '1.2.3', '1 23,5', 'NaN', 'Infinity', '0x1F', '', '--1', '1e99999', '1-2'])(
    '%s is no number',
    (text) => expect(numberOf(text)).toBe('not-a-number'),
  )

  it.each(['1e308', '1e-300', '9'.repeat(40), '1'.repeat(200)])('%s is too much', (text) =>
    expect(numberOf(text)).toBe('too-large'),
  )

  it('loses no digit of any decimal of thirty digits, whichever way it is written', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.stringMatching(/^[0-9]{0,10}$/),
        fc.constantFrom('.', ','),
        (whole, fraction, point) => {
          const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ' ')
          const text = fraction === '' ? grouped : `${grouped}${point}${fraction}`
          const cut = fraction.replace(/0+$/, '')
          expect(numberOf(text)).toBe(cut === '' ? String(whole) : `${whole}.${cut}`)
        },
      ),
    )
  })
})

describe('days as people and programs write them', () => {
  it.each([
    ['2026-03-31', undefined, '2026-03-31'],
    ['31.03.2026', undefined, '2026-03-31'],
    ['1.3.2026 10:15:00', undefined, '2026-03-01'],
    ['31.03.2026 г.', undefined, '2026-03-31'],
    ['2026-03-31T23:59:59', undefined, '2026-03-31'],
    // Half past eight in the evening in Greenwich is the next day in Almaty.
    ['2026-03-31T20:30:00Z', undefined, '2026-04-01'],
    ['2026-03-31T23:30:00+0500', undefined, '2026-03-31'],
    ['03/31/2026', 'MM/dd/yyyy', '2026-03-31'],
    ['20260331', 'yyyyMMdd', '2026-03-31'],
    ['3/1/26 9:05', 'M/d/yy H:mm', '2026-03-01'],
    ['1774983600', 'unix', '2026-04-01'],
    ['1774983600000', 'unix-ms', '2026-04-01'],
    ['46112', 'excel', '2026-03-31'],
  ])('%s by %s is %s', (text, format, day) => expect(dayIn(text, format)).toBe(day))

  it.each([
    ['31/03/2026', undefined],
    ['30.02.2026', undefined],
    ['2026-02-30', undefined],
    ['вчера', undefined],
    ['31.03.2026', 'MM/dd/yyyy'],
    ['13/31/2026', 'MM/dd/yyyy'],
    ['9'.repeat(500), 'unix'],
  ])('%s by %s is no day', (text, format) => expect(dayIn(text, format)).toBeUndefined())
})

describe('the dictionaries that come with the gateway', () => {
  it.each([
    ['796', '796'],
    ['796 ', '796'],
    ['шт', '796'],
    ['Шт.', '796'],
    ['pcs', '796'],
    ['6', '006'],
    ['м²', '055'],
    ['усл.', '5114'],
    ['дана', '796'],
    ['рейс', undefined],
  ])('МКЕИ: %s is %s', (text, code) => expect(unitCodeOf(text)).toBe(code))

  it.each([
    ['16%', '2026-03-31', '16'],
    ['НДС 12 %', '2025-03-31', '12'],
    ['ставка НДС 16%', '2026-03-31', '16'],
    ['0.16', '2026-03-31', '16'],
    ['0,12', '2025-03-31', '12'],
    ['16.00', '2026-03-31', '16'],
    ['НДС16', '2026-03-31', '16'],
    ['Без НДС', '2026-03-31', 'none'],
    ['без ндс', '2026-03-31', 'none'],
    ['ҚҚС-сыз', '2026-03-31', 'none'],
    ['0', '2026-03-31', '0'],
    ['standard', '2025-12-31', '12'],
    ['Стандартная', '2026-01-01', '16'],
    ['20%', '2026-03-31', undefined],
    ['шестнадцать', '2026-03-31', undefined],
  ])('VAT: %s on %s is %s', (text, day, rate) => expect(vatRateOf(text, day)).toBe(rate))

  it.each([
    ['KZT', 'KZT'],
    ['398', 'KZT'],
    ['тенге', 'KZT'],
    ['₸', 'KZT'],
    ['643', 'RUB'],
    ['usd', 'USD'],
    ['крышки', undefined],
  ])('currencies: %s is %s', (text, code) => expect(currencyOf(text)).toBe(code))

  it.each([
    ['KZ', 'KZ'],
    ['KAZ', 'KZ'],
    ['398', 'KZ'],
    ['Казахстан', 'KZ'],
    ['Қазақстан', 'KZ'],
    ['Республика Казахстан', 'KZ'],
    ['Россия', 'RU'],
    ['Germany', 'DE'],
    ['Атлантида', undefined],
  ])('countries: %s is %s', (text, code) => expect(countryOf(text)).toBe(code))
})

it('the same foreign id is the same GUID for ever', () => {
  expect(uuidOf('shop', 'act', '7127')).toBe('d2908a23-2462-5838-97b5-6ee09c5c8bf7')
  expect(uuidOf('a', 'bc')).not.toBe(uuidOf('ab', 'c'))
})
