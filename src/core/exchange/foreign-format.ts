import type { Document } from '../document/index.ts'
import type { ConnectionProfile } from '../company/index.ts'
import type { Fault, Result } from '../kernel/index.ts'

/** Where one value of a document came from; a dry run explains every value with it. */
export interface ValueSource {
  /** The value in the document, as faults name it: `lines[0].price`. */
  path: string
  /** The place in the file in the file's own words (`Товары/Строка[1]/Цена`); undefined for constants. */
  source?: string
  /** What stood there, at most 200 characters of it. */
  found?: string
  /** The rule that made the value of it: `decimal`, `vat-rate`, a line of a mapping (`enterprisedata.yaml:31`). */
  rule: string
  /** The dictionary that translated it (`mkei`), where there was one. */
  dictionary?: string
}

/** One document as read from a foreign file, explained; with the faults that keep it from being one. */
export interface ForeignReading {
  /** Undefined when there are faults. */
  document?: Document
  /** All faults of this document at once; paths are those of the document, `source` names the file's field. */
  faults: readonly Fault[]
  sources: readonly ValueSource[]
  /** Places of the file that belong to this document and that nothing read. */
  unread: readonly string[]
  /** Name and version of the mapping that read it, pinned with the document: `enterprisedata@3`. */
  mapping: string
}

/** What a reader may know beside the bytes. No clock, no network, no database: the same file reads the same. */
export interface ReadingContext {
  /** Whose base sent it; a document of another company's БИН is refused later, by the core. */
  company: { taxId: string; name: string }
  profile: ConnectionProfile
  /** What the door remembers of this base from earlier files, by the base's own references. */
  known?: ReadonlyMap<string, unknown>
}

/** A foreign file that may be too large to hold: it lies in parts. */
export interface ForeignFile {
  name: string
  size: number
  /** From the beginning, as often as asked, a few megabytes at a time. */
  pieces(): AsyncIterable<Uint8Array>
  /** `length` bytes from `from` on: archives keep their list at the end. */
  slice(from: number, length: number): Promise<Uint8Array>
}

/** What a large file held at one place: a document with its part of the file, or something that is no document. */
export type LargeReading = (ForeignReading & { raw: Uint8Array }) | { passedOver: string }

/** One foreign format that `SendMessage` understands: pure reading. */
export interface ForeignFormat {
  name: string
  /** Whether a file may be of this format, from its first bytes; without it a dry run tries to read. Never throws. */
  recognises?(bytes: Uint8Array, fileName: string): boolean
  /** What is wrong with the settings that a connection makes for this format (`settings.<name>` of its profile). */
  checkSettings?(settings: Record<string, unknown>): readonly Fault[]
  /** A file of this format without any document is taken and leaves nothing: a catalogue, a list of prices. */
  readonly mayHoldNoDocuments?: boolean
  /** Not ok: the file as a whole cannot be read. Ok: each document in it, good or faulty, in the file's order. */
  read(bytes: Uint8Array, fileName: string, context: ReadingContext): Promise<Result<ForeignReading[]>>
  /**
   * As `read`, for files of any size: hands over one document at a time, waits for it to be taken, and holds no more
   * than that. What is wrong with the file as a whole may show after the last document only.
   */
  readLarge?(
    file: ForeignFile,
    context: ReadingContext,
    take: (reading: LargeReading) => Promise<void>,
  ): Promise<Result<void>>
}
