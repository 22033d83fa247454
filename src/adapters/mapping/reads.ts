import { leavesOf, textOf, type Found, type Tree, type Value } from './tree.ts'

/**
 * Which places of a record have been read. An expression is given the file's values behind proxies that take note:
 * what it looked at is known without understanding it.
 */
export class Reads {
  readonly #tree: Tree
  readonly #read = new Set<string>()
  readonly #originals = new WeakMap<object, Value>()
  readonly #proxies = new Map<string, object>()
  #journal: Map<string, string> | undefined

  constructor(tree: Tree) {
    this.#tree = tree
  }

  note({ value, place }: Found): void {
    this.#read.add(place)
    if (this.#journal !== undefined && this.#journal.size < 200) this.#journal.set(place, textOf(value) ?? '')
  }

  /** What is read from now on, until it is asked for: place and text. */
  begin(): void {
    this.#journal = new Map()
  }

  end(): ReadonlyMap<string, string> {
    const journal = this.#journal ?? new Map<string, string>()
    this.#journal = undefined
    return journal
  }

  /** Places below a node that say something and that nothing read. */
  unreadIn(node: Found): string[] {
    const unread = new Set<string>()
    leavesOf(this.#tree, node, (place) => {
      if (!this.#read.has(place)) unread.add(withoutIndexes(place))
    })
    // The head of a document stands in each of its rows, and one of them is enough.
    if (this.#tree.format === 'csv') for (const place of this.#read) unread.delete(withoutIndexes(place))
    return [...unread]
  }

  /** The value for an expression: each text that it takes is noted with its place. */
  watched({ value, place }: Found): unknown {
    if (typeof value !== 'object' || value === null) {
      this.note({ value, place })
      return value
    }
    const known = this.#proxies.get(place)
    if (known !== undefined && this.#originals.get(known) === value) return known
    const proxy = new Proxy(value, {
      get: (target, name) => {
        const held = Reflect.get(target, name) as Value | undefined
        if (typeof name !== 'string' || held === undefined || !Object.hasOwn(target, name)) return held
        if (Array.isArray(target)) {
          if (!/^\d+$/.test(name)) return held
          return this.watched({ value: held, place: this.#tree.itemOf(place, Number(name), target) })
        }
        return this.watched({ value: held, place: this.#tree.nameOf(place, name, target) })
      },
      // A file is read, never written.
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
    })
    this.#originals.set(proxy, value)
    this.#proxies.set(place, proxy)
    return proxy
  }

  /** The plain value behind what an expression gave. */
  unwatched(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const original = this.#originals.get(value)
    if (original !== undefined) return original
    return Array.isArray(value) ? value.map((one) => this.unwatched(one)) : value
  }
}

/** `items[3].price` → `items[*].price`, `строка 5, «Цена»` → `«Цена»`: five thousand lines are one remark. */
const withoutIndexes = (place: string): string =>
  place.replace(/\[\d+\]/g, '[*]').replace(/^строка \d+, /, '')
