import type { DecimalText, LocalDate, Result } from '../kernel/index.ts'

/** One side of a payment, as the bank names it. Nothing here is checked against a register. */
export interface BankParty {
  name: string
  /** БИН or ИИН as the bank writes it, which may be a foreign number. */
  taxId?: string
  /** ИИК. */
  account?: string
  bankName?: string
  /** БИК. */
  bankCode?: string
  /** КБе. */
  beneficiaryCode?: string
}

export interface BankPayment {
  /** Number and day of the payer's order. */
  number: string
  date: LocalDate
  /** When the money moved on the account of the statement; undefined when the bank does not say. */
  bookedOn?: LocalDate
  valueOn?: LocalDate
  /** Two places, never negative. */
  amount: DecimalText
  /** ISO 4217. */
  currency: string
  /** Towards the account of the statement, or from it; undefined between two own accounts. */
  direction?: 'in' | 'out'
  payer: BankParty
  payee: BankParty
  /** Назначение платежа; its lines are joined by a space. */
  purpose: string
  /** КНП. */
  purposeCode?: string
  /** What the bank calls it: `ПлатежноеПоручение`. */
  kind?: string
  /** Where it begins in the file: `строка 20`. */
  place: string
}

/** What the bank says of one account over a time. The balances agree with the turnovers, or it is not read. */
export interface BankAccount {
  account: string
  from?: LocalDate
  until?: LocalDate
  opening?: DecimalText
  received?: DecimalText
  spent?: DecimalText
  closing?: DecimalText
}

/** A file of a bank, read as a whole or not at all. */
export interface BankStatement {
  /** The bank, in its own words. */
  sender?: string
  from?: LocalDate
  until?: LocalDate
  accounts: BankAccount[]
  payments: BankPayment[]
  /** Keys of the file that nothing read. */
  unread: string[]
}

/** Reads the statements of one kind. Pure: the same bytes read the same; never throws for what a bank wrote. */
export interface BankStatementFormat {
  name: string
  /** True when the first bytes are of this kind; `read` then tells what is wrong with the rest. */
  recognises(bytes: Uint8Array): boolean
  read(bytes: Uint8Array): Promise<Result<BankStatement>>
}
