import type { XmlElement } from './xml.ts'
import { escapeXml } from './xml.ts'

/**
 * A small description of XML content. The same description checks what comes in, writes what goes out
 * and prints the WSDL, so that the three cannot disagree.
 */
export type XmlType = Simple | Complex

export type Base = 'string' | 'int' | 'long' | 'boolean' | 'decimal' | 'dateTime'

export interface Simple {
  readonly kind: 'simple'
  readonly base: Base
  readonly pattern?: RegExp
  readonly maxLength?: number
  readonly oneOf?: readonly string[]
  readonly totalDigits?: number
  readonly fractionDigits?: number
  readonly min?: number
  readonly max?: number
}

export interface Complex {
  readonly kind: 'complex'
  /** Name of the type in the WSDL; a type without one is written where it is used. */
  readonly name?: string
  /** `sequence`: the order is part of the contract. `all`: any order, each once. */
  readonly order: 'sequence' | 'all'
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly type: XmlType
  readonly optional: boolean
  readonly many: boolean
}

export const simple = (base: Base, facets: Omit<Simple, 'kind' | 'base'> = {}): Simple => ({
  kind: 'simple',
  base,
  ...facets,
})
export const string = simple('string')
export const int = simple('int')
export const long = simple('long')
export const boolean = simple('boolean')
export const dateTime = simple('dateTime')
export const money = simple('decimal', { totalDigits: 17, fractionDigits: 2 })
export const quantity = simple('decimal', { totalDigits: 18, fractionDigits: 6 })
export const enumeration = (...oneOf: string[]): Simple => simple('string', { oneOf })

export const sequence = (name: string | undefined, ...fields: Field[]): Complex => ({
  kind: 'complex',
  ...(name === undefined ? {} : { name }),
  order: 'sequence',
  fields,
})
export const all = (name: string, ...fields: Field[]): Complex => ({
  kind: 'complex',
  name,
  order: 'all',
  fields,
})

/** Exactly one. */
export const one = (name: string, type: XmlType = string): Field => ({
  name,
  type,
  optional: false,
  many: false,
})
/** None or one. */
export const maybe = (name: string, type: XmlType = string): Field => ({
  name,
  type,
  optional: true,
  many: false,
})
/** One or more. */
export const some = (name: string, type: XmlType = string): Field => ({
  name,
  type,
  optional: false,
  many: true,
})
/** Any number. */
export const any = (name: string, type: XmlType = string): Field => ({
  name,
  type,
  optional: true,
  many: true,
})
/** A wrapper element around a list: `<idList><id/>…</idList>`. */
export const list = (name: string, item: Field): Field => one(name, sequence(undefined, item))

/** One disagreement between a document and its description. */
export interface SchemaFault {
  readonly what: 'unexpected' | 'missing' | 'value'
  /** `customers.customer[1].tin` */
  readonly path: string
  /** In the words of the validator that the portal uses (Xerces). */
  readonly message: string
}

/** Stop after this many: the portal, too, does not print a thousand. */
const maxFaults = 100

/** Checks the content of an element: order, presence, namespaces and values. */
export const checkContent = (element: XmlElement, type: XmlType, path = ''): SchemaFault[] => {
  const faults: SchemaFault[] = []
  check(element, type, path, faults)
  return faults
}

const check = (element: XmlElement, type: XmlType, path: string, faults: SchemaFault[]): void => {
  if (faults.length >= maxFaults) return
  if (type.kind === 'simple') checkValue(element, type, path, faults)
  else if (type.order === 'all') checkAll(element, type, path, faults)
  else checkSequence(element, type, path, faults)
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
const expectedText = (fields: readonly Field[]): string => fields.map((field) => field.name).join(', ')

const checkSequence = (element: XmlElement, type: Complex, path: string, faults: SchemaFault[]): void => {
  let at = 0
  for (const field of type.fields) {
    let count = 0
    while (at < element.children.length) {
      const current = element.children[at]
      if (current === undefined || current.name !== field.name || current.namespace !== '') break
      if (count === 1 && !field.many) break
      check(current, field.type, join(path, field.many ? `${field.name}[${count}]` : field.name), faults)
      count += 1
      at += 1
    }
    if (count > 0 || field.optional) continue
    const found = element.children[at]
    if (found === undefined) {
      faults.push(missing(join(path, field.name), element.name, [field]))
      return
    }
    faults.push(unexpected(join(path, field.name), found, [field]))
    return
  }
  const extra = element.children[at]
  if (extra !== undefined) faults.push(unexpected(join(path, extra.name), extra, type.fields))
}

const checkAll = (element: XmlElement, type: Complex, path: string, faults: SchemaFault[]): void => {
  const seen = new Set<string>()
  for (const current of element.children) {
    const field = type.fields.find((candidate) => candidate.name === current.name)
    if (field === undefined || current.namespace !== '' || seen.has(current.name)) {
      faults.push(unexpected(join(path, current.name), current, type.fields))
      return
    }
    seen.add(current.name)
    check(current, field.type, join(path, current.name), faults)
  }
  const absent = type.fields.filter((field) => !field.optional && !seen.has(field.name))
  for (const field of absent) faults.push(missing(join(path, field.name), element.name, [field]))
}

const unexpected = (path: string, found: XmlElement, expected: readonly Field[]): SchemaFault => {
  const name = found.namespace === '' ? found.name : `{"${found.namespace}":${found.name}}`
  return {
    what: 'unexpected',
    path,
    message: `cvc-complex-type.2.4.a: Invalid content was found starting with element '${name}'. One of '{${expectedText(expected)}}' is expected.`,
  }
}

const missing = (path: string, inside: string, expected: readonly Field[]): SchemaFault => ({
  what: 'missing',
  path,
  message: `cvc-complex-type.2.4.b: The content of element '${inside}' is not complete. One of '{${expectedText(expected)}}' is expected.`,
})

const lexical: Record<Base, RegExp | undefined> = {
  string: undefined,
  int: /^[+-]?\d{1,10}$/,
  long: /^[+-]?\d{1,19}$/,
  boolean: /^(true|false|0|1)$/,
  decimal: /^[+-]?(\d+(\.\d*)?|\.\d+)$/,
  dateTime: /^-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/,
}

const checkValue = (element: XmlElement, type: Simple, path: string, faults: SchemaFault[]): void => {
  const first = element.children[0]
  if (first !== undefined) {
    faults.push(unexpected(join(path, first.name), first, []))
    return
  }
  const text = type.base === 'string' ? element.text : element.text.trim()
  const complaint = valueComplaint(text, type)
  if (complaint !== undefined) faults.push({ what: 'value', path, message: complaint })
}

const anchoredPatterns = new WeakMap<RegExp, RegExp>()

/** XML Schema patterns match the whole value. */
const anchored = (pattern: RegExp): RegExp => {
  const known = anchoredPatterns.get(pattern)
  if (known !== undefined) return known
  const whole = new RegExp(`^(?:${pattern.source})$`, 'u')
  anchoredPatterns.set(pattern, whole)
  return whole
}

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const valueComplaint = (text: string, type: Simple): string | undefined => {
  const form = lexical[type.base]
  if (form !== undefined && !form.test(text)) {
    return `cvc-datatype-valid.1.2.1: '${shown(text)}' is not a valid value for '${type.base}'.`
  }
  if (type.oneOf !== undefined && !type.oneOf.includes(text)) {
    return `cvc-enumeration-valid: Value '${shown(text)}' is not facet-valid with respect to enumeration '[${type.oneOf.join(', ')}]'.`
  }
  if (type.pattern !== undefined && !anchored(type.pattern).test(text)) {
    return `cvc-pattern-valid: Value '${shown(text)}' is not facet-valid with respect to pattern '${type.pattern.source}'.`
  }
  if (type.maxLength !== undefined && text.length > type.maxLength) {
    return `cvc-maxLength-valid: Value with length = '${text.length}' is not facet-valid with respect to maxLength '${type.maxLength}'.`
  }
  if (type.fractionDigits !== undefined || type.totalDigits !== undefined) {
    const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
    const significant = fraction.replace(/0+$/, '')
    if (type.fractionDigits !== undefined && significant.length > type.fractionDigits) {
      return `cvc-fractionDigits-valid: Value '${shown(text)}' has ${significant.length} fraction digits, but the number of fraction digits has been limited to ${type.fractionDigits}.`
    }
    const digits = whole.replace(/^0+/, '').length + significant.length
    if (type.totalDigits !== undefined && digits > type.totalDigits) {
      return `cvc-totalDigits-valid: Value '${shown(text)}' has ${digits} total digits, but the number of total digits has been limited to ${type.totalDigits}.`
    }
  }
  // Bounds are small integers (1..200, 0..100): a number is exact enough to compare them.
  if (type.max !== undefined && Number(text) > type.max) {
    return `cvc-maxInclusive-valid: Value '${shown(text)}' is not facet-valid with respect to maxInclusive '${type.max}'.`
  }
  if (type.min !== undefined && Number(text) < type.min) {
    return `cvc-minInclusive-valid: Value '${shown(text)}' is not facet-valid with respect to minInclusive '${type.min}'.`
  }
  return undefined
}

/** What a handler answers: field names of the described type, lists as arrays, absent fields left out. */
export type Content = { readonly [name: string]: ContentValue }
export type ContentValue = string | number | boolean | Date | Content | readonly ContentValue[] | undefined

export interface WriteOptions {
  /** Write `xs:all` types backwards: legal, and a reader that counts on the order fails. */
  readonly reverseAll?: boolean
}

/** Writes content in the order of its description. */
export const writeContent = (type: Complex, content: Content, options: WriteOptions = {}): string => {
  const fields =
    type.order === 'all' && options.reverseAll === true ? [...type.fields].reverse() : type.fields
  let out = ''
  for (const field of fields) {
    const value = content[field.name]
    if (value === undefined) continue
    for (const item of isList(value) ? value : [value]) {
      out += `<${field.name}>${writeValue(field.type, item, options)}</${field.name}>`
    }
  }
  return out
}

const isList = (value: ContentValue): value is readonly ContentValue[] => Array.isArray(value)

const writeValue = (type: XmlType, value: ContentValue, options: WriteOptions): string => {
  if (type.kind === 'complex') return writeContent(type, value as Content, options)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') throw new TypeError('a simple type cannot hold fields')
  return escapeXml(String(value))
}
