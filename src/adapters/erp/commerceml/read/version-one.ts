import { noSuchItem } from '../cml-faults.ts'
import type { Fault } from '../../../../core/kernel/index.ts'
import { Place } from '../tree.ts'

/**
 * CommerceML 1 (1C 7.7) keeps everything in attributes, goods in a catalogue before the documents and partners behind
 * them. A document of it is written out in the elements of CommerceML 2, each remembering where it really stands, so
 * that one reading serves both.
 */
export interface KnownOnes {
  /** Goods by their identifier in the catalogue. */
  goods: ReadonlyMap<string, Place>
  partners: ReadonlyMap<string, Place>
}

const roles: Readonly<Record<string, string>> = {
  Saler: 'Продавец',
  Seller: 'Продавец',
  Продавец: 'Продавец',
  Buyer: 'Покупатель',
  Покупатель: 'Покупатель',
  Payer: 'Плательщик',
  Receiver: 'Получатель',
}

const element = (name: string, parent?: Place): Place => new Place({ local: name, attributes: [] }, parent)

/** An element with the text of an attribute; nothing when the attribute is not there. */
const fromAttribute = (parent: Place, name: string, place: Place, ...attributes: string[]): void => {
  for (const attribute of attributes) {
    const value = place.takeAttribute(attribute)
    if (value === undefined) continue
    const made = element(name, parent)
    made.text = value
    made.origin = `${place.path}/@${attribute}`
    return
  }
}

const said = (parent: Place, name: string, text: string, place: Place): void => {
  const made = element(name, parent)
  made.text = text
  made.origin = place.path
}

export const inVersionTwo = (
  place: Place,
  { goods, partners }: KnownOnes,
): { document: Place; faults: Fault[] } => {
  const faults: Fault[] = []
  const document = element('Документ')
  document.origin = place.path
  // 7.7 gives no identifier of its own: number and day are its name.
  const id = place.takeAttribute('Идентификатор')
  said(
    document,
    'Ид',
    id ?? `${place.attributes.get('Номер') ?? ''}.${place.attributes.get('Дата') ?? ''}`,
    place,
  )
  for (const name of ['Номер', 'Дата', 'ХозОперация', 'Валюта', 'Сумма', 'СрокПлатежа', 'Комментарий'])
    fromAttribute(document, name, place, name)
  const parties = element('Контрагенты', document)
  for (const one of place.children.filter(({ name }) => name === 'ПредприятиеВДокументе')) {
    const partner = element('Контрагент', parties)
    const role = one.takeAttribute('Роль') ?? ''
    said(partner, 'Роль', roles[role] ?? role, one)
    const known = partners.get(one.takeAttribute('Контрагент') ?? '')
    if (known === undefined)
      faults.push(noSuchItem({ path: 'buyer', source: one.path }, one.attributes.get('Контрагент') ?? ''))
    else describePartner(partner, known)
  }
  const table = element('Товары', document)
  for (const [index, one] of place.children.filter(({ name }) => name === 'ТоварнаяПозиция').entries()) {
    const item = element('Товар', table)
    item.origin = one.path
    const wanted = one.takeAttribute('Товар') ?? ''
    one.takeAttribute('Каталог')
    const known = goods.get(wanted)
    if (known === undefined)
      faults.push(noSuchItem({ path: `lines[${index}].name`, source: `${one.path}/@Товар` }, wanted))
    else fromAttribute(item, 'Наименование', known, 'ПолноеНаименование', 'Наименование')
    fromAttribute(item, 'БазоваяЕдиница', one, 'Единица')
    fromAttribute(item, 'Количество', one, 'Количество')
    fromAttribute(item, 'ЦенаЗаЕдиницу', one, 'Цена')
    fromAttribute(item, 'Сумма', one, 'Сумма')
    describeTax(item, one)
    if (/услуг|работ|service/i.test(known?.takeAttribute('Вид') ?? known?.takeAttribute('ТипТовара') ?? '')) {
      const requisite = element('ЗначениеРеквизита', element('ЗначенияРеквизитов', item))
      said(requisite, 'Наименование', 'ТипНоменклатуры', known ?? one)
      said(requisite, 'Значение', 'Услуга', known ?? one)
    }
  }
  return { document, faults }
}

const describePartner = (partner: Place, known: Place): void => {
  known.takeAttribute('Идентификатор')
  fromAttribute(partner, 'Наименование', known, 'ОтображаемоеНаименование', 'Наименование')
  fromAttribute(partner, 'ОфициальноеНаименование', known, 'ОфициальноеНаименование')
  fromAttribute(partner, 'ИНН', known, 'БИН', 'ИНН')
  const address = known.attributes.get('ЮридическийАдрес') ?? known.attributes.get('Адрес')
  if (address !== undefined) {
    fromAttribute(element('Адрес', partner), 'Представление', known, 'ЮридическийАдрес', 'Адрес')
  }
}

const describeTax = (item: Place, line: Place): void => {
  for (const tax of line.children.filter(({ name }) => /налог/i.test(name))) {
    const made = element('Налог', element('Налоги', item))
    made.origin = tax.path
    fromAttribute(made, 'Наименование', tax, 'Наименование', 'ВидНалога', 'Налог')
    fromAttribute(made, 'Ставка', tax, 'Ставка', 'СтавкаНалога')
    fromAttribute(made, 'Сумма', tax, 'Сумма', 'СуммаНалога')
    fromAttribute(made, 'УчтеноВСумме', tax, 'УчтеноВСумме', 'ВключенВСумму', 'ВключеноВСумму')
  }
}
