import {
  decimal,
  failed,
  fault,
  isDecimalText,
  ok,
  type DecimalText,
  type Fault,
  type Result,
  type Words,
} from '../kernel/index.ts'

/** A price and what it buys, as it was published. A subscription keeps a copy: later prices do not touch it (offer 3.2.4). */
export interface Tariff {
  /** `start`, `business` …; stable over versions of the price. */
  id: string
  name: Words
  /** With VAT, for the whole term. */
  price: DecimalText
  currency: 'KZT'
  /** Percent, as documents write it; absent: the operator pays no VAT. */
  vatRate?: string
  /** Outgoing documents in a month; absent: without a limit. */
  outgoingPerMonth?: number
}

/** A tariff with the publication it was taken from: what a subscription pins. */
export interface PinnedTariff extends Tariff {
  /** Number of the entry in the publication log, and the digest of its text. */
  publication: number
  hash: string
}

const wrong = (path: string, wanted: Words): Fault =>
  fault('TARIFF-01', path, {
    ru: `Тариф, ${path}: нужно ${wanted.ru}`,
    kk: `Тариф, ${path}: керегі ${wanted.kk}`,
    en: `Tariff, ${path}: wanted ${wanted.en}`,
  })

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most

/** Reads a parsed tariff file, judged whole. */
export const readTariff = (value: unknown): Result<Tariff> => {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const faults: Fault[] = []
  const known = ['id', 'name', 'price', 'currency', 'vatRate', 'outgoingPerMonth']
  for (const key of Object.keys(given))
    if (!known.includes(key))
      faults.push(
        wrong(key.slice(0, 60), {
          ru: 'убрать: такого поля нет',
          kk: 'алып тастау: мұндай өріс жоқ',
          en: 'no such field',
        }),
      )
  const { id, price, currency = 'KZT', vatRate, outgoingPerMonth } = given
  const name = (typeof given.name === 'object' && given.name !== null ? given.name : {}) as Record<
    string,
    unknown
  >
  if (!(typeof id === 'string' && /^[a-z0-9][a-z0-9-]{0,39}$/.test(id)))
    faults.push(
      wrong('id', {
        ru: 'латиница, цифры и дефис',
        kk: 'латын әріптері, цифрлар және дефис',
        en: 'latin letters, digits and hyphens',
      }),
    )
  for (const language of ['ru', 'kk', 'en'])
    if (!isText(name[language], 200))
      faults.push(
        wrong(`name.${language}`, {
          ru: 'название до 200 знаков',
          kk: '200 таңбаға дейінгі атау',
          en: 'a name of up to 200 characters',
        }),
      )
  if (!(
    typeof price === 'string' &&
    isDecimalText(price) &&
    decimal(price).gt(0) &&
    decimal(price).dp() <= 2
  ))
    faults.push(
      wrong('price', {
        ru: 'сумма с НДС в кавычках, например "60000.00"',
        kk: 'тырнақшадағы ҚҚС-пен сома, мысалы "60000.00"',
        en: 'an amount with VAT in quotes, for example "60000.00"',
      }),
    )
  if (currency !== 'KZT') faults.push(wrong('currency', { ru: 'KZT', kk: 'KZT', en: 'KZT' }))
  if (vatRate !== undefined && !(typeof vatRate === 'string' && /^\d{1,2}$/.test(vatRate)))
    faults.push(
      wrong('vatRate', {
        ru: 'ставка НДС в кавычках, например "16", или ничего',
        kk: 'тырнақшадағы ҚҚС мөлшерлемесі, мысалы "16", немесе ештеңе',
        en: 'a VAT rate in quotes, for example "16", or nothing',
      }),
    )
  if (
    outgoingPerMonth !== undefined &&
    !(Number.isSafeInteger(outgoingPerMonth) && Number(outgoingPerMonth) > 0)
  )
    faults.push(
      wrong('outgoingPerMonth', {
        ru: 'целое больше нуля, или ничего для безлимитного',
        kk: 'нөлден үлкен бүтін сан, шексіз болса — ештеңе',
        en: 'a whole number above zero, or nothing for no limit',
      }),
    )
  if (faults.length > 0) return failed(...faults)
  return ok({
    id: id as string,
    name: { ru: String(name.ru), kk: String(name.kk), en: String(name.en) },
    price: decimal(price as string).toFixed(2),
    currency: 'KZT',
    ...(vatRate === undefined ? {} : { vatRate: vatRate as string }),
    ...(outgoingPerMonth === undefined ? {} : { outgoingPerMonth: outgoingPerMonth as number }),
  })
}

/** More outgoing documents is up; no limit is the highest (offer 4.4). */
export const isHigher = (a: Tariff, than: Tariff): boolean =>
  (a.outgoingPerMonth ?? Infinity) > (than.outgoingPerMonth ?? Infinity)
