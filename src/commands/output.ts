import { tableOf } from './table.ts'

/** Letters of a line where nobody says how wide it may be. */
const widest = 180

/** Prints an answer: as JSON for machines, as lines for people. */
export const show = (value: unknown, { json }: { json: boolean }): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${linesOf(value).join('\n')}\n`)
}

const linesOf = (value: unknown, indent = ''): string[] => {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}—`]
    const table = value.every(isRecord) ? tableLines(value, indent) : undefined
    // An identifier that was cut to fit a column could not be copied into the next command.
    if (table?.every(({ length }) => length <= (process.stdout.columns ?? widest)) === true) return table
    return value.flatMap((item) => [...linesOf(item, indent), ''].slice(0, isFlat(item) ? 1 : undefined))
  }
  if (!isRecord(value)) return [`${indent}${textOf(value)}`]
  return Object.entries(value).flatMap(([name, part]) =>
    isFlat(part)
      ? [`${indent}${name}: ${textOf(part)}`]
      : [`${indent}${name}:`, ...linesOf(part, `${indent}  `)],
  )
}

/** A list of like things is a table; what a thing holds itself becomes columns of its own. */
const tableLines = (things: readonly Record<string, unknown>[], indent: string): string[] => {
  const rows = things.map((thing) => new Map(columnsOf(thing)))
  const head = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  return tableOf(
    head,
    rows.map((row) => head.map((name) => row.get(name) ?? '')),
    { indent, width: Infinity },
  )
}

const columnsOf = (thing: Record<string, unknown>, before = ''): [string, string][] =>
  Object.entries(thing).flatMap(([name, part]) =>
    isRecord(part) && !Array.isArray(part)
      ? columnsOf(part, `${before}${name}.`)
      : [[`${before}${name}`, part === null || part === undefined ? '' : textOf(part)] as [string, string]],
  )

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isFlat = (value: unknown): boolean => !isRecord(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
