import { createHash } from 'node:crypto'
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { documentKinds, isDocumentKind, type DocumentKind } from '../../core/document/index.ts'
import { failed, isLocalDate, ok, type Result, type Words } from '../../core/kernel/index.ts'
import type {
  CsvSpec,
  Dictionary,
  DictionaryEntry,
  DocumentSpec,
  Mapping,
  RecordRule,
  SourceSpec,
} from './mapping.ts'
import { mappingFault, shown } from './mapping-faults.ts'
import type { SourceFormat } from './path.ts'
import { RuleReader, type Places } from './rule-reader.ts'
import { recordOf } from './target.ts'

const maxBytes = 512 * 1024

/** A name of a mapping: the end of a format's name, and of a file's. */
export const mappingName = /^[a-z0-9][a-z0-9-]{0,49}$/

const topWords = [
  'name',
  'version',
  'title',
  'source',
  'kind',
  'fields',
  'shared',
  'documents',
  'dictionaries',
  'about',
]
const sourceWords = [
  'format',
  'records',
  'where',
  'encoding',
  'separator',
  'quote',
  'skip',
  'columns',
  'group',
]
const documentWords = ['kind', 'when', 'otherwise', 'fields']
const dictionaryWords = ['values', 'entries', 'otherwise']
const entryWords = ['key', 'value', 'from', 'until']

/** A mapping from the text of its file, or everything that is wrong with it, with lines and columns. */
export const readMapping = (text: string, file: string): Result<Mapping> => {
  if (Buffer.byteLength(text) > maxBytes)
    return failed(mappingFault('MAPPING-19', file, { limit: maxBytes / 1024 }))
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true })
  if (document.errors.length > 0) {
    return failed(
      ...document.errors.slice(0, 20).map(({ pos, code }) => {
        const { line, col } = lines.linePos(pos[0])
        return mappingFault('MAPPING-02', `${file}:${line}:${col}`, { why: code })
      }),
    )
  }
  const reader = new MappingReader(document, file, text, lines)
  const mapping = reader.read()
  return mapping === undefined ? failed(...reader.faults) : ok(mapping)
}

class MappingReader {
  readonly #document: Document
  readonly #file: string
  readonly #text: string
  readonly #places: Places
  #rules: RuleReader

  constructor(document: Document, file: string, text: string, lines: LineCounter) {
    this.#document = document
    this.#file = file
    this.#text = text
    const placeOf = (node: Node | null | undefined, offset = 0) => {
      const start = isNode(node) && node.range ? node.range[0] : 0
      // A quoted text begins one letter later, and that of a block on the next line.
      const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') ? 1 : 0
      const block = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
      const begin = block
        ? text.indexOf('\n', start) + 1 + indentAt(text, text.indexOf('\n', start) + 1)
        : start
      return lines.linePos(
        Math.min(begin + (offset > 0 ? quoted + offset - 1 : 0), Math.max(0, text.length - 1)),
      )
    }
    this.#places = {
      at: (node, offset) => {
        const { line, col } = placeOf(node, offset)
        return `${file}:${line}:${col}`
      },
      rule: (node) => `${file}:${placeOf(node).line}`,
    }
    this.#rules = new RuleReader(document, 'json', [], this.#places)
  }

  get faults() {
    return this.#rules.faults
  }

  read(): Mapping | undefined {
    const root = this.#rules.resolve(this.#document.contents)
    if (!isMap(root)) return this.#rules.fail('MAPPING-05', root, { key: this.#file, wanted: aMapping })
    const top = this.#known(root, topWords)
    const name = this.#name(top.get('name'), root)
    const version = this.#version(top.get('version'), root)
    const format = this.#format(top.get('source'), root)
    const dictionaries = this.#dictionaries(top.get('dictionaries'))
    const { faults } = this.#rules
    this.#rules = new RuleReader(this.#document, format, Object.keys(dictionaries), this.#places)
    this.#rules.faults.push(...faults)
    const source = this.#source(top.get('source'), format)
    const documents = this.#documents(top, root)
    if (this.faults.length > 0) return undefined
    return {
      name,
      version,
      title: this.#rules.textOf(top.get('title')) ?? name,
      file: this.#file,
      text: this.#text,
      digest: createHash('sha256').update(this.#text).digest('hex').slice(0, 12),
      source,
      documents,
      dictionaries,
    }
  }

  /** Values by key; a key that is not among the words is told. */
  #known(node: Node | undefined, words: readonly string[]): Map<string, Node | undefined> {
    const values = new Map<string, Node | undefined>()
    for (const { key, at, value } of this.#rules.pairs(node)) {
      if (words.includes(key)) values.set(key, value)
      else this.#rules.fail('MAPPING-03', at, { key: shown(key), known: words.join(', ') })
    }
    return values
  }

  #name(node: Node | undefined, root: Node): string {
    const name = this.#rules.textOf(node)
    if (node === undefined) this.#rules.fail('MAPPING-04', root, { key: 'name', about: nameWanted })
    else if (name === undefined || !mappingName.test(name))
      this.#rules.fail('MAPPING-05', node, { key: 'name', wanted: nameWanted })
    else if (`${name}.yaml` !== this.#file) this.#rules.fail('MAPPING-06', node, { name, file: this.#file })
    return name ?? ''
  }

  #version(node: Node | undefined, root: Node): number {
    if (node === undefined) this.#rules.fail('MAPPING-04', root, { key: 'version', about: versionWanted })
    else if (
      !isScalar(node) ||
      !Number.isInteger(node.value) ||
      Number(node.value) < 1 ||
      Number(node.value) > 1e6
    )
      this.#rules.fail('MAPPING-05', node, { key: 'version', wanted: versionWanted })
    else return Number(node.value)
    return 0
  }

  #format(node: Node | undefined, root: Node): SourceFormat {
    const known = this.#rules.pairs(node).find(({ key }) => key === 'format')
    const format = this.#rules.textOf(known?.value)
    if (format === 'json' || format === 'xml' || format === 'csv') return format
    if (known === undefined)
      this.#rules.fail('MAPPING-04', node ?? root, { key: 'source.format', about: 'json, xml, csv' })
    else this.#rules.fail('MAPPING-05', known.value ?? known.at, { key: 'format', wanted: 'json, xml, csv' })
    return 'json'
  }

  #source(node: Node | undefined, format: SourceFormat): SourceSpec {
    const known = this.#known(node, sourceWords)
    const records = known.get('records')
    const where = known.get('where')
    return {
      format,
      records: records === undefined ? undefined : this.#rules.path(records),
      where: where === undefined ? undefined : this.#rules.expression(where),
      csv: this.#csv(known, format),
    }
  }

  #csv(known: ReadonlyMap<string, Node | undefined>, format: SourceFormat): CsvSpec {
    const word = (key: string, usual: string, fits: RegExp, wanted: string | Words): string => {
      const node = known.get(key)
      if (node === undefined) return usual
      const text = this.#rules.textOf(node)
      if (format !== 'csv' || text === undefined || !fits.test(text)) {
        this.#rules.fail('MAPPING-05', node, { key, wanted: format === 'csv' ? wanted : onlyCsv })
        return usual
      }
      return text
    }
    return {
      encoding: word(
        'encoding',
        'utf-8',
        /^(utf-8|windows-1251|utf-16le)$/,
        'utf-8, windows-1251, utf-16le',
      ) as CsvSpec['encoding'],
      separator: word('separator', ';', /^[^"\r\n]$/, oneLetter),
      quote: word('quote', '"', /^["']$/, '" \''),
      skip: Number(word('skip', '0', /^\d{1,3}$/, '0–999')),
      columns: known.has('columns') ? this.#texts(known.get('columns'), 'columns', format) : undefined,
      group: known.has('group') ? this.#texts(known.get('group'), 'group', format) : [],
    }
  }

  #texts(node: Node | undefined, key: string, format: SourceFormat): string[] {
    const texts = isSeq(node)
      ? node.items.map((one) => this.#rules.textOf(this.#rules.resolve(one)))
      : [this.#rules.textOf(node)]
    const whole = texts.filter((text): text is string => text !== undefined && text !== '')
    if (format !== 'csv' || whole.length !== texts.length)
      this.#rules.fail('MAPPING-05', node, { key, wanted: format === 'csv' ? columnNames : onlyCsv })
    return whole
  }

  #documents(top: ReadonlyMap<string, Node | undefined>, root: Node): DocumentSpec[] {
    const list = top.get('documents')
    const kindNode = top.get('kind')
    const shared = top.get('shared')
    if (list === undefined) {
      const kind = this.#kind(kindNode, root)
      const fields = kind === undefined ? undefined : this.#fields(top.get('fields') ?? root, shared, kind)
      return kind === undefined || fields === undefined
        ? []
        : [{ kind, when: undefined, otherwise: false, fields }]
    }
    for (const key of ['kind', 'fields']) {
      if (top.has(key)) this.#rules.fail('MAPPING-05', top.get(key), { key, wanted: eitherWay })
    }
    if (!isSeq(list) || list.items.length === 0) {
      this.#rules.fail('MAPPING-05', list, { key: 'documents', wanted: aList })
      return []
    }
    return list.items.flatMap((item): DocumentSpec[] => {
      const node = this.#rules.resolve(item)
      const known = this.#known(node, documentWords)
      const kind = this.#kind(known.get('kind'), node ?? root)
      const fields = kind === undefined ? undefined : this.#fields(known.get('fields') ?? node, shared, kind)
      const when = known.get('when')
      const otherwise = known.get('otherwise')
      const condition = when === undefined ? undefined : this.#rules.expression(when)
      const isRest = otherwise !== undefined && this.#rules.flag(otherwise, 'otherwise')
      return kind === undefined || fields === undefined
        ? []
        : [{ kind, when: condition, otherwise: isRest, fields }]
    })
  }

  #kind(node: Node | undefined, parent: Node): DocumentKind | undefined {
    const text = this.#rules.textOf(node)
    if (node === undefined)
      return this.#rules.fail('MAPPING-04', parent, { key: 'kind', about: documentKinds.join(', ') })
    return text !== undefined && isDocumentKind(text)
      ? text
      : this.#rules.fail('MAPPING-05', node, { key: 'kind', wanted: documentKinds.join(', ') })
  }

  /** The fields of a kind over those that all kinds share. */
  #fields(node: Node | undefined, shared: Node | undefined, kind: DocumentKind): RecordRule | undefined {
    const form = recordOf(kind)
    if (shared === undefined) return this.#rules.record(node, form, kind, '', true)
    if (!isMap(shared) || !isMap(node))
      return this.#rules.fail('MAPPING-05', shared, { key: 'shared', wanted: aSet })
    // Merged before reading: what is required may stand in either.
    const merged = this.#document.createNode({}) as unknown as typeof node
    const own = new Set(node.items.map((pair) => String((pair.key as { value?: unknown }).value)))
    merged.items = [
      ...shared.items.filter((pair) => !own.has(String((pair.key as { value?: unknown }).value))),
      ...node.items,
    ]
    merged.range = node.range
    return this.#rules.record(merged, form, kind, '', true)
  }

  #dictionaries(node: Node | undefined): Record<string, Dictionary> {
    const made: Record<string, Dictionary> = {}
    if (node !== undefined && !isMap(node))
      this.#rules.fail('MAPPING-05', node, { key: 'dictionaries', wanted: aSet })
    for (const { key, value } of this.#rules.pairs(node)) {
      const isLong =
        isMap(value) &&
        value.items.some((pair) =>
          ['values', 'entries'].includes(String((pair.key as { value?: unknown }).value)),
        )
      const known = isLong ? this.#known(value, dictionaryWords) : new Map([['values', value]])
      const entries = [
        ...this.#plainEntries(known.get('values')),
        ...this.#datedEntries(known.get('entries')),
      ]
      if (overlapping(entries) !== undefined)
        this.#rules.fail('MAPPING-17', value, { key: shown(overlapping(entries) ?? '') })
      const otherwise = this.#rules.textOf(known.get('otherwise')) ?? 'refuse'
      made[key] = {
        entries,
        otherwise:
          otherwise === 'refuse' || otherwise === 'keep'
            ? { is: otherwise }
            : { is: 'value', value: otherwise },
      }
    }
    return made
  }

  #plainEntries(node: Node | undefined): DictionaryEntry[] {
    if (node === undefined) return []
    if (!isMap(node)) {
      this.#rules.fail('MAPPING-05', node, { key: 'values', wanted: aTable })
      return []
    }
    return this.#rules.pairs(node).flatMap(({ key, at, value }): DictionaryEntry[] => {
      const text = this.#rules.textOf(value)
      if (text === undefined) {
        this.#rules.fail('MAPPING-05', value ?? at, { key: shown(key), wanted: aTable })
        return []
      }
      // A code keeps its zeros: the key as written.
      return [{ key: this.#rules.textOf(at) ?? key, value: text, from: undefined, until: undefined }]
    })
  }

  #datedEntries(node: Node | undefined): DictionaryEntry[] {
    if (node === undefined) return []
    if (!isSeq(node)) {
      this.#rules.fail('MAPPING-05', node, { key: 'entries', wanted: datedTable })
      return []
    }
    return node.items.flatMap((item): DictionaryEntry[] => {
      const one = this.#rules.resolve(item)
      const known = this.#known(one, entryWords)
      const key = this.#rules.textOf(known.get('key'))
      const value = this.#rules.textOf(known.get('value'))
      const day = (word: string): string | undefined => {
        const text = this.#rules.textOf(known.get(word))
        if (!known.has(word) || (text !== undefined && isLocalDate(text))) return text
        return this.#rules.fail('MAPPING-05', known.get(word), { key: word, wanted: '2026-01-01' })
      }
      const [from, until] = [day('from'), day('until')]
      if (key === undefined || value === undefined) {
        this.#rules.fail('MAPPING-05', one, { key: 'entries', wanted: datedTable })
        return []
      }
      if (from !== undefined && until !== undefined && until < from)
        this.#rules.fail('MAPPING-17', one, { key: shown(key) })
      return [{ key, value, from, until }]
    })
  }
}

const indentAt = (text: string, at: number): number => /^ */.exec(text.slice(at, at + 200))?.[0].length ?? 0

/** A key with two values on one day. */
const overlapping = (entries: readonly DictionaryEntry[]): string | undefined => {
  const byKey = new Map<string, DictionaryEntry[]>()
  for (const entry of entries) byKey.set(entry.key, [...(byKey.get(entry.key) ?? []), entry])
  for (const [key, own] of byKey) {
    const sorted = own.toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? '', 'en'))
    for (const [index, { until }] of sorted.entries()) {
      const next = sorted[index + 1]
      if (next !== undefined && (until === undefined || (next.from ?? '') <= until)) return key
    }
  }
  return undefined
}

const nameWanted: Words = {
  ru: 'имя файла без .yaml: латинские строчные буквы, цифры и дефис',
  kk: '.yaml жалғаусыз файл атауы: латынның кіші әріптері, цифрлар және дефис',
  en: 'the name of the file without .yaml: lower-case letters, digits, hyphens',
}
const versionWanted: Words = {
  ru: 'целое от 1; растёт с каждым изменением',
  kk: '1-ден басталатын бүтін сан; әр өзгеріспен өседі',
  en: 'a whole number from 1 that grows with each change',
}
const aMapping: Words = {
  ru: 'отображение: name, version, source, kind, fields (docs/mapping.md)',
  kk: 'сәйкестендіру: name, version, source, kind, fields (docs/mapping.md)',
  en: 'a mapping: name, version, source, kind, fields (docs/mapping.md)',
}
const onlyCsv: Words = {
  ru: 'ничего: это только для csv',
  kk: 'ештеңе: бұл тек csv үшін',
  en: 'nothing: only csv has it',
}
const oneLetter: Words = { ru: 'один знак', kk: 'бір таңба', en: 'one letter' }
const columnNames: Words = { ru: 'имена столбцов', kk: 'баған атаулары', en: 'names of columns' }
const eitherWay: Words = {
  ru: 'либо kind и fields, либо documents',
  kk: 'не kind пен fields, не documents',
  en: 'either kind and fields, or documents',
}
const aList: Words = { ru: 'список документов', kk: 'құжаттар тізімі', en: 'a list of documents' }
const aSet: Words = { ru: 'набор «ключ: значение»', kk: '«кілт: мән» жиыны', en: 'a set of “key: value”' }
const aTable: Words = {
  ru: 'таблица «слово: значение»',
  kk: '«сөз: мән» кестесі',
  en: 'a table of “word: value”',
}
const datedTable: Words = {
  ru: 'строки { key, value, from, until }',
  kk: '{ key, value, from, until } жолдары',
  en: 'lines of { key, value, from, until }',
}
