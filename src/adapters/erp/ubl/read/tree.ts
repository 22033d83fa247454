import { failed, ok, type Result } from '../../../../core/kernel/index.ts'
import { decodeXml, readXml } from '../../../xml/index.ts'
import { ubl } from '../names.ts'
import { notUbl } from '../ubl-faults.ts'

const prefixes: Readonly<Record<string, string>> = { [ubl.cac]: 'cac:', [ubl.cbc]: 'cbc:' }

/** One element with its place, `Invoice/cac:InvoiceLine[2]/cbc:ID`. */
export class Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  text = ''
  /** Nobody has asked for its text yet. */
  unread = true
  readonly #parent: Element | undefined
  readonly #nth: number
  readonly #children = new Map<string, Element[]>()

  constructor(name: string, attributes: ReadonlyMap<string, string>, parent?: Element) {
    this.name = name
    this.attributes = attributes
    this.#parent = parent
    this.#nth = parent?.add(this) ?? 1
  }

  private add(child: Element): number {
    const twins = this.#children.get(child.name)
    if (twins !== undefined) return twins.push(child)
    this.#children.set(child.name, [child])
    return 1
  }

  get place(): string {
    if (this.#parent === undefined) return this.name
    const isOne = this.#parent.#children.get(this.name)?.length === 1
    return `${this.#parent.place}/${this.name}${isOne ? '' : `[${this.#nth}]`}`
  }

  /** The first at the path of names, below this one. */
  find(path: string): Element | undefined {
    return this.all(path)[0]
  }

  all(path: string): Element[] {
    let found: readonly Element[] = [this]
    for (const name of path.split('/')) found = found.flatMap((one) => one.#children.get(name) ?? [])
    return [...found]
  }

  /** Elements without elements in them, of this one and below. */
  *leaves(): Generator<Element> {
    if (this.#children.size === 0) yield this
    for (const twins of this.#children.values()) for (const child of twins) yield* child.leaves()
  }
}

/** A UBL message is read into a small tree: thousands of elements, never millions. */
export const readTree = async (bytes: Uint8Array): Promise<Result<Element>> => {
  const text = decodeXml(bytes)
  if (!text.ok) return text
  let root: { element: Element; uri: string } | undefined
  const open: Element[] = []
  const read = await readXml(
    text.value,
    {
      open: ({ uri, local, attributes }) => {
        const known = new Map(attributes.map((one) => [one.local, one.value]))
        const element = new Element(`${prefixes[uri] ?? ''}${local}`, known, open.at(-1))
        root ??= { element, uri }
        open.push(element)
      },
      text: (piece) => {
        const last = open.at(-1)
        if (last !== undefined) last.text += piece
      },
      close: () => void open.pop(),
    },
    { maxNodes: 250_000 },
  )
  if (!read.ok) return read
  const expected = { Invoice: ubl.invoice, CreditNote: ubl.creditNote }[root?.element.name ?? '']
  return root !== undefined && root.uri === expected
    ? ok(root.element)
    : failed(notUbl(root?.element.name ?? ''))
}
