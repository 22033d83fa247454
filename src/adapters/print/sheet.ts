import type { Content } from 'pdfmake'
import type { Document, FormLanguage } from '../../core/document/index.ts'
import { unitOf } from '../../core/document/index.ts'
import type { PrintOrder } from '../../core/exchange/index.ts'
import type { DecimalText, LocalDate } from '../../core/kernel/index.ts'
import { decimal } from '../../core/kernel/index.ts'

/** The pages of one form, before the sheet of signatures. */
export interface FormPages {
  orientation: 'portrait' | 'landscape'
  content: Content[]
}

/** What a form is written with: its language, and who has signed. */
export interface Sheet {
  language: FormLanguage
  /** Chooses the words of the sheet's language. */
  say: (ru: string, kk: string) => string
  /** «ЭЦП» for the place of a signature, empty while that side has not signed validly. */
  signatureMark: (side: 'sender' | 'recipient') => string
  /** Given by the state portal to a registered invoice. */
  registrationNumber?: string
}

export const sheetFor = ({
  language,
  signatures,
  record,
}: Pick<PrintOrder, 'language' | 'signatures' | 'record'>): Sheet => ({
  language,
  registrationNumber: record.stamp?.registrationNumber,
  say: (ru, kk) => (language === 'kk' ? kk : ru),
  signatureMark: (side) => {
    const signed = signatures.some(
      (signature) =>
        signature.side === side && signature.purpose === 'document' && signature.verdict === 'VALID',
    )
    return signed ? (language === 'kk' ? 'ЭЦҚ' : 'ЭЦП') : ''
  },
})

/** Keeps digits of a number together at the end of a line. */
const hardSpace = '\u00a0'

const grouped = (text: DecimalText, leastPlaces: number): string => {
  const [whole = '0', fraction = ''] = text.split('.')
  const places = fraction.replace(/0+$/, '').padEnd(leastPlaces, '0')
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, hardSpace)
  return places === '' ? digits : `${digits},${places}`
}

/** `'14505.80'` → `14 505,80`. Absent stays empty: a form leaves the cell blank. */
export const money = (text: DecimalText | undefined): string => (text === undefined ? '' : grouped(text, 2))

/** `'1250.5'` → `1 250,5`. */
export const quantity = (text: DecimalText | undefined): string =>
  text === undefined ? '' : grouped(text, 0)

/** `'2026-03-31'` → `31.03.2026`. */
export const day = (date: LocalDate | undefined): string =>
  date === undefined ? '' : `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`

const months = {
  ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' '),
  kk: 'қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан'.split(' '),
}

/** «31 марта 2026 г.», «2026 жылғы 31 наурыз». */
export const longDay = (date: LocalDate | undefined, language: FormLanguage): string => {
  if (date === undefined) return ''
  const month = months[language][Number(date.slice(5, 7)) - 1] ?? ''
  const [year, dayOfMonth] = [date.slice(0, 4), String(Number(date.slice(8, 10)))]
  return language === 'kk'
    ? `${year}${hardSpace}жылғы ${dayOfMonth}${hardSpace}${month}`
    : `${dayOfMonth}${hardSpace}${month} ${year}${hardSpace}г.`
}

/** 1C fills numbers with zeros to sort them; on paper they stand without: `00000000016` → `16`. */
export const plainNumber = (number: string | undefined): string => number?.replace(/^0+(?=\d)/, '') ?? ''

export const sumOf = (values: readonly (DecimalText | undefined)[]): DecimalText =>
  values.reduce((sum, value) => (value === undefined ? sum : sum.plus(value)), decimal('0')).toFixed()

/** Name of the unit as sent, else the classifier's for the code. */
export const unitName = (line: { unit?: string; unitCode?: string }, language: FormLanguage): string => {
  if (line.unit !== undefined) return line.unit
  const known = line.unitCode === undefined ? undefined : unitOf(line.unitCode)
  return known?.[language] ?? line.unitCode ?? ''
}

type PartyOf<D> = D extends { seller: infer P } ? P : never
type Party = Pick<PartyOf<Document>, 'name' | 'address' | 'phone' | 'email'>

/** «полное наименование, адрес, данные о средствах связи» of the forms. */
export const nameAndAddress = ({ name, address, phone, email }: Party): string =>
  [name, address, phone, email].filter(Boolean).join(', ')

/** «Договор № 12/26 от 15.01.2026». */
export const basisText = (
  basis: { title?: string; number?: string; date?: LocalDate } | undefined,
  sheet: Sheet,
): string => {
  if (basis === undefined) return ''
  const { title, number, date } = basis
  return [
    title,
    number === undefined ? undefined : `№${hardSpace}${number}`,
    date === undefined ? undefined : sheet.say(`от ${day(date)}`, `${day(date)} ж.`),
  ]
    .filter(Boolean)
    .join(' ')
}

/** Adds what is new in a list of texts that may be absent. */
export const joined = (parts: readonly (string | undefined)[], separator = ', '): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator)
