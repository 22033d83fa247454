import { readFileSync } from 'node:fs'
import { readXml, type XmlAttribute, type XmlListener } from '../../src/adapters/xml/index.ts'

/** A checker of XDTO packages of 1C, as far as EnterpriseData uses them. The packages are 1C's, not ours. */

interface Element {
  name: string
  uri: string
  attributes: Readonly<Record<string, string>>
  children: Element[]
  text: string
}

const treeOf = async (xml: string): Promise<Element> => {
  const root: Element = { name: '', uri: '', attributes: {}, children: [], text: '' }
  const open: Element[] = [root]
  const listener: XmlListener = {
    open: ({ local, uri, attributes }) => {
      const element: Element = {
        name: local,
        uri,
        attributes: Object.fromEntries(attributes.map((one: XmlAttribute) => [one.local, one.value])),
        children: [],
        text: '',
      }
      open.at(-1)?.children.push(element)
      open.push(element)
    },
    text: (text) => {
      const element = open.at(-1)
      if (element !== undefined) element.text += text
    },
    close: () => {
      open.pop()
    },
  }
  const read = await readXml(xml.replace(/^\ufeff/, ''), listener, { maxNodes: 5_000_000 })
  const [element] = root.children
  if (!read.ok || element === undefined) throw new Error(`not XML: ${JSON.stringify(read)}`)
  return element
}

interface Package {
  namespace: string
  objects: ReadonlyMap<string, Element>
  values: ReadonlyMap<string, Element>
}

const readPackage = async (file: string): Promise<Package> => {
  const root = await treeOf(readFileSync(file, 'utf8'))
  const named = (kind: string) =>
    new Map(
      root.children.filter(({ name }) => name === kind).map((one) => [one.attributes['name'] ?? '', one]),
    )
  return {
    namespace: root.attributes['targetNamespace'] ?? '',
    objects: named('objectType'),
    values: named('valueType'),
  }
}

const builtin: Readonly<Record<string, RegExp>> = {
  boolean: /^(true|false|0|1)$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  dateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/,
  decimal: /^-?\d+(\.\d+)?$/,
  int: /^-?\d+$/,
  integer: /^-?\d+$/,
  string: /^[\s\S]*$/,
}

/** What is wrong with elements of a package's types, by place. */
class Checker {
  readonly faults: string[] = []
  private readonly packages: readonly Package[]

  constructor(packages: readonly Package[]) {
    this.packages = packages
  }

  element(element: Element, typeName: string, at: string): void {
    const local = typeName.split(':').at(-1) ?? ''
    const object = this.packages.map(({ objects }) => objects.get(local)).find((one) => one !== undefined)
    if (object !== undefined) return this.object(element, object, at)
    this.value(element.text, typeName, at)
  }

  private properties(type: Element): Element[] {
    const base = type.attributes['base']?.split(':').at(-1)
    const parent = this.packages
      .map(({ objects }) => objects.get(base ?? ''))
      .find((one) => one !== undefined)
    return [
      ...(parent === undefined ? [] : this.properties(parent)),
      ...type.children.filter(({ name }) => name === 'property'),
    ]
  }

  private object(element: Element, type: Element, at: string): void {
    const properties = new Map(this.properties(type).map((one) => [one.attributes['name'] ?? '', one]))
    const isOpen = type.attributes['open'] === 'true'
    const counts = new Map<string, number>()
    for (const child of element.children) {
      const isOurs = child.uri !== element.uri
      const property = isOurs ? undefined : properties.get(child.name)
      if (property === undefined) {
        if (!isOpen) this.faults.push(`${at}: ${child.name} is not allowed`)
        else if (!isOurs) this.faults.push(`${at}: ${child.name} is not known`)
        continue
      }
      counts.set(child.name, (counts.get(child.name) ?? 0) + 1)
      const [definition] = property.children.filter(({ name }) => name === 'typeDef')
      if (definition !== undefined) this.defined(child, definition, `${at}/${child.name}`)
      else this.element(child, property.attributes['type'] ?? 'xs:string', `${at}/${child.name}`)
    }
    for (const [name, { attributes }] of properties) {
      const count = counts.get(name) ?? 0
      const [lower, upper] = [Number(attributes['lowerBound'] ?? 1), Number(attributes['upperBound'] ?? 1)]
      if (count < lower) this.faults.push(`${at}: ${name} is missing`)
      if (upper !== -1 && count > upper) this.faults.push(`${at}: ${name} stands ${count} times`)
    }
  }

  private defined(element: Element, definition: Element, at: string): void {
    if (definition.attributes['type'] === 'ObjectType') return this.object(element, definition, at)
    this.facets(element.text, definition, at)
  }

  private value(text: string, typeName: string, at: string): void {
    const local = typeName.split(':').at(-1) ?? ''
    const value = this.packages.map(({ values }) => values.get(local)).find((one) => one !== undefined)
    if (value !== undefined) return this.facets(text, value, at)
    if (local === 'Ref') {
      if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text))
        this.faults.push(`${at}: "${text}" is no reference`)
      return
    }
    const pattern = builtin[local]
    if (pattern === undefined) this.faults.push(`${at}: the type ${typeName} is not known`)
    else if (!pattern.test(text)) this.faults.push(`${at}: "${text}" is no ${local}`)
  }

  private facets(text: string, type: Element, at: string): void {
    const { base, maxLength, totalDigits, fractionDigits } = type.attributes
    if (base !== undefined) this.value(text, base, at)
    if (maxLength !== undefined && text.length > Number(maxLength))
      this.faults.push(`${at}: "${text}" is too long`)
    const [whole = '', fraction = ''] = text.replace('-', '').split('.')
    if (fractionDigits !== undefined && fraction.length > Number(fractionDigits))
      this.faults.push(`${at}: "${text}" has too many places`)
    if (totalDigits !== undefined && (whole + fraction).length > Number(totalDigits))
      this.faults.push(`${at}: "${text}" has too many digits`)
    const allowed = type.children.filter(({ name }) => name === 'enumeration').map((one) => one.text)
    if (allowed.length > 0 && !allowed.includes(text)) this.faults.push(`${at}: "${text}" is not in the list`)
  }
}

/** Checks a whole message: header and every object of its body. */
export const xdtoChecker = async (formatFile: string, messageFile: string) => {
  const packages = [await readPackage(formatFile), await readPackage(messageFile)]
  return async (xml: string): Promise<string[]> => {
    const checker = new Checker(packages)
    const message = await treeOf(xml)
    for (const part of message.children) {
      if (part.name === 'Header') checker.element(part, 'msg:Header', 'Header')
      else
        for (const object of part.children) {
          if (object.uri !== packages[0]?.namespace) checker.faults.push(`${object.name} is in ${object.uri}`)
          checker.element(object, object.name, object.name)
        }
    }
    return checker.faults
  }
}
