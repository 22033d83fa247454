import { createHash } from 'node:crypto'
import type { DoorNotes, Exchange } from '../../../../core/exchange/index.ts'
import { doorName, type Session } from './sessions.ts'

/** What 1C is asked to cut its files into. */
export const partBytes = 2 * 1024 * 1024

/** A file of an exchange, as far as it has come. */
export interface KeptFile {
  name: string
  fileId: string
  parts: number
  /** SHA-256 of the last request's body: the same again is a repeat, whose answer was lost. */
  last: string
  /** What `import` answered; the file is in. */
  done?: string[]
}

/**
 * Files arrive without numbers: each request adds to what is there. The part is stored before it is written down, under
 * the number it will have, so that a crash in between is healed by the repeat.
 */
export class Files {
  readonly #notes: DoorNotes
  readonly #gateway: Pick<Exchange, 'putFilePart'>

  constructor(notes: DoorNotes, gateway: Pick<Exchange, 'putFilePart'>) {
    this.#notes = notes
    this.#gateway = gateway
  }

  async append(session: Session, name: string, bytes: Uint8Array): Promise<KeptFile> {
    const digest = createHash('sha256').update(bytes).digest('hex')
    for (;;) {
      const { file, revision } = await this.#find(session, name)
      if (file?.last === digest) return file
      const isAnew = file === undefined || file.done !== undefined
      let parts = isAnew ? 0 : file.parts
      // A file that was imported and comes again is another upload: parts of the old one must not show through.
      const fileId = isAnew ? this.#fileId(session, name, revision) : file.fileId
      for (let from = 0; from < bytes.byteLength; from += partBytes) {
        parts += 1
        const piece = bytes.subarray(from, from + partBytes)
        await this.#gateway.putFilePart({ caller: session.caller, fileId, part: parts, bytes: piece })
      }
      const kept: KeptFile = { name, fileId, parts, last: digest }
      if (await this.#notes.write(this.#place(session, name), kept, revision)) return kept
    }
  }

  async find(session: Session, name: string): Promise<KeptFile | undefined> {
    return (await this.#find(session, name)).file
  }

  /** The archives of an exchange, the latest name first. */
  async archives(session: Session): Promise<KeptFile[]> {
    const place = { connectionId: session.caller.connectionId, door: doorName, prefix: `file/${session.id}/` }
    const files = (await this.#notes.list(place, { limit: 500 })).map(({ value }) => value as KeptFile)
    return files.filter(({ name }) => /\.zip$/i.test(name)).reverse()
  }

  /** Another answer for the same question is never needed: whoever wrote first is right. */
  async finish(session: Session, file: KeptFile, done: string[]): Promise<void> {
    const { revision } = await this.#find(session, file.name)
    await this.#notes.write(this.#place(session, file.name), { ...file, done }, revision)
  }

  /** `init` begins anew: what was sent before in this exchange is forgotten. */
  async clear(session: Session): Promise<void> {
    const { connectionId } = session.caller
    const prefix = `file/${session.id}/`
    const files = await this.#notes.list({ connectionId, door: doorName, prefix }, { limit: 500 })
    for (const { key } of files) await this.#notes.remove({ connectionId, door: doorName, key })
  }

  async #find(session: Session, name: string): Promise<{ file: KeptFile | undefined; revision: number }> {
    const note = await this.#notes.read(this.#place(session, name))
    return { file: note?.value as KeptFile | undefined, revision: note?.revision ?? 0 }
  }

  #place({ id, caller }: Session, name: string): { connectionId: string; door: string; key: string } {
    return { connectionId: caller.connectionId, door: doorName, key: `file/${id}/${name}` }
  }

  /** Another one after every `clear`, too: the number of an upload is never used twice. */
  #fileId({ id }: Session, name: string, revision: number): string {
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 24)
    return `cml-${id}-${digest}-${revision}-${Date.now().toString(36)}`
  }
}

/** A path inside the export: relative, without a way out. */
export const isFileName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 255 &&
  !/^[/\\]|^[A-Za-z]:|\\|\p{Cc}/u.test(name) &&
  !name.split('/').some((part) => part === '' || part === '.' || part === '..')

/** Pictures and the like come along with a catalogue; nobody asks for them. */
export const isRead = (name: string): boolean => /\.(xml|zip)$/i.test(name)

const rootEnds = ['utf8', 'utf16le', 'latin1'] as const

/** The end of `КоммерческаяИнформация` in each encoding, or of an archive: nothing more will come. */
export const isComplete = (name: string, bytes: Uint8Array): boolean => {
  const tail = Buffer.from(bytes.subarray(-512))
  if (/\.zip$/i.test(name)) return tail.includes('PK\u0005\u0006', 0, 'latin1')
  return rootEnds.some((encoding) => {
    // In windows-1251 the capitals and small letters of this word stand at 0xC0 and after.
    const word =
      encoding === 'latin1'
        ? Buffer.from([...'</КоммерческаяИнформация>'].map(byteOf))
        : Buffer.from('</КоммерческаяИнформация>', encoding)
    return tail.includes(word)
  })
}

const byteOf = (letter: string): number => {
  const code = letter.charCodeAt(0)
  return code < 0x80 ? code : code - 0x410 + 0xc0
}
