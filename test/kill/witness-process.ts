import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * The witness: a process that nobody kills. One line of JSON in, appended to the file named by the first
 * argument and fsynced; only then its number goes back out. Lines that came together share an fsync.
 */
const [journal = ''] = process.argv.slice(2)
const file = openSync(journal, 'a', 0o600)
let waiting: string[] = []
let seen = 0

const settle = (): void => {
  writeSync(file, waiting.join(''))
  fsyncSync(file)
  seen += waiting.length
  waiting = []
  process.stdout.write(`${seen}\n`)
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (waiting.length === 0) setImmediate(settle)
    waiting.push(`${line}\n`)
  })
  .on('close', () => {
    if (waiting.length > 0) settle()
    closeSync(file)
  })
