import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a client did and was told, as the witness wrote it down. */
export type Testimony =
  /** Written before a request goes out. */
  | { what: 'sent'; guid: string; version: string; digest: string; key?: string }
  /** Written after a receipt came in and before the client goes on. */
  | {
      what: 'acknowledged'
      guid: string
      version: string
      /** Of the exact bytes that the client itself wrote. */
      digest: string
      key?: string
      documentId: string
      receiptDigest: string
      repeat: boolean
    }
  /** The gateway said no: 409 and the like. Nothing of it may be stored. */
  | { what: 'refused'; guid: string; version: string; digest: string; key?: string; status: number }

export interface Witness {
  /** Resolves once the line is on the disk. */
  tell(testimony: Testimony): Promise<void>
  /** Ends the witness and reads what it wrote, from the disk. */
  testify(): Promise<Testimony[]>
}

const entry = fileURLToPath(new URL('./witness-process.ts', import.meta.url))

export const startWitness = (journal: string): Witness => {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, journal], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting: { number: number; resolve: () => void }[] = []
  let told = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const written = Number(line)
    while ((waiting[0]?.number ?? Infinity) <= written) waiting.shift()?.resolve()
  })
  return {
    tell: (testimony) =>
      new Promise((resolve) => {
        waiting.push({ number: (told += 1), resolve })
        child.stdin.write(`${JSON.stringify(testimony)}\n`)
      }),
    testify: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
      return readFileSync(journal, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Testimony)
    },
  }
}
