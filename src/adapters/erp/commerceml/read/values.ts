import { units } from '../../../../core/document/index.ts'
import {
  decimal,
  isDecimalText,
  isLocalDate,
  plainText,
  type LocalDate,
} from '../../../../core/kernel/index.ts'
import type { NumberFormat } from './explain.ts'

const spaces = /[\s\u00a0\u202f]/g

/** `ЧЦ=18; ЧДЦ=2; ЧРД=,; ЧРГ=' '`, as the root of a file declares its numbers. */
export const numberFormatOf = (declared: string | undefined): NumberFormat => {
  // The separator of the list may itself be the sign: `ЧРД=;` is not written by anybody.
  const sign = (name: string): string | undefined =>
    new RegExp(`${name}\\s*=\\s*['"]?([^;'"])`, 'u').exec(declared ?? '')?.[1]
  return { decimal: sign('ЧРД'), group: sign('ЧРГ') }
}

/**
 * A number in any of the ways 1C prints one: `1233.05`, `1233,05`, `1 233,05`, `231.7400`. With two different signs in
 * it the file must have declared which is which.
 */
export const decimalOf = (text: string, { decimal: point, group }: NumberFormat): string | undefined => {
  let plain = text.replace(spaces, '').replace(/['’]/g, '')
  if (group !== undefined && group.trim() !== '' && group !== point) plain = plain.replaceAll(group, '')
  if (point !== undefined && point !== '.' && point !== ',') plain = plain.replace(point, '.')
  if (plain.includes(',') && plain.includes('.')) return undefined
  plain = plain
    .replace(',', '.')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
  return isDecimalText(plain) ? plainText(decimal(plain)) : undefined
}

/** `2026-03-31`, with a time or not, or `31.03.2026 0:36:33`; empty for 1C's "no date". */
export const dateOf = (text: string): LocalDate | undefined => {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?!\d)|^(\d{2})\.(\d{2})\.(\d{4})(?!\d)/.exec(text)
  if (match === null) return undefined
  const date =
    match[1] === undefined ? `${match[6]}-${match[5]}-${match[4]}` : `${match[1]}-${match[2]}-${match[3]}`
  if (date === '0001-01-01') return ''
  return isLocalDate(date) ? date : undefined
}

export const truthOf = (text: string | undefined): boolean | undefined => {
  const word = text?.toLowerCase()
  if (word === undefined) return undefined
  if (['true', '1', 'да', 'истина'].includes(word)) return true
  return ['false', '0', 'нет', 'ложь'].includes(word) ? false : undefined
}

const withoutVat = new Set([
  'без ндс',
  'безндс',
  'без налога',
  'без налога (ндс)',
  'ндс не облагается',
  'none',
])

/** `18%`, `НДС 16%`, `20`, `16.00`, `Без НДС`, or a name that the profile of the connection translates. */
export const vatRateOf = (
  text: string,
  own: Readonly<Record<string, string>> = {},
): { rate: string; dictionary: string } | undefined => {
  const named = Object.hasOwn(own, text) ? own[text] : undefined
  if (named !== undefined) return { rate: named, dictionary: 'profile.vatRates' }
  const word = text.toLowerCase().replace(/\s+/g, ' ').trim()
  if (withoutVat.has(word)) return { rate: 'none', dictionary: 'vat' }
  const match = /^(?:ндс)?\s?(\d{1,2})(?:[.,]0+)?\s?%?$/.exec(word)
  return match?.[1] === undefined ? undefined : { rate: String(Number(match[1])), dictionary: 'vat' }
}

const currencies: Readonly<Record<string, string>> = {
  тенге: 'KZT',
  теңге: 'KZT',
  тг: 'KZT',
  '398': 'KZT',
  руб: 'RUB',
  рубль: 'RUB',
  '643': 'RUB',
  '810': 'RUB',
  rur: 'RUB',
  доллар: 'USD',
  '840': 'USD',
  евро: 'EUR',
  '978': 'EUR',
  '156': 'CNY',
}

/** `KZT`, `руб.`, `398`. */
export const currencyOf = (text: string): string | undefined => {
  const word = text.toLowerCase().replace(/\.$/, '').trim()
  if (Object.hasOwn(currencies, word)) return currencies[word]
  return /^[a-z]{3}$/.test(word) ? word.toUpperCase() : undefined
}

const unitWord = (text: string): string => text.toLowerCase().replace(/[.\s]+/g, '')
const unitsByWord = new Map(
  units.flatMap(({ code, ru, kk }) => [
    [unitWord(ru), code],
    [unitWord(kk), code],
  ]),
)

/** The code МКЕИ behind a code or a name; `796 ` with its space is 796. */
export const unitCodeOf = (
  text: string,
  own: Readonly<Record<string, string>> = {},
): { code: string; dictionary: string } | undefined => {
  const word = text.trim()
  const named = Object.hasOwn(own, word) ? own[word] : undefined
  if (named !== undefined) return { code: named, dictionary: 'profile.units' }
  if (/^\d{1,4}$/.test(word)) return { code: word.padStart(3, '0'), dictionary: 'mkei' }
  const code = unitsByWord.get(unitWord(word))
  return code === undefined ? undefined : { code, dictionary: 'mkei' }
}
