import { readXml } from '../../xml/index.ts'
import type { Result } from '../../../core/kernel/index.ts'
import type { XmlAttribute, XmlElement } from '../../xml/index.ts'

/** An element with everything canonical XML has to write again. */
export interface ElementNode {
  readonly kind: 'element'
  readonly name: string
  readonly uri: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  readonly parent: ElementNode | undefined
  readonly children: XmlNode[]
}

export interface TextNode {
  readonly kind: 'text'
  value: string
}

export interface CommentNode {
  readonly kind: 'comment'
  readonly value: string
}

export type XmlNode = ElementNode | TextNode | CommentNode

export interface XmlTree {
  /** Comments before the root, the root, comments after it. */
  readonly top: readonly (ElementNode | CommentNode)[]
  readonly root: ElementNode
}

/** Signed documents come as files and may be longer than a door's message. */
const maxNodes = 200_000

/** The whole message as a tree. The reader has refused DOCTYPE, processing instructions and foreign entities. */
export const readXmlTree = async (text: string): Promise<Result<XmlTree>> => {
  const builder = new TreeBuilder()
  const read = await readXml(text, builder, { maxNodes })
  return read.ok ? { ...read, value: builder.tree() } : read
}

class TreeBuilder {
  private readonly top: (ElementNode | CommentNode)[] = []
  private current: ElementNode | undefined

  open({ name, uri, local, attributes }: XmlElement): void {
    const parent = this.current
    const element: ElementNode = { kind: 'element', name, uri, local, attributes, parent, children: [] }
    if (parent === undefined) this.top.push(element)
    else parent.children.push(element)
    this.current = element
  }

  text(value: string): void {
    const last = this.current?.children.at(-1)
    if (last?.kind === 'text') last.value += value
    else this.current?.children.push({ kind: 'text', value })
  }

  comment(text: string): void {
    // Line ends as XML 1.0 §2.11 says, whatever the reader leaves to its listeners.
    const comment: CommentNode = { kind: 'comment', value: text.replace(/\r\n?/g, '\n') }
    if (this.current === undefined) this.top.push(comment)
    else this.current.children.push(comment)
  }

  close(): void {
    this.current = this.current?.parent
  }

  tree(): XmlTree {
    const root = this.top.find((node) => node.kind === 'element')
    if (root === undefined) throw new Error('a message that was read has a root')
    return { top: this.top, root }
  }
}

export const elementsIn = (element: ElementNode): ElementNode[] =>
  element.children.filter((child) => child.kind === 'element')

/** Every element below, in document order, the element itself first. */
export function* descendants(element: ElementNode): Generator<ElementNode> {
  yield element
  for (const child of element.children) if (child.kind === 'element') yield* descendants(child)
}

export const attributeOf = (element: ElementNode, name: string): string | undefined =>
  element.attributes.find((attribute) => attribute.name === name)?.value
