import { SaxesParser } from 'saxes'

/** One element of a parsed document. Names are local: the portal's answers and requests are matched by namespace, never by prefix. */
export interface XmlElement {
  readonly name: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: XmlElement[]
  /** All character data directly inside, CDATA included, in order. */
  text: string
}

export interface XmlAttribute {
  readonly name: string
  readonly namespace: string
  readonly value: string
}

/** The text is not an XML document we are willing to read. */
export class XmlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'XmlError'
  }
}

/** Deeper documents do not exist in any of the portal's forms (the deepest is 9 levels). */
const maxDepth = 64
/** A batch of 50 invoices travels as text, so the envelope itself stays small; 200 lines are about 6 000 elements. */
const maxElements = 200_000

/**
 * Parses a document with namespaces. A DOCTYPE is refused (no entities, no external subsets);
 * depth and element count are bounded.
 */
export const parseXml = (source: string): XmlElement => {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  parser.on('error', (error) => {
    throw new XmlError(error.message)
  })
  parser.on('doctype', () => {
    throw new XmlError('DOCTYPE is not allowed')
  })
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > maxElements) throw new XmlError(`more than ${maxElements} elements`)
    if (open.length >= maxDepth) throw new XmlError(`deeper than ${maxDepth} levels`)
    const attributes = Object.values(tag.attributes).map(({ local, uri, value }) => ({
      name: local,
      namespace: uri,
      value,
    }))
    const element: XmlElement = { name: tag.local, namespace: tag.uri, attributes, children: [], text: '' }
    const parent = open.at(-1)
    if (parent === undefined) root = element
    else parent.children.push(element)
    open.push(element)
  })
  const addText = (text: string): void => {
    const current = open.at(-1)
    if (current !== undefined) current.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(source).close()
  if (root === undefined) throw new XmlError('no element')
  return root
}

export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((one) => one.name === name)

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((one) => one.name === name) ?? []

/** Text of a direct child, without surrounding white space; `undefined` when the child is absent. */
export const childText = (element: XmlElement | undefined, name: string): string | undefined =>
  child(element, name)?.text.trim()

/** Text of every element at the end of a path: `textsAt(invoice, 'sellers', 'seller', 'tin')`. */
export const textsAt = (element: XmlElement | undefined, ...path: string[]): string[] => {
  let level = element === undefined ? [] : [element]
  for (const name of path) level = level.flatMap((one) => childrenOf(one, name))
  return level.map((one) => one.text.trim())
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Escapes for element content and attributes. A carriage return survives only as a character reference. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? '')
