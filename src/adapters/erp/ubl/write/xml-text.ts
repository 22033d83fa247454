import { ubl } from '../names.ts'

/** An element to be written. */
export interface Node {
  name: string
  attributes: Readonly<Record<string, string>>
  content: string | readonly Node[]
}

/** A child that may be missing: `value && cbc(…)`. */
type Maybe = Node | undefined | false | ''

export const cbc = (name: string, text: string, attributes: Readonly<Record<string, string>> = {}): Node => ({
  name: `cbc:${name}`,
  attributes,
  content: text,
})

export const cac = (name: string, ...children: Maybe[]): Node => ({
  name: `cac:${name}`,
  attributes: {},
  content: children.filter((child) => child !== undefined && child !== false && child !== ''),
})

/** The whole message, UTF-8, one element a line. */
export const xmlText = (root: string, namespace: string, children: readonly Maybe[]): string => {
  const { content } = cac('', ...children)
  const spaces = ` xmlns="${namespace}" xmlns:cac="${ubl.cac}" xmlns:cbc="${ubl.cbc}"`
  const inside = Array.isArray(content) ? content.map((child: Node) => written(child, '  ')).join('') : ''
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${spaces}>\n${inside}</${root}>\n`
}

const written = ({ name, attributes, content }: Node, indent: string): string => {
  const named = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const open = `${indent}<${name}${named.join('')}>`
  if (typeof content === 'string') return `${open}${escaped(content)}</${name}>\n`
  return `${open}\n${content.map((child) => written(child, `${indent}  `)).join('')}${indent}</${name}>\n`
}

/** Line breaks of a text are kept from the reader's normalisation. */
const escaped = (text: string): string =>
  text.replace(
    /[&<>"\r]/g,
    (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' })[letter] ?? letter,
  )
