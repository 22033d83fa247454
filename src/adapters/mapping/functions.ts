import { createHash } from 'node:crypto'
import { amountInWords, unitOf } from '../../core/document/index.ts'
import { addDays, decimal, isLocalDate, roundMoney, type Words } from '../../core/kernel/index.ts'
import { convert, taxIdIn, type Lookups } from './convert.ts'
import { dayIn, noDay } from './dates.ts'
import { currencyOf, countryOf } from './dictionaries.ts'
import type { Conversion } from './mapping.ts'
import { decimalIn, plainText, rounded, type ExactDecimal } from './numbers.ts'
import { uuidOf } from './uuid5.ts'

/** Thrown inside an expression for what its writer or the file got wrong; becomes the fault's words. */
export class BadArgument extends Error {
  readonly words: Words

  constructor(ru: string, kk: string, en: string) {
    super(en)
    this.words = { ru, kk, en }
  }
}

const notNumber = (text: string): BadArgument => {
  const said = text.slice(0, 40)
  return new BadArgument(`«${said}» — не число`, `«${said}» сан емес`, `“${said}” is not a number`)
}

/** A function that expressions may call beside those of JSONata; numbers in and out are exact texts. */
export interface NamedFunction {
  readonly name: string
  /** How it is called: `$div(a, b, places?)`. */
  readonly call: string
  readonly about: string
  /** Takes a value as it stands: what it looks at is not thereby read. */
  readonly takesWhole?: boolean
  readonly run: (args: readonly unknown[], lookups: Lookups) => unknown
}

const textIn = (value: unknown): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notNumber(String(value))
    return String(value)
  }
  throw new BadArgument(
    'нужно одно значение, а не список или набор полей',
    'тізім не өрістер жиыны емес, бір мән керек',
    'one value is wanted, not a list or a set of fields',
  )
}

const numberIn = (value: unknown): ExactDecimal | undefined => {
  const text = textIn(value)
  if (text === undefined) return undefined
  const number = decimalIn(text)
  if (typeof number === 'string') throw notNumber(text)
  return number
}

const placesIn = (value: unknown, usual: number): number => {
  const places = value === undefined ? usual : Number(textIn(value))
  if (!Number.isInteger(places) || places < 0 || places > 20)
    throw new BadArgument(
      'знаков после запятой — от 0 до 20',
      'үтірден кейінгі таңбалар — 0-ден 20-ға дейін',
      'places are 0 to 20',
    )
  return places
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const numbersIn = (args: readonly unknown[]): ExactDecimal[] =>
  args.flatMap(listIn).flatMap((one) => numberIn(one) ?? [])

/** All or nothing: a number that is missing makes the result missing. */
const over =
  (compute: (a: ExactDecimal, b: ExactDecimal) => ExactDecimal) =>
  (args: readonly unknown[]): string | undefined => {
    const numbers = args.map(numberIn)
    const known = numbers.filter((one) => one !== undefined)
    if (known.length !== numbers.length || known.length === 0) return undefined
    return written(known.reduce(compute))
  }

/** Forty digits carry everything up to a product of two quantities; more is nobody's money. */
const written = (value: ExactDecimal): string => {
  if (!value.isFinite() || value.precision(true) > 60)
    throw new BadArgument('результат слишком велик', 'нәтиже тым үлкен', 'the result is too large')
  return plainText(value)
}

const both = (
  [first, second]: readonly unknown[],
  compute: (a: ExactDecimal, b: ExactDecimal) => unknown,
): unknown => {
  const a = numberIn(first)
  const b = numberIn(second)
  return a === undefined || b === undefined ? undefined : compute(a, b)
}

const translated =
  (as: Conversion) =>
  ([value]: readonly unknown[], lookups: Lookups): unknown => {
    const text = textIn(value)
    if (text === undefined) return undefined
    const made = convert(text, { as, format: undefined, dictionary: undefined, round: undefined }, lookups, {
      path: '',
      source: undefined,
    })
    if (made !== undefined && 'code' in made)
      throw new BadArgument(made.message.ru, made.message.kk, made.message.en)
    return made?.value
  }

const rateIn = (value: unknown): ExactDecimal => {
  const text = textIn(value)
  return text === undefined || text === 'none' ? decimal(0) : (numberIn(text) ?? decimal(0))
}

export const namedFunctions: readonly NamedFunction[] = [
  { name: 'add', call: '$add(a, b, …)', about: 'сумма', run: over((a, b) => a.plus(b)) },
  { name: 'sub', call: '$sub(a, b)', about: 'разность', run: over((a, b) => a.minus(b)) },
  { name: 'mul', call: '$mul(a, b, …)', about: 'произведение', run: over((a, b) => a.times(b)) },
  {
    name: 'div',
    call: '$div(a, b, places?)',
    about: 'частное с округлением, по умолчанию 6 знаков',
    run: ([a, b, places]) =>
      both([a, b], (x, y) => {
        if (y.isZero()) throw new BadArgument('деление на ноль', 'нөлге бөлу', 'division by zero')
        return written(rounded(x.div(y), placesIn(places, 6)))
      }),
  },
  {
    name: 'sum',
    call: '$sum(list)',
    about: 'точная сумма списка; пустое не считается',
    run: (args) => written(numbersIn(args).reduce((a, b) => a.plus(b), decimal(0))),
  },
  {
    name: 'round',
    call: '$round(a, places?)',
    about: 'округление «половина вверх», по умолчанию 2 знака',
    run: ([a, places]) => {
      const number = numberIn(a)
      return number === undefined ? undefined : written(rounded(number, placesIn(places, 2)))
    },
  },
  {
    name: 'abs',
    call: '$abs(a)',
    about: 'модуль числа',
    run: ([a]) => {
      const number = numberIn(a)
      return number === undefined ? undefined : written(number.abs())
    },
  },
  {
    name: 'min',
    call: '$min(list)',
    about: 'наименьшее',
    run: (args) => {
      const numbers = numbersIn(args)
      return numbers.length === 0 ? undefined : written(numbers.reduce((a, b) => (b.lt(a) ? b : a)))
    },
  },
  {
    name: 'max',
    call: '$max(list)',
    about: 'наибольшее',
    run: (args) => {
      const numbers = numbersIn(args)
      return numbers.length === 0 ? undefined : written(numbers.reduce((a, b) => (b.gt(a) ? b : a)))
    },
  },
  {
    name: 'compare',
    call: '$compare(a, b)',
    about: '-1, 0 или 1: сравнение чисел как чисел, а не как текста',
    run: (args) => both(args, (a, b) => a.cmp(b)),
  },
  {
    name: 'decimal',
    call: '$decimal(text)',
    about: 'число из записи «1 233,05»',
    run: ([a]) => {
      const number = numberIn(a)
      return number === undefined ? undefined : written(number)
    },
  },
  {
    name: 'vatOn',
    call: '$vatOn(sum, rate)',
    about: 'НДС сверх суммы, округлён до тиына',
    run: ([sum, rate]) => {
      const number = numberIn(sum)
      return number === undefined ? undefined : written(roundMoney(number.times(rateIn(rate)).div(100)))
    },
  },
  {
    name: 'vatIn',
    call: '$vatIn(sum, rate)',
    about: 'НДС внутри суммы, округлён до тиына',
    run: ([sum, rate]) => {
      const number = numberIn(sum)
      const share = rateIn(rate)
      return number === undefined ? undefined : written(roundMoney(number.times(share).div(share.plus(100))))
    },
  },
  {
    name: 'date',
    call: '$date(text, format?)',
    about: 'день из текста: 31.03.2026, момент с поясом — день в Алматы; format как в правиле',
    run: ([value, format]) => {
      const text = textIn(value)
      if (text === undefined) return undefined
      const day = dayIn(text, textIn(format))
      if (day === undefined)
        throw new BadArgument(
          `«${text.slice(0, 40)}» — не дата`,
          `«${text.slice(0, 40)}» күн емес`,
          `“${text.slice(0, 40)}” is not a date`,
        )
      return day === noDay ? undefined : day
    },
  },
  {
    name: 'addDays',
    call: '$addDays(date, days)',
    about: 'день через столько календарных дней',
    run: ([value, days]) => {
      const day = textIn(value)
      if (day === undefined) return undefined
      const count = Number(textIn(days))
      if (!isLocalDate(day) || !Number.isInteger(count) || Math.abs(count) > 100_000)
        throw new BadArgument(
          'нужны день вида 2026-03-31 и целое число дней',
          '2026-03-31 түріндегі күн мен бүтін күн саны керек',
          'a day as 2026-03-31 and a whole number of days are wanted',
        )
      return addDays(day, count)
    },
  },
  {
    name: 'uuid',
    call: '$uuid(a, b, …)',
    about: 'GUID из чужих идентификаторов: те же слова — тот же GUID (UUIDv5)',
    run: (args, { uuidScope }) => {
      const words = args.map(textIn)
      return words.includes(undefined) ? undefined : uuidOf(...uuidScope, ...(words as string[]))
    },
  },
  {
    name: 'digest',
    call: '$digest(value)',
    about: 'отпечаток содержимого (16 знаков): годится для version',
    takesWhole: true,
    run: ([value]) =>
      value === undefined
        ? undefined
        : createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16),
  },
  { name: 'unit', call: '$unit(text)', about: 'код МКЕИ из кода или названия', run: translated('unit') },
  {
    name: 'unitName',
    call: '$unitName(code)',
    about: 'краткое название единицы по коду МКЕИ',
    run: ([code]) => {
      const text = textIn(code)
      return text === undefined ? undefined : unitOf(text)?.ru
    },
  },
  {
    name: 'vat',
    call: '$vat(text)',
    about: 'ставка НДС: «16%», «Без НДС», «стандартная» на день документа',
    run: translated('vat'),
  },
  {
    name: 'currency',
    call: '$currency(text)',
    about: 'код валюты: 398, тенге, ₸ → KZT',
    run: ([value]) => currencyOf(textIn(value) ?? ''),
  },
  {
    name: 'country',
    call: '$country(text)',
    about: 'код страны: 398, Казахстан → KZ',
    run: ([value]) => countryOf(textIn(value) ?? ''),
  },
  {
    name: 'taxId',
    call: '$taxId(text)',
    about: 'БИН/ИИН без пробелов, с вернувшимися нулями впереди',
    run: ([value]) => {
      const text = textIn(value)
      return text === undefined ? undefined : taxIdIn(text)
    },
  },
  {
    name: 'dict',
    call: "$dict('имя', text)",
    about: 'слово по справочнику отображения или подключения',
    run: ([name, value], lookups) => {
      const text = textIn(value)
      if (text === undefined) return undefined
      const made = convert(
        text,
        { as: 'text', format: undefined, dictionary: textIn(name) ?? '', round: undefined },
        lookups,
        { path: '', source: undefined },
      )
      if (made !== undefined && 'code' in made)
        throw new BadArgument(made.message.ru, made.message.kk, made.message.en)
      return made?.value
    },
  },
  {
    name: 'inWords',
    call: '$inWords(sum, currency?)',
    about: 'сумма прописью по-русски',
    run: ([sum, currency]) => {
      const number = numberIn(sum)
      return number === undefined
        ? undefined
        : amountInWords(plainText(number), textIn(currency) ?? 'KZT', 'ru')
    },
  },
]

/** Functions of JSONata that stay as they are. */
export const jsonataFunctions: readonly string[] = [
  'append',
  'assert',
  'base64decode',
  'base64encode',
  'boolean',
  'ceil',
  'clone',
  'contains',
  'count',
  'decodeUrl',
  'decodeUrlComponent',
  'distinct',
  'each',
  'encodeUrl',
  'encodeUrlComponent',
  'error',
  'exists',
  'filter',
  'floor',
  'formatBase',
  'formatInteger',
  'formatNumber',
  'fromMillis',
  'join',
  'keys',
  'length',
  'lookup',
  'lowercase',
  'map',
  'match',
  'merge',
  'not',
  'number',
  'pad',
  'parseInteger',
  'reduce',
  'replace',
  'reverse',
  'sift',
  'single',
  'sort',
  'split',
  'spread',
  'string',
  'substring',
  'substringAfter',
  'substringBefore',
  'toMillis',
  'trim',
  'type',
  'uppercase',
  'zip',
]

/** Those that would make the same file read differently, or run what nobody has checked. */
export const forbiddenFunctions: readonly string[] = [
  'now',
  'millis',
  'random',
  'shuffle',
  'eval',
  'average',
  'power',
  'sqrt',
]

/** What an expression knows by name beside functions. */
export const variables: readonly string[] = ['record', 'company', 'settings', 'day', 'index']
