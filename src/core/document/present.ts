import type { Language, Words } from '../kernel/index.ts'
import { declarations } from './kinds/index.ts'
import type { Document } from './kinds/index.ts'
import { words } from './language/declare.ts'
import type { Field, Form, LeafForm, RecordForm } from './language/declare.ts'

/** A labelled value, ready to be read. */
export interface PresentedValue {
  is: 'value'
  /** Key of the declaration: `number`, `taxId`. */
  key: string
  label: string
  text: string
}

/** A named group: a party, the totals. */
export interface PresentedPart {
  is: 'part'
  key: string
  label: string
  items: Presented[]
}

/** A list as a table. Only columns that some row fills are there. */
export interface PresentedTable {
  is: 'table'
  key: string
  label: string
  columns: { label: string; isNumber: boolean }[]
  /** One text for each column; empty where the row says nothing. */
  rows: string[][]
  /** Rows in the document; more than `rows` when fewer were asked for. */
  rowCount: number
}

export type Presented = PresentedValue | PresentedPart | PresentedTable

/** A document as a person reads it: everything that is in the signed bytes, in the order of its declaration. */
export interface PresentedDocument {
  title: string
  items: Presented[]
  /** What only machines ask for: the identifier and the version in the sender's base. */
  technical: PresentedValue[]
}

/** Shorter than the declared titles, which explain codes to those who write them. */
const ownLabels: Readonly<Record<string, Words>> = {
  unitCode: words('Код ед. (МКЕИ)', 'Бірлік коды (ӨБХЖ)', 'Unit code'),
  vatRate: words('Ставка НДС', 'ҚҚС мөлшерлемесі', 'VAT rate'),
}

const labelOf = (key: string, field: Field, language: Language): string =>
  (ownLabels[key] ?? field.title)[language]

const technicalKeys: ReadonlySet<string> = new Set(['guid', 'version'])

/**
 * Pure: the same document in the same language is always the same text. Nothing is left out, except rows of a
 * table after the first `maxRows`.
 */
export const presentDocument = (
  document: Document,
  language: Language,
  { maxRows = Number.POSITIVE_INFINITY }: { maxRows?: number } = {},
): PresentedDocument => {
  const manner = { language, maxRows }
  const form = declarations[document.kind]
  const values = document as unknown as Record<string, unknown>
  const items: Presented[] = []
  const technical: PresentedValue[] = []
  for (const item of presentRecord(form, values, manner)) {
    if (item.is === 'value' && technicalKeys.has(item.key)) technical.push(item)
    else items.push(item)
  }
  return { title: form.title[language], items, technical }
}

interface Manner {
  language: Language
  maxRows: number
}

const presentRecord = (
  form: RecordForm,
  values: Readonly<Record<string, unknown>>,
  manner: Manner,
): Presented[] =>
  Object.entries(form.shape).flatMap(([key, field]) => {
    const value = values[key]
    return value === undefined
      ? []
      : presentField(key, labelOf(key, field, manner.language), field.form, value, manner)
  })

const presentField = (
  key: string,
  label: string,
  form: Form,
  value: unknown,
  manner: Manner,
): Presented[] => {
  const { language } = manner
  if (form.is === 'record') {
    const items = presentRecord(form, value as Record<string, unknown>, manner)
    return items.length === 0 ? [] : [{ is: 'part', key, label, items }]
  }
  if (form.is !== 'list') return [{ is: 'value', key, label, text: leafText(key, form, value, language) }]

  const list = value as readonly unknown[]
  if (list.length === 0) return []
  const { item } = form
  if (item.is !== 'record') {
    const text = list.map((one) => leafText(key, item, one, language)).join('; ')
    return [{ is: 'value', key, label, text }]
  }
  return [{ is: 'table', key, label, ...tableOf(item, list as Record<string, unknown>[], manner) }]
}

interface Column {
  /** From the row down to the value. */
  path: readonly string[]
  label: string
  form: LeafForm | { is: 'inner'; form: Form }
}

/** Fields of a row, those of records inside it beside them: `Акциз: сумма`. */
const columnsOf = (
  form: RecordForm,
  language: Language,
  path: readonly string[] = [],
  prefix = '',
): Column[] =>
  Object.entries(form.shape).flatMap(([key, field]): Column[] => {
    const at = [...path, key]
    const title = labelOf(key, field, language)
    const label = prefix === '' ? title : `${prefix}: ${title}`
    if (field.form.is === 'record') return columnsOf(field.form, language, at, label)
    if (field.form.is === 'list') return [{ path: at, label, form: { is: 'inner', form: field.form } }]
    return [{ path: at, label, form: field.form }]
  })

const tableOf = (
  form: RecordForm,
  rows: readonly Record<string, unknown>[],
  { language, maxRows }: Manner,
): Pick<PresentedTable, 'columns' | 'rows' | 'rowCount'> => {
  const filled = columnsOf(form, language).filter((column) =>
    rows.some((row) => valueAt(row, column.path) !== undefined),
  )
  return {
    columns: filled.map(({ label, form: { is } }) => ({ label, isNumber: is === 'decimal' })),
    rowCount: rows.length,
    rows: rows.slice(0, maxRows).map((row) =>
      filled.map((column) => {
        const value = valueAt(row, column.path)
        if (value === undefined) return ''
        return column.form.is === 'inner'
          ? innerText(column.form.form, value, language)
          : leafText(column.path.at(-1) ?? '', column.form, value, language)
      }),
    ),
  }
}

const valueAt = (row: Record<string, unknown>, path: readonly string[]): unknown => {
  let value: unknown = row
  for (const key of path) {
    if (value === undefined) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** A list inside a row of a list, in one cell. */
const innerText = (form: Form, value: unknown, language: Language): string =>
  presentField('', '', form, value, { language, maxRows: Number.POSITIVE_INFINITY })
    .map((item) => {
      if (item.is === 'value') return item.text
      if (item.is === 'part') return ''
      return item.rows
        .map((row) =>
          row
            .map((text, index) => (text === '' ? '' : `${item.columns[index]?.label ?? ''}: ${text}`))
            .filter((text) => text !== '')
            .join(', '),
        )
        .join('; ')
    })
    .join('; ')

const leafText = (key: string, form: LeafForm, value: unknown, language: Language): string => {
  switch (form.is) {
    case 'decimal':
      return numberText(String(value), language)
    case 'date':
      return dayText(String(value), language)
    case 'boolean':
      return (value === true ? yes : no)[language]
    case 'bytes':
      return sizeText(bytesIn(String(value)), language)
    case 'code':
      return codeWords[String(value)]?.[language] ?? String(value)
    case 'text':
      return key === 'vatRate' ? vatRateText(String(value), language) : String(value)
  }
}

const yes = words('Да', 'Иә', 'Yes')
const no = words('Нет', 'Жоқ', 'No')
const withoutVat = words('без НДС', 'ҚҚС-сыз', 'without VAT')

/** Values of closed lists that say something to a person; others are codes of the form itself and stay. */
const codeWords: Readonly<Record<string, Words>> = {
  ordinary: words('Обычный', 'Қарапайым', 'Ordinary'),
  fixed: words('Исправленный', 'Түзетілген', 'Corrected'),
  additional: words('Дополнительный', 'Қосымша', 'Additional'),
  committent: words('Комитент', 'Комитент', 'Committent'),
  broker: words('Комиссионер', 'Комиссионер', 'Broker'),
  forwarder: words('Экспедитор', 'Экспедитор', 'Forwarder'),
  lessor: words('Лизингодатель', 'Лизинг беруші', 'Lessor'),
  lessee: words('Лизингополучатель', 'Лизинг алушы', 'Lessee'),
  'joint-activity-participant': words(
    'Участник договора о совместной деятельности',
    'Бірлескен қызмет туралы шартқа қатысушы',
    'Party to a joint activity agreement',
  ),
  'sharing-agreement-participant': words(
    'Участник СРП',
    'ӨБК қатысушысы',
    'Party to a production sharing agreement',
  ),
  exporter: words('Экспортёр', 'Экспорттаушы', 'Exporter'),
  transporter: words('Международный перевозчик', 'Халықаралық тасымалдаушы', 'International carrier'),
  principal: words('Доверитель', 'Сенім білдіруші', 'Principal'),
  lawyer: words('Адвокат', 'Адвокат', 'Advocate'),
  bailiff: words('Частный судебный исполнитель', 'Жеке сот орындаушысы', 'Private bailiff'),
  mediator: words('Медиатор', 'Медиатор', 'Mediator'),
  notary: words('Нотариус', 'Нотариус', 'Notary'),
  nonresident: words('Нерезидент', 'Бейрезидент', 'Non-resident'),
  'public-office': words('Государственное учреждение', 'Мемлекеттік мекеме', 'State institution'),
  retail: words('Розничная торговля', 'Бөлшек сауда', 'Retail'),
  individual: words('Физическое лицо', 'Жеке тұлға', 'Individual'),
  'down-time': words('Простой системы', 'Жүйенің тұрып қалуы', 'The system was down'),
  'missing-requirement': words(
    'Не было обязанности выписывать электронно',
    'Электрондық түрде жазып беру міндеті болмаған',
    'No duty to issue electronically',
  ),
  'unlawful-removal-registration': words(
    'Неправомерное снятие с учёта',
    'Есептен заңсыз шығарылған',
    'Unlawful removal from the register',
  ),
}

const vatRateText = (rate: string, language: Language): string =>
  rate === 'none' ? withoutVat[language] : `${rate}\u00a0%`

/**
 * `1234567.50` as `1 234 567,50`, in English `1,234,567.50`. On the text itself: a JavaScript number would
 * round large sums.
 */
export const numberText = (decimal: string, language: Language): string => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  if (whole === '') return decimal
  const [group, point] = language === 'en' ? [',', '.'] : ['\u00a0', ',']
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return `${sign === '' ? '' : '\u2212'}${grouped}${fraction === '' ? '' : `${point}${fraction}`}`
}

const englishMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-03-31` as `31.03.2026`; in English, where 04.05 would mean two days, as `31 Mar 2026`. */
export const dayText = (day: string, language: Language): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  if (language === 'en') return `${Number(date)} ${englishMonths[Number(month) - 1] ?? month} ${year}`
  return `${date}.${month}.${year}`
}

const byteUnits: readonly Words[] = [
  words('байт', 'байт', 'bytes'),
  words('КБ', 'КБ', 'KB'),
  words('МБ', 'МБ', 'MB'),
]

/** How many bytes a canonical base64 text holds. */
export const bytesIn = (base64: string): number =>
  (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)

/** A size in bytes, in the unit people think of. */
export const sizeText = (bytes: number, language: Language): string => {
  const power = bytes < 1024 ? 0 : bytes < 1024 * 1024 ? 1 : 2
  const amount = power === 0 ? String(bytes) : (bytes / 1024 ** power).toFixed(1)
  return `${numberText(amount, language)}\u00a0${byteUnits[power]?.[language] ?? ''}`
}
