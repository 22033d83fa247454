import type { Caller } from '../company/index.ts'
import {
  differencesOf,
  fieldTitle,
  valuesOf,
  writeDocumentXml,
  type Document,
  type DocumentDifference,
  type DocumentKind,
} from '../document/index.ts'
import { fault, type Fault, type Language, type Result } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import { emptyFile, unknownFormat } from './faults.ts'
import type { ForeignFormat, ForeignReading, ReadingContext, ValueSource } from './foreign-format.ts'
import { Refusal, type Submission } from './receipt.ts'
import { twinsAmong } from './send-message.ts'
import { faultsOf } from './send.ts'
import { sourceOf } from './source-of.ts'
import { whyNotSend } from './standing.ts'

/** What a foreign file would become if it were sent. */
export interface DryRun {
  format: string
  /** The format was not named: it is the one that reads the file best. */
  guessed: boolean
  /** Why the file as a whole cannot be read; there are no documents then. */
  faults: Fault[]
  /** Why this company may not send now, whatever the file holds. */
  denial?: Fault
  documents: DryDocument[]
}

export interface DryDocument {
  kind?: DocumentKind
  /** Also there when rules refuse it: what was read. */
  document?: Document
  /** Name and version of the mapping that read it. */
  mapping: string
  /** Where each value comes from. */
  sources: readonly ValueSource[]
  /** Places of the file that nothing read. */
  unread: readonly string[]
  faults: Fault[]
  notices: Fault[]
  before?: Before
}

/** What this base sent last under the same GUID. */
export interface Before {
  documentId: string
  version: string
  receivedAt: Date
  /** `repeat`: the same content; `conflict`: other content under the same version; `new-version`: it would be taken. */
  outcome: 'repeat' | 'conflict' | 'new-version'
  /** Asked for by `diff`; undefined when the content of the first is not kept any more. */
  differences?: DocumentDifference[]
}

export interface DryRunQuestion {
  caller: Caller
  /** Undefined: to be found out. */
  format?: string
  fileName: string
  content: Uint8Array
  /** Compare with what was sent last. */
  diff?: boolean
}

/** Files larger than this are not tried by every format in turn. */
const maxGuessedBytes = 4 * 1024 * 1024

/**
 * Reads a foreign file as `sendMessage` does and tells what would come of it: each document with the source of every
 * value, and every fault with the field to correct. Nothing is stored, metered or sent.
 */
export const dryRun =
  (deps: ExchangeDeps) =>
  async ({ caller, format, fileName, content, diff = false }: DryRunQuestion): Promise<DryRun> => {
    const context: ReadingContext = {
      company: { taxId: caller.companyTaxId, name: caller.companyName },
      profile: await deps.profiles.of(caller.connectionId),
    }
    const guessed = format === undefined
    const { name, read } = guessed
      ? await guess(deps.formats, content, fileName, context)
      : await readBy(deps.formats, format, content, fileName, context)
    const denial = await whyNotSend(deps, caller)
    const head = { format: name, guessed, ...(denial === undefined ? {} : { denial }) }
    if (!read.ok) return { ...head, faults: read.faults, documents: [] }
    if (read.value.length === 0) return { ...head, faults: [emptyFile()], documents: [] }

    const documents: DryDocument[] = []
    const submissions: Submission[] = []
    for (const reading of read.value) {
      const submission = reading.document && {
        caller,
        document: reading.document,
        raw: content,
        origin: { door: 'dry-run', format: name, mapping: reading.mapping, requestId: '' },
      }
      if (submission !== undefined) submissions.push(submission)
      documents.push(await explained(deps, reading, submission, diff))
    }
    return { ...head, faults: twinsAmong(submissions), documents }
  }

const explained = async (
  deps: ExchangeDeps,
  reading: ForeignReading,
  submission: Submission | undefined,
  diff: boolean,
): Promise<DryDocument> => {
  const checked = submission && faultsOf(submission, deps.clock.now())
  const placed = (all: readonly Fault[]): Fault[] =>
    all.map((one) => {
      const source = one.source ?? sourceOf(reading, one.path)
      return source === undefined ? one : { ...one, source }
    })
  const before = submission && (await beforeOf(deps, submission, diff))
  return {
    ...(reading.document === undefined ? {} : { kind: reading.document.kind, document: reading.document }),
    mapping: reading.mapping,
    sources: reading.sources,
    unread: reading.unread,
    faults: placed(checked?.faults ?? reading.faults),
    notices: placed(checked?.notices ?? []),
    ...(before === undefined ? {} : { before }),
  }
}

const beforeOf = async (
  deps: ExchangeDeps,
  { caller, document }: Submission,
  diff: boolean,
): Promise<Before | undefined> => {
  const record = await deps.documents.byGuid(caller.companyId, document.guid)
  if (record === undefined || record.connectionId !== caller.connectionId) return undefined
  const isSame = record.digest === deps.hasher.digest(writeDocumentXml(document))
  const outcome = isSame ? 'repeat' : record.version === document.version ? 'conflict' : 'new-version'
  const { id: documentId, version, receivedAt } = record
  const before: Before = { documentId, version, receivedAt, outcome }
  if (!diff) return before
  const bytes = await deps.documents.bytes(record.digest)
  const read = bytes && (await deps.printing.readDocument(record.kind, bytes))
  return read?.ok === true ? { ...before, differences: differencesOf(read.value, document) } : before
}

type Formats = ReadonlyMap<string, ForeignFormat>
interface Tried {
  name: string
  read: Result<ForeignReading[]>
}

const readBy = async (
  formats: Formats,
  name: string,
  content: Uint8Array,
  fileName: string,
  context: ReadingContext,
): Promise<Tried> => {
  const format = formats.get(name)
  if (format === undefined) throw new Refusal('invalid', [unknownFormat(name, [...formats.keys()])])
  return { name, read: await format.read(content, fileName, context) }
}

/** How well a format reads a file: whole documents first, then values found in it; 0 when it finds none. */
const scoreOf = ({ read }: Tried): number => {
  if (!read.ok) return 0
  const total = read.value.reduce((sum, { document, sources, faults }) => {
    const found = sources.filter(
      ({ source, found: text }) => source !== undefined && text !== undefined,
    ).length
    return (
      sum + (document === undefined ? 0 : 1_000) + Math.max(found === 0 ? 0 : 1, found - 2 * faults.length)
    )
  }, 0)
  return total / Math.max(1, read.value.length)
}

const guess = async (
  formats: Formats,
  content: Uint8Array,
  fileName: string,
  context: ReadingContext,
): Promise<Tried> => {
  let best: Tried | undefined
  for (const format of formats.values()) {
    if (format.recognises?.(content, fileName) === false) continue
    if (format.recognises === undefined && content.byteLength > maxGuessedBytes) continue
    const tried = { name: format.name, read: await format.read(content, fileName, context) }
    if (best === undefined || scoreOf(tried) > scoreOf(best)) best = tried
  }
  if (best === undefined || scoreOf(best) === 0)
    throw new Refusal('invalid', [notRecognised([...formats.keys()])])
  return best
}

const notRecognised = (known: string[]): Fault =>
  fault('EXCHANGE-30', 'format', {
    ru: `Ни один формат не читает этот файл. Назовите формат сами (format), чтобы увидеть, что именно не так: ${known.join(', ')}.`,
    kk: `Бірде-бір формат бұл файлды оқымайды. Не дұрыс емес екенін көру үшін форматты өзіңіз атаңыз (format): ${known.join(', ')}.`,
    en: `No format reads this file. Name one (format) to see what exactly is wrong: ${known.join(', ')}.`,
  })

/** Values told of one document: a waybill of five thousand lines is not read line by line. */
const maxToldValues = 2_000

/** A dry run as doors tell it, in one language: each value beside the place it came from. */
export const dryRunValue = (run: DryRun, language: Language) => {
  const told = ({ code, path, source, message }: Fault) => ({
    code,
    path,
    source,
    message: message[language],
  })
  return {
    format: run.format,
    guessed: run.guessed,
    wouldSend:
      run.denial === undefined &&
      run.faults.length === 0 &&
      run.documents.every(({ faults }) => faults.length === 0),
    denial: run.denial === undefined ? undefined : told(run.denial),
    faults: run.faults.map(told),
    documents: run.documents.map(({ document, sources, faults, notices, before, ...rest }) => {
      const bySource = new Map(sources.map((one) => [one.path, one]))
      const values = document === undefined ? [] : valuesOf(document).filter(({ path }) => path !== 'kind')
      const kind = document?.kind
      return {
        ...rest,
        kind,
        document,
        values: values.slice(0, maxToldValues).map(({ path, value }) => ({
          title: kind === undefined ? path : fieldTitle(kind, path)[language],
          ...bySource.get(path),
          path,
          value,
        })),
        valuesLeftOut: Math.max(0, values.length - maxToldValues),
        // Without a document there is still what was found before it failed.
        sources: document === undefined ? sources.slice(0, maxToldValues) : undefined,
        faults: faults.map(told),
        notices: notices.map(told),
        before:
          before === undefined
            ? undefined
            : {
                ...before,
                receivedAt: before.receivedAt.toISOString(),
                differences: before.differences?.map((one) => ({
                  ...one,
                  title: kind === undefined ? one.path : fieldTitle(kind, one.path)[language],
                })),
              },
      }
    }),
  }
}

export type DryRunValue = ReturnType<typeof dryRunValue>
