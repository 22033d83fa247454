import type { DocumentKind, LeafForm } from '../../core/document/index.ts'
import type { LocalDate } from '../../core/kernel/index.ts'
import type { Path, SourceFormat } from './path.ts'

/** A mapping as read from its YAML: how one foreign format becomes documents. Plain data: it travels to a thread. */
export interface Mapping {
  readonly name: string
  /** Raised by whoever changes it; kept with every document that it read. */
  readonly version: number
  readonly title: string
  /** Base name of its file, for rules: `shop-order.yaml`. */
  readonly file: string
  readonly text: string
  /** SHA-256 of the text, the first 12 hex characters: the same version with another text is seen. */
  readonly digest: string
  readonly source: SourceSpec
  readonly documents: readonly DocumentSpec[]
  readonly dictionaries: Readonly<Record<string, Dictionary>>
}

export interface SourceSpec {
  readonly format: SourceFormat
  /** Where the records are; without it the whole file is one (of a table: every row). */
  readonly records: Path | undefined
  /** Records for which it is not true are passed over. */
  readonly where: Expression | undefined
  readonly csv: CsvSpec
}

export interface CsvSpec {
  readonly encoding: 'utf-8' | 'windows-1251' | 'utf-16le'
  readonly separator: string
  readonly quote: string
  /** Lines above the header. */
  readonly skip: number
  /** Names of columns, when the file has no header. */
  readonly columns: readonly string[] | undefined
  /** Rows that agree in these columns are one document; its `rows` are its lines. */
  readonly group: readonly string[]
}

export interface DocumentSpec {
  readonly kind: DocumentKind
  readonly when: Expression | undefined
  /** Only when none of the others was made. */
  readonly otherwise: boolean
  readonly fields: RecordRule
}

/** A JSONata expression with the place it stands at. */
export interface Expression {
  readonly text: string
  /** `shop-order.yaml:31`. */
  readonly rule: string
}

/** How a record of the document is made. */
export interface RecordRule {
  readonly is: 'record'
  readonly rule: string
  readonly at: Path | undefined
  readonly when: Expression | undefined
  /** Tax id and name of the connection's company, and what its profile says. */
  readonly organisation: boolean
  /** What is left out is computed. */
  readonly compute: 'amounts' | 'totals' | undefined
  readonly fields: readonly FieldRule[]
}

export interface FieldRule {
  readonly key: string
  readonly value: LeafRule | RecordRule | ListRule
}

/** A list: one item for each node found. */
export interface ListRule {
  readonly is: 'list'
  readonly rule: string
  readonly each: readonly Path[]
  readonly when: Expression | undefined
  readonly item: RecordRule
}

/** How one value of the document is made. */
export interface LeafRule {
  readonly is: 'leaf'
  readonly rule: string
  readonly take: Take
  readonly form: LeafForm
  readonly isList: boolean
  readonly as: Conversion
  /** Pattern of dates: `dd.MM.yyyy`. */
  readonly format: string | undefined
  readonly dictionary: string | undefined
  /** Places after the point, half up. */
  readonly round: number | undefined
  /** When nothing was found. */
  readonly fallback: string | undefined
  readonly when: Expression | undefined
  /** Puts several values together. */
  readonly join: string | undefined
  /** A table may lack the column. */
  readonly optional: boolean
}

export type Take =
  | { readonly is: 'path'; readonly path: Path }
  | { readonly is: 'constant'; readonly value: string }
  | { readonly is: 'expression'; readonly expression: Expression }
  /** The first that finds something. */
  | { readonly is: 'first'; readonly of: readonly Take[] }

export const conversions = [
  'text',
  'decimal',
  'date',
  'boolean',
  'tax-id',
  'account',
  'uuid',
  'unit',
  'vat',
  'currency',
  'country',
] as const

export type Conversion = (typeof conversions)[number]

/** Own words of a foreign system and what they mean here; an entry may be bounded in time. */
export interface Dictionary {
  readonly entries: readonly DictionaryEntry[]
  /** What is not in it: refused, left as it stands, or this value. */
  readonly otherwise: { readonly is: 'refuse' | 'keep' } | { readonly is: 'value'; readonly value: string }
}

export interface DictionaryEntry {
  readonly key: string
  readonly value: string
  readonly from: LocalDate | undefined
  readonly until: LocalDate | undefined
}
