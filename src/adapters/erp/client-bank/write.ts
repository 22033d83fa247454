import type { BankAccount, BankParty, BankPayment, BankStatement } from '../../../core/access/index.ts'
import { failed, ok, type LocalDate, type Result } from '../../../core/kernel/index.ts'
import { encodeSingleByte } from '../../xml/index.ts'
import { letterWithoutByte } from './bank-faults.ts'

export type BankEncoding = 'windows-1251' | 'ibm866' | 'utf-8'

const encodingWords: Readonly<Record<BankEncoding, string>> = {
  'windows-1251': 'Windows',
  ibm866: 'DOS',
  'utf-8': 'UTF-8',
}

/** A statement in the keys of Kazakhstan (version 2.0), as 1C:Бухгалтерия для Казахстана loads it. */
export const writeClientBank = (statement: BankStatement, encoding: BankEncoding): Result<Uint8Array> => {
  const { sender, from, until, accounts, payments } = statement
  const lines = [
    '1CClientBankExchange',
    'ВерсияФормата=2.0',
    `Кодировка=${encodingWords[encoding]}`,
    ...line('Отправитель', sender),
    'Получатель=1C Предприятие, Бухгалтерия для Казахстана',
    ...line('ДатаНачала', day(from)),
    ...line('ДатаКонца', day(until)),
    ...accounts.flatMap(({ account }) => line('РасчСчет', account)),
    ...accounts.flatMap(accountLines),
    ...payments.flatMap(paymentLines),
    'КонецФайла',
    '',
  ]
  const text = lines.join('\r\n')
  if (encoding === 'utf-8') return ok(new TextEncoder().encode(text))
  const bytes = encodeSingleByte(text, encoding)
  return bytes === undefined ? failed(letterWithoutByte()) : ok(bytes)
}

/** A value never leaves its line: a line break in a name would let it pass for another key. */
const line = (key: string, value: string | undefined): string[] => {
  const flat = value?.replace(/[\s\p{Cc}]+/gu, ' ').trim() ?? ''
  return flat === '' ? [] : [`${key}=${flat}`]
}

const day = (date: LocalDate | undefined): string | undefined => date?.split('-').reverse().join('.')

const accountLines = ({ account, from, until, opening, received, spent, closing }: BankAccount): string[] => [
  'СекцияРасчСчет',
  ...line('ДатаНачала', day(from)),
  ...line('ДатаКонца', day(until)),
  ...line('РасчСчет', account),
  ...line('НачальныйОстаток', opening),
  ...line('ВсегоПоступило', received),
  ...line('ВсегоСписано', spent),
  ...line('КонечныйОстаток', closing),
  'КонецРасчСчет',
]

const directionKeys = { in: 'СуммаПриход', out: 'СуммаРасход' } as const

const paymentLines = (payment: BankPayment): string[] => [
  'СекцияДокумент=Выписка',
  ...line('ВидДокумента', payment.kind),
  ...line('ДатаОперации', day(payment.bookedOn)),
  ...(payment.direction === undefined ? [] : line(directionKeys[payment.direction], payment.amount)),
  ...line('НомерДокумента', payment.number),
  ...line('ДатаДокумента', day(payment.date)),
  ...partyLines('Плательщик', payment.payer),
  ...partyLines('Получатель', payment.payee),
  ...line('НазначениеПлатежа', payment.purpose),
  ...line('КодНазначенияПлатежа', payment.purposeCode),
  ...line('ДатаВалютирования', day(payment.valueOn)),
  ...line('Сумма', payment.amount),
  ...line('Валюта', payment.currency),
  'КонецДокумента',
]

const partyLines = (side: 'Плательщик' | 'Получатель', party: BankParty): string[] => [
  ...line(`${side}Наименование`, party.name),
  ...line(`${side}БИН_ИИН`, party.taxId),
  ...line(`${side}КБЕ`, party.beneficiaryCode),
  ...line(`${side}ИИК`, party.account),
  ...line(`${side}БанкНаименование`, party.bankName),
  ...line(`${side}БанкБИК`, party.bankCode),
]
