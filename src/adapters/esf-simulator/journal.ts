import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { InvoiceKind } from './invoice.ts'
import type { PortalError } from './portal-error.ts'

/**
 * Everything that ever happened at the simulated portal, one JSON object a line. The state is the fold of
 * this file: a restart reads it back, and a test compares it with the other side's memory.
 */
export type JournalRecord = { readonly at: string } & JournalFact

export type JournalFact =
  | { kind: 'call'; service: string; operation: string; outcome: string; injected?: string }
  | { kind: 'session.opened'; sessionId: string; iin: string; tin: string; profile: string }
  | { kind: 'session.closed'; sessionId: string; cause: string }
  | { kind: 'certificate'; digest: string; certificate: string }
  | AcceptedInvoice
  | {
      kind: 'invoice.status'
      id: string
      status: string
      registrationNumber?: string
      cancelReason?: string
      errors?: readonly PortalError[]
      by?: { iin: string; tin: string }
      note?: string
    }
  | AcceptedAct
  | {
      kind: 'awp.status'
      id: string
      status: string
      registrationNumber?: string
      errors?: readonly PortalError[]
    }

export interface AcceptedInvoice {
  kind: 'invoice.accepted'
  id: string
  num: string
  date: string
  invoiceKind: InvoiceKind
  senderTin: string
  senderIin: string
  sellerTins: readonly string[]
  customerTins: readonly string[]
  relatedNum?: string
  relatedDate?: string
  body: string
  version: string
  signature: string
  signatureType: string
  certificateDigest: string
}

export interface AcceptedAct {
  kind: 'awp.accepted'
  id: string
  number: string
  date: string
  senderTin: string
  senderIin: string
  senderTins: readonly string[]
  recipientTins: readonly string[]
  body: string
  signature: string
  signatureType: string
  certificateDigest: string
}

/** Appends facts; `flush` resolves when everything appended so far would survive a crash. */
export interface Journal {
  append(record: JournalRecord): void
  flush(): Promise<void>
  close(): Promise<void>
}

/** Without a path nothing is kept: the state lives as long as the process. */
export const memoryJournal: Journal = {
  append: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

/**
 * Opens (or creates) a journal file and reads it back. A last line that a crash cut short is removed: its
 * call was never answered. A broken line anywhere else is a damaged file and stops the start.
 */
export const openJournal = (path: string): { journal: Journal; records: JournalRecord[] } => {
  const file = openSync(path, 'a+')
  try {
    const bytes = readFileSync(file)
    const whole = bytes.lastIndexOf(0x0a) + 1
    if (whole < bytes.length) ftruncateSync(file, whole)
    const records = bytes
      .subarray(0, whole)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => readLine(line, index + 1, path))
    return { journal: new FileJournal(file), records }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

const readLine = (line: string, number: number, path: string): JournalRecord => {
  try {
    return JSON.parse(line) as JournalRecord
  } catch (error) {
    throw new Error(`journal ${path}: line ${number} is not JSON`, { cause: error })
  }
}

class FileJournal implements Journal {
  readonly #file: number
  #lines: string[] = []
  #running: Promise<void> = Promise.resolve()
  #scheduled: Promise<void> | undefined
  #closed = false

  constructor(file: number) {
    this.#file = file
  }

  append(record: JournalRecord): void {
    this.#lines.push(`${JSON.stringify(record)}\n`)
  }

  /**
   * One sync serves every call that came while the previous one ran. After a failed write every later
   * flush fails too: a journal with a hole must not look whole.
   */
  flush(): Promise<void> {
    this.#scheduled ??= this.#running.then(() => {
      this.#scheduled = undefined
      return (this.#running = this.#sync())
    })
    return this.#scheduled
  }

  async #sync(): Promise<void> {
    const lines = this.#lines
    this.#lines = []
    if (lines.length === 0 || this.#closed) return
    writeAll(this.#file, Buffer.from(lines.join('')))
    await new Promise<void>((resolve, reject) => {
      fdatasync(this.#file, (error) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    try {
      await this.flush()
    } finally {
      this.#closed = true
      closeSync(this.#file)
    }
  }
}

const writeAll = (file: number, bytes: Buffer): void => {
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written)
}
