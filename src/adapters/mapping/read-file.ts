import type { ForeignReading, ReadingContext } from '../../core/exchange/index.ts'
import { failed, ok, type Fault, type Result } from '../../core/kernel/index.ts'
import { createHash } from 'node:crypto'
import { Expressions, type Pulse } from './expressions.ts'
import { holds, makeDocument, type Workshop } from './make-document.ts'
import type { LeafRule, ListRule, Mapping, RecordRule, Take } from './mapping.ts'
import { readingFault } from './mapping-faults.ts'
import { overridesFor, settingsOf, withOverrides } from './overrides.ts'
import { missingColumn, readTree, type TableTree } from './read-source.ts'
import { Reads } from './reads.ts'
import { follow, itemsOf, type Found, type Tree } from './tree.ts'

/** Documents of one file. */
const maxRecords = 5_000

/**
 * Reads a foreign file by a mapping: each record of it as one document or several, good or faulty. Pure: the same
 * bytes, mapping and profile give the same documents.
 */
export const readFileBy = async (
  base: Mapping,
  bytes: Uint8Array,
  context: ReadingContext,
  pulse: Pulse,
  expressions = new Expressions(),
): Promise<Result<ForeignReading[]>> => {
  const overrides = overridesFor(context.profile, base.name)
  const { mapping, faults } = withOverrides(base, overrides)
  if (faults.length > 0) return failed(...faults)
  const read = await readTree(mapping.source, bytes)
  if (!read.ok) return read
  const tree = read.value
  const missing = missingColumns(mapping, tree)
  if (missing.length > 0) return failed(...missing)

  const records = recordsOf(mapping, tree)
  if (records.length === 0) {
    const path = mapping.source.records?.text ?? '.'
    return failed(readingFault('MAPPING-40', '', undefined, { mapping: mapping.name, path }))
  }
  if (records.length > maxRecords)
    return failed(readingFault('MAPPING-55', '', undefined, { limit: maxRecords, what: documentsMany }))

  // Rounded, so that files of about one size share what is compiled.
  expressions.begin(Math.ceil(bytes.byteLength / 65_536) * 65_536)
  const readings: ForeignReading[] = []
  for (const record of records) {
    const workshop: Workshop = {
      mapping,
      overrides,
      context,
      tree,
      reads: new Reads(tree),
      expressions,
      pulse,
      pinned: pinnedName(base, context),
    }
    readings.push(...(await readRecord(workshop, record)))
  }
  return ok(readings)
}

/** `shop-order@3+1f0c…`, and what the connection has changed about it: the same name reads the same for ever. */
export const pinnedName = (
  { name, version, digest }: Mapping,
  { profile }: Pick<ReadingContext, 'profile'>,
): string => {
  const own = { ...profile, settings: profile.settings?.[settingsOf(name)] }
  const isChanged = Object.values(own).some((part) => part !== undefined)
  const changed = isChanged
    ? `.${createHash('sha256').update(JSON.stringify(own)).digest('hex').slice(0, 8)}`
    : ''
  return `${name}@${version}+${digest}${changed}`
}

const documentsMany = { ru: 'документов', kk: 'құжаттан', en: 'documents' }

const recordsOf = ({ source }: Mapping, tree: Tree): Found[] => {
  const top: Found = { value: tree.root, place: '' }
  if (source.records !== undefined)
    return follow(tree, top, source.records).flatMap((one) => itemsOf(tree, one))
  // An XML file is one record: what its root element holds.
  if (tree.format === 'xml') return follow(tree, top, { text: '*', from: 'file', steps: [{ is: 'any' }] })
  return itemsOf(tree, top)
}

const readRecord = async (workshop: Workshop, record: Found): Promise<ForeignReading[]> => {
  const { mapping, reads, pinned } = workshop
  const refused = (fault: Fault): ForeignReading[] => [
    { faults: [fault], sources: [], unread: [], mapping: pinned },
  ]
  const wanted = await holds(workshop, mapping.source.where, record)
  if (typeof wanted !== 'boolean') return refused(wanted)
  if (!wanted) return []
  const readings: ForeignReading[] = []
  for (const spec of mapping.documents) {
    if (spec.otherwise && readings.length > 0) continue
    const fits = await holds(workshop, spec.when, record)
    if (typeof fits !== 'boolean') return refused(fits)
    if (fits) readings.push(await makeDocument(workshop, spec, record))
  }
  if (readings.length === 0)
    return refused(readingFault('MAPPING-56', '', record.place, { mapping: mapping.name }))
  const unread = reads.unreadIn(record).slice(0, 200)
  return readings.map((reading) => ({ ...reading, unread }))
}

const missingColumns = (mapping: Mapping, tree: Tree): Fault[] => {
  if (tree.format !== 'csv') return []
  const { columns } = tree as TableTree
  const missing = new Set<string>()
  for (const { fields } of mapping.documents)
    columnsOf(fields, (name) => !columns.includes(name) && missing.add(name))
  return [...missing].map((name) => missingColumn(name, columns))
}

const columnsOf = (rule: RecordRule | ListRule | LeafRule, visit: (name: string) => void): void => {
  switch (rule.is) {
    case 'record':
      for (const { value } of rule.fields) columnsOf(value, visit)
      break
    case 'list':
      columnsOf(rule.item, visit)
      break
    case 'leaf':
      if (!rule.optional) columnsTaken(rule.take, visit)
  }
}

/** Of several ways any may be missing. */
const columnsTaken = (take: Take, visit: (name: string) => void): void => {
  if (take.is !== 'path') return
  const [step] = take.path.steps
  if (step?.is === 'name' && step.name !== 'rows') visit(step.name)
}
