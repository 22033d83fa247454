import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { discoverErpDoors } from '../../../../src/adapters/erp/discover.ts'
import type { ForeignReading, ReadingContext } from '../../../../src/core/exchange/index.ts'
import { ok, type Fault, type Result } from '../../../../src/core/kernel/index.ts'

/**
 * Every folder under `adapters/erp` that reads files: `samples/NNNN-what.in.*` must be read as
 * `NNNN-what.out.json`, or refused with `NNNN-what.faults.json`. `NNNN-what.context.json` says whose base sent
 * it and by which of the folder's formats it is read, where that is not the plain case.
 * `UPDATE_SAMPLES=1` writes what is read today: look at the difference before committing it.
 */

type Context = Partial<ReadingContext> & { format?: string }

const plain: ReadingContext = { company: { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' }, profile: {} }

const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../../../src/adapters/erp/${name}/samples/`, import.meta.url))

/** What stays readable in a sample: each value with the place it came from, each fault with its field. */
const shownReading = ({ document, faults, sources, unread, mapping }: ForeignReading) => ({
  mapping,
  ...(document === undefined ? {} : { document }),
  ...(faults.length === 0 ? {} : { faults: faults.map(shownFault) }),
  sources: Object.fromEntries(
    sources.map(({ path, source, rule, dictionary }) => [
      path,
      [source ?? '(нет)', rule, ...(dictionary === undefined ? [] : [dictionary])].join(' | '),
    ]),
  ),
  ...(unread.length === 0 ? {} : { unread }),
})

const shownFault = ({ code, path, source }: Fault) => ({ code, path, ...(source && { source }) })

/** The gateway's own format has its samples under `test/samples/documents`. */
const doors = (await discoverErpDoors()).filter(
  ({ name, formats, statements }) => (formats ?? statements) !== undefined && existsSync(folderOf(name)),
)

describe.each(doors.map((door) => [door.name, door] as const))('%s', (name, door) => {
  const folder = folderOf(name)
  const samples = readdirSync(folder)
    .filter((file) => /\.in\.[a-z]+$/.test(file))
    .sort()

  test.each(samples)('%s is read as its sample says', async (file) => {
    const stem = file.replace(/\.in\.[a-z]+$/, '')
    const contextFile = `${folder}${stem}.context.json`
    const context = existsSync(contextFile) ? (JSON.parse(readFileSync(contextFile, 'utf8')) as Context) : {}
    const bytes = readFileSync(folder + file)
    const readers = new Map<string, () => Promise<Result<unknown>>>([
      ...(door.formats ?? []).map(
        (format) =>
          [
            format.name,
            async () => {
              const read = await format.read(bytes, file, { ...plain, ...context })
              return read.ok ? ok(read.value.map(shownReading)) : read
            },
          ] as const,
      ),
      ...(door.statements ?? []).map((format) => [format.name, () => format.read(bytes)] as const),
    ])
    const reader = readers.get(context.format ?? [...readers.keys()][0] ?? '')
    if (reader === undefined) throw new Error(`${name} has no format ${context.format}`)
    const read = await reader()
    const result = read.ok ? read.value : read.faults.map(shownFault)
    const wanted = `${folder}${stem}.${read.ok ? 'out' : 'faults'}.json`
    const text = `${JSON.stringify(result, null, 2)}\n`
    if (process.env.UPDATE_SAMPLES === '1') writeFileSync(wanted, text)
    expect(existsSync(wanted)).toBe(true)
    expect(text).toBe(readFileSync(wanted, 'utf8'))
  })

  test('has a sample of success and one of refusal', () => {
    const files = readdirSync(folder)
    expect(files.some((file) => file.endsWith('.out.json'))).toBe(true)
    expect(files.some((file) => file.endsWith('.faults.json'))).toBe(true)
  })
})
