import { decodeJson, isJsonObject, readJson, readXml, type XmlListener } from '../../../xml/index.ts'
import { childOf, referenceOf, textOf, type EdNode } from './object-tree.ts'
import type { Requisites } from './parties.ts'

/** What a catalogue object says of a company or a contract beyond its key. */
export interface CatalogueEntry {
  ref: string | undefined
  contacts: { field: 'address' | 'phone' | 'email'; text: string }[]
  contract: Requisites
}

/** Kinds of contact information, the better one first for each field. */
const fields: Readonly<Record<string, 'address' | 'phone' | 'email'>> = {
  ЮридическийАдрес: 'address',
  ФактическийАдрес: 'address',
  ПочтовыйАдрес: 'address',
  Телефон: 'phone',
  ТелефонРабочий: 'phone',
  АдресЭлектроннойПочты: 'email',
}

const order = Object.keys(fields)

const companies = new Set(['Справочник.Контрагенты', 'Справочник.Организации'])

const contractOf = (key: EdNode | undefined): Requisites => {
  const title = textOf(childOf(key, 'Наименование'))
  const number = textOf(childOf(key, 'Номер'))
  const date = textOf(childOf(key, 'Дата'))?.slice(0, 10)
  return {
    ...(title !== undefined && { title }),
    ...(number !== undefined && { number }),
    ...(date !== undefined && date !== '0001-01-01' && { date }),
  }
}

/** Undefined for an object that is none of ours. */
export const readCatalogueObject = (object: EdNode): CatalogueEntry | undefined => {
  const key = childOf(object, 'КлючевыеСвойства')
  const ref = referenceOf(key)
  if (object.name === 'Справочник.Договоры') return { ref, contacts: [], contract: contractOf(key) }
  if (!companies.has(object.name)) return undefined
  const rows = childOf(object, 'КонтактнаяИнформация')?.children ?? []
  const contacts = rows
    .map((row) => ({
      kind: textOf(childOf(row, 'ВидКонтактнойИнформации')) ?? '',
      text: textOf(childOf(row, 'ЗначенияПолей')),
    }))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .flatMap(({ kind, text }) => {
      const field = fields[kind]
      return field === undefined || text === undefined ? [] : [{ field, text }]
    })
  return { ref, contacts, contract: {} }
}

/** The words people see: an attribute of XML, a member of JSON, or the text itself. */
const contactTextOf = async (text: string): Promise<string | undefined> => {
  if (text.startsWith('<')) {
    let seen: string | undefined
    const listener: XmlListener = {
      open: ({ attributes }) => {
        seen ??= attributes.find(({ local }) => local === 'Представление')?.value
      },
      text: () => undefined,
      close: () => undefined,
    }
    const read = await readXml(text, listener)
    return read.ok ? present(seen) : undefined
  }
  if (text.startsWith('{')) {
    const decoded = decodeJson(Buffer.from(text))
    const json = decoded.ok ? readJson(decoded.value) : undefined
    const value = json?.ok === true && isJsonObject(json.value) ? json.value['value'] : undefined
    return typeof value === 'string' ? present(value) : undefined
  }
  return present(text)
}

const present = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim().slice(0, 450) ?? ''
  return trimmed === '' ? undefined : trimmed
}

/** Everything that catalogues say, by reference. */
export const requisitesIn = async (entries: readonly CatalogueEntry[]): Promise<Map<string, Requisites>> => {
  const all = new Map<string, Requisites>()
  for (const { ref, contacts, contract } of entries) {
    if (ref === undefined) continue
    const found: Requisites = { ...contract }
    for (const { field, text } of contacts) {
      const shown = found[field] === undefined ? await contactTextOf(text) : undefined
      if (shown !== undefined) found[field] = shown
    }
    if (Object.keys(found).length > 0) all.set(ref, found)
  }
  return all
}
