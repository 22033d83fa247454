import type { XmlAttribute } from '../../xml/index.ts'
import type { CommentNode, ElementNode, XmlTree } from './tree.ts'

/**
 * Canonical XML 1.0 and Exclusive Canonical XML 1.0, for what a signature needs: a whole document without some
 * elements, or one element with everything below it.
 *
 * Written by hand over our own reader. The C14N inside xml-crypto leaves inherited `xml:` attributes out, wants its
 * caller to gather inherited namespaces, and sits on @xmldom/xmldom 0.8, which reads documents our reader refuses: two
 * readers that disagree are what wrapping attacks live on. libxml2 is the oracle of the tests.
 */
export interface Canonicalization {
  exclusive: boolean
  withComments: boolean
  /** Exclusive only: prefixes (`''` is the default namespace) that are written as the inclusive form writes them. */
  inclusivePrefixes: readonly string[]
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/** The document without the elements in `leftOut`. */
export const canonicalDocument = (
  { top, root }: XmlTree,
  method: Canonicalization,
  leftOut: ReadonlySet<ElementNode> = new Set(),
): Uint8Array => {
  const writer = new CanonicalWriter(method, leftOut)
  let isBefore = true
  for (const node of top) {
    if (node.kind === 'element') {
      writer.apex(root, [])
      isBefore = false
    } else if (method.withComments) writer.outer(node, isBefore)
  }
  return writer.bytes()
}

/** One element as an apex: it also writes what it inherits. */
export const canonicalElement = (element: ElementNode, method: Canonicalization): Uint8Array => {
  const ancestors: ElementNode[] = []
  for (let one = element.parent; one !== undefined; one = one.parent) ancestors.unshift(one)
  const writer = new CanonicalWriter(method, new Set())
  writer.apex(element, ancestors)
  return writer.bytes()
}

/** Prefixes and what they mean, with the way back: copying them at each element would cost a hostile message's square. */
class Bindings {
  private readonly now = new Map<string, string>()
  private readonly former: [string, string | undefined][] = []

  get(prefix: string): string | undefined {
    return this.now.get(prefix)
  }

  prefixes(): Iterable<string> {
    return this.now.keys()
  }

  set(prefix: string, uri: string): void {
    this.former.push([prefix, this.now.get(prefix)])
    this.now.set(prefix, uri)
  }

  mark(): number {
    return this.former.length
  }

  backTo(mark: number): void {
    while (this.former.length > mark) {
      const [prefix, uri] = this.former.pop()!
      if (uri === undefined) this.now.delete(prefix)
      else this.now.set(prefix, uri)
    }
  }
}

class CanonicalWriter {
  private readonly parts: string[] = []
  /** What is declared where the writer is, and what the output has declared already. */
  private readonly scope = new Bindings()
  private readonly written = new Bindings()

  constructor(
    private readonly method: Canonicalization,
    private readonly leftOut: ReadonlySet<ElementNode>,
  ) {}

  bytes(): Uint8Array {
    return Buffer.from(this.parts.join(''), 'utf8')
  }

  outer({ value }: CommentNode, isBefore: boolean): void {
    this.parts.push(isBefore ? `<!--${value}-->\n` : `\n<!--${value}-->`)
  }

  apex(element: ElementNode, ancestors: readonly ElementNode[]): void {
    const inherited = new Map<string, XmlAttribute>()
    for (const one of ancestors) {
      this.declare(one)
      for (const attribute of one.attributes)
        if (attribute.uri === xmlNamespace) inherited.set(attribute.local, attribute)
    }
    for (const { uri, local } of element.attributes) if (uri === xmlNamespace) inherited.delete(local)
    this.declare(element)
    // Exclusive canonicalization imports no xml: attributes.
    const imported = this.method.exclusive ? [] : [...inherited.values()]
    this.element(element, imported, this.method.exclusive ? this.used(element) : this.scope.prefixes())
  }

  private declare(element: ElementNode): void {
    for (const { name, uri, value } of element.attributes)
      if (uri === xmlnsNamespace) this.scope.set(name === 'xmlns' ? '' : name.slice(6), value)
  }

  private element(element: ElementNode, imported: readonly XmlAttribute[], prefixes: Iterable<string>): void {
    const { name } = element
    const written = this.written.mark()
    this.parts.push('<', name)
    const needed = [...prefixes]
      .filter((prefix) => prefix !== 'xml')
      .filter((prefix) => (this.written.get(prefix) ?? '') !== (this.scope.get(prefix) ?? ''))
    for (const prefix of needed.sort(compare)) {
      const uri = this.scope.get(prefix) ?? ''
      this.written.set(prefix, uri)
      this.parts.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapedAttribute(uri), '"')
    }
    const own = element.attributes.filter(({ uri }) => uri !== xmlnsNamespace)
    for (const attribute of [...own, ...imported].sort(byNamespaceAndName))
      this.parts.push(' ', attribute.name, '="', escapedAttribute(attribute.value), '"')
    this.parts.push('>')
    for (const child of element.children) {
      if (child.kind === 'text') this.parts.push(escapedText(child.value))
      else if (child.kind === 'comment') {
        if (this.method.withComments) this.parts.push('<!--', child.value, '-->')
      } else if (!this.leftOut.has(child)) {
        const scope = this.scope.mark()
        this.declare(child)
        // Everything declared above is written above, so below the apex only new declarations matter.
        this.element(child, [], this.method.exclusive ? this.used(child) : declaredBy(child))
        this.scope.backTo(scope)
      }
    }
    this.parts.push('</', name, '>')
    this.written.backTo(written)
  }

  /** Exclusive: prefixes the element itself shows, and those the signer asked for. */
  private used(element: ElementNode): Set<string> {
    const used = new Set([prefixOf(element.name) ?? ''])
    for (const { name, uri } of element.attributes) {
      const prefix = uri === xmlnsNamespace ? undefined : prefixOf(name)
      if (prefix !== undefined) used.add(prefix)
    }
    for (const prefix of this.method.inclusivePrefixes)
      if (this.scope.get(prefix) !== undefined) used.add(prefix)
    return used
  }
}

const declaredBy = (element: ElementNode): string[] =>
  element.attributes
    .filter(({ uri }) => uri === xmlnsNamespace)
    .map(({ name }) => (name === 'xmlns' ? '' : name.slice(6)))

const prefixOf = (name: string): string | undefined => {
  const mark = name.indexOf(':')
  return mark === -1 ? undefined : name.slice(0, mark)
}

/** By code points, which is not how JavaScript compares letters outside the basic plane. */
const compare = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))

const byNamespaceAndName = (a: XmlAttribute, b: XmlAttribute): number =>
  compare(a.uri, b.uri) || compare(a.local, b.local)

const textEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#xD;',
}
const attributeEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

const escapedText = (text: string): string =>
  /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (letter) => textEscapes[letter] ?? letter) : text

const escapedAttribute = (text: string): string =>
  /[&<"\t\n\r]/.test(text)
    ? text.replace(/[&<"\t\n\r]/g, (letter) => attributeEscapes[letter] ?? letter)
    : text
