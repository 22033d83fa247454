import type { Place } from '../tree.ts'
import type { Draft, Explained } from './explain.ts'

/** A partner of a document as the document language has it. `path`: `buyer`. */
export const readParty = (read: Explained, partner: Place, path: string): Draft => {
  const draft: Draft = {}
  const at = (field: string): string => `${path}.${field}`
  read.text(draft, at('name'), partner.any('ОфициальноеНаименование', 'ПолноеНаименование', 'Наименование'))
  const taxId = partner.any('БИН', 'ИИН', 'БИН_ИИН', 'ИНН')
  const found = taxId?.take()?.replace(/\s/g, '')
  if (found !== undefined) read.put(draft, at('taxId'), found, { source: taxId?.path, found, rule: 'tax-id' })
  const address = partner.one('ЮридическийАдрес') ?? partner.one('АдресРегистрации') ?? partner.one('Адрес')
  if (address !== undefined) readAddress(read, draft, at('address'), address)
  for (const contact of partner.inside('Контакты', 'Контакт')) readContact(read, draft, path, contact)
  const account =
    partner.one('РасчетныйСчет') ??
    partner.inside('РасчетныеСчета', 'РасчетныйСчет').find((one) => one.children.length > 0)
  const bank = account === undefined ? undefined : readAccount(read, account, at('bank'))
  if (bank !== undefined) draft['bank'] = bank
  return draft
}

const readAddress = (read: Explained, draft: Draft, path: string, address: Place): void => {
  if (read.text(draft, path, address.any('Представление')) !== undefined) return
  const parts = address.children
    .filter(({ name }) => name === 'АдресноеПоле')
    .flatMap((part) => {
      part.one('Тип')?.take()
      const value = part.one('Значение')?.take()
      return value === undefined ? [] : [value]
    })
  if (parts.length > 0)
    read.put(draft, path, parts.join(', '), { source: `${address.path}/АдресноеПоле`, rule: 'joined' })
}

/** Of several telephones the first; anything with an at sign is mail, whatever 1C calls it. */
const readContact = (read: Explained, draft: Draft, path: string, contact: Place): void => {
  const kind = contact.one('Тип')?.text.trim() ?? contact.one('ТипКонтакта')?.text.trim() ?? ''
  const value = contact.one('Значение')
  if (value === undefined) return
  const field = value.text.includes('@') ? 'email' : /телефон/i.test(kind) ? 'phone' : undefined
  if (field === undefined || draft[field] !== undefined) return
  contact.one('Тип')?.take()
  read.text(draft, `${path}.${field}`, value)
}

const readAccount = (read: Explained, account: Place, path: string): Draft | undefined => {
  const draft: Draft = {}
  const number = account.any('НомерСчета')
  const found = number?.take()?.replace(/\s/g, '')
  if (found === undefined) return undefined
  read.put(draft, `${path}.iik`, found, { source: number?.path, found, rule: 'account' })
  const bank = account.one('Банк')
  read.text(draft, `${path}.bik`, bank?.any('БИК', 'SWIFT'))
  read.text(draft, `${path}.bankName`, bank?.any('Наименование'))
  return draft
}

/** The own organisation, which most exports leave out: the connection knows whose base it is. */
export const ownParty = (read: Explained, path: string, listed: Draft | undefined): Draft => {
  const { company, profile } = read.context
  const draft: Draft = { ...listed }
  const known: Record<string, unknown> = { taxId: company.taxId, name: company.name, ...profile.organisation }
  for (const [field, value] of Object.entries(known)) {
    if (draft[field] !== undefined) continue
    const isOfCompany = profile.organisation?.[field] === undefined
    read.put(draft, `${path}.${field}`, value, { rule: isOfCompany ? 'company' : 'profile.organisation' })
  }
  return draft
}
