import { extensionNamespace, formatNamespace } from '../versions.ts'
import { childOf, nodeAt, textOf, type EdNode } from './object-tree.ts'

/** A named value without a field of its own in the document language. */
export interface Extra {
  name: string
  value: string
}

/** A value of the document by its path; undefined text: the document has none there. */
export interface Remainder {
  path: string
  value: string | boolean | undefined
}

/**
 * Fields of the format that stay inside the base: bookkeeping, warehouses, prime costs. They concern nobody outside
 * and never go to the partner. Whatever is not here and not read is an extension of the base and is kept.
 */
const internal = new Set(
  [
    'КлючевыеСвойства ВидОперации ДатаПереходаПраваСобственности Валюта Сумма СуммаВключаетНДС Подразделение Склад',
    'ЗаРуководителяПоПриказу ЗаГлавногоБухгалтераПоПриказу Руководитель ГлавныйБухгалтер ОтпускПроизвел Продавец',
    'Грузоотправитель Грузополучатель БанковскийСчетОрганизации БанковскийСчетКонтрагента Контрагент',
    'ДанныеВзаиморасчетов Договор Заказ СчетПокупателю АдресДоставки Налогообложение ВидЭД СведенияРНПТ ТипЦен',
    'СерииНоменклатуры СкидкиНаценки СчетУчетаРасчетовПоТаре ГруппаНастроекФинансовогоУчетаРасчетов',
    'СпособПогашенияЗадолженности ПогашениеЗадолженности АкцизныеМарки МаркировкиУпаковок Патент ДисконтнаяКарта',
    'ПрограммаЛояльности ЭтапГосконтрактаЕИС КомплектПечатныхДокументовПодписанПолучен ОбщиеСвойстваОбъектовФормата',
    'Комментарий Ответственный ДополнительныеРеквизиты Товары Услуги AdditionalInfo ВидСчетаФактуры КодВидаОперации',
    'Выставлен ДатаВыставления СпособВыставления ИсправляемыйСчетФактура ДокументыОснования Авансы СтавкаНДС СуммаНДС',
    'ДатаИсправляемогоКорректировочногоДокумента НомерИсправляемогоКорректировочногоДокумента ИННКонтрагента',
    'НомерПлатежноРасчетногоДокумента ДатаПлатежноРасчетногоДокумента НомерСчетаФактурыКомиссионера КППКонтрагента',
    'КонечныйПокупатель ИдентификаторПлатежа ИдентификаторГосКонтракта СводныйКомиссионный ПлатежноРасчетныеДокументы',
    'НомерСтрокиДокумента ДанныеНоменклатуры Номенклатура Характеристика ЕдиницаИзмерения Количество Цена Содержание',
    'ЦенаЗаУпаковку КоличествоУпаковок ВидСкидки ПроцентСкидки СуммаСкидки СуммаСУчетомСкидки СуммаБонусныхБаллов',
    'Себестоимость ДокументПоступления ТипЗапасов Поставщик ДанныеГТД НомерГТД СчетУчета СчетДоходов СчетРасходов',
    'СчетУчетаНДСПоРеализации ИдентификаторСтроки КонтрагентПринципал ПрослеживаемыйТовар ТипУслуги Принципал',
    'ДоговорСПринципалом СчетРасчетовСПринципалом ДоверенностьДата ДоверенностьНомер ДоверенностьКемВыдана',
    'ДоверенностьКомуВыдана ДатаПолучения СчетПоставщика КонтрагентСтороннейКомпании ЗакупкаПодДеятельность',
  ].flatMap((line) => line.split(' ')),
)

const maxExtras = 200
const longestName = 100
const longestValue = 4000

const leavesOf = (node: EdNode, name: string, found: Extra[]): void => {
  if (node.children.length > 0) {
    for (const child of node.children) leavesOf(child, `${name}.${child.name}`, found)
    return
  }
  const value = textOf(node)
  if (value === undefined || found.length >= maxExtras) return
  found.push({ name: name.slice(0, longestName), value: value.slice(0, longestValue) })
}

const isExtension = (node: EdNode): boolean =>
  !(internal.has(node.name) && node.uri.startsWith(formatNamespace)) && node.uri !== extensionNamespace

/** What the base's own people have added: additional requisites by their names, and elements that the format lacks. */
export const readExtras = (object: EdNode): Extra[] => {
  const found: Extra[] = []
  const requisites =
    nodeAt(object, 'ОбщиеСвойстваОбъектовФормата', 'ДополнительныеРеквизиты') ??
    childOf(object, 'ДополнительныеРеквизиты')
  for (const row of requisites?.children ?? []) {
    const name = textOf(nodeAt(row, 'Свойство', 'Наименование'))
    const [value] = childOf(row, 'ЗначениеСвойства')?.children ?? []
    const text = value === undefined ? undefined : (textOf(value) ?? textOf(childOf(value, 'Наименование')))
    if (name !== undefined && text !== undefined && found.length < maxExtras)
      found.push({ name: name.slice(0, longestName), value: text.slice(0, longestValue) })
  }
  for (const child of object.children) if (isExtension(child)) leavesOf(child, child.name, found)
  for (const table of ['Товары', 'Услуги'])
    for (const row of childOf(object, table)?.children ?? [])
      for (const child of row.children)
        if (isExtension(child)) leavesOf(child, `${table}[${row.row}].${child.name}`, found)
  return found
}

/** Our own extension of a document that we wrote. */
export const readRemainder = (object: EdNode): Remainder[] => {
  const holder = object.children.find(({ uri, name }) => uri === extensionNamespace && name === 'Остаток')
  return (holder?.children ?? []).flatMap((entry): Remainder[] => {
    const path = textOf(childOf(entry, 'Путь'))
    if (path === undefined) return []
    const flag = textOf(childOf(entry, 'Булево'))
    const text = childOf(entry, 'Строка')
    if (text !== undefined) text.isRead = true
    return [{ path, value: flag === undefined ? text?.text : flag === 'true' }]
  })
}
