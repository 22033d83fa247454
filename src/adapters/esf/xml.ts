import { SaxesParser } from 'saxes'

/** One element of an answer. Matched by local name, never by prefix: the portal changes its prefixes. */
export interface XmlElement {
  readonly name: string
  readonly namespace: string
  readonly children: XmlElement[]
  /** Character data directly inside, CDATA included. */
  text: string
}

/** Answers of the portal are at most 9 levels deep. */
const maxDepth = 32
/** A page of 1 000 invoices has about 20 elements each; bodies are text. */
const maxElements = 500_000

/** The text is not an XML document that we are willing to read. */
export class NotXml extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NotXml'
  }
}

/** Parses an answer. A DOCTYPE is refused, so there are no entities beyond the five of XML; depth and count are bounded. */
export const parseXml = (source: string): XmlElement => {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  let count = 0
  parser.on('error', (error) => {
    throw new NotXml(error.message)
  })
  parser.on('doctype', () => {
    throw new NotXml('a DOCTYPE is not allowed')
  })
  parser.on('opentag', ({ local, uri }) => {
    count += 1
    if (count > maxElements) throw new NotXml(`more than ${maxElements} elements`)
    if (open.length >= maxDepth) throw new NotXml(`deeper than ${maxDepth} levels`)
    const element: XmlElement = { name: local, namespace: uri, children: [], text: '' }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const addText = (text: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  try {
    parser.write(source).close()
  } catch (error) {
    throw error instanceof NotXml ? error : new NotXml('not well-formed', { cause: error })
  }
  if (root === undefined) throw new NotXml('empty')
  return root
}

export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((candidate) => candidate.name === name)

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((candidate) => candidate.name === name) ?? []

/** Trimmed text of a child; undefined when it is absent or empty. */
export const textOf = (element: XmlElement | undefined, name: string): string | undefined => {
  const text = child(element, name)?.text.trim()
  return text === '' ? undefined : text
}

/**
 * Escapes character data. `\r` becomes `&#13;`: written bare, every XML reader turns it into a line feed,
 * and the signature over the text breaks. `>` is escaped because of `]]>`. For element content only.
 */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>\r]/g, (character) => escapes[character] ?? character)

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
}

/** An element as text again, without prefixes or namespaces: for people, not for signatures. */
export const writeXml = ({ name, children, text }: XmlElement): string =>
  `<${name}>${children.length === 0 ? escapeXml(text.trim()) : children.map(writeXml).join('')}</${name}>`
