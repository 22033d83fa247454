import type { Words } from '../kernel/index.ts'
import { declarations, type DocumentKind } from './kinds/index.ts'
import type { Field, LeafForm, RecordForm } from './language/declare.ts'

/** What a place of a document is called, for people: `buyer.taxId` is «Покупатель (заказчик) · БИН/ИИН». */
export const fieldTitle = (kind: DocumentKind, path: string): Words => {
  const titles: Words[] = []
  let form: RecordForm | undefined = declarations[kind]
  for (const [, key = '', index] of path.matchAll(/([^.[\]]+)(?:\[(\d+)\])?/g)) {
    const field: Field | undefined =
      form !== undefined && Object.hasOwn(form.shape, key) ? form.shape[key] : undefined
    if (field === undefined) return same(path)
    const { title } = field
    titles.push(index === undefined ? title : numbered(title, Number(index) + 1))
    const below: LeafForm | RecordForm = field.form.is === 'list' ? field.form.item : field.form
    form = below.is === 'record' ? below : undefined
  }
  if (titles.length === 0) return same(path)
  const joined = (language: keyof Words): string => titles.map((title) => title[language]).join(' · ')
  return { ru: joined('ru'), kk: joined('kk'), en: joined('en') }
}

const same = (text: string): Words => ({ ru: text, kk: text, en: text })

const numbered = ({ ru, kk, en }: Words, number: number): Words => ({
  ru: `${ru} ${number}`,
  kk: `${kk} ${number}`,
  en: `${en} ${number}`,
})
