import { readDocumentValue, senderPathOf, type DocumentKind } from '../../core/document/index.ts'
import type { ForeignReading, ReadingContext, ValueSource } from '../../core/exchange/index.ts'
import type { Fault } from '../../core/kernel/index.ts'
import { computeAmounts, computeTotals } from './compute.ts'
import { convert, type Lookups } from './convert.ts'
import type { Expressions, Pulse } from './expressions.ts'
import type {
  DocumentSpec,
  Expression,
  FieldRule,
  LeafRule,
  ListRule,
  Mapping,
  RecordRule,
  Take,
} from './mapping.ts'
import { readingFault, shown } from './mapping-faults.ts'
import type { Overrides } from './overrides.ts'
import type { Path } from './path.ts'
import type { Reads } from './reads.ts'
import { follow, isFields, itemsOf, textOf, type Found, type Tree } from './tree.ts'

type Made = Record<string, unknown>

/** What one record of the file is made into documents with. */
export interface Workshop {
  readonly mapping: Mapping
  readonly overrides: Overrides
  readonly context: ReadingContext
  readonly tree: Tree
  readonly reads: Reads
  readonly expressions: Expressions
  readonly pulse: Pulse
  /** Name and version of the mapping, as kept with the document. */
  readonly pinned: string
}

/** More nobody corrects in one sitting; the reader of the format stops there too. */
const maxFaults = 200
const longestFound = 200

/** Needed by the others: the day decides rates, and whether prices hold VAT decides sums. */
const computedKeys = [
  'price',
  'amountWithoutVat',
  'vatAmount',
  'amountWithVat',
  'exciseAmount',
  'turnoverAmount',
]

const firstKeys = ['turnoverDate', 'date', 'priceIncludesVat', 'currency']

const dayFirst = (fields: readonly FieldRule[]): FieldRule[] => {
  const rank = ({ key }: FieldRule): number => {
    const index = firstKeys.indexOf(key)
    // Totals are of the lines, so they come last.
    return index !== -1 ? index : key === 'totals' ? 1_000 : 100
  }
  return [...fields].sort((a, b) => rank(a) - rank(b))
}

/** Makes one document of one record; a document that cannot be made is all of its faults. */
export const makeDocument = async (
  workshop: Workshop,
  spec: DocumentSpec,
  record: Found,
): Promise<ForeignReading> => {
  const maker = new Maker(workshop, spec, record)
  const made = (await maker.record(spec.fields, record, '', dayFirst(spec.fields.fields))) ?? {}
  maker.fillOrganisation(made)
  const read = readDocumentValue(spec.kind, made)
  const faults = [...maker.faults, ...(read.ok ? [] : read.faults.filter((one) => !maker.explains(one)))]
  return {
    document: read.ok && faults.length === 0 ? read.value : undefined,
    faults: faults.slice(0, maxFaults),
    sources: maker.sources,
    unread: [],
    mapping: workshop.pinned,
  }
}

/** Whether a condition holds; a condition that fails is a fault of its own. */
export const holds = async (
  workshop: Workshop,
  condition: Expression | undefined,
  record: Found,
): Promise<boolean | Fault> => {
  if (condition === undefined) return true
  const maker = new Maker(workshop, undefined, record)
  return maker.holds(condition, record, '')
}

class Maker {
  readonly faults: Fault[] = []
  readonly sources: ValueSource[] = []
  readonly #workshop: Workshop
  readonly #kind: DocumentKind
  readonly #record: Found
  readonly #failed = new Set<string>()
  #lookups: Lookups
  #index = 0
  #priceIncludesVat = false
  #lines: Made[] = []

  constructor(workshop: Workshop, spec: DocumentSpec | undefined, record: Found) {
    this.#workshop = workshop
    this.#kind = spec?.kind ?? 'file'
    this.#record = record
    this.#lookups = {
      profile: workshop.context.profile,
      dictionaries: workshop.mapping.dictionaries,
      own: workshop.overrides.dictionaries,
      day: undefined,
      uuidScope: [workshop.mapping.name, this.#kind],
    }
  }

  /** A fault of the reader that follows from one told already: what failed is not missing as well. */
  explains({ code, path }: Fault): boolean {
    if (code !== 'DOC-02') return false
    for (const failed of this.#failed) {
      if (
        path === failed ||
        failed.startsWith(`${path}.`) ||
        failed.startsWith(`${path}[`) ||
        path.startsWith(`${failed}.`)
      )
        return true
    }
    return false
  }

  async record(
    rule: RecordRule,
    node: Found,
    path: string,
    fields: readonly FieldRule[] = rule.fields,
  ): Promise<Made | undefined> {
    const at = rule.at === undefined ? node : this.#follow(rule.at, node)[0]
    if (at === undefined) return undefined
    if (!(await this.#isWanted(rule.when, at, path))) return undefined
    const made: Made = {}
    if (rule.organisation) this.#ownCompany(made, path, rule)
    for (const { key, value } of fields) {
      const own = path === '' ? key : `${path}.${key}`
      const result =
        value.is === 'leaf'
          ? await this.leaf(value, at, own)
          : value.is === 'list'
            ? await this.list(value, at, own)
            : own === 'extras'
              ? await this.#extras(value, at)
              : await this.record(value, at, own)
      if (result !== undefined) made[key] = result
      if (path === '') this.#remember(key, result)
    }
    if (rule.compute !== undefined) this.#compute(rule, made, path)
    return Object.keys(made).length === 0 ? undefined : made
  }

  async list(rule: ListRule, node: Found, path: string): Promise<Made[] | undefined> {
    const items: Made[] = []
    const outer = this.#index
    let index = 0
    for (const each of rule.each) {
      for (const found of this.#follow(each, node).flatMap((one) => itemsOf(this.#workshop.tree, one))) {
        this.#index = index + 1
        if (!(await this.#isWanted(rule.when, found, `${path}[${items.length}]`))) continue
        index += 1
        const made = await this.record(rule.item, found, `${path}[${items.length}]`)
        if (made !== undefined) items.push(made)
        // A line that could not be made keeps its place, so that faults of the next ones stand where they are.
        else if (this.#failedIn(`${path}[${items.length}]`)) items.push({})
      }
    }
    this.#index = outer
    if (path === 'lines') this.#lines = items
    return items.length === 0 ? undefined : items
  }

  async leaf(rule: LeafRule, node: Found, path: string): Promise<unknown> {
    if (!(await this.#isWanted(rule.when, node, path))) return undefined
    const texts = await this.#texts(rule, rule.take, node, path)
    if (texts === undefined) return undefined
    const joined =
      rule.join === undefined || texts.length < 2
        ? texts
        : [
            {
              text: texts.map(({ text }) => text).join(rule.join),
              source: texts[0]?.source,
              found: undefined,
            },
          ]
    if (rule.isList) {
      const values = joined.flatMap((one, index) => this.#converted(rule, one, `${path}[${index}]`) ?? [])
      return values.length === 0 ? undefined : values
    }
    const [first, second] = joined
    if (second !== undefined) {
      return this.#fail(
        readingFault('MAPPING-47', path, first?.source, { count: joined.length, rule: rule.rule }),
      )
    }
    const value = first === undefined ? undefined : this.#converted(rule, first, path)
    if (value !== undefined || this.#failed.has(path)) return value
    if (rule.fallback === undefined) {
      const source = soughtAt(rule.take, node, this.#workshop.tree)
      // A fault of what is missing names the place where it was looked for.
      if (source !== undefined) this.sources.push({ path, source, rule: rule.rule })
      return undefined
    }
    return this.#converted(rule, { text: rule.fallback, source: undefined, found: undefined }, path)
  }

  /** Named values: a rule for each name. */
  async #extras({ fields }: RecordRule, node: Found): Promise<Made[] | undefined> {
    const extras: Made[] = []
    for (const { key, value } of fields) {
      if (value.is !== 'leaf') continue
      const text = await this.leaf(value, node, `extras[${extras.length}].value`)
      if (text !== undefined) extras.push({ name: key, value: text })
    }
    return extras.length === 0 ? undefined : extras
  }

  /** What the sender's own base does not tell comes from the profile of its connection. */
  fillOrganisation(made: Made): void {
    const { profile, company } = this.#workshop.context
    const path = senderPathOf(this.#kind)
    const sender = made[path]
    if (profile.organisation === undefined || !isMade(sender)) return
    if (sender.taxId !== undefined && sender.taxId !== company.taxId) return
    this.#fill(sender, profile.organisation, path, 'organisation')
  }

  async holds(condition: Expression, node: Found, path: string): Promise<boolean | Fault> {
    const result = await this.#run(condition, node, path)
    if ('fault' in result) return result.fault
    const { value } = result
    return Array.isArray(value) ? value.some(isTrue) : isTrue(value)
  }

  #remember(key: string, value: unknown): void {
    if (
      (key === 'turnoverDate' || key === 'date') &&
      typeof value === 'string' &&
      this.#lookups.day === undefined
    )
      this.#lookups = { ...this.#lookups, day: value }
    if (key === 'priceIncludesVat') this.#priceIncludesVat = value === true
  }

  #ownCompany(made: Made, path: string, { rule }: RecordRule): void {
    const { company } = this.#workshop.context
    for (const key of ['taxId', 'name'] as const) {
      made[key] = company[key]
      // Not of the file: nothing was found in it.
      this.sources.push({ path: `${path}.${key}`, source: 'подключение: организация', rule })
    }
  }

  #fill(into: Made, from: Record<string, unknown>, path: string, place: string): void {
    for (const [key, value] of Object.entries(from)) {
      const own = `${path}.${key}`
      if (isMade(value)) {
        const held = into[key] ?? {}
        if (!isMade(held)) continue
        this.#fill(held, value, own, `${place}.${key}`)
        into[key] = held
      } else if (into[key] === undefined && !this.#failed.has(own)) {
        into[key] = value
        this.sources.push({
          path: own,
          source: `подключение: ${place}.${key}`,
          rule: 'profile',
        })
      }
    }
  }

  #compute(rule: RecordRule, made: Made, path: string): void {
    const filled =
      rule.compute === 'amounts'
        ? computeAmounts(made, this.#kind, this.#priceIncludesVat)
        : this.#failedIn('lines')
          ? {}
          : computeTotals(this.#lines, this.#kind)
    // What could not be computed because something before it failed is not missing as well.
    if (this.#failedIn(path === 'totals' ? 'lines' : path)) {
      for (const key of computedKeys)
        if (made[key] === undefined && filled[key] === undefined) this.#failed.add(`${path}.${key}`)
    }
    for (const [key, value] of Object.entries(filled)) {
      if (made[key] !== undefined || this.#failed.has(`${path}.${key}`)) continue
      made[key] = value
      this.sources.push({ path: `${path}.${key}`, rule: `${rule.rule} compute: ${String(rule.compute)}` })
    }
  }

  #failedIn(path: string): boolean {
    for (const failed of this.#failed) if (failed.startsWith(path)) return true
    return false
  }

  async #isWanted(condition: Expression | undefined, node: Found, path: string): Promise<boolean> {
    if (condition === undefined) return true
    const outcome = await this.holds(condition, node, path)
    if (typeof outcome === 'boolean') return outcome
    this.#fail(outcome)
    return false
  }

  async #run(
    expression: Expression,
    node: Found,
    path: string,
  ): Promise<{ value: unknown } | { fault: Fault }> {
    const { expressions, reads, pulse, context, overrides } = this.#workshop
    return expressions.run(expression, node, {
      reads,
      pulse,
      path,
      lookups: this.#lookups,
      bindings: {
        record: reads.watched(this.#record),
        company: context.company,
        settings: overrides.values,
        index: this.#index,
      },
    })
  }

  /** The texts a rule takes; undefined when it has failed, and the fault is told. */
  async #texts(rule: LeafRule, take: Take, node: Found, path: string): Promise<TakenText[] | undefined> {
    switch (take.is) {
      case 'constant':
        return [{ text: take.value, source: undefined, found: undefined }]
      case 'path':
        return this.#textsAt(rule, take.path, node, path)
      case 'expression':
        return this.#textsOf(rule, take.expression, node, path)
      case 'first':
        for (const one of take.of) {
          const texts = await this.#texts(rule, one, node, path)
          if (texts === undefined || texts.length > 0) return texts
        }
        return []
    }
  }

  #textsAt(rule: LeafRule, at: Path, node: Found, path: string): TakenText[] | undefined {
    const texts: TakenText[] = []
    for (const found of this.#follow(at, node).flatMap((one) => itemsOf(this.#workshop.tree, one))) {
      this.#workshop.reads.note(found)
      const text = textOf(found.value)
      if (text === undefined && isFields(found.value)) {
        // An element that is there and empty but for its attributes says nothing.
        if (Object.keys(found.value).every((name) => name.startsWith('@'))) continue
        this.#fail(readingFault('MAPPING-48', path, found.place, { rule: rule.rule }))
        return undefined
      }
      if (text === undefined || text.trim() === '') continue
      texts.push({ text, source: found.place, found: text })
    }
    return texts
  }

  async #textsOf(
    rule: LeafRule,
    expression: Expression,
    node: Found,
    path: string,
  ): Promise<TakenText[] | undefined> {
    const { reads } = this.#workshop
    reads.begin()
    const result = await this.#run(expression, node, path)
    const looked = [...reads.end()]
    const source = looked.length === 0 ? undefined : summary(looked.map(([place]) => place))
    const found = looked.length === 0 ? undefined : summary(looked.map(([, text]) => text))
    if ('fault' in result) {
      this.#fail(source === undefined ? result.fault : { ...result.fault, source })
      return undefined
    }
    const texts: TakenText[] = []
    for (const one of Array.isArray(result.value) ? (result.value as unknown[]) : [result.value]) {
      if (one === undefined || one === null || one === '') continue
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') {
        this.#fail(readingFault('MAPPING-48', path, source, { rule: rule.rule }))
        return undefined
      }
      // A whole number is exact; anything else went through a double.
      if (typeof one === 'number' && !Number.isSafeInteger(one)) {
        this.#fail(readingFault('MAPPING-49', path, source, { rule: rule.rule }))
        return undefined
      }
      texts.push({ text: String(one), source, found })
    }
    return texts
  }

  #converted(rule: LeafRule, { text, source, found }: TakenText, path: string): string | boolean | undefined {
    const made = convert(text, rule, this.#lookups, { path, source })
    if (made === undefined) return undefined
    if ('code' in made) return this.#fail(made)
    this.sources.push({
      path,
      rule: rule.rule,
      ...(source === undefined ? {} : { source }),
      ...(found === undefined ? {} : { found: found.slice(0, longestFound) }),
      ...(made.dictionary === undefined ? {} : { dictionary: made.dictionary }),
    })
    return made.value
  }

  #follow(path: Path, node: Found): Found[] {
    const { tree } = this.#workshop
    const from =
      path.from === 'node' ? node : path.from === 'record' ? this.#record : { value: tree.root, place: '' }
    const [step] = path.steps
    if (tree.conflictOf !== undefined && step?.is === 'name') {
      const conflict = tree.conflictOf(from.value, step.name)
      if (conflict !== undefined) {
        const { lines, values } = conflict
        this.#fail(
          readingFault('MAPPING-54', '', tree.nameOf(from.place, step.name, from.value), {
            first: lines[0],
            second: lines[1],
            column: shown(step.name),
            a: values[0],
            b: values[1],
          }),
        )
        return []
      }
    }
    return follow(tree, from, path, (found) => this.#workshop.reads.note(found))
  }

  #fail(fault: Fault): undefined {
    this.#failed.add(fault.path)
    if (this.faults.length < maxFaults) this.faults.push(fault)
    return undefined
  }
}

/** Where a rule looks for its value, in the words of the file; an expression looks where it likes. */
const soughtAt = (take: Take, { place }: Found, tree: Tree): string | undefined => {
  if (take.is === 'first')
    return take.of.map((one) => soughtAt(one, { value: null, place }, tree)).find((one) => one !== undefined)
  if (take.is !== 'path') return undefined
  const { text, from } = take.path
  return from === 'node' ? tree.nameOf(place, text, null) : text
}

interface TakenText {
  text: string
  source: string | undefined
  found: string | undefined
}

const isTrue = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== ''

const isMade = (value: unknown): value is Made =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const summary = (parts: readonly string[]): string => {
  const first = parts.slice(0, 3).join(', ')
  return parts.length > 3 ? `${first} … (${parts.length})` : first
}
