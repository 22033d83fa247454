import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { isTaxId } from '../../../../src/core/kernel/index.ts'
import {
  isAccount,
  isBankCode,
  isBeneficiaryCode,
  isGtin,
  isKazakhIban,
  unitOf,
  units,
  vatPeriods,
  vatRatesOn,
} from '../../../../src/core/document/index.ts'

describe('БИН and ИИН', () => {
  it.each(['260140000114', '260140000604', '240240012346', '880101300123'])('takes %s', (text) => {
    expect(isTaxId(text)).toBe(true)
  })

  it.each([
    ['a wrong check digit', '260140000115'],
    ['eleven digits', '26014000011'],
    ['thirteen digits', '2601400001140'],
    ['a letter', '26014000011A'],
    ['the digits of another script', '٢٦٠١٤٠٠٠٠١١٤'],
    ['the number everybody types', '123123123123'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(isTaxId(text)).toBe(false)
  })

  it('refuses a prefix whose check digit cannot exist, whatever the digit', () => {
    const tried = Array.from({ length: 10 }, (_, digit) => isTaxId(`26014000063${digit}`))
    expect(tried).toEqual(new Array(10).fill(false))
  })

  it('lets exactly one check digit or none follow a prefix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (prefix) => {
        const text = String(prefix).padStart(11, '0')
        const taken = [...'0123456789'].filter((digit) => isTaxId(text + digit))
        expect(taken.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('bank requisites', () => {
  it.each(['KZ80009EP00368609101', 'KZ18722S000012345678', 'KZ86125KZT5004100100'])(
    'takes the account %s',
    (text) => {
      expect(isKazakhIban(text)).toBe(true)
    },
  )

  it.each([
    'KZ81009EP00368609101',
    'KZ80009EP0036860910',
    'KZ80009ep00368609101',
    'KZ80 009EP00368609101',
    'DE89370400440532013000',
  ])('refuses %s as a Kazakh account', (text) => {
    expect(isKazakhIban(text)).toBe(false)
  })

  it('does not judge accounts of foreign banks', () => {
    expect(isAccount('DE00370400440532013000')).toBe(true)
    expect(isAccount('40702810900000000001', 'SABRRUMM')).toBe(true)
    expect(isAccount('KZ00009EP00368609101')).toBe(false)
    expect(isAccount('18722S000012345678', 'CASPKZKA')).toBe(false)
  })

  it('knows the shape of a bank code', () => {
    expect(['CASPKZKA', 'HSBKKZKX', 'KKMFKZ2A', 'DEUTDEFF500'].map(isBankCode)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['CASPKZK', '12345678', 'CASPKZKA1'].map(isBankCode)).toEqual([false, false, false])
  })

  it('knows residency and sector in a КБе', () => {
    expect(['17', '19', '11', '29'].map(isBeneficiaryCode)).toEqual([true, true, true, true])
    expect(['07', '37', '10', '1'].map(isBeneficiaryCode)).toEqual([false, false, false, false])
  })
})

it('checks the last digit of a GTIN of each length', () => {
  expect(
    ['4870000000012', '4600000000015', '96385074', '036000291452', '10614141000415'].map(isGtin),
  ).toEqual(new Array(5).fill(true))
  expect(['4870000000013', '96385075', '123456789', ''].map(isGtin)).toEqual(new Array(4).fill(false))
})

it('names units by code, each code once', () => {
  expect(unitOf('796')).toMatchObject({ ru: 'шт', kk: 'дана' })
  expect(unitOf('999')).toBeUndefined()
  expect(new Set(units.map((unit) => unit.code)).size).toBe(units.length)
})

it('changes the rates of VAT at midnight of the year, not earlier', () => {
  expect(vatRatesOn('2025-12-31')).toEqual(['12', '0', 'none'])
  expect(vatRatesOn('2026-01-01')).toEqual(['16', '10', '5', '0', 'none'])
  expect(vatRatesOn('2027-01-01')).toEqual(['16', '10', '0', 'none'])
  expect(vatRatesOn('1999-01-01')).toEqual(['none'])
  expect(vatPeriods.map((period) => period.from)).toEqual([...vatPeriods.map((period) => period.from)].sort())
})
