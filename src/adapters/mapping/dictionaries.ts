import { data as currencies } from 'currency-codes'
import countries from 'i18n-iso-countries'
import { units, vatRatesOn, wasEverVatRate } from '../../core/document/index.ts'
import type { LocalDate } from '../../core/kernel/index.ts'
import type { Dictionary } from './mapping.ts'

/** The dictionaries that every mapping has. */
export const builtinDictionaries = ['mkei', 'vat', 'currencies', 'countries'] as const

/** How names are compared: case, dots, spaces of every width and ё are no difference. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\s\u00a0.]+/g, '')

/** Names of units beside those the forms print, as programs and people write them. */
const otherUnitNames: Readonly<Record<string, readonly string[]>> = {
  '006': ['метр', 'метров', 'm'],
  '055': ['кв.м', 'м²', 'квадратный метр', 'm2'],
  '112': ['литр', 'литров', 'l'],
  '113': ['куб.м', 'м³', 'кубический метр', 'm3'],
  '163': ['грамм', 'g'],
  '166': ['килограмм', 'килограммов', 'kg'],
  '168': ['тонна', 'тонн', 'тн', 't'],
  '245': ['квтч', 'квт*ч', 'квт-ч', 'kwh'],
  '356': ['час', 'часов', 'h', 'hour'],
  '359': ['день', 'дней', 'дн', 'сутки', 'day'],
  '362': ['месяц', 'месяцев', 'month'],
  '366': ['лет', 'year'],
  '625': ['листов', 'л.'],
  '642': ['единица', 'единиц', 'unit'],
  '704': ['наб'],
  '715': ['пара', 'pair'],
  '736': ['рулон'],
  '778': ['упаковка', 'уп', 'pack'],
  '792': ['человек'],
  '796': ['штука', 'штук', 'штуки', 'pcs', 'piece', 'ea'],
  '812': ['ящик', 'кор', 'короб', 'коробка', 'box'],
  '839': ['комплект', 'к-т', 'компл', 'set'],
  '868': ['бутылка'],
  '5114': ['услуга', 'услуг', 'усл', 'service'],
}

const unitByName = new Map<string, string>()
for (const { code, ru, kk } of units) {
  for (const name of [ru, kk, ...(otherUnitNames[code] ?? [])]) {
    // "т" is a tonne before it is anything else: the first meaning stands.
    if (!unitByName.has(plain(name))) unitByName.set(plain(name), code)
  }
}

/** МКЕИ: a code stays one (with its leading zeros), a name becomes one. */
export const unitCodeOf = (text: string): string | undefined => {
  const code = text.trim()
  if (/^\d{3,4}$/.test(code)) return code
  // A sheet shows 006 as 6.
  if (/^\d{1,2}$/.test(code)) return code.padStart(3, '0')
  return unitByName.get(plain(text))
}

/** What "the usual rate" was on a day: the first in force. */
const usualRates = new Set([
  'стандартная',
  'общая',
  'основная',
  'standard',
  'ставкандс',
  'общаяставка',
  'стандарт',
])
const withoutVat = new Set([
  'безндс',
  'бeзндс',
  'none',
  'необлагается',
  'ққссыз',
  'ндснеоблагается',
  '-',
  '–',
  '—',
  'нет',
])

/** A rate of VAT in whatever words: `16%`, `НДС 16`, `0.16`, `Без НДС`, `стандартная` by the day. */
export const vatRateOf = (text: string, day: LocalDate | undefined): string | undefined => {
  const said = plain(text.replace(',', '.').replace(/\.0+\s*%?$/, ''))
  if (withoutVat.has(said.replace(/[()-]/g, '')) || withoutVat.has(said)) return 'none'
  if (usualRates.has(said)) return day === undefined ? undefined : vatRatesOn(day)[0]
  const share = /^0[.,](\d{1,2})$/.exec(text.trim())?.[1]
  const rate = share === undefined ? percentIn(text) : String(Number(share.padEnd(2, '0')))
  return rate !== undefined && wasEverVatRate(rate) ? rate : undefined
}

const percentIn = (text: string): string | undefined => {
  const found = /^(?:НДС|ҚҚС|VAT|Ставка\s?НДС)?[\s_:]*(\d{1,2})(?:[.,]0+)?\s*%?\s*(?:НДС|ҚҚС|VAT)?$/i.exec(
    text.trim(),
  )?.[1]
  return found === undefined ? undefined : String(Number(found))
}

const currencyWords: Readonly<Record<string, string>> = {
  '₸': 'KZT',
  тг: 'KZT',
  тенге: 'KZT',
  теңге: 'KZT',
  '₽': 'RUB',
  руб: 'RUB',
  рубль: 'RUB',
  рублей: 'RUB',
  '643': 'RUB',
  rur: 'RUB',
  $: 'USD',
  доллар: 'USD',
  долларсша: 'USD',
  '€': 'EUR',
  евро: 'EUR',
  '¥': 'CNY',
  юань: 'CNY',
}

const currencyByText = new Map<string, string>([
  ...currencies.flatMap(({ code, number }): [string, string][] => [
    [plain(code), code],
    [number, code],
  ]),
  ...Object.entries(currencyWords).map(([word, code]): [string, string] => [plain(word), code]),
])

/** ISO 4217: letters, digits (`398`) and the words people use. */
export const currencyOf = (text: string): string | undefined => currencyByText.get(plain(text))

const countryByText = new Map<string, string>()
for (const [alpha2, alpha3] of Object.entries(countries.getAlpha2Codes())) {
  countryByText.set(plain(alpha2), alpha2)
  countryByText.set(plain(alpha3), alpha2)
  countryByText.set(countries.alpha2ToNumeric(alpha2) ?? alpha2, alpha2)
}
for (const language of ['ru', 'kk', 'en']) {
  const names = new Intl.DisplayNames(language, { type: 'region' })
  for (const alpha2 of Object.keys(countries.getAlpha2Codes())) {
    countryByText.set(plain(names.of(alpha2) ?? alpha2), alpha2)
  }
}
const countryWords: Readonly<Record<string, string>> = {
  РК: 'KZ',
  'Республика Казахстан': 'KZ',
  РФ: 'RU',
  'Российская Федерация': 'RU',
  'Кыргызская Республика': 'KG',
  'Республика Узбекистан': 'UZ',
  'Республика Беларусь': 'BY',
  КНР: 'CN',
  США: 'US',
}
for (const [word, code] of Object.entries(countryWords)) countryByText.set(plain(word), code)

/** ISO 3166: two letters, three, digits, and names in Russian, Kazakh and English. */
export const countryOf = (text: string): string | undefined => countryByText.get(plain(text))

/** What a dictionary says of a word on a day. */
export const lookUp = (
  { entries }: Dictionary,
  key: string,
  day: LocalDate | undefined,
): string | undefined => {
  const word = plain(key)
  return entries.find(
    (entry) =>
      plain(entry.key) === word &&
      (entry.from === undefined || (day !== undefined && entry.from <= day)) &&
      (entry.until === undefined || (day !== undefined && day <= entry.until)),
  )?.value
}

/** A profile's own table as a dictionary. */
export const tableLookUp = (
  table: Readonly<Record<string, string>> | undefined,
  key: string,
): string | undefined => {
  if (table === undefined) return undefined
  if (Object.hasOwn(table, key)) return table[key]
  const word = plain(key)
  return Object.entries(table).find(([name]) => plain(name) === word)?.[1]
}
