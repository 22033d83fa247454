import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLine, tableOf, type Bench, type BenchRow } from './measure.ts'

/**
 * `npm run bench -- [--seconds 12] [--stored 100000] [--only intake,gost]`: finds every `*.bench.ts` of this
 * folder, runs them one after another, prints one table. Figures belong to the machine, ratios to the code.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '12' },
    stored: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
})
const only = values.only?.split(',')
const ending = '.bench.ts'
const folder = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith(ending))
  .map((file) => basename(file, ending))
  .filter((name) => only === undefined || only.includes(name))

const started = new Date()
const rows: [string, BenchRow[]][] = []
for (const name of names) {
  const module = (await import(`./${name}${ending}`)) as Record<string, unknown>
  for (const [key, value] of Object.entries(module)) {
    if (!key.endsWith('Bench') || typeof value !== 'function') continue
    process.stderr.write(`── ${name}\n`)
    const bench = value as Bench
    rows.push([name, await bench({ seconds: Number(values.seconds), stored: Number(values.stored) })])
  }
}

process.stdout.write(`\n${machineLine()}\n${started.toISOString()}, ${values.seconds} s each\n`)
for (const [name, own] of rows) process.stdout.write(`\n${name}\n${tableOf(own)}\n`)
