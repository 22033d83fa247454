import { parse, CsvError } from 'csv-parse/sync'
import { failed, ok, type Result } from '../../core/kernel/index.ts'
import {
  decodeJson,
  decodeText,
  decodeXml,
  documentXmlLimits,
  readJson,
  readXml,
  type XmlElement,
  type XmlListener,
} from '../xml/index.ts'
import type { CsvSpec, SourceSpec } from './mapping.ts'
import { readingFault, shown } from './mapping-faults.ts'
import {
  emptyFields,
  isFields,
  jsonTree,
  textOf,
  xmlTree,
  type Conflict,
  type Tree,
  type Value,
} from './tree.ts'

/** Rows of one table, and fields of one JSON or XML file: what a thread reads in a second or two. */
const maxRows = 100_000
const maxValues = 1_000_000
const maxColumns = 500

/** Bytes of a foreign file as a tree, or why they are none. */
export const readTree = async (source: SourceSpec, bytes: Uint8Array): Promise<Result<Tree>> => {
  switch (source.format) {
    case 'json': {
      const text = decodeJson(bytes)
      if (!text.ok) return text
      const read = readJson(text.value, { numbersAsText: true, maxValues })
      // Numbers are texts here, so what was read is made of the five kinds of Value.
      return read.ok ? ok(jsonTree(read.value as Value)) : read
    }
    case 'xml': {
      const text = decodeXml(bytes)
      if (!text.ok) return text
      const listener = new ValueListener()
      const read = await readXml(text.value, listener, { ...documentXmlLimits, maxNodes: maxValues })
      return read.ok ? ok(xmlTree(listener.root)) : read
    }
    case 'csv': {
      const text = decodeText(bytes, source.csv.encoding)
      return text.ok ? readCsv(text.value, source.csv) : text
    }
  }
}

interface Open {
  readonly name: string
  readonly fields: { [name: string]: Value }
  text: string
  hasElements: boolean
}

/** Namespaces and prefixes are passed over: a mapping names elements as a person sees them. */
class ValueListener implements XmlListener {
  readonly root = emptyFields()
  readonly #open: Open[] = []

  open({ local, attributes }: XmlElement): void {
    const fields = emptyFields()
    for (const attribute of attributes) {
      if (attribute.name === 'xmlns' || attribute.name.startsWith('xmlns:')) continue
      fields[`@${attribute.local}`] = attribute.value
    }
    const parent = this.#open.at(-1)
    if (parent !== undefined) parent.hasElements = true
    this.#open.push({ name: local, fields, text: '', hasElements: false })
  }

  text(text: string): void {
    const open = this.#open.at(-1)
    if (open !== undefined) open.text += text
  }

  close(): void {
    const { name, fields, text, hasElements } = this.#open.pop() as Open
    const isLeaf = !hasElements && Object.keys(fields).length === 0
    const said = text.trim()
    if (!isLeaf && said !== '') fields['#text'] = said
    add(this.#open.at(-1)?.fields ?? this.root, name, isLeaf ? said : fields)
  }
}

/** A name that comes again is a list. */
const add = (fields: { [name: string]: Value }, name: string, value: Value): void => {
  const before = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (before === undefined) fields[name] = value
  else if (Array.isArray(before)) before.push(value)
  else fields[name] = [before, value]
}

interface Row {
  line: number
  cells: string[]
}

const readCsv = (text: string, spec: CsvSpec): Result<Tree> => {
  const rows = rowsOf(text, spec)
  if (!rows.ok) return rows
  const [head, ...rest] = rows.value
  const columns = spec.columns ?? head?.cells.map((cell) => cell.trim()) ?? []
  const body = spec.columns === undefined ? rest : rows.value
  if (columns.length > maxColumns) return failed(tooMuch(maxColumns, columnsMany))
  const twice = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index)
  if (twice !== undefined)
    return failed(readingFault('MAPPING-51', '', shown(twice), { column: shown(twice) }))

  const lines = new WeakMap<object, number>()
  const records: { [name: string]: Value }[] = []
  for (const { line, cells } of body) {
    if (cells.every((cell) => cell.trim() === '')) continue
    if (cells.length !== columns.length) {
      return failed(
        readingFault('MAPPING-52', '', `строка ${line}`, {
          line,
          found: cells.length,
          wanted: columns.length,
        }),
      )
    }
    const fields = emptyFields()
    columns.forEach((name, index) => {
      // A column without a name is an empty one at the edge of a sheet.
      if (name !== '') fields[name] = (cells[index] ?? '').trim()
    })
    lines.set(fields, line)
    records.push(fields)
  }
  const missing = spec.group.find((name) => !columns.includes(name))
  if (missing !== undefined) return failed(missingColumn(missing, columns))
  return ok(tableTree(columns, spec.group, records, lines))
}

const rowsOf = (text: string, { separator, quote, skip }: CsvSpec): Result<Row[]> => {
  try {
    // With `info` every row comes with the line it ends at; the library's types leave that out.
    const parsed = parse(text, {
      delimiter: separator,
      quote,
      from_line: skip + 1,
      relax_column_count: true,
      info: true,
      skip_empty_lines: true,
      to: maxRows + 1,
      max_record_size: 1024 * 1024,
    }) as unknown as { info: { lines: number }; record: string[] }[]
    if (parsed.length > maxRows) return failed(tooMuch(maxRows, rowsMany))
    return ok(parsed.map(({ info, record }) => ({ line: info.lines, cells: record })))
  } catch (error) {
    if (error instanceof CsvError) {
      const line = typeof error.lines === 'number' ? error.lines : 1
      return failed(readingFault('MAPPING-53', '', `строка ${line}`, { line }))
    }
    throw error
  }
}

const rowsMany = { ru: 'строк', kk: 'жолдан', en: 'rows' }
const columnsMany = { ru: 'столбцов', kk: 'бағаннан', en: 'columns' }

const tooMuch = (limit: number, what: typeof rowsMany) =>
  readingFault('MAPPING-55', '', undefined, { limit, what })

/** The sheet lacks a column that the mapping names. */
export const missingColumn = (name: string, columns: readonly string[]) =>
  readingFault('MAPPING-50', '', shown(name), {
    column: shown(name),
    known: columns.slice(0, 40).map(shown).join(', '),
  })

/** A table: each row a record, or each group of rows one with its `rows`. */
export interface TableTree extends Tree {
  readonly columns: readonly string[]
}

const tableTree = (
  columns: readonly string[],
  group: readonly string[],
  rows: { [name: string]: Value }[],
  lines: WeakMap<object, number>,
): TableTree => {
  const lineOf = (value: Value | undefined): number => (isFields(value) ? (lines.get(value) ?? 0) : 0)
  const records = group.length === 0 ? rows : grouped(rows, group, lines)
  return {
    format: 'csv',
    columns,
    root: records,
    nameOf: (place, name) => (name === 'rows' ? place : place === '' ? `«${name}»` : `${place}, «${name}»`),
    itemOf: (_place, index, list) => `строка ${lineOf(list[index])}`,
    conflictOf: (holder, name): Conflict | undefined => {
      const own = isFields(holder) ? holder.rows : undefined
      if (!Array.isArray(own) || name === 'rows') return undefined
      const valueOf = (row: Value | undefined): string => (isFields(row) ? (textOf(row[name]) ?? '') : '')
      const [first] = own
      const other = own.find((row) => valueOf(row) !== valueOf(first))
      if (other === undefined) return undefined
      return {
        lines: [lineOf(first), lineOf(other)],
        values: [shown(valueOf(first)), shown(valueOf(other))],
      }
    },
  }
}

const grouped = (
  rows: { [name: string]: Value }[],
  group: readonly string[],
  lines: WeakMap<object, number>,
): { [name: string]: Value }[] => {
  const byKey = new Map<string, { [name: string]: Value }[]>()
  for (const row of rows) {
    const key = JSON.stringify(group.map((name) => row[name]))
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [row])
    else known.push(row)
  }
  return [...byKey.values()].map((own) => {
    const record = emptyFields()
    const [first] = own
    if (first !== undefined) {
      Object.assign(record, first)
      lines.set(record, lines.get(first) ?? 0)
    }
    record.rows = own
    return record
  })
}
