import type { Words } from '../../kernel/index.ts'
import type { Field, LeafForm, RecordForm } from './declare.ts'
import type { FaultList } from './faults.ts'
import type { LeafReader } from './leaf.ts'
import { leafReader, Trouble } from './leaf.ts'

/** A declaration compiled once into what the readers and the writer walk. */
export interface FieldPlan {
  readonly index: number
  readonly key: string
  readonly element: string
  readonly title: Words
  readonly isRequired: boolean
  /** What a field left out holds. */
  readonly fallback: string | boolean | undefined
  readonly isList: boolean
  /** Most items of a list. */
  readonly max: number
  /** Of the value, or of one item of the list: exactly one of the two is there. */
  readonly leaf: LeafPlan | undefined
  readonly record: RecordPlan | undefined
}

export interface LeafPlan {
  readonly is: LeafForm['is']
  /** Name of the declared type of a patterned text: `TaxId`, `Iik`. */
  readonly typeName: string | undefined
  readonly read: LeafReader
  /** Text that may need escaping; numbers, dates and codes never do. */
  readonly needsEscape: boolean
}

export interface RecordPlan {
  readonly name: string
  readonly title: Words
  readonly fields: readonly FieldPlan[]
  readonly byKey: ReadonlyMap<string, FieldPlan>
  readonly byElement: ReadonlyMap<string, FieldPlan>
}

/** The element of a key: `taxId` → `TaxId`. */
export const elementOf = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1)

const compiled = new Map<RecordForm, RecordPlan>()

export const planOf = (form: RecordForm): RecordPlan => {
  const known = compiled.get(form)
  if (known !== undefined) return known
  const fields = Object.entries(form.shape).map(([key, field], index) => compileField(key, field, index))
  const plan: RecordPlan = {
    name: form.name,
    title: form.title,
    fields,
    byKey: new Map(fields.map((field) => [field.key, field])),
    byElement: new Map(fields.map((field) => [field.element, field])),
  }
  if (plan.byElement.size !== fields.length)
    throw new Error(`two fields of ${form.name} share an element name`)
  compiled.set(form, plan)
  return plan
}

const compileField = (key: string, field: Field, index: number): FieldPlan => {
  const isList = field.form.is === 'list'
  const value = field.form.is === 'list' ? field.form.item : field.form
  const leaf: LeafPlan | undefined =
    value.is === 'record'
      ? undefined
      : {
          is: value.is,
          typeName: value.is === 'text' ? value.typeName : undefined,
          read: leafReader(value),
          needsEscape: value.is === 'text' && needsEscape(value.pattern),
        }
  return {
    index,
    key,
    element: field.form.is === 'list' ? field.form.singular : elementOf(key),
    title: field.title,
    isRequired: field.presence === 'required',
    fallback: fallbackOf(key, field, leaf),
    isList,
    max: field.form.is === 'list' ? field.form.max : 1,
    leaf,
    record: value.is === 'record' ? planOf(value) : undefined,
  }
}

/** A pattern without `&`, `<` and `>` never lets them through. */
const needsEscape = (pattern: string | undefined): boolean =>
  pattern === undefined || /[&<>.\\^]/.test(pattern)

const fallbackOf = (key: string, field: Field, leaf: LeafPlan | undefined): string | boolean | undefined => {
  if (field.fallback === undefined) return undefined
  const value = leaf?.read(field.fallback)
  if (value === undefined || value instanceof Trouble)
    throw new Error(`${key}: its default is not a value of its own`)
  return value
}

/** Seen, and as good as absent: empty, nil, the empty date of 1C. */
export const blank = Symbol('blank')
/** Seen, and already complained of: must not be called missing as well. */
export const faulty = Symbol('faulty')

/** Values of a record while it is read, by index of the field. */
export type Slots = unknown[]

export const emptySlots = (plan: RecordPlan): Slots => new Array<unknown>(plan.fields.length)

/**
 * The finished record in declared order with defaults, `undefined` when nothing was written in it, or
 * `faulty` when something in it was complained of.
 */
export const complete = (
  plan: RecordPlan,
  slots: Slots,
  pathTo: (key: string) => string,
  faults: FaultList,
  target: Record<string, unknown> = {},
  mayBeEmpty = true,
): Record<string, unknown> | typeof faulty | undefined => {
  if (mayBeEmpty && slots.every((slot) => slot === undefined || slot === blank)) return undefined
  let isFaulty = false
  for (const field of plan.fields) {
    const value = slots[field.index]
    if (value === faulty) {
      isFaulty = true
    } else if (value !== undefined && value !== blank) {
      target[field.key] = value
    } else if (field.fallback !== undefined) {
      target[field.key] = field.fallback
    } else if (field.isRequired) {
      faults.add('DOC-02', pathTo(field.key), { field: field.title })
      isFaulty = true
    }
  }
  return isFaulty ? faulty : target
}
