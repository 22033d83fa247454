import type { BankAccount, BankParty, BankPayment, BankStatement } from '../../../core/access/index.ts'
import {
  decimal,
  failed,
  isDecimalText,
  isLocalDate,
  moneyText,
  ok,
  type DecimalText,
  type Fault,
  type LocalDate,
  type Result,
} from '../../../core/kernel/index.ts'
import {
  badAmount,
  badDate,
  missingKey,
  statementTooLarge,
  unknownVersion,
  wrongBalance,
} from './bank-faults.ts'
import { decodeClientBank } from './decode.ts'
import type { Key } from './keys.ts'
import { pathOf, sectionsOf, type Section, type Sections } from './sections.ts'

const maxBytes = 32 * 1024 * 1024
const knownVersions = /^(1\.0[0-3]?|2(\.0{1,2})?)$/

/** What a bank statement says, or everything that is wrong with it. */
export const readClientBank = async (bytes: Uint8Array): Promise<Result<BankStatement>> => {
  if (bytes.byteLength > maxBytes) return failed(statementTooLarge(maxBytes / 1024 / 1024))
  const text = decodeClientBank(bytes)
  if (!text.ok) return text
  const sections = await sectionsOf(text.value)
  const { faults, head } = sections
  const version = head.values.get('ВерсияФормата')
  if (version !== undefined && !knownVersions.test(version.text)) {
    faults.push(unknownVersion(version.text, version.line))
  }
  const accounts = sections.accounts.map((section) => accountOf(fieldsOf(section, sections)))
  const ownAccounts = new Set([
    ...accounts.map(({ account }) => account),
    compact(head.values.get('РасчСчет')?.text) ?? '',
  ])
  const statement: BankStatement = {
    ...given('sender', head.values.get('Отправитель')?.text),
    ...period(fieldsOf(head, sections)),
    accounts,
    payments: sections.documents.map((section) => paymentOf(fieldsOf(section, sections), ownAccounts)),
    unread: unreadOf(sections),
  }
  return faults.length > 0 ? failed(...faults) : ok(statement)
}

/** The values of one section, asked for by key; faults go where all of them are gathered. */
interface Fields {
  section: Section
  path: string
  faults: Fault[]
  /** The first of the keys that says anything. */
  text(...keys: Key[]): string | undefined
  date(name: string, ...keys: Key[]): LocalDate | undefined
  amount(name: string, sign: 'any' | 'positive', ...keys: Key[]): DecimalText | undefined
  missing(name: string, key: Key): void
}

const fieldsOf = (section: Section, sections: Sections): Fields => {
  const { faults } = sections
  const path = pathOf(section, sections)
  const find = (keys: Key[]) => {
    for (const key of keys) {
      const value = section.values.get(key)
      if (value !== undefined && value.text !== '') return { ...value, key }
    }
    return undefined
  }
  const placeOf = (name: string, { key, line }: { key: Key; line: number }) => ({
    path: path === '' ? name : `${path}.${name}`,
    key,
    line,
  })
  return {
    section,
    path,
    faults,
    text: (...keys) => find(keys)?.text,
    date: (name, ...keys) => {
      const value = find(keys)
      if (value === undefined) return undefined
      const date = dateOf(value.text)
      if (date === undefined) faults.push(badDate(placeOf(name, value)))
      return date === '' ? undefined : date
    },
    amount: (name, sign, ...keys) => {
      const value = find(keys)
      if (value === undefined) return undefined
      const amount = amountOf(value.text)
      if (amount !== undefined && (sign === 'any' || !amount.startsWith('-'))) return amount
      faults.push(badAmount(placeOf(name, value)))
      return undefined
    },
    missing: (name, key) => faults.push(missingKey(placeOf(name, { key, line: section.line }))),
  }
}

/** `31.03.2026`, with a time or not, or `2026-03-31`; empty for 1C's "no date"; undefined when it is none. */
const dateOf = (text: string): LocalDate | undefined => {
  const match = /^(\d{2})\.(\d{2})\.(\d{4})\b|^(\d{4})-(\d{2})-(\d{2})\b/.exec(text)
  if (match === null) return undefined
  const date =
    match[3] === undefined ? `${match[4]}-${match[5]}-${match[6]}` : `${match[3]}-${match[2]}-${match[1]}`
  if (date === '0001-01-01') return ''
  return isLocalDate(date) ? date : undefined
}

/** `1 233,05` and `174000` alike; a third place after the point is no money. */
const amountOf = (text: string): DecimalText | undefined => {
  const plain = text.replace(/[\s\u00a0']/g, '').replace(',', '.')
  if (!isDecimalText(plain) || decimal(plain).decimalPlaces() > 2) return undefined
  return moneyText(decimal(plain))
}

/** Accounts and numbers are printed with spaces on paper. */
const compact = (text: string | undefined): string | undefined => text?.replace(/\s/g, '')

const given = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined || value === '' ? {} : { [name]: value }) as Partial<Record<Name, string>>

const period = (fields: Fields): { from?: LocalDate; until?: LocalDate } => ({
  ...given('from', fields.date('from', 'ДатаНачала')),
  ...given('until', fields.date('until', 'ДатаКонца')),
})

const accountOf = (fields: Fields): BankAccount => {
  const account = compact(fields.text('РасчСчет'))
  if (account === undefined) fields.missing('account', 'РасчСчет')
  const read: BankAccount = {
    account: account ?? '',
    ...period(fields),
    ...given('opening', fields.amount('opening', 'any', 'НачальныйОстаток')),
    ...given('received', fields.amount('received', 'positive', 'ВсегоПоступило')),
    ...given('spent', fields.amount('spent', 'positive', 'ВсегоСписано')),
    ...given('closing', fields.amount('closing', 'any', 'КонечныйОстаток')),
  }
  const { opening, received = '0', spent = '0', closing } = read
  if (opening !== undefined && closing !== undefined) {
    const expected = decimal(opening).plus(decimal(received)).minus(decimal(spent))
    if (!expected.equals(decimal(closing))) {
      const line = fields.section.values.get('КонечныйОстаток')?.line ?? fields.section.line
      fields.faults.push(wrongBalance({ path: `${fields.path}.closing`, key: 'КонечныйОстаток', line }))
    }
  }
  return read
}

const paymentOf = (fields: Fields, ownAccounts: ReadonlySet<string>): BankPayment => {
  const received = fields.amount('amount', 'positive', 'СуммаПриход')
  const spent = fields.amount('amount', 'positive', 'СуммаРасход')
  // A bank may write the other side as 0.
  const amount =
    fields.amount('amount', 'positive', 'Сумма') ?? [received, spent].find((sum) => !isZero(sum)) ?? received
  if (amount === undefined && !hasBadAmount(fields)) fields.missing('amount', 'Сумма')
  const number = fields.text('НомерДокумента', 'Номер')
  if (number === undefined) fields.missing('number', 'НомерДокумента')
  const date = fields.date('date', 'ДатаДокумента', 'Дата', 'ДатаОперации')
  if (date === undefined && fields.text('ДатаДокумента', 'Дата', 'ДатаОперации') === undefined) {
    fields.missing('date', 'ДатаДокумента')
  }
  const payer = partyOf(fields, 'Плательщик')
  const payee = partyOf(fields, 'Получатель')
  const direction = directionOf({ received, spent, payer, payee, ownAccounts })
  return {
    number: number ?? '',
    date: date ?? '',
    ...given('bookedOn', bookedOn(fields, direction)),
    ...given('valueOn', fields.date('valueOn', 'ДатаВалютирования')),
    amount: amount ?? '',
    currency: currencyOf(fields.text('Валюта'), direction === 'out' ? payer : payee),
    ...(direction === undefined ? {} : { direction }),
    payer,
    payee,
    purpose: purposeOf(fields),
    ...given('purposeCode', fields.text('КодНазначенияПлатежа', 'КодНазПлатежа')),
    ...given('kind', fields.text('ВидДокумента') ?? unquoted(fields.section.title)),
    place: `строка ${fields.section.line}`,
  }
}

const isZero = (amount: DecimalText | undefined): boolean => amount === undefined || decimal(amount).isZero()

const hasBadAmount = ({ path, faults }: Fields): boolean =>
  faults.some((fault) => fault.path === `${path}.amount`)

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1')

type Side = 'Плательщик' | 'Получатель'

const partyOf = (fields: Fields, side: Side): BankParty => ({
  // 1C's own description puts `ИНН 123456789012 ТОО …` into the plain key and the bare name into the numbered one.
  name:
    fields.text(`${side}Наименование`, `${side}1`) ??
    fields.text(side)?.replace(/^(ИНН|БИН|ИИН)\s*\d+\s+/i, '') ??
    '',
  ...given('taxId', compact(fields.text(`${side}БИН_ИИН`, `${side}ИНН`))),
  ...given('account', compact(fields.text(`${side}ИИК`, `${side}Счет`, `${side}РасчСчет`))),
  ...given('bankName', fields.text(`${side}БанкНаименование`, `${side}Банк1`)),
  ...given('bankCode', fields.text(`${side}БанкБИК`, `${side}БИК`)),
  ...given('beneficiaryCode', fields.text(`${side}КБЕ`)),
})

const directionOf = (facts: {
  received: DecimalText | undefined
  spent: DecimalText | undefined
  payer: BankParty
  payee: BankParty
  ownAccounts: ReadonlySet<string>
}): 'in' | 'out' | undefined => {
  const came = !isZero(facts.received)
  const went = !isZero(facts.spent)
  if (came !== went) return came ? 'in' : 'out'
  const isOurs = ({ account }: BankParty): boolean => account !== undefined && facts.ownAccounts.has(account)
  if (isOurs(facts.payee) === isOurs(facts.payer)) return undefined
  return isOurs(facts.payee) ? 'in' : 'out'
}

const bookedOn = (fields: Fields, direction: 'in' | 'out' | undefined): LocalDate | undefined => {
  const operation = fields.date('bookedOn', 'ДатаОперации')
  const came = fields.date('bookedOn', 'ДатаПоступило')
  const went = fields.date('bookedOn', 'ДатаСписано')
  return operation ?? (direction === 'out' ? went : (came ?? went))
}

const numericCurrencies: Readonly<Record<string, string>> = {
  '398': 'KZT',
  '643': 'RUB',
  '810': 'RUB',
  '840': 'USD',
  '978': 'EUR',
  '156': 'CNY',
}

/** Named by letters or digits; otherwise that of the own account. Twenty digits are an account in Russia. */
const currencyOf = (named: string | undefined, { account = '' }: BankParty): string => {
  if (named !== undefined) return numericCurrencies[named] ?? named.toUpperCase()
  return /^\d{20}$/.test(account) ? (numericCurrencies[account.slice(5, 8)] ?? 'KZT') : 'KZT'
}

/** Numbered lines hold the purpose when the plain key is missing, and repeat it when it is there. */
const purposeOf = (fields: Fields): string =>
  fields.text('НазначениеПлатежа') ??
  ([1, 2, 3, 4, 5, 6] as const)
    .map((part) => fields.text(`НазначениеПлатежа${part}`))
    .filter((part) => part !== undefined)
    .join(' ')

const unreadOf = ({ head, accounts, documents }: Sections): string[] => {
  const places = new Set(head.unread)
  for (const { unread } of accounts) for (const key of unread) places.add(`СекцияРасчСчет/${key}`)
  for (const { unread } of documents) for (const key of unread) places.add(`СекцияДокумент/${key}`)
  return [...places]
}
