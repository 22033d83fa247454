import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Scalar, type YAMLMap } from 'yaml'
import type { DocumentKind, Field, LeafForm, ListForm, RecordForm } from '../../core/document/index.ts'
import type { Fault, Words } from '../../core/kernel/index.ts'
import { isDateFormat } from './dates.ts'
import { builtinDictionaries } from './dictionaries.ts'
import { expressionFaults } from './expressions.ts'
import {
  conversions,
  type Conversion,
  type Expression,
  type FieldRule,
  type LeafRule,
  type RecordRule,
  type Take,
} from './mapping.ts'
import { mappingFault, shown, type MappingFaultCode } from './mapping-faults.ts'
import { readPath, type Path, type SourceFormat } from './path.ts'
import { fieldOf, usualConversion } from './target.ts'

/** Where nodes of one YAML stand: a file with lines, or the settings of a connection. */
export interface Places {
  /** `shop-order.yaml:31:7`. */
  at(node: Node | null | undefined, offset?: number): string
  /** `shop-order.yaml:31`. */
  rule(node: Node | null | undefined): string
}

const recordWords = ['at', 'when', 'organisation', 'compute', 'each'] as const
const leafWords = [
  'path',
  'value',
  'expr',
  'first',
  'as',
  'format',
  'dictionary',
  'round',
  'default',
  'when',
  'join',
  'optional',
] as const

/** Reads rules, the part of a mapping that follows the declared shape of a document. Every mistake is told at once. */
export class RuleReader {
  readonly faults: Fault[] = []
  readonly #document: Document
  readonly #format: SourceFormat
  readonly #dictionaries: readonly string[]
  readonly #places: Places

  constructor(document: Document, format: SourceFormat, dictionaries: readonly string[], places: Places) {
    this.#document = document
    this.#format = format
    this.#dictionaries = dictionaries
    this.#places = places
  }

  fail(
    code: MappingFaultCode,
    node: Node | null | undefined,
    holes: Record<string, string | number | Words> = {},
  ): undefined {
    this.faults.push(mappingFault(code, this.#places.at(node), holes))
    return undefined
  }

  /** An alias stands for what it names. */
  resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document)
    return (node as Node | null) ?? undefined
  }

  /** Pairs of a map by key, merge keys (`<<`) spread out. */
  pairs(node: Node | undefined): { key: string; at: Scalar; value: Node | undefined }[] {
    if (!isMap(node)) return []
    const own = new Map<string, { key: string; at: Scalar; value: Node | undefined }>()
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue
      const key = String(pair.key.value)
      if (key === '<<') {
        for (const merged of this.pairs(this.resolve(pair.value)))
          if (!own.has(merged.key)) own.set(merged.key, merged)
      } else own.set(key, { key, at: pair.key, value: this.resolve(pair.value) })
    }
    return [...own.values()]
  }

  textOf(node: Node | undefined): string | undefined {
    if (!isScalar(node)) return undefined
    const { value, source } = node
    if (typeof value === 'string') return value
    // Numbers and booleans as they are written: 1.50 is not 1.5.
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return source ?? String(value)
    return undefined
  }

  record(
    node: Node | undefined,
    form: RecordForm,
    kind: DocumentKind,
    path: string,
    isRoot = false,
  ): RecordRule | undefined {
    if (!isMap(node)) return this.fail('MAPPING-05', node, { key: path, wanted: aRecord })
    let at: Path | undefined
    let when: Expression | undefined
    let organisation = false
    let compute: RecordRule['compute']
    const fields: FieldRule[] = []
    // A rule with a mistake is no missing rule.
    const given = new Set<string>()
    for (const { key, at: place, value } of this.pairs(node)) {
      const field = fieldOf(form, key)
      if (field !== undefined) {
        given.add(key)
        const made = this.#field(value, field, kind, path === '' ? key : `${path}.${key}`)
        if (made !== undefined) fields.push({ key, value: made })
      } else if (key === 'at') at = this.path(value)
      else if (key === 'when') when = this.expression(value)
      else if (key === 'organisation') organisation = this.flag(value, key)
      else if (key === 'compute') compute = this.#compute(value, form)
      else if (key !== 'each') this.fail('MAPPING-07', place, { kind, key: shown(key), known: knownIn(form) })
    }
    this.#mustHave(node, form, { given, organisation, compute }, path, isRoot)
    return { is: 'record', rule: this.#places.rule(node), at, when, organisation, compute, fields }
  }

  /** A rule for one leaf; `as` and the like are the field's own when it does not say them. */
  leaf(node: Node | undefined, form: LeafForm, isList = false): LeafRule | undefined {
    const options = isMap(node) ? this.pairs(node) : []
    const known = new Map(options.map((pair) => [pair.key, pair]))
    for (const { key, at } of options) {
      if (!(leafWords as readonly string[]).includes(key))
        this.fail('MAPPING-03', at, { key: shown(key), known: leafWords.join(', ') })
    }
    const text = (key: string): string | undefined => {
      const pair = known.get(key)
      if (pair === undefined) return undefined
      const value = this.textOf(pair.value)
      return value ?? this.fail('MAPPING-05', pair.at, { key, wanted: aText })
    }
    const take = isMap(node) ? this.#take(node, known) : this.#shortTake(node)
    if (take === undefined) return undefined

    const as = text('as')
    if (as !== undefined && !(conversions as readonly string[]).includes(as))
      this.fail('MAPPING-05', known.get('as')?.value, { key: 'as', wanted: conversions.join(', ') })
    const format = text('format')
    if (format !== undefined && !isDateFormat(format))
      this.fail('MAPPING-05', known.get('format')?.value, { key: 'format', wanted: aDateFormat })
    const dictionary = text('dictionary')
    if (dictionary !== undefined && ![...this.#dictionaries, ...builtinDictionaries].includes(dictionary)) {
      this.fail('MAPPING-14', known.get('dictionary')?.value, {
        name: shown(dictionary),
        known: this.#dictionaries.join(', ') || '—',
        builtin: builtinDictionaries.join(', '),
      })
    }
    const round = text('round')
    if (round !== undefined && !/^([0-9]|1[0-8])$/.test(round))
      this.fail('MAPPING-05', known.get('round')?.value, { key: 'round', wanted: '0–18' })
    const when = known.get('when')
    const optional = known.get('optional')
    return {
      is: 'leaf',
      rule: this.#places.rule(node),
      take,
      form,
      isList,
      as: (as as Conversion | undefined) ?? builtinConversion(dictionary) ?? usualConversion(form),
      format,
      dictionary,
      round: round === undefined ? undefined : Number(round),
      fallback: text('default'),
      when: when === undefined ? undefined : this.expression(when.value),
      join: text('join'),
      optional: optional === undefined ? false : this.flag(optional.value, 'optional'),
    }
  }

  path(node: Node | undefined): Path | undefined {
    const text = this.textOf(node)
    if (text === undefined) return this.fail('MAPPING-05', node, { key: 'path', wanted: aText })
    const read = readPath(this.#format, text)
    return typeof read === 'string' ? this.fail('MAPPING-09', node, { path: shown(text), why: read }) : read
  }

  expression(node: Node | undefined): Expression | undefined {
    const text = this.textOf(node)
    if (text === undefined || text.trim() === '')
      return this.fail('MAPPING-05', node, { key: 'expr', wanted: anExpression })
    this.faults.push(...expressionFaults(text, (position) => this.#places.at(node, position)))
    return { text, rule: this.#places.rule(node) }
  }

  flag(node: Node | undefined, key: string): boolean {
    if (isScalar(node) && typeof node.value === 'boolean') return node.value
    this.fail('MAPPING-05', node, { key, wanted: 'true, false' })
    return false
  }

  #field(
    node: Node | undefined,
    { form }: Field,
    kind: DocumentKind,
    path: string,
  ): FieldRule['value'] | undefined {
    switch (form.is) {
      case 'record':
        return this.record(node, form, kind, path)
      case 'list':
        return this.#list(node, form, kind, path)
      default:
        return this.leaf(node, form)
    }
  }

  #list(
    node: Node | undefined,
    form: ListForm,
    kind: DocumentKind,
    path: string,
  ): FieldRule['value'] | undefined {
    const { item } = form
    if (item.is !== 'record') return this.leaf(node, item, true)
    if (path === 'extras' && isMap(node) && !node.has('each')) return this.#extras(node, item)
    const each = isMap(node) ? this.pairs(node).find(({ key }) => key === 'each') : undefined
    if (each === undefined) return this.fail('MAPPING-04', node, { key: 'each', about: eachWanted })
    const nodes = isSeq(each.value) ? each.value.items.map((one) => this.resolve(one)) : [each.value]
    const paths = nodes.flatMap((one) => this.path(one) ?? [])
    const made = this.record(node, item, kind, path)
    if (made === undefined) return undefined
    const { when, ...rest } = made
    return { is: 'list', rule: made.rule, each: paths, when, item: { ...rest, when: undefined } }
  }

  /** `extras: { "Менеджер": manager.name }`: a name and a rule for each. */
  #extras(node: YAMLMap, item: RecordForm): RecordRule | undefined {
    const form = fieldOf(item, 'value')?.form
    if (form?.is !== 'text') return undefined
    const fields = this.pairs(node).flatMap(({ key, value }): FieldRule[] => {
      const made = this.leaf(value, form)
      return made === undefined ? [] : [{ key, value: made }]
    })
    return {
      is: 'record',
      rule: this.#places.rule(node),
      at: undefined,
      when: undefined,
      organisation: false,
      compute: undefined,
      fields,
    }
  }

  #shortTake(node: Node | undefined): Take | undefined {
    if (isSeq(node)) {
      const of = node.items.flatMap((one) => this.#alternative(this.resolve(one)) ?? [])
      return of.length === 0 ? this.fail('MAPPING-15', node) : { is: 'first', of }
    }
    const path = this.path(node)
    return path === undefined ? undefined : { is: 'path', path }
  }

  /** One of several: a path, or a map with nothing but how to take. */
  #alternative(node: Node | undefined): Take | undefined {
    if (!isMap(node)) return this.#shortTake(node)
    const known = new Map(this.pairs(node).map((pair) => [pair.key, pair]))
    for (const [key, { at }] of known) {
      if (!['path', 'value', 'expr'].includes(key))
        this.fail('MAPPING-03', at, { key: shown(key), known: 'path, value, expr' })
    }
    return this.#take(node, known)
  }

  #take(node: Node, known: ReadonlyMap<string, { at: Scalar; value: Node | undefined }>): Take | undefined {
    const ways = ['path', 'value', 'expr', 'first'].filter((way) => known.has(way))
    const [way] = ways
    if (way === undefined || ways.length > 1) return this.fail('MAPPING-15', node)
    const value = known.get(way)?.value
    if (way === 'path' || way === 'first') return this.#shortTake(value)
    if (way === 'expr') {
      const expression = this.expression(value)
      return expression === undefined ? undefined : { is: 'expression', expression }
    }
    const text = this.textOf(value)
    return text === undefined
      ? this.fail('MAPPING-05', value, { key: 'value', wanted: aText })
      : { is: 'constant', value: text }
  }

  #compute(node: Node | undefined, form: RecordForm): RecordRule['compute'] {
    const wanted = form.name.endsWith('Totals')
      ? 'totals'
      : form.name.endsWith('Line')
        ? 'amounts'
        : undefined
    const text = this.textOf(node)
    if (wanted !== undefined && text === wanted) return wanted
    this.fail('MAPPING-05', node, { key: 'compute', wanted: wanted ?? '—' })
    return undefined
  }

  /** A required field that no rule gives would refuse every document: better to hear it now. */
  #mustHave(
    node: Node,
    form: RecordForm,
    { given, organisation, compute }: { given: Set<string> } & Pick<RecordRule, 'organisation' | 'compute'>,
    path: string,
    isRoot: boolean,
  ): void {
    if (!isRoot && given.size === 0 && !organisation && compute === undefined) return
    if (organisation) given.add('taxId').add('name')
    for (const [key, { presence, title }] of Object.entries(form.shape)) {
      if (presence !== 'required' || given.has(key)) continue
      if (compute === 'totals' || (compute === 'amounts' && computed.has(key))) continue
      this.fail('MAPPING-08', node, { path: path === '' ? key : `${path}.${key}`, title })
    }
  }
}

const computed = new Set(['price', 'amountWithoutVat', 'vatAmount', 'amountWithVat', 'turnoverAmount'])

const byBuiltin: Readonly<Record<string, Conversion>> = {
  mkei: 'unit',
  vat: 'vat',
  currencies: 'currency',
  countries: 'country',
}

const builtinConversion = (dictionary: string | undefined): Conversion | undefined =>
  dictionary === undefined || !Object.hasOwn(byBuiltin, dictionary) ? undefined : byBuiltin[dictionary]

const knownIn = (form: RecordForm): string => [...Object.keys(form.shape), ...recordWords].join(', ')

const aText: Words = { ru: 'текст', kk: 'мәтін', en: 'a text' }
const aRecord: Words = {
  ru: 'набор «поле: правило»',
  kk: '«өріс: ереже» жиыны',
  en: 'a set of “field: rule”',
}
const anExpression: Words = { ru: 'выражение JSONata', kk: 'JSONata өрнегі', en: 'a JSONata expression' }
const aDateFormat: Words = {
  ru: 'dd.MM.yyyy, yyyyMMdd, M/d/yyyy HH:mm, unix, unix-ms, excel',
  kk: 'dd.MM.yyyy, yyyyMMdd, M/d/yyyy HH:mm, unix, unix-ms, excel',
  en: 'dd.MM.yyyy, yyyyMMdd, M/d/yyyy HH:mm, unix, unix-ms, excel',
}
const eachWanted: Words = {
  ru: 'путь к повторяющимся строкам',
  kk: 'қайталанатын жолдарға апаратын жол',
  en: 'the path to the repeated lines',
}
