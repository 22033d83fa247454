import type { Caller } from '../company/index.ts'
import type { Fault } from '../kernel/index.ts'
import { attachmentFaults } from './attachments.ts'
import type { ExchangeDeps } from './deps.ts'
import type { Origin } from './document-record.ts'
import {
  badPartNumber,
  emptyFile,
  tooLarge,
  tooManyParts,
  twiceInFile,
  unknownFormat,
  uploadIncomplete,
} from './faults.ts'
import type { ForeignFile, ReadingContext } from './foreign-format.ts'
import { Refusal, type Receipt, type Submission } from './receipt.ts'
import { sendLarge, type LargeOptions } from './send-large.ts'
import { sourceOf } from './source-of.ts'
import { faultsOf, mustHaveRoom, sendDocument, sendTogether } from './send.ts'
import { uploadedFile } from './uploaded-file.ts'

/** One part of a large file; 1C cuts at 1024 KB, others a little above. */
const maxPartBytes = 4 * 1024 * 1024
/** Parts of one connection that wait to be joined: a gigabyte as 1C cuts. */
const maxUnfinishedParts = 1_000
/** A joined file is read in memory as a whole. Formats that stream set their own limits. */
const maxJoinedBytes = 64 * 1024 * 1024

interface Message {
  caller: Caller
  format: string
  fileName: string
  content: Uint8Array
  origin: Omit<Origin, 'format'>
  key?: string
  known?: ReadingContext['known']
}

/**
 * A foreign file becomes documents. Every document in it is checked before any is sent, and all are entered in
 * one transaction: half a file is never accepted. The same file again gives the first receipts.
 */
export const sendMessage =
  (deps: ExchangeDeps) =>
  async ({ caller, format, fileName, content, origin, key, known }: Message): Promise<Receipt[]> => {
    const reader = deps.formats.get(format)
    if (reader === undefined) throw new Refusal('invalid', [unknownFormat(format, [...deps.formats.keys()])])
    const read = await reader.read(content, fileName, {
      company: { taxId: caller.companyTaxId, name: caller.companyName },
      profile: await deps.profiles.of(caller.connectionId),
      known,
    })
    if (!read.ok) throw new Refusal('invalid', read.faults)
    const readings = read.value
    if (readings.length === 0) {
      if (reader.mayHoldNoDocuments === true) return []
      throw new Refusal('invalid', [emptyFile()])
    }

    const now = deps.clock.now()
    const submissions: Submission[] = []
    const notices: Fault[][] = []
    const faults: Fault[] = []
    for (const [index, { document, mapping, ...reading }] of readings.entries()) {
      const submission = document && {
        caller,
        document,
        raw: content,
        origin: { ...origin, format, mapping },
        key: key === undefined || readings.length === 1 ? key : `${key}#${index + 1}`,
      }
      const checked = submission && faultsOf(submission, now)
      if (submission !== undefined && checked !== undefined) {
        checked.faults.push(...(await attachmentFaults(deps, caller, submission.document)))
      }
      if (submission !== undefined) submissions.push(submission)
      notices.push(checked?.notices ?? [])
      for (const fault of checked?.faults ?? reading.faults) {
        const { path, source = sourceOf(reading, fault.path) } = fault
        faults.push({ ...fault, source, path: readings.length === 1 ? path : `documents[${index}].${path}` })
      }
    }
    if (faults.length > 0) throw new Refusal('invalid', faults)
    const twins = twinsAmong(submissions)
    if (twins.length > 0) throw new Refusal('invalid', twins)
    const [only] = submissions
    // One document shares its commit with those of others.
    return only !== undefined && submissions.length === 1
      ? [await sendDocument(deps)(only)]
      : sendTogether(deps)(submissions, notices)
  }

/** Documents of one file under the same identity: which of them is meant, nobody could say. */
export const twinsAmong = (submissions: Submission[]): Fault[] => {
  const first = new Map<string, number>()
  return submissions.flatMap(({ document: { guid, version } }, index) => {
    const identity = JSON.stringify([guid, version])
    const twin = first.get(identity)
    if (twin === undefined) first.set(identity, index)
    return twin === undefined ? [] : [twiceInFile(`documents[${index}].guid`, twin)]
  })
}

export const putFilePart =
  (deps: ExchangeDeps) =>
  async ({
    caller,
    fileId,
    part,
    bytes,
  }: {
    caller: Caller
    fileId: string
    part: number
    bytes: Uint8Array
  }): Promise<void> => {
    const named = fileId.length > 0 && fileId.length <= 100
    if (!named || !Number.isInteger(part) || part < 1 || part > 10_000) {
      throw new Refusal('invalid', [badPartNumber()])
    }
    if (bytes.byteLength > maxPartBytes) {
      throw new Refusal('too-large', [tooLarge('partData', maxPartBytes / 1024 / 1024)])
    }
    mustHaveRoom(deps)
    const kept = await deps.uploads.put({
      connectionId: caller.connectionId,
      fileId,
      part,
      bytes,
      at: deps.clock.now(),
      atMost: maxUnfinishedParts,
    })
    if (!kept) throw new Refusal('too-many', [tooManyParts(maxUnfinishedParts)])
  }

/** The parts of one file in one piece. They stay until `discardUpload`. */
export const readUpload =
  (deps: Pick<ExchangeDeps, 'uploads'>) =>
  async ({ caller, fileId }: { caller: Caller; fileId: string }): Promise<Uint8Array> =>
    joined(await openUpload(deps, { caller, fileId, fileName: '' }))

export const discardUpload =
  (deps: Pick<ExchangeDeps, 'uploads'>) =>
  ({ caller, fileId }: { caller: Caller; fileId: string }): Promise<void> =>
    deps.uploads.discard(caller.connectionId, fileId)

/** The parts stay until the documents are in: a crash in between costs nothing but another `PutData`. */
export const putData =
  (deps: ExchangeDeps) =>
  async ({
    fileId,
    keep = false,
    watch,
    ...message
  }: Omit<Message, 'content'> & LargeOptions & { fileId: string }): Promise<Receipt[]> => {
    const { caller, fileName } = message
    const file = await openUpload(deps, { caller, fileId, fileName })
    const reader = deps.formats.get(message.format)
    const receipts =
      reader?.readLarge === undefined
        ? await sendMessage(deps)({ ...message, content: await joined(file) })
        : await sendLarge(deps)({ ...message, reader, file, watch })
    if (!keep) await discardUpload(deps)({ caller, fileId })
    return receipts
  }

const openUpload = async (
  { uploads }: Pick<ExchangeDeps, 'uploads'>,
  { caller: { connectionId }, fileId, fileName }: { caller: Caller; fileId: string; fileName: string },
): Promise<ForeignFile> => {
  const upload = await uploads.read(connectionId, fileId)
  if (upload === undefined || upload.missing !== undefined) {
    throw new Refusal('invalid', [uploadIncomplete(upload?.missing)])
  }
  return uploadedFile(uploads, { connectionId, fileId, name: fileName, upload })
}

/** A file that is read as a whole, in memory. */
const joined = async (file: ForeignFile): Promise<Uint8Array> => {
  if (file.size > maxJoinedBytes) {
    throw new Refusal('too-large', [tooLarge('fileId', maxJoinedBytes / 1024 / 1024)])
  }
  const content = new Uint8Array(file.size)
  let offset = 0
  for await (const bytes of file.pieces()) {
    content.set(bytes, offset)
    offset += bytes.byteLength
  }
  return content
}
