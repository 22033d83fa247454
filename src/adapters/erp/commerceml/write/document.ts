import {
  recipientOf,
  senderOf,
  type Document,
  type DocumentKind,
  type Party,
} from '../../../../core/document/index.ts'
import { decimal, moneyText } from '../../../../core/kernel/index.ts'
import { draftOf, isTraded } from '../read/document.ts'
import { ownPrefix } from '../read/requisites.ts'
import { Place } from '../tree.ts'
import { element, must } from './element.ts'

const operations: Readonly<Record<DocumentKind, string>> = {
  'payment-invoice': 'Счет на оплату',
  act: 'Отпуск товара',
  waybill: 'Отпуск товара',
  'tax-invoice': 'Счет-фактура',
  reconciliation: 'Прочие',
  'power-of-attorney': 'Прочие',
  contract: 'Прочие',
  file: 'Прочие',
}

/** Lengths of the official schema. What is longer is cut in its element and whole in a requisite `ЭДО.…`. */
const lengths = { name: 255, id: 40, value: 1000, comment: 3000 }

export interface Told {
  /** Of the base that gets the file. */
  role: 'Продавец' | 'Покупатель'
  /** Named values beside the document: its states. */
  notes?: Readonly<Record<string, string | undefined>>
}

/**
 * A document as an element of CommerceML 2.08 to 2.10, valid by the official schema. Whatever has no element there, or
 * would come back otherwise, is said by requisites `ЭДО.<path>`: the file reads back to the same document.
 */
export const documentElement = (document: Document, { role, notes = {} }: Told): Place => {
  const place = plainElement(document, role)
  addNotes(place, notes)
  const wanted = leavesOf(document)
  const context = {
    company: { taxId: senderOf(document).taxId ?? '', name: senderOf(document).name },
    profile: {},
  }
  const read = leavesOf(
    draftOf(place, document.kind, { context, numbers: { decimal: '.', group: undefined } }),
  )
  // Read again by whoever gets it: nothing of this reading may stay.
  for (const [path, value] of wanted) if (read.get(path) !== value) own(place, path, value)
  for (const path of read.keys()) if (!wanted.has(path)) own(place, path, '')
  if (!isTraded(document.kind)) own(place, 'kind', document.kind)
  return place
}

type Leaves = ReadonlyMap<string, string>

/** Every value of a document by its path: `lines[0].price`. */
const leavesOf = (value: object): Leaves => {
  const leaves = new Map<string, string>()
  const walk = (one: unknown, path: string): void => {
    if (Array.isArray(one)) one.forEach((item, index) => walk(item, `${path}[${index}]`))
    else if (typeof one === 'object' && one !== null) {
      for (const [key, inner] of Object.entries(one)) walk(inner, path === '' ? key : `${path}.${key}`)
    } else if (path !== 'kind' && (typeof one === 'string' || typeof one === 'boolean')) {
      leaves.set(path, String(one))
    }
  }
  walk(value, '')
  return leaves
}

const cut = (text: string | undefined, length: number): string | undefined => {
  const flat = text?.slice(0, length).trim()
  return flat === '' ? undefined : flat
}

/** Puts `ЭДО.<path>` where its value belongs: with its line, or with the document. */
const own = (place: Place, path: string, value: string): void => {
  const line = /^lines\[(\d+)\]\.(.+)$/.exec(path)
  const item = line === null ? undefined : place.inside('Товары', 'Товар')[Number(line[1])]
  const [owner, name] = item === undefined ? [place, path] : [item, line?.[2] ?? '']
  requisitesOf(owner).adopt(requisite(`${ownPrefix}${name}`, value))
}

const requisitesOf = (owner: Place): Place => {
  const name = owner.name === 'Товар' ? 'ДополнительныеЗначенияРеквизитов' : 'ЗначенияРеквизитов'
  // Both stand last in what we write of their owner.
  return owner.one(name) ?? new Place({ local: name, attributes: [] }, owner)
}

const requisite = (name: string, value: string): Place => {
  const pieces = value.match(/[\s\S]{1,1000}/g) ?? ['']
  return must(
    element('ЗначениеРеквизита', [
      element('Наименование', name),
      ...pieces.map((piece) => element('Значение', piece)),
    ]),
  )
}

const addNotes = (place: Place, notes: Readonly<Record<string, string | undefined>>): void => {
  for (const [name, value] of Object.entries(notes)) {
    if (value !== undefined && value !== '')
      requisitesOf(place).adopt(requisite(name, value.slice(0, lengths.value)))
  }
}

const plainElement = (document: Document, role: Told['role']): Place =>
  must(
    element('Документ', [
      element('Ид', document.guid.slice(0, lengths.id)),
      element('Номер', document.number ?? ''),
      element('Дата', document.date),
      element('ХозОперация', operations[document.kind]),
      element('Роль', role),
      element('Валюта', document.currency),
      element('Курс', '1'),
      element('Сумма', totalOf(document)),
      element('Контрагенты', [
        partner(senderOf(document), 'Продавец'),
        partner(recipientOf(document), 'Покупатель'),
      ]),
      element('СрокПлатежа', document.kind === 'payment-invoice' ? document.payBefore : undefined),
      element('Комментарий', cut(document.comment, lengths.comment)),
      element('Товары', linesOf(document)),
    ]),
  )

const totalOf = (document: Document): string => {
  if ('totals' in document && 'amountWithVat' in document.totals) return document.totals.amountWithVat
  return '0.00'
}

const partner = ({ name, taxId, address, phone, email }: Party, role: string): Place | undefined =>
  element('Контрагент', [
    element('Наименование', cut(name, lengths.name)),
    element('ОфициальноеНаименование', cut(name, lengths.name)),
    element('ЮридическийАдрес', [element('Представление', cut(address, lengths.name))]),
    element('ИНН', taxId),
    element('Контакты', [
      contact('Телефон рабочий', cut(phone, lengths.name)),
      contact('Почта', cut(email, lengths.name)),
    ]),
    element('Роль', role),
  ])

const contact = (kind: string, value: string | undefined): Place | undefined =>
  value === undefined ? undefined : element('Контакт', [element('Тип', kind), element('Значение', value)])

const linesOf = (document: Document): (Place | undefined)[] => {
  switch (document.kind) {
    case 'payment-invoice':
    case 'act':
    case 'waybill':
      return document.lines.map((line, index) =>
        itemOf(line, index, { isService: document.kind === 'act', isIncluded: document.priceIncludesVat }),
      )
    case 'tax-invoice':
      return document.lines.map((line, index) =>
        itemOf(line, index, { isService: line.truOriginCode === '6', isIncluded: false }),
      )
    default:
      return []
  }
}

interface AnyLine {
  code?: string
  name: string
  unitCode?: string
  unit?: string
  quantity?: string
  price?: string
  discount?: string
  amountWithoutVat: string
  vatRate: string
  vatAmount: string
  amountWithVat: string
}

const itemOf = (
  line: AnyLine,
  index: number,
  { isService, isIncluded }: { isService: boolean; isIncluded: boolean },
): Place | undefined =>
  element('Товар', [
    element('Ид', String(index + 1)),
    element('Артикул', cut(line.code, lengths.name)),
    element('Наименование', cut(line.name, lengths.name) ?? '-'),
    element('БазоваяЕдиница', cut(line.unit, lengths.name) ?? 'ед', { Код: line.unitCode }),
    element('ЗначенияРеквизитов', [requisite('ТипНоменклатуры', isService ? 'Услуга' : 'Товар')]),
    element('ЦенаЗаЕдиницу', line.price === undefined ? undefined : moneyText(decimal(line.price))),
    element('Количество', line.quantity),
    element('Сумма', isIncluded ? line.amountWithVat : line.amountWithoutVat),
    element('Налоги', [
      element('Налог', [
        element('Наименование', 'НДС'),
        element('УчтеноВСумме', String(isIncluded)),
        element('Сумма', line.vatAmount),
        element('Ставка', line.vatRate === 'none' ? 'Без НДС' : line.vatRate),
      ]),
    ]),
    element('Скидки', [
      line.discount === undefined
        ? undefined
        : element('Скидка', [
            element('Наименование', 'Скидка'),
            element('Сумма', line.discount),
            element('УчтеноВСумме', 'true'),
          ]),
    ]),
  ])
