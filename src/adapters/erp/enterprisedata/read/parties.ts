import type { ConnectionProfile } from '../../../../core/company/index.ts'
import { countryOf } from './classifiers.ts'
import { childOf, nodeAt, referenceOf, textOf, type EdNode } from './object-tree.ts'
import { Trace } from './trace.ts'

/** A party as the document language has it, while it is being put together. */
export type PartyValue = Record<string, unknown>

/** What the base's catalogues say beyond the key that stands in a document: learnt from the package or remembered. */
export interface Requisites {
  /** Of a company. */
  address?: string
  phone?: string
  email?: string
  /** Of a contract. */
  title?: string
  number?: string
  date?: string
}

export interface PartyDraft {
  value: PartyValue
  trace: Trace
  /** The base's own reference, for what its catalogue says. */
  ref: string | undefined
}

/** A company by the key properties that stand in every document. */
export const readParty = (node: EdNode | undefined): PartyDraft => {
  const trace = new Trace()
  const value: PartyValue = {}
  if (node === undefined) return { value, trace, ref: undefined }
  const name = trace.firstText(
    'name',
    childOf(node, 'НаименованиеПолное'),
    childOf(node, 'НаименованиеСокращенное'),
    childOf(node, 'Наименование'),
  )
  textOf(childOf(node, 'Наименование'))
  textOf(childOf(node, 'НаименованиеСокращенное'))
  textOf(childOf(node, 'ЮридическоеФизическоеЛицо'))
  if (name === undefined) trace.fault('ED-06', 'name', node, 'НаименованиеПолное')
  else value['name'] = name
  readTaxIds(node, value, trace)
  const country = nodeAt(node, 'СтранаРегистрации', 'ДанныеКлассификатора')
  const code = childOf(country, 'Код')
  const letters = countryOf(textOf(code))
  textOf(childOf(country, 'Наименование'))
  if (letters !== undefined) {
    value['country'] = letters
    trace.tell('country', code, 'country', 'iso-3166')
  }
  return { value, trace, ref: referenceOf(node) }
}

/** A branch names its head office: the БИН of the head is the company's, its own the branch's. */
const readTaxIds = (node: EdNode, value: PartyValue, trace: Trace): void => {
  const own = childOf(node, 'ИНН')
  const ownText = textOf(own)?.replace(/\s/g, '')
  const head = nodeAt(node, 'ГоловнаяОрганизация', 'ИНН')
  const headText = textOf(head)
  const isBranch = headText !== undefined && ownText !== undefined && headText !== ownText
  if (isBranch) {
    value['taxId'] = headText
    value['branchTaxId'] = ownText
    trace.tell('taxId', head, 'tax-id')
    trace.tell('branchTaxId', own, 'tax-id')
  } else if (ownText !== undefined) {
    value['taxId'] = ownText
    trace.tell('taxId', own, 'tax-id')
  } else trace.tell('taxId', own ?? node, 'absent')
}

/** A bank account by its key properties. A foreign or Kazakh SWIFT code of 11 letters has a field of its own. */
export const readAccount = (node: EdNode | undefined, trace: Trace, at: string): PartyValue | undefined => {
  const number = textOf(childOf(node, 'НомерСчета'))
  if (node === undefined || number === undefined) return undefined
  trace.tell(`${at}.iik`, childOf(node, 'НомерСчета'), 'account')
  const bank = nodeAt(node, 'Банк', 'ДанныеКлассификатораБанков')
  const bik = trace.firstText(`${at}.bik`, childOf(bank, 'СВИФТБИК'), childOf(bank, 'БИК'))
  const bankName = trace.text(`${at}.bankName`, childOf(bank, 'Наименование'))
  return {
    iik: number.replace(/\s/g, '').toUpperCase(),
    ...(bik !== undefined && { bik: bik.toUpperCase() }),
    ...(bankName !== undefined && { bankName }),
  }
}

/** Fills in what the base's catalogue says and the document does not. */
export const withRequisites = (party: PartyDraft, known: Requisites | undefined, rule: string): void => {
  if (known === undefined) return
  for (const field of ['address', 'phone', 'email'] as const) {
    const text = known[field]
    if (text === undefined || party.value[field] !== undefined) continue
    party.value[field] = text
    party.trace.sources.push({ path: field, rule, found: text.slice(0, 200) })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of a profile that belong to the company and never to one of its accounts. */
const ofCompany = 'kbe'

/**
 * Fills in what 1C does not publish of the own organisation. An account in the file wins over the profile's, which
 * then gives only the КБе, unless both name the same account.
 */
export const withProfile = (party: PartyDraft, organisation: ConnectionProfile['organisation']): void => {
  if (organisation === undefined) return
  const fill = (into: PartyValue, from: Record<string, unknown>, at: string): void => {
    for (const [field, given] of Object.entries(from)) {
      const there = into[field]
      // A КБе alone is no account: it waits for one.
      if (there === undefined && field === 'bank' && isRecord(given) && given['iik'] === undefined) continue
      if (there === undefined) {
        into[field] = structuredClone(given)
        party.trace.sources.push({ path: at + field, rule: 'profile.organisation' })
      } else if (isRecord(there) && isRecord(given)) {
        const isOtherAccount = field === 'bank' && given['iik'] !== undefined && given['iik'] !== there['iik']
        fill(there, isOtherAccount ? { [ofCompany]: given[ofCompany] } : given, `${at}${field}.`)
      }
    }
  }
  fill(party.value, organisation, '')
}
