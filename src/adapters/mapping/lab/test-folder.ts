import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  checkDocument,
  differencesOf,
  senderOf,
  senderPathOf,
  type Document,
  type DocumentDifference,
} from '../../../core/document/index.ts'
import { notYourDocument, sourceOf, type ForeignReading } from '../../../core/exchange/index.ts'
import type { Fault, Result } from '../../../core/kernel/index.ts'
import type { Mapping } from '../mapping.ts'
import { ruleLines } from '../rule-lines.ts'
import type { Sample, SampleFolder } from './sample-folder.ts'

/** What is kept of a sample: codes and places, not words, which may be said better one day. */
interface Kept {
  /** Faults of the file as a whole. */
  file?: KeptFault[]
  documents: ({ document: Document } | { faults: KeptFault[] })[]
}

interface KeptFault {
  code: string
  path: string
  source?: string
}

export interface SampleResult {
  sample: string
  outcome: 'same' | 'new' | 'changed' | 'accepted'
  documents: number
  /** Of them faulty. */
  faulty: number
  faults: Fault[]
  changes: DocumentChange[]
}

/** One document that is not what it was. */
export interface DocumentChange {
  /** From 1; undefined for the file as a whole. */
  document?: number
  number?: string
  differences: DocumentDifference[]
  /** Codes with places that came, and that went. */
  faultsNow: string[]
  faultsBefore: string[]
}

/** What a mapping did with all samples of a folder. */
export interface LabReport {
  mapping: string
  title: string
  results: SampleResult[]
  coverage: {
    /** Places of the files that nothing read, with the number of documents they stand in. */
    unread: { place: string; documents: number }[]
    /** Rules of the mapping that gave no value in any document. */
    idleRules: { rule: string; path: string }[]
    /** Words that no dictionary knows. */
    unknownWords: { dictionary: string; word: string; times: number }[]
    /** Faults by code, with the first words of each. */
    faults: { code: string; times: number; message: Fault['message'] }[]
  }
}

export type Read = (
  mapping: Mapping,
  bytes: Uint8Array,
  context: SampleFolder['context'],
) => Promise<Result<ForeignReading[]>>

/**
 * Reads every sample, compares with what was kept, and tells what the samples do not show. A sample seen for the first
 * time is kept; a changed one only with `update`.
 */
export const testFolder = async (
  { mapping, context, samples }: SampleFolder,
  read: Read,
  { update = false }: { update?: boolean } = {},
): Promise<LabReport> => {
  const results: SampleResult[] = []
  const readings: ForeignReading[] = []
  const faults: Fault[] = []
  for (const sample of samples) {
    const result = await read(mapping, readFileSync(sample.path), context)
    const kept = result.ok ? result.value.map((one) => checked(one, context.company.taxId)) : []
    const whole = result.ok ? [] : result.faults
    if (result.ok) readings.push(...result.value)
    const own = [...whole, ...kept.flatMap((one) => one.faults)]
    faults.push(...own)
    const now: Kept = {
      ...(whole.length === 0 ? {} : { file: whole.map(keptFault) }),
      documents: kept.map(({ document, faults: found }) =>
        document !== undefined && found.length === 0 ? { document } : { faults: found.map(keptFault) },
      ),
    }
    const { outcome, changes } = compare(sample, now, update)
    results.push({
      sample: sample.name,
      outcome,
      documents: kept.length,
      faulty: kept.filter((one) => one.faults.length > 0).length + (whole.length > 0 ? 1 : 0),
      faults: own,
      changes,
    })
  }
  return {
    mapping: `${mapping.name}@${mapping.version}`,
    title: mapping.title,
    results,
    coverage: coverageOf(mapping, readings, faults),
  }
}

/** The rules of the format, too; "today" is the document's own day, so that a sample never grows old. */
const checked = (
  reading: ForeignReading,
  taxId: string,
): { document: Document | undefined; faults: Fault[] } => {
  const { document } = reading
  if (document === undefined) return { document, faults: [...reading.faults] }
  const { faults } = checkDocument(document, { today: document.date })
  const foreign =
    senderOf(document).taxId === taxId ? [] : [notYourDocument(`${senderPathOf(document.kind)}.taxId`)]
  return {
    document,
    faults: [...foreign, ...faults].map((one) => ({
      ...one,
      source: one.source ?? sourceOf(reading, one.path),
    })),
  }
}

const keptFault = ({ code, path, source }: Fault): KeptFault => ({
  code,
  path,
  ...(source === undefined ? {} : { source }),
})

const compare = (
  { golden }: Sample,
  now: Kept,
  update: boolean,
): Pick<SampleResult, 'outcome' | 'changes'> => {
  const before = keptIn(golden.out) ?? keptIn(golden.faults)
  const isWhole = now.file === undefined && now.documents.every((one) => 'document' in one)
  const keep = (): void => {
    writeFileSync(isWhole ? golden.out : golden.faults, `${JSON.stringify(now, null, 2)}\n`)
    rmSync(isWhole ? golden.faults : golden.out, { force: true })
  }
  if (before === undefined) {
    keep()
    return { outcome: 'new', changes: [] }
  }
  const changes = changesBetween(before, now)
  if (changes.length === 0) return { outcome: 'same', changes }
  if (update) keep()
  return { outcome: update ? 'accepted' : 'changed', changes }
}

/** A file that is none of ours counts as none: it is written anew. */
const keptIn = (path: string): Kept | undefined => {
  if (!existsSync(path)) return undefined
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept
    return Array.isArray(kept.documents) ? kept : undefined
  } catch {
    return undefined
  }
}

const told = ({ code, path, source }: KeptFault): string =>
  [code, path, source].filter((part) => part !== undefined && part !== '').join(' · ')

const changesBetween = (before: Kept, now: Kept): DocumentChange[] => {
  const changes: DocumentChange[] = []
  const add = (change: DocumentChange): void => {
    if (change.differences.length + change.faultsNow.length + change.faultsBefore.length > 0)
      changes.push(change)
  }
  add({ differences: [], ...faultChanges(before.file ?? [], now.file ?? []) })
  for (let index = 0; index < Math.max(before.documents.length, now.documents.length); index += 1) {
    const [was, is] = [before.documents[index], now.documents[index]]
    const old = was !== undefined && 'document' in was ? was.document : undefined
    const fresh = is !== undefined && 'document' in is ? is.document : undefined
    const faults = faultChanges(faultsIn(was), faultsIn(is))
    add({
      document: index + 1,
      number: (fresh ?? old)?.number,
      differences: old !== undefined && fresh !== undefined ? differencesOf(old, fresh) : [],
      faultsNow: is === undefined ? ['документа больше нет'] : faults.faultsNow,
      faultsBefore: was === undefined ? ['документа не было'] : faults.faultsBefore,
    })
  }
  return changes
}

const faultsIn = (one: Kept['documents'][number] | undefined): KeptFault[] =>
  one !== undefined && 'faults' in one ? one.faults : []

const faultChanges = (before: readonly KeptFault[], now: readonly KeptFault[]) => {
  const was = new Set(before.map(told))
  const is = new Set(now.map(told))
  return {
    faultsNow: [...is].filter((one) => !was.has(one)),
    faultsBefore: [...was].filter((one) => !is.has(one)),
  }
}

const coverageOf = (
  mapping: Mapping,
  readings: readonly ForeignReading[],
  faults: readonly Fault[],
): LabReport['coverage'] => {
  const unread = new Map<string, number>()
  const working = new Set<string>()
  for (const reading of readings) {
    for (const place of reading.unread) {
      // The record a place belongs to is no part of the remark.
      const plain = place.replace(/\[\d+\]/g, '[*]')
      unread.set(plain, (unread.get(plain) ?? 0) + 1)
    }
    for (const { rule, path, found, source } of reading.sources) {
      // A place that was only looked at has a source and nothing found there.
      if (found !== undefined || source === undefined || source.startsWith('подключение'))
        working.add(`${rule} ${plainPath(path)}`)
    }
  }
  const idle = ruleLines(mapping).filter(({ rule, path }) => !working.has(`${rule} ${path}`))
  const words = new Map<string, { dictionary: string; word: string; times: number }>()
  const codes = new Map<string, { code: string; times: number; message: Fault['message'] }>()
  for (const { code, message } of faults) {
    const known = codes.get(code)
    codes.set(code, { code, times: (known?.times ?? 0) + 1, message: known?.message ?? message })
    const word = /^[^«]*«([^»]*)»(?:[^«]*«([^»]*)»)?/.exec(message.ru)
    if ((code === 'MAPPING-43' || code === 'MAPPING-60') && word !== null) {
      const dictionary = code === 'MAPPING-60' ? 'vat' : (word[2] ?? '')
      const key = `${dictionary} ${word[1] ?? ''}`
      words.set(key, { dictionary, word: word[1] ?? '', times: (words.get(key)?.times ?? 0) + 1 })
    }
  }
  const most = <T extends { times: number }>(all: Iterable<T>): T[] =>
    [...all].sort((a, b) => b.times - a.times)
  return {
    unread: [...unread].map(([place, documents]) => ({ place, documents })),
    idleRules: idle,
    unknownWords: most(words.values()),
    faults: most(codes.values()),
  }
}

const plainPath = (path: string): string => path.replace(/\[\d+\]/g, '[]')
