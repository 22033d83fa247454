/** A client of the operator: a legal entity or a person in business (offer 1.5). */
export interface Company {
  id: string
  /** БИН of a legal entity or ИИН of a person in business, 12 digits. */
  taxId: string
  name: string
}

/** One accounting base of a company: its own login, its own keys, its own feed position. */
export interface Connection {
  id: string
  companyId: string
  /** What the administrator calls it: "Бухгалтерия, Алматы". */
  name: string
  login: string
  /** Who signs outgoing documents of this base unless the document says otherwise. */
  signing: SigningMode
  /** The door it mainly uses (`onec-soap`, `rest` …). All doors are open to it: this one is shown and checked first. */
  door: string
}

/** `key`: the gateway signs with the company's key; `sender`: the document waits for `SubmitSignature`. */
export type SigningMode = 'key' | 'sender'

/**
 * Who is asking, as proved by credentials. Everything a caller may see or change hangs on `companyId`;
 * it never comes from a request's content.
 */
export interface Caller {
  companyId: string
  companyTaxId: string
  companyName: string
  connectionId: string
  connectionName: string
  signing: SigningMode
}

/** The operator's own staff and tools: sees state, tasks and trails of all; sends nothing. */
export interface Operator {
  keyId: string
  name: string
}
