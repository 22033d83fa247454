import { differencesOf, kindTitles, type DocumentDifference } from '../document/index.ts'
import type { ConnectionProfiles } from '../company/index.ts'
import type { Fault, Result } from '../kernel/index.ts'
import type { DocumentRecord } from './document-record.ts'
import type { ForeignFormat, ForeignReading } from './foreign-format.ts'
import type { Documents, FileDocuments } from './ports.ts'
import type { PrintDeps } from './print.ts'

/** What a changed mapping would make of a document that another version of it read. */
export interface Rehearsed {
  documentId: string
  kind: string
  number: string
  date: string
  guid: string
  /** The mapping that read it then. */
  mapping: string
  /** `gone`: the file gives no document with this GUID any more. */
  outcome: 'same' | 'changed' | 'refused' | 'gone' | 'not-kept'
  differences: DocumentDifference[]
  /** Why it would be refused now. */
  faults: Fault[]
}

export interface Rehearsal {
  documents: Rehearsed[]
  /** Hand it back for the next page; undefined after the last. */
  after?: string
}

export interface RehearsalDeps {
  files: FileDocuments
  documents: Pick<Documents, 'bytes'>
  companyOf(companyId: string): Promise<{ taxId: string; name: string } | undefined>
  profiles: Pick<ConnectionProfiles, 'of'>
  readDocument: PrintDeps['readDocument']
}

/** Documents of one page: each of them is read anew, with its whole file. */
const pageSize = 50
const maxFaults = 20

/**
 * Reads the bytes that came with accepted documents once more, by a mapping that is not in force yet, and tells which
 * documents would be others. Nothing is stored, and what was accepted stays as it is.
 */
export const rehearseMapping =
  (deps: RehearsalDeps) =>
  async (format: ForeignFormat, { since, after }: { since: Date; after?: string }): Promise<Rehearsal> => {
    const page = await deps.files.ofFormat({ format: format.name, since, after, limit: pageSize })
    // The documents of one file come one after another: it is read once for all of them.
    let last:
      { rawDigest: string; connectionId: string | undefined; read: Result<ForeignReading[]> } | undefined
    const documents: Rehearsed[] = []
    for (const { record, rawDigest, raw } of page) {
      if (raw === undefined) {
        documents.push(told(record, 'not-kept'))
        continue
      }
      const { connectionId } = record
      if (last?.rawDigest !== rawDigest || last.connectionId !== connectionId) {
        const company = (record.companyId === undefined
          ? undefined
          : await deps.companyOf(record.companyId)) ?? {
          taxId: record.senderTaxId,
          name: record.senderName,
        }
        const profile = connectionId === undefined ? {} : await deps.profiles.of(connectionId)
        last = { rawDigest, connectionId, read: await format.read(raw, '', { company, profile }) }
      }
      documents.push(await rehearsed(deps, record, last.read))
    }
    return { documents, ...(page.length < pageSize ? {} : { after: page.at(-1)?.record.id }) }
  }

const told = (
  { id, kind, number, date, guid, origin }: DocumentRecord,
  outcome: Rehearsed['outcome'],
  differences: DocumentDifference[] = [],
  faults: Fault[] = [],
): Rehearsed => ({
  documentId: id,
  kind: kindTitles[kind].ru,
  number,
  date,
  guid,
  mapping: origin.mapping ?? '',
  outcome,
  differences,
  faults,
})

const rehearsed = async (
  deps: RehearsalDeps,
  record: DocumentRecord,
  read: Result<ForeignReading[]>,
): Promise<Rehearsed> => {
  if (!read.ok) return told(record, 'refused', [], read.faults)
  const now = read.value.find(
    ({ document }) => document?.guid === record.guid && document.kind === record.kind,
  )
  if (now?.document === undefined) {
    // What cannot be a document any more has no GUID to be found by: it is one of those that fail.
    const failing = read.value
      .filter(({ document }) => document === undefined)
      .flatMap(({ faults }) => faults)
    return failing.length === 0
      ? told(record, 'gone')
      : told(record, 'refused', [], failing.slice(0, maxFaults))
  }
  const bytes = await deps.documents.bytes(record.digest)
  const before = bytes && (await deps.readDocument(record.kind, bytes))
  if (before?.ok !== true) return told(record, 'not-kept')
  const differences = differencesOf(before.value, now.document)
  return told(record, differences.length === 0 ? 'same' : 'changed', differences)
}
