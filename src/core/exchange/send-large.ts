import type { Caller } from '../company/index.ts'
import type { Fault } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import type { Origin } from './document-record.ts'
import { emptyFile, tooLarge, twiceInFile } from './faults.ts'
import type { ForeignFile, ForeignFormat, LargeReading } from './foreign-format.ts'
import { sourceOf } from './source-of.ts'
import { Refusal, type FileProgress, type Receipt, type Submission } from './receipt.ts'
import { faultsOf, mayBeSent, mayEnter, sendTogether } from './send.ts'

/** A file in parts. Its documents are bounded by the format, one by one. */
const maxFileBytes = 1024 * 1024 * 1024
/** Faults that are told; a file with more is wrong in some other way. */
const maxFaults = 200
/** Documents looked up or entered together: bounded in number and in bytes. */
const batchOf = { documents: 100, bytes: 4 * 1024 * 1024 }
/** Up to here a file is entered in one transaction, as a small one is. */
const wholeOf = { documents: 1000, bytes: 16 * 1024 * 1024 }

export interface LargeOptions {
  /** Its parts stay: another file of the same archive is asked for next. */
  keep?: boolean
  watch?: ((progress: FileProgress) => void) | undefined
}

interface LargeMessage extends Pick<LargeOptions, 'watch'> {
  caller: Caller
  format: string
  origin: Omit<Origin, 'format'>
  key?: string
  reader: ForeignFormat
  file: ForeignFile
}

class EnoughFaults extends Error {}

interface Ready {
  submission: Submission
  notices: Fault[]
}

/**
 * A foreign file of any size becomes documents. It is read twice: first everything is checked, also against what was
 * accepted before, then the documents are entered. A file of up to 1000 documents goes in in one transaction; a
 * larger one in batches, so that nobody waits for it. After a crash between two of them the same file goes on where
 * it stopped: what is in already is known by its content id.
 */
export const sendLarge =
  (deps: ExchangeDeps) =>
  async (message: LargeMessage): Promise<Receipt[]> => {
    const { reader, file, caller } = message
    if (file.size > maxFileBytes) {
      throw new Refusal('too-large', [tooLarge('fileId', maxFileBytes / 1024 / 1024)])
    }
    const reading = readingOf(message, await deps.profiles.of(caller.connectionId))
    const checked = await check(deps, message, reading)
    if (checked.documents === 0) {
      if (reader.mayHoldNoDocuments === true) return []
      throw new Refusal('invalid', [emptyFile()])
    }
    if (checked.whole !== undefined) {
      const { whole } = checked
      return sendTogether(deps)(
        submissionsOf(whole),
        whole.map(({ notices }) => notices),
      )
    }
    return enter(deps, message, reading)
  }

type DocumentReading = Exclude<LargeReading, { passedOver: string }>

type Reading = (
  phase: FileProgress['phase'],
  each: (reading: DocumentReading, index: number) => Promise<Ready | undefined>,
  full: (batch: Ready[], firstIndex: number) => Promise<void>,
) => Promise<number>

/** One walk through the file, in batches. */
const readingOf = (
  { reader, file, caller, watch }: LargeMessage,
  profile: Awaited<ReturnType<ExchangeDeps['profiles']['of']>>,
): Reading => {
  const context = { company: { taxId: caller.companyTaxId, name: caller.companyName }, profile }
  return async (phase, each, full) => {
    let [documents, bytes, done] = [0, 0, 0]
    let batch: Ready[] = []
    const passedOver: Record<string, number> = {}
    const tell = (): void =>
      watch?.({ phase, share: file.size === 0 ? 1 : done / file.size, documents, passedOver })
    const counted: ForeignFile = {
      ...file,
      pieces: async function* () {
        for await (const piece of file.pieces()) {
          yield piece
          done += piece.byteLength
          tell()
        }
      },
    }
    const empty = async (): Promise<void> => {
      if (batch.length > 0) await full(batch, documents - batch.length)
      batch = []
      bytes = 0
      tell()
    }
    const read = await reader.readLarge?.(counted, context, async (reading) => {
      if ('passedOver' in reading) {
        passedOver[reading.passedOver] = (passedOver[reading.passedOver] ?? 0) + 1
        return
      }
      const ready = await each(reading, documents)
      documents += 1
      if (ready === undefined) return
      batch.push(ready)
      bytes += ready.submission.raw.byteLength
      if (batch.length >= batchOf.documents || bytes >= batchOf.bytes) await empty()
    })
    if (read?.ok === false) throw new Refusal('invalid', read.faults)
    await empty()
    done = file.size
    tell()
    return documents
  }
}

/** Finds everything that is wrong, before anything is entered. */
const check = async (
  deps: ExchangeDeps,
  message: LargeMessage,
  reading: Reading,
): Promise<{ documents: number; whole: Ready[] | undefined }> => {
  const faults: Fault[] = []
  const first = new Map<string, number>()
  let whole: Ready[] | undefined = []
  let wholeBytes = 0
  const now = deps.clock.now()
  const say = (found: Fault, index: number): void => {
    faults.push({ ...found, path: `documents[${index}]${found.path === '' ? '' : `.${found.path}`}` })
    if (faults.length >= maxFaults) throw new EnoughFaults()
  }
  let documents = 0
  try {
    documents = await reading(
      'checking',
      async (read, index) => {
        // Whoever may not send at all learns it before the whole file is read.
        if (index === 0) await mayBeSent(deps, message.caller, now, 1)
        const ready = submissionOf(message, read, index)
        const checked = ready && faultsOf(ready, now)
        for (const found of checked?.faults ?? read.faults)
          say({ ...found, source: found.source ?? sourceOf(read, found.path) }, index)
        if (ready === undefined || checked === undefined) return undefined
        const identity = JSON.stringify([ready.document.guid, ready.document.version])
        const twin = first.get(identity)
        if (twin === undefined) first.set(identity, index)
        else say(twiceInFile('guid', twin), index)
        return { submission: ready, notices: checked.notices }
      },
      async (batch, firstIndex) => {
        if (faults.length > 0) return
        for (const { submission } of batch) wholeBytes += submission.raw.byteLength
        const isSmall =
          (whole?.length ?? 0) + batch.length <= wholeOf.documents && wholeBytes <= wholeOf.bytes
        const held = whole
        whole = held !== undefined && isSmall ? [...held, ...batch] : undefined
        // What is entered in one transaction is compared in it.
        if (whole !== undefined) return
        if (held !== undefined && held.length > 0) await mayEnter(deps)(submissionsOf(held), 0)
        await mayEnter(deps)(submissionsOf(batch), firstIndex)
      },
    )
  } catch (error) {
    if (!(error instanceof EnoughFaults)) throw error
  }
  if (faults.length > 0) throw new Refusal('invalid', faults)
  if (documents > 0) await mayBeSent(deps, message.caller, now, documents)
  return { documents, whole }
}

/** Enters what was checked, batch by batch, in the file's order. */
const enter = async (deps: ExchangeDeps, message: LargeMessage, reading: Reading): Promise<Receipt[]> => {
  const receipts: Receipt[] = []
  const now = deps.clock.now()
  await reading(
    'entering',
    (read, index) => {
      const submission = submissionOf(message, read, index)
      if (submission === undefined) throw new Error('a file reads otherwise the second time')
      return Promise.resolve({ submission, notices: faultsOf(submission, now).notices })
    },
    async (batch) => {
      const notices = batch.map((one) => one.notices)
      receipts.push(...(await sendTogether(deps)(submissionsOf(batch), notices)))
    },
  )
  return receipts
}

const submissionsOf = (ready: Ready[]): Submission[] => ready.map(({ submission }) => submission)

const submissionOf = (
  { caller, format, origin, key }: LargeMessage,
  { document, mapping, raw }: DocumentReading,
  index: number,
): Submission | undefined =>
  document && {
    caller,
    document,
    raw,
    origin: { ...origin, format, mapping },
    ...(key === undefined ? {} : { key: `${key}#${index + 1}` }),
  }
