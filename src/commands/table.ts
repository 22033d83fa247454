const gap = '  '
/** Letters below which no column is cut. */
const smallest = 8

/** Cells of a line, or a heading across all columns. */
export type Row = readonly string[] | string

/** Rows as aligned columns for people; what does not fit the terminal is cut with an ellipsis, widest columns first. */
export const tableOf = (
  head: readonly string[],
  rows: readonly Row[],
  {
    width = process.stdout.columns ?? 160,
    indent = '',
    endsMatter = [],
  }: { width?: number; indent?: string; endsMatter?: readonly number[] } = {},
): string[] => {
  const columns = head.map((_, column) => column)
  const used = columns.filter((column) =>
    rows.some((row) => typeof row !== 'string' && (row[column] ?? '') !== ''),
  )
  const cells = rows.map((row) =>
    typeof row === 'string' ? row : used.map((column) => plain(row[column] ?? '')),
  )
  const widths = used.map((column, place) =>
    cells.reduce(
      (most, row) => Math.max(most, typeof row === 'string' ? 0 : (row[place]?.length ?? 0)),
      (head[column] ?? '').length,
    ),
  )
  const fromEnd = used.map((column) => endsMatter.includes(column))
  const free = width - indent.length - gap.length * Math.max(0, widths.length - 1)
  for (let over = sum(widths) - free; over > 0; over = sum(widths) - free) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= smallest) break
    widths[widest] = Math.max(smallest, (widths[widest] ?? 0) - Math.min(over, 4))
  }
  const lineOf = (row: readonly string[]): string =>
    `${indent}${row.map((cell, place) => cut(cell, widths[place] ?? 0, fromEnd[place] === true).padEnd(widths[place] ?? 0)).join(gap)}`.trimEnd()
  return [
    lineOf(used.map((column) => head[column] ?? '')),
    ...cells.map((row) => (typeof row === 'string' ? `${indent}${plain(row)}` : lineOf(row))),
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** A file's text may hold anything; a terminal gets one line of letters. */
const plain = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').trim()

/** Of a path the end says more than the beginning. */
const cut = (text: string, width: number, fromEnd: boolean): string => {
  if (text.length <= width) return text
  const kept = Math.max(0, width - 1)
  return fromEnd ? `…${text.slice(text.length - kept)}` : `${text.slice(0, kept)}…`
}
