import type { Content } from 'pdfmake'

/** More letters than any word of the languages in use has; the narrowest elastic column holds about so many. */
const tooLong = /\S{40}/

/**
 * Lets words break anywhere that no line could hold. pdfmake widens an elastic column to its longest word, off the
 * page if need be: a name of a thousand letters without a space would push sums out of sight. Columns of a fixed
 * width need no help, pdfmake breaks long words there at a fraction of the cost. Changes the nodes it is given. A link
 * stays whole, it is ours.
 */
export const breakLongWords = (content: Content[]): Content[] => {
  walkList(content)
  return content
}

const walkList = (list: unknown[]): void => {
  list.forEach((item, at) => {
    if (typeof item === 'string') {
      if (tooLong.test(item)) list[at] = { text: item, wordBreak: 'break-all' }
    } else walk(item)
  })
}

const walk = (node: unknown): void => {
  if (Array.isArray(node)) walkList(node)
  else if (typeof node === 'object' && node !== null) {
    const parts = node as Node
    if (isTooLong(parts.text)) parts.wordBreak = 'break-all'
    walk(parts.stack)
    walk(parts.columns)
    if (parts.table?.widths.includes('*') === true) walk(parts.table.body)
  }
}

interface Node {
  text?: unknown
  link?: unknown
  wordBreak?: string
  stack?: unknown
  columns?: unknown
  table?: { widths: unknown[]; body: unknown }
}

const isTooLong = (text: unknown): boolean => {
  if (typeof text === 'string') return tooLong.test(text)
  if (Array.isArray(text)) return text.some(isTooLong)
  if (typeof text !== 'object' || text === null) return false
  const part = text as Node
  return part.link === undefined && isTooLong(part.text)
}
