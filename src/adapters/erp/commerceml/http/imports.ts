import { Refusal, type Exchange, type FileProgress, type Receipt } from '../../../../core/exchange/index.ts'
import { commerceMl } from '../format.ts'
import { notSent } from '../cml-faults.ts'
import { doorName, type Session } from './sessions.ts'
import type { Files, KeptFile } from './files.ts'

/** How long one request waits for the end of an import before it answers `progress`. 1C gives up after 30 s or more. */
const waitMs = 15_000
/** `mode=file` of an exchange of orders has no way to say `progress`: it waits as long as 1C may. */
const longWaitMs = 120_000

interface Running {
  work: Promise<string[]>
  progress: FileProgress | undefined
}

export type Imported = { done: string[] } | { progress: string }

/**
 * Imports under way in this process. A file is read once, however often 1C asks; after a crash the next question
 * begins again, and what is in already is known by its content.
 */
export class Imports {
  readonly #gateway: Exchange
  readonly #files: Files
  readonly #running = new Map<string, Running>()

  constructor(gateway: Exchange, files: Files) {
    this.#gateway = gateway
    this.#files = files
  }

  /** Throws `Refusal` with everything that is wrong with the file. */
  async import(session: Session, name: string, requestId: string, isPatient = false): Promise<Imported> {
    const key = `${session.caller.connectionId} ${session.id} ${name}`
    const running = this.#running.get(key) ?? this.#begin(key, session, name, requestId)
    const done = await within(running.work, isPatient ? longWaitMs : waitMs)
    return done === undefined ? { progress: shown(running.progress) } : { done }
  }

  #begin(key: string, session: Session, name: string, requestId: string): Running {
    const running: Running = { work: Promise.resolve([]), progress: undefined }
    running.work = this.#run(session, name, requestId, (progress) => {
      running.progress = progress
    }).finally(() => this.#running.delete(key))
    // Whoever waits hears of a failure; when nobody does, the next question begins again.
    running.work.catch(() => undefined)
    this.#running.set(key, running)
    return running
  }

  async #run(
    session: Session,
    name: string,
    requestId: string,
    watch: (progress: FileProgress) => void,
  ): Promise<string[]> {
    const own = await this.#files.find(session, name)
    const candidates = own === undefined ? await this.#files.archives(session) : [own]
    let missing: unknown = new Refusal('invalid', [notSent(name)])
    for (const file of candidates) {
      if (file.done !== undefined && file.name === name) return file.done
      try {
        return await this.#read(session, file, name, requestId, watch)
      } catch (error) {
        // The name of an entry: it may lie in another archive of this exchange.
        if (!(error instanceof Refusal) || error.faults[0]?.code !== 'CML-13') throw error
        missing = error
      }
    }
    throw missing
  }

  async #read(
    session: Session,
    file: KeptFile,
    name: string,
    requestId: string,
    watch: (progress: FileProgress) => void,
  ): Promise<string[]> {
    let last: FileProgress | undefined
    const isEntry = file.name !== name
    const receipts = await this.#gateway.putData({
      caller: session.caller,
      fileId: file.fileId,
      format: commerceMl.name,
      fileName: name,
      origin: { door: doorName, requestId },
      // An archive holds several files, asked for one by one; the exchange is over before its parts are purged.
      keep: isEntry,
      watch: (progress) => {
        last = progress
        watch(progress)
      },
    })
    const done = summary(receipts, last)
    if (!isEntry) await this.#files.finish(session, file, done)
    return done
  }
}

const within = async <T>(work: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const shown = (progress: FileProgress | undefined): string => {
  if (progress === undefined) return 'Файл открывается.'
  const { phase, share, documents } = progress
  const part = share > 0 ? ` ${Math.floor(share * 100)} %,` : ''
  return phase === 'checking'
    ? `Проверка файла:${part} документов ${documents}.`
    : `Приём документов:${part} принято ${documents}.`
}

/** What a person reads in the log of the exchange. */
const summary = (receipts: readonly Receipt[], progress: FileProgress | undefined): string[] => {
  const repeats = receipts.filter(({ repeat }) => repeat).length
  const passed = Object.entries(progress?.passedOver ?? {})
  return [
    `Документов принято: ${receipts.length - repeats}.`,
    ...(repeats > 0 ? [`Уже были приняты раньше: ${repeats}.`] : []),
    ...(passed.length > 0
      ? [`Не передаются через ЭДО: ${passed.map(([name, count]) => `${name} — ${count}`).join('; ')}.`]
      : []),
    ...receipts.slice(0, 100).map(({ documentId, state }) => `${documentId} ${state}`),
  ]
}
