import type { Words } from '../../kernel/index.ts'

/**
 * The words in which the ЭДО format is declared. A field is written once, here are its value, its limits
 * and its title in three languages; types, readers, the writer, the XSD and the JSON Schema follow from it.
 */

export type Presence = 'required' | 'optional' | 'defaulted'

/** A line of text. Trimmed when read; an empty text is an absent one. */
export interface TextForm {
  readonly is: 'text'
  /** Longest value in UTF-16 units, what 1C and XSD count for the letters in use here. */
  readonly max: number
  /** Whole-value pattern in the syntax that JavaScript and XSD share; `typeName` names it in the XSD. */
  readonly pattern?: string
  readonly typeName?: string
  /** A value of that shape, for people: faults and schemas show it. */
  readonly example?: string
}

/** An exact decimal, a string in JSON, `xs:decimal` in XML. */
export interface DecimalForm {
  readonly is: 'decimal'
  /** All digits, as `totalDigits` of XSD. */
  readonly digits: number
  readonly fraction: number
  /** Places always written: 2 for money (`1200.50`), 0 for the shortest text (`1.5`). */
  readonly places: number
}

export interface DateForm {
  readonly is: 'date'
}

export interface BooleanForm {
  readonly is: 'boolean'
}

/** One of a closed list. */
export interface CodeForm {
  readonly is: 'code'
  readonly typeName: string
  readonly codes: readonly string[]
}

/** Bytes as canonical base64: padded, no line breaks. */
export interface BytesForm {
  readonly is: 'bytes'
  readonly maxBytes: number
}

export interface RecordForm {
  readonly is: 'record'
  /** Name of the XSD complex type and of the JSON Schema definition; unique in the language. */
  readonly name: string
  readonly title: Words
  readonly shape: Shape
}

export interface ListForm {
  readonly is: 'list'
  /** Element name of one item: `lines` holds repeated `Line`. */
  readonly singular: string
  readonly max: number
  readonly item: LeafForm | RecordForm
}

export type LeafForm = TextForm | DecimalForm | DateForm | BooleanForm | CodeForm | BytesForm
export type Form = LeafForm | RecordForm | ListForm

declare const meaning: unique symbol

export interface Field<T = unknown, P extends Presence = Presence> {
  readonly form: Form
  readonly title: Words
  readonly presence: P
  /** The value of a defaulted field that was not sent, in XML text. */
  readonly fallback?: string
  /** Only for the compiler: the TypeScript type of the value. */
  readonly [meaning]?: T
}

export type Shape = Readonly<Record<string, Field>>

type Simplify<T> = { [K in keyof T]: T[K] } & {}
type OptionalKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends Field<unknown, infer P> ? (P extends 'optional' ? K : never) : never
}[keyof S]

/** The TypeScript type of a declared shape. */
export type Infer<S extends Shape> = Simplify<
  { [K in Exclude<keyof S, OptionalKeys<S>>]: S[K] extends Field<infer T, Presence> ? T : never } & {
    [K in OptionalKeys<S>]?: S[K] extends Field<infer T, Presence> ? T : never
  }
>

/** A declared record, to be nested, listed or used as a kind of document. */
export interface RecordType<S extends Shape> extends RecordForm {
  readonly shape: S
}

export const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

const field = <T>(form: Form, title: Words): Field<T, 'required'> => ({ form, title, presence: 'required' })

export const text = (max: number, title: Words): Field<string, 'required'> =>
  field({ is: 'text', max }, title)

/** Text of a fixed shape. The pattern covers the whole value and uses only what XSD and JavaScript both understand. */
export const patterned = (
  typeName: string,
  max: number,
  pattern: string,
  example: string,
  title: Words,
): Field<string, 'required'> => field({ is: 'text', max, pattern, typeName, example }, title)

/** Quantities, prices and rates: at most `digits` digits, `fraction` of them after the point. */
export const decimalNumber = (digits: number, fraction: number, title: Words): Field<string, 'required'> =>
  field({ is: 'decimal', digits, fraction, places: 0 }, title)

/** A sum of money: 17 digits, always two places. */
export const money = (title: Words): Field<string, 'required'> =>
  field({ is: 'decimal', digits: 17, fraction: 2, places: 2 }, title)

export const date = (title: Words): Field<string, 'required'> => field({ is: 'date' }, title)

export const flag = (title: Words): Field<boolean, 'required'> => field({ is: 'boolean' }, title)

export const code = <const C extends string>(
  typeName: string,
  codes: readonly C[],
  title: Words,
): Field<C, 'required'> => field({ is: 'code', typeName, codes }, title)

export const bytes = (maxBytes: number, title: Words): Field<string, 'required'> =>
  field({ is: 'bytes', maxBytes }, title)

export const record = <const S extends Shape>(name: string, title: Words, shape: S): RecordType<S> => ({
  is: 'record',
  name,
  title,
  shape,
})

export const nested = <S extends Shape>(type: RecordType<S>, title?: Words): Field<Infer<S>, 'required'> =>
  field(type, title ?? type.title)

export const list = <S extends Shape>(
  singular: string,
  type: RecordType<S>,
  max: number,
  title: Words,
): Field<Infer<S>[], 'required'> => field({ is: 'list', singular, item: type, max }, title)

/** A list of plain values; `of` declares one of them. */
export const listOf = <T>(
  singular: string,
  of: Field<T, 'required'>,
  max: number,
  title: Words,
): Field<T[], 'required'> => {
  if (of.form.is === 'list' || of.form.is === 'record')
    throw new Error(`${singular}: a list of plain values only`)
  return field({ is: 'list', singular, item: of.form, max }, title)
}

export const optional = <T>(of: Field<T, 'required'>): Field<T, 'optional'> => ({
  ...of,
  presence: 'optional',
})

/** May be left out; then it holds `fallback`, also in the exact bytes. */
export const defaulted = <T>(of: Field<T, 'required'>, fallback: string): Field<T, 'defaulted'> => ({
  ...of,
  presence: 'defaulted',
  fallback,
})
