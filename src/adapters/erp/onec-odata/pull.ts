import { createHash } from 'node:crypto'
import { Refusal } from '../../../core/exchange/index.ts'
import type { Fault } from '../../../core/kernel/index.ts'
import type { DoorSubject, DoorWork } from '../contract.ts'
import { readChanges, type ChangedObject } from './changes-feed.ts'
import { BaseProblem, type BaseClient } from './client.ts'
import { gather, type Seen } from './gather.ts'
import { isKazakhAccounting, readMetadata, type Published } from './metadata.ts'
import { odataFault } from './odata-faults.ts'
import { textIn, type Bundle } from './read/bundle.ts'
import { doorName, type OdataSettings } from './settings.ts'

/** Rows of a list that one call brings. */
const pageRows = 100
const pagesAtMost = 200

/** What is remembered of one document of a base. */
interface SeenDocument {
  /** `DataVersion` that was decided about. */
  version: string
  /** How it would be read: another profile may read it better. */
  reading: string
  outcome: 'sent' | 'refused' | 'other-organisation'
  documentIds?: string[]
  codes?: string[]
}

export interface PullReport {
  sent: number
  repeated: number
  refused: number
  /** Why the run ended before its end. */
  stopped?: Fault
}

export interface PullDeps {
  subject: DoorSubject
  settings: OdataSettings
  client: BaseClient
  work: DoorWork
  signal: AbortSignal
}

/** What a base publishes, with the refusal to read what is no accounting for Kazakhstan. */
export const publishedBy = async (client: BaseClient): Promise<Published> => {
  const read = await readMetadata(await client.metadata())
  if (!read.ok) throw new BaseProblem('ODATA-09', '$metadata')
  if (read.value.entities.size === 0) throw new BaseProblem('ODATA-06', 'Document_РеализацияТоваровУслуг …')
  if (!isKazakhAccounting(read.value)) throw new BaseProblem('ODATA-10', '')
  return read.value
}

/**
 * One round over one base: what changed since the last is read and sent. Nothing is remembered before it is done, so
 * that a crash repeats at most what is found again by its content id.
 */
export const pull = async (deps: PullDeps, published: Published): Promise<PullReport> => {
  const report: PullReport = { sent: 0, repeated: 0, refused: 0 }
  const { settings } = deps
  const seen: Seen = new Map()
  if (settings.exchangePlan !== undefined) await byPlan(deps, settings.exchangePlan, published, seen, report)
  else {
    for (const kind of settings.kinds) {
      const entity = `Document_${kind}`
      if (published.entities.has(entity)) await byDates(deps, entity, published, seen, report)
    }
  }
  return report
}

/** Everything registered for our node; the base is told when all of it is decided, and forgets it then. */
const byPlan = async (
  deps: PullDeps,
  { name, node }: { name: string; node: string },
  published: Published,
  seen: Seen,
  report: PullReport,
): Promise<void> => {
  const { client, settings, work, subject, signal } = deps
  const place = { connectionId: subject.caller.connectionId, door: doorName, key: `plan/${name}/${node}` }
  const note = await work.notes.read(place)
  const messageNo = (typeof note?.value === 'number' ? note.value : 0) + 1
  const changes = await readChanges(await client.selectChanges(name, node, messageNo))
  if (!changes.ok) throw new BaseProblem('ODATA-09', 'SelectChanges')
  const wanted = changes.value.filter(({ entity }) =>
    settings.kinds.some((kind) => entity === `Document_${kind}`),
  )
  for (const one of wanted) {
    if (signal.aborted) return
    await take(deps, one, undefined, published, seen, report)
  }
  if (changes.value.length === 0) return
  await client.notifyChangesReceived(name, node, messageNo)
  await work.notes.write(place, messageNo, note?.revision ?? 0)
}

/** Posted documents of the last weeks whose version is another than the one that was decided about. */
const byDates = async (
  deps: PullDeps,
  entity: string,
  published: Published,
  seen: Seen,
  report: PullReport,
): Promise<void> => {
  const { client, settings, work, signal } = deps
  const since = new Date(work.clock.now().getTime() - settings.lookBackDays * 86_400_000)
  for (let page = 0; page < pagesAtMost; page += 1) {
    const rows = await client.rows(entity, {
      $filter: `Date ge datetime'${since.toISOString().slice(0, 10)}T00:00:00' and Posted eq true and DeletionMark eq false`,
      $select: 'Ref_Key,DataVersion',
      $orderby: 'Date,Ref_Key',
      $top: pageRows,
      $skip: page * pageRows,
    })
    for (const { Ref_Key: ref, DataVersion: version } of rows) {
      if (signal.aborted) return
      if (typeof ref === 'string' && typeof version === 'string')
        await take(deps, { entity, ref }, version, published, seen, report)
    }
    if (rows.length < pageRows) return
  }
}

/** One document: skipped when it was decided about in this version, read and sent otherwise. */
const take = async (
  deps: PullDeps,
  { entity, ref }: ChangedObject,
  version: string | undefined,
  published: Published,
  seen: Seen,
  report: PullReport,
): Promise<void> => {
  const { subject, client, work } = deps
  const { caller, profile } = subject
  const place = { connectionId: caller.connectionId, door: doorName, key: `seen/${entity}/${ref}` }
  const note = await work.notes.read(place)
  const before = note?.value as SeenDocument | undefined
  const reading = createHash('sha256').update(JSON.stringify(profile)).digest('hex').slice(0, 16)
  const isDecided = (now: string): boolean =>
    before?.version === now && (before.outcome === 'sent' || before.reading === reading)
  if (version !== undefined && isDecided(version)) return

  const bundle = await gather(client, published, seen, { entity, ref })
  if (bundle === undefined || bundle.document['Posted'] === false || bundle.document['DeletionMark'] === true)
    return
  const now = textIn(bundle.document, 'DataVersion')
  if (isDecided(now)) return

  const decided = isOwn(bundle, caller.companyTaxId)
    ? await send(deps, bundle, report)
    : { outcome: 'other-organisation' as const }
  const value: SeenDocument = { version: now, reading, ...decided }
  for (const documentId of value.documentIds ?? []) {
    const back = { ...place, key: `document/${documentId}` }
    if ((await work.notes.read(back)) === undefined) await work.notes.write(back, { entity, ref }, 0)
  }
  await work.notes.write(place, value, note?.revision ?? 0)
}

/** A base may keep the books of several companies; each has a connection of its own. */
const isOwn = ({ document, refs }: Bundle, taxId: string): boolean => {
  const ref = document['Организация_Key']
  const own = typeof ref === 'string' ? refs['Catalog_Организации']?.[ref] : undefined
  const found = own?.['ИдентификационныйНомер']
  // Without an organisation it is refused with words, not passed over.
  return own === undefined || (typeof found === 'string' && found.trim() === taxId)
}

const send = async (
  { subject, work }: PullDeps,
  bundle: Bundle,
  report: PullReport,
): Promise<Pick<SeenDocument, 'outcome' | 'documentIds' | 'codes'>> => {
  const content = Buffer.from(JSON.stringify(bundle))
  const at = work.clock.now()
  const requestId = work.newId()
  const name = `${bundle.entity}-${textIn(bundle.document, 'Number')}`
  const line = {
    caller: subject.caller,
    door: doorName,
    operation: 'pull',
    requestId,
    at,
    target: name,
    request: content,
  }
  try {
    const receipts = await work.gateway.sendMessage({
      caller: subject.caller,
      format: doorName,
      fileName: `${name}.json`,
      content,
      origin: { door: doorName, requestId },
    })
    const isNew = receipts.some(({ repeat }) => !repeat)
    report[isNew ? 'sent' : 'repeated'] += 1
    const documentIds = receipts.map(({ documentId }) => documentId)
    work.record({
      ...line,
      status: isNew ? 201 : 200,
      codes: [],
      documentId: documentIds[0],
      response: receipts,
    })
    return { outcome: 'sent', documentIds }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const codes = error.faults.map(({ code }) => code)
    work.record({ ...line, status: 422, codes, response: error.faults })
    // Sending is closed, or there is no room: nothing about this document is decided.
    if (error.status !== 'invalid' && error.status !== 'conflict') throw error
    report.refused += 1
    return { outcome: 'refused', codes }
  }
}

/** Why a run ended early, in words for the operator. */
export const stopOf = (error: unknown): Fault | undefined =>
  error instanceof BaseProblem
    ? error.fault
    : error instanceof Refusal
      ? (error.faults[0] ?? odataFault('ODATA-09', error.status))
      : undefined
