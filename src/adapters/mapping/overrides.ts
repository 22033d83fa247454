import { Document } from 'yaml'
import type { ConnectionProfile } from '../../core/company/index.ts'
import type { DocumentKind, Field, RecordForm } from '../../core/document/index.ts'
import type { Fault } from '../../core/kernel/index.ts'
import { readingFault } from './mapping-faults.ts'
import type { FieldRule, Mapping, RecordRule } from './mapping.ts'
import { RuleReader, type Places } from './rule-reader.ts'
import { fieldOf, recordOf } from './target.ts'

/** The name under which a profile holds settings of a mapping: that of its format. */
export const settingsOf = (mapping: string): string => `generic/${mapping}`

/** What one connection changes about a mapping. */
export interface Overrides {
  /** Own entries of dictionaries, by dictionary. */
  readonly dictionaries: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What expressions see as `$settings`. */
  readonly values: Readonly<Record<string, unknown>>
  /** Own rules by path (`comment`, `buyer.name`, `lines.code`), still as YAML nodes: each kind reads them for itself. */
  readonly fields: Readonly<Record<string, unknown>>
}

const noOverrides: Overrides = { dictionaries: {}, values: {}, fields: {} }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const overridesFor = (profile: ConnectionProfile, mapping: string): Overrides => {
  const { settings = {} } = profile
  const own = settings[settingsOf(mapping)]
  if (!isRecord(own)) return noOverrides
  const { dictionaries, fields, ...values } = own
  return {
    dictionaries: isRecord(dictionaries)
      ? Object.fromEntries(Object.entries(dictionaries).map(([name, table]) => [name, textsIn(table)]))
      : {},
    fields: isRecord(fields) ? fields : {},
    values,
  }
}

const textsIn = (table: unknown): Record<string, string> =>
  isRecord(table)
    ? Object.fromEntries(
        Object.entries(table).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      )
    : {}

/** What is wrong with the settings of a connection for a mapping, before any file is read. */
export const overrideFaults = (mapping: Mapping, settings: Record<string, unknown>): Fault[] =>
  withOverrides(mapping, overridesFor({ settings: { [settingsOf(mapping.name)]: settings } }, mapping.name))
    .faults

/** The mapping with the connection's own rules in it, or what is wrong with them. */
export const withOverrides = (
  mapping: Mapping,
  { fields }: Overrides,
): { mapping: Mapping; faults: Fault[] } => {
  const faults: Fault[] = []
  const paths = Object.keys(fields)
  if (paths.length === 0) return { mapping, faults }
  const known = new Set<string>()
  const documents = mapping.documents.map((spec) => {
    let rules = spec.fields
    for (const path of paths) {
      const changed = changedBy(mapping, spec.kind, rules, path, fields[path])
      if (changed === undefined) continue
      known.add(path)
      if ('faults' in changed) faults.push(...changed.faults)
      else rules = changed.rules
    }
    return { ...spec, fields: rules }
  })
  for (const path of paths.filter((one) => !known.has(one))) {
    faults.push(
      wrong(mapping.name, path, {
        ru: 'такого поля нет ни в одном документе отображения',
        kk: 'сәйкестендіру құжаттарында мұндай өріс жоқ',
        en: 'no document of the mapping has this field',
      }),
    )
  }
  return { mapping: { ...mapping, documents }, faults }
}

const placeOf = (mapping: string, path: string): string => `settings.${settingsOf(mapping)}.fields.${path}`

const wrong = (mapping: string, path: string, why: { ru: string; kk: string; en: string }): Fault =>
  readingFault('MAPPING-59', '', undefined, { mapping, place: placeOf(mapping, path), why })

const changedBy = (
  mapping: Mapping,
  kind: DocumentKind,
  rules: RecordRule,
  path: string,
  rule: unknown,
): { rules: RecordRule } | { faults: Fault[] } | undefined => {
  const document = new Document(rule)
  const place = `подключение: ${placeOf(mapping.name, path)}`
  const places: Places = { at: () => place, rule: () => place }
  const reader = new RuleReader(document, mapping.source.format, Object.keys(mapping.dictionaries), places)
  const changed = putIn(rules, recordOf(kind), path.split('.'), (form, key) => {
    const field = fieldOf(form, key)
    if (field === undefined || field.form.is === 'record' || field.form.is === 'list') return undefined
    return reader.leaf(document.contents ?? undefined, field.form)
  })
  if (reader.faults.length > 0) {
    return { faults: reader.faults.map(({ message }) => wrong(mapping.name, path, message)) }
  }
  return changed === undefined ? undefined : { rules: changed }
}

type MakeLeaf = (form: RecordForm, key: string) => FieldRule['value'] | undefined

const putIn = (
  rules: RecordRule,
  form: RecordForm,
  [key = '', ...rest]: readonly string[],
  make: MakeLeaf,
): RecordRule | undefined => {
  const before = rules.fields.find((one) => one.key === key)?.value
  const value =
    rest.length === 0 ? make(form, key) : putBelow(before, fieldOf(form, key)?.form, rest, make, rules.rule)
  if (value === undefined) return undefined
  const others = rules.fields.filter((one) => one.key !== key)
  return { ...rules, fields: [...others, { key, value }] }
}

const putBelow = (
  before: FieldRule['value'] | undefined,
  form: Field['form'] | undefined,
  rest: readonly string[],
  make: MakeLeaf,
  rule: string,
): FieldRule['value'] | undefined => {
  if (form?.is === 'list' && form.item.is === 'record') {
    // `extras.Менеджер`: the list of named values is a set of names in a mapping.
    if (form.item.name === 'Extra' && rest.length === 1) {
      const value = make(form.item, 'value')
      const own = before?.is === 'record' ? before : emptyRecord(rule)
      return value === undefined
        ? undefined
        : {
            ...own,
            fields: [...own.fields.filter(({ key }) => key !== rest[0]), { key: rest[0] ?? '', value }],
          }
    }
    if (before?.is !== 'list') return undefined
    const item = putIn(before.item, form.item, rest, make)
    return item === undefined ? undefined : { ...before, item }
  }
  if (form?.is !== 'record') return undefined
  return putIn(before?.is === 'record' ? before : emptyRecord(rule), form, rest, make)
}

const emptyRecord = (rule: string): RecordRule => ({
  is: 'record',
  rule,
  at: undefined,
  when: undefined,
  organisation: false,
  compute: undefined,
  fields: [],
})
