/** Letters of a column that nothing needs: the rest of the line is shared among the others. */
const gap = '  '
const smallest = 8

/** Rows as aligned columns for people; what does not fit the terminal is cut with an ellipsis, widest columns first. */
export const tableOf = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width = process.stdout.columns ?? 160, indent = '' }: { width?: number; indent?: string } = {},
): string[] => {
  const used = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => used[column])
  const titles = kept(head)
  const cells = rows.map((row) => kept(head.map((_, column) => plain(row[column] ?? ''))))
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const free = width - indent.length - gap.length * Math.max(0, widths.length - 1)
  for (let over = sum(widths) - free; over > 0; over = sum(widths) - free) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= smallest) break
    widths[widest] = Math.max(smallest, (widths[widest] ?? 0) - Math.min(over, 4))
  }
  const lineOf = (row: readonly string[]): string =>
    `${indent}${row.map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0)).join(gap)}`.trimEnd()
  return [lineOf(titles), ...cells.map(lineOf)]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** A file's text may hold anything; a terminal gets one line of letters. */
const plain = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').trim()

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
