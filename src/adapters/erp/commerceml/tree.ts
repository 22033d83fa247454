import type { XmlElement } from '../../xml/index.ts'

/** An element of one document, with what has been read of it. */
export class Place {
  readonly name: string
  parent: Place | undefined
  readonly children: Place[] = []
  readonly attributes: ReadonlyMap<string, string>
  /** Its own text, without that of its children: `<БазоваяЕдиница><Пересчет>…</Пересчет>шт</БазоваяЕдиница>`. */
  text = ''
  isRead = false
  readonly readAttributes = new Set<string>()
  /** Where it really stands, when the element was made of something else (an attribute of CommerceML 1). */
  origin: string | undefined
  /** Which of its name it is among its brothers, from 1. */
  private ordinal: number
  private readonly counts = new Map<string, number>()

  constructor(element: Pick<XmlElement, 'local' | 'attributes'>, parent?: Place) {
    this.name = element.local
    this.parent = undefined
    this.ordinal = 1
    parent?.adopt(this)
    this.attributes = new Map(
      element.attributes
        .filter(({ name }) => name !== 'xmlns' && !name.startsWith('xmlns:'))
        .map(({ local, value }) => [local, value.trim()]),
    )
  }

  adopt(child: Place): void {
    child.parent = this
    child.ordinal = (this.counts.get(child.name) ?? 0) + 1
    this.counts.set(child.name, child.ordinal)
    this.children.push(child)
  }

  one(name: string): Place | undefined {
    return this.children.find((child) => child.name === name)
  }

  /** The first of several names that is there. */
  any(...names: string[]): Place | undefined {
    for (const name of names) {
      const found = this.one(name)
      if (found !== undefined && found.text.trim() !== '') return found
    }
    return undefined
  }

  /** `inside('Товары', 'Товар')`: all goods of the table. */
  inside(table: string, name: string): Place[] {
    return this.children
      .filter((child) => child.name === table)
      .flatMap((child) => child.children.filter((one) => one.name === name))
  }

  /** Its text, which counts as read; undefined when there is none. */
  take(): string | undefined {
    this.isRead = true
    const text = this.text.trim()
    return text === '' ? undefined : text
  }

  takeAttribute(name: string): string | undefined {
    this.readAttributes.add(name)
    const value = this.attributes.get(name)
    return value === '' ? undefined : value
  }

  /** Where it stands, as a person looks for it: `Документ/Товары/Товар[2]/Цена`. */
  get path(): string {
    if (this.origin !== undefined) return this.origin
    const isOneOfMany = (this.parent?.counts.get(this.name) ?? 1) > 1
    const place = isOneOfMany ? `${this.name}[${this.ordinal}]` : this.name
    return this.parent === undefined ? place : `${this.parent.path}/${place}`
  }
}

const maxUnread = 200

/** Places with content that nothing has read; those of one kind are told once, without their numbers. */
export const unreadOf = (root: Place, without?: string): string[] => {
  const found = new Set<string>()
  const walk = (place: Place, path: string): void => {
    if (!place.isRead && place.text.trim() !== '') found.add(path)
    for (const [name, value] of place.attributes) {
      if (value !== '' && !place.readAttributes.has(name)) found.add(`${path}/@${name}`)
    }
    for (const child of place.children) {
      if (child.name === without) continue
      // A requisite is known by its name, and read with its value.
      if (child.name === 'ЗначениеРеквизита') {
        const values = child.children.filter((one) => one.name === 'Значение' && one.text.trim() !== '')
        const name = child.one('Наименование')?.text.trim() ?? ''
        if (values.some((one) => !one.isRead)) found.add(`${path}/«${name}»`)
      } else walk(child, `${path}/${child.name}`)
    }
  }
  walk(root, root.name)
  return [...found].slice(0, maxUnread)
}
