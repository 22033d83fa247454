import type { DecimalText } from '../kernel/index.ts'
import { decimal, roundMoney } from '../kernel/index.ts'

/** The two languages in which the printed forms of Kazakhstan exist. */
export type FormLanguage = 'ru' | 'kk'

type Gender = 'masculine' | 'feminine'
/** After 1, after 2 to 4, after 5 and more: один рубль, два рубля, пять рублей. */
type Forms = readonly [one: string, few: string, many: string]

/** Eighteen digits before the point are all that a decimal of the gateway may have. */
const maxWholeDigits = 18

const sameAlways = (word: string): Forms => [word, word, word]

const russian = {
  units: {
    masculine: ['', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять'],
    feminine: ['', 'одна', 'две', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять'],
  },
  teens: [
    'десять',
    'одиннадцать',
    'двенадцать',
    'тринадцать',
    'четырнадцать',
    'пятнадцать',
    'шестнадцать',
    'семнадцать',
    'восемнадцать',
    'девятнадцать',
  ],
  tens: [
    '',
    '',
    'двадцать',
    'тридцать',
    'сорок',
    'пятьдесят',
    'шестьдесят',
    'семьдесят',
    'восемьдесят',
    'девяносто',
  ],
  hundreds: [
    '',
    'сто',
    'двести',
    'триста',
    'четыреста',
    'пятьсот',
    'шестьсот',
    'семьсот',
    'восемьсот',
    'девятьсот',
  ],
  /** Groups of three digits from the right; the first group has no name. */
  groups: [
    sameAlways(''),
    ['тысяча', 'тысячи', 'тысяч'],
    ['миллион', 'миллиона', 'миллионов'],
    ['миллиард', 'миллиарда', 'миллиардов'],
    ['триллион', 'триллиона', 'триллионов'],
    ['квадриллион', 'квадриллиона', 'квадриллионов'],
  ] as readonly Forms[],
  /** Tenths, hundredths … millionths, as they stand after one and after any other number. */
  fractions: [
    ['десятая', 'десятых'],
    ['сотая', 'сотых'],
    ['тысячная', 'тысячных'],
    ['десятитысячная', 'десятитысячных'],
    ['стотысячная', 'стотысячных'],
    ['миллионная', 'миллионных'],
  ] as const,
}

const kazakh = {
  units: ['', 'бір', 'екі', 'үш', 'төрт', 'бес', 'алты', 'жеті', 'сегіз', 'тоғыз'],
  tens: ['', 'он', 'жиырма', 'отыз', 'қырық', 'елу', 'алпыс', 'жетпіс', 'сексен', 'тоқсан'],
  groups: ['', 'мың', 'миллион', 'миллиард', 'триллион', 'квадриллион'],
  /** "Of ten", "of a hundred" …: the denominator comes first, in the ablative. */
  fractions: ['оннан', 'жүзден', 'мыңнан', 'он мыңнан', 'жүз мыңнан', 'миллионнан'],
}

interface CurrencyWords {
  ru: Forms
  /** A Kazakh noun stays singular after a number. */
  kk: string
  cents: { ru: Forms; kk: string }
}

/**
 * The currencies that have words; others are written by their code. All are masculine. Тенге and тиын do not
 * change in Russian official texts ("сто тиын"), and 1C prints them so.
 */
const currencies: Readonly<Record<string, CurrencyWords>> = {
  KZT: { ru: sameAlways('тенге'), kk: 'теңге', cents: { ru: sameAlways('тиын'), kk: 'тиын' } },
  RUB: {
    ru: ['российский рубль', 'российских рубля', 'российских рублей'],
    kk: 'Ресей рублі',
    cents: { ru: ['копейка', 'копейки', 'копеек'], kk: 'тиын' },
  },
  USD: {
    ru: ['доллар США', 'доллара США', 'долларов США'],
    kk: 'АҚШ доллары',
    cents: { ru: ['цент', 'цента', 'центов'], kk: 'цент' },
  },
  EUR: { ru: sameAlways('евро'), kk: 'еуро', cents: { ru: ['цент', 'цента', 'центов'], kk: 'цент' } },
  CNY: {
    ru: ['китайский юань', 'китайских юаня', 'китайских юаней'],
    kk: 'Қытай юані',
    cents: { ru: ['фэнь', 'фэня', 'фэней'], kk: 'фэнь' },
  },
}

/** Only the last two digits decide: 1, 21, 101 but not 11; 2, 33, 104 but not 12 to 14. */
const formAfter = (digits: string, forms: Forms): string => {
  const last = Number(digits.slice(-1))
  if (Number(digits.slice(-2, -1)) === 1) return forms[2]
  return last === 1 ? forms[0] : last >= 2 && last <= 4 ? forms[1] : forms[2]
}

/** `'1000001'` → `['001', '000', '1']`: groups of three digits, the lowest first, padded. */
const groupsOf = (whole: string): string[] => {
  const groups: string[] = []
  for (let end = whole.length; end > 0; end -= 3) groups.push(whole.slice(Math.max(0, end - 3), end))
  return groups.map((group) => group.padStart(3, '0'))
}

const russianWhole = (whole: string, gender: Gender): string => {
  const words: string[] = []
  const groups = groupsOf(whole)
  for (let at = groups.length - 1; at >= 0; at--) {
    const group = groups[at]!
    if (group === '000') continue
    const [hundreds, tens, units] = [...group].map(Number) as [number, number, number]
    words.push(russian.hundreds[hundreds]!)
    if (tens === 1) words.push(russian.teens[units]!)
    else {
      // тысяча is the one group that is feminine
      const groupGender = at === 0 ? gender : at === 1 ? 'feminine' : 'masculine'
      words.push(russian.tens[tens]!, russian.units[groupGender][units]!)
    }
    words.push(formAfter(group, russian.groups[at]!))
  }
  return words.filter(Boolean).join(' ') || 'ноль'
}

/** Hundreds and thousands are told with their бір, as on paper that nobody may add a word to. */
const kazakhWhole = (whole: string): string => {
  const words: string[] = []
  const groups = groupsOf(whole)
  for (let at = groups.length - 1; at >= 0; at--) {
    const group = groups[at]!
    if (group === '000') continue
    const [hundreds, tens, units] = [...group].map(Number) as [number, number, number]
    if (hundreds > 0) words.push(kazakh.units[hundreds]!, 'жүз')
    words.push(kazakh.tens[tens]!, kazakh.units[units]!, kazakh.groups[at]!)
  }
  return words.filter(Boolean).join(' ') || 'нөл'
}

const split = (fixed: string): { whole: string; fraction: string } => {
  const [whole = '0', fraction = ''] = fixed.split('.')
  if (whole.length > maxWholeDigits)
    throw new RangeError(`more than ${maxWholeDigits} digits before the point`)
  return { whole, fraction }
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A number in small letters, up to six places: «десять целых пять десятых», «он бүтін оннан бес». */
export const numberInWords = (value: DecimalText, language: FormLanguage): string => {
  const exact = decimal(value).toDecimalPlaces(6)
  const { whole, fraction } = split(exact.abs().toFixed())
  const sign = exact.isNegative() && !exact.isZero() ? 'минус ' : ''
  if (fraction === '')
    return sign + (language === 'ru' ? russianWhole(whole, 'masculine') : kazakhWhole(whole))
  const place = fraction.length - 1
  if (language === 'kk')
    return `${sign}${kazakhWhole(whole)} бүтін ${kazakh.fractions[place]} ${kazakhWhole(fraction)}`
  const isOne = (digits: string): boolean => formAfter(digits, ['one', '', '']) === 'one'
  const [one, other] = russian.fractions[place]!
  return [
    sign + russianWhole(whole, 'feminine'),
    isOne(whole) ? 'целая' : 'целых',
    russianWhole(fraction, 'feminine'),
    isOne(fraction) ? one : other,
  ].join(' ')
}

/**
 * A sum in words as payment papers have it: the whole part in words, the hundredths in digits, a capital letter
 * first. «Сто шестнадцать тысяч тенге 00 тиын», «Бір жүз он алты мың теңге 00 тиын»; a currency without words
 * here is told by its code: «Сто GBP 50/100». Rounds half up to hundredths. Throws a RangeError above 18 digits.
 */
export const amountInWords = (amount: DecimalText, currency: string, language: FormLanguage): string => {
  const exact = roundMoney(decimal(amount))
  const { whole, fraction } = split(exact.abs().toFixed(2))
  const sign = exact.isNegative() && !exact.isZero() ? 'минус ' : ''
  const number = sign + (language === 'ru' ? russianWhole(whole, 'masculine') : kazakhWhole(whole))
  const names = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined
  if (names === undefined) return capitalised(`${number} ${currency} ${fraction}/100`)
  return capitalised(
    language === 'ru'
      ? `${number} ${formAfter(whole, names.ru)} ${fraction} ${formAfter(fraction, names.cents.ru)}`
      : `${number} ${names.kk} ${fraction} ${names.cents.kk}`,
  )
}
