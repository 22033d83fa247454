import type { ValueSource } from '../../../../core/exchange/index.ts'
import { isLocalDate, type Fault } from '../../../../core/kernel/index.ts'
import { edFault, type EdFaultCode } from '../ed-faults.ts'
import { pathOf, textOf, type EdNode } from './object-tree.ts'

/** As much of a found text as an explanation shows. */
const longestFound = 200

/** Where the values of one part of a document come from, and what is wrong with them. Paths begin at that part. */
export class Trace {
  readonly sources: ValueSource[] = []
  readonly faults: Fault[] = []

  /** Explains a value that stood in `node`; without one, a constant of a rule. */
  tell(path: string, node: EdNode | undefined, rule: string, dictionary?: string): void {
    const source: ValueSource = { path, rule }
    if (node !== undefined) {
      source.source = pathOf(node)
      if (node.children.length === 0) source.found = node.text.trim().slice(0, longestFound)
    }
    if (dictionary !== undefined) source.dictionary = dictionary
    this.sources.push(source)
  }

  fault(
    code: EdFaultCode,
    path: string,
    node: EdNode,
    field: string,
    values: Record<string, string> = {},
  ): void {
    const source = field === '' ? pathOf(node) : `${pathOf(node)}/${field}`
    this.faults.push(edFault(code, { field: source, ...values }, path, source))
  }

  text(path: string, node: EdNode | undefined, rule = 'text'): string | undefined {
    const value = textOf(node)
    if (value !== undefined) this.tell(path, node, rule)
    return value
  }

  /** The first of several fields that says something. */
  firstText(path: string, ...nodes: (EdNode | undefined)[]): string | undefined {
    for (const node of nodes) {
      const value = textOf(node)
      if (value === undefined) continue
      this.tell(path, node, 'text')
      return value
    }
    return undefined
  }

  /** A day; 1C writes local time without a zone, and 0001-01-01 for none. */
  date(path: string, node: EdNode | undefined): string | undefined {
    const text = textOf(node)
    if (node === undefined || text === undefined || text.startsWith('0001-01-01')) return undefined
    const day = text.slice(0, 10)
    if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text) || !isLocalDate(day)) {
      this.fault('ED-07', path, node, '', { expected: 'дата ГГГГ-ММ-ДД' })
      return undefined
    }
    this.tell(path, node, 'date')
    return day
  }

  /** A decimal without exponent, in its shortest form. */
  decimal(path: string, node: EdNode | undefined, places: number, rule = 'decimal'): string | undefined {
    const text = textOf(node)
    if (node === undefined || text === undefined) return undefined
    const match = decimal.exec(text)
    const fraction = match?.[3]?.replace(/0+$/, '') ?? ''
    if (match === null || fraction.length > places) {
      this.fault('ED-07', path, node, '', { expected: `число, до ${places} знаков после точки` })
      return undefined
    }
    this.tell(path, node, rule)
    const digits = (match[2] ?? '').replace(/^0+(?=\d)/, '')
    const isZero = digits === '0' && fraction === ''
    return `${match[1] === '-' && !isZero ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}`
  }

  flag(path: string, node: EdNode | undefined): boolean | undefined {
    const text = textOf(node)
    if (node === undefined || text === undefined) return undefined
    if (text !== 'true' && text !== 'false' && text !== '1' && text !== '0') {
      this.fault('ED-07', path, node, '', { expected: 'true или false' })
      return undefined
    }
    this.tell(path, node, 'flag')
    return text === 'true' || text === '1'
  }

  /** Takes over what a part of this document has told, under its place. */
  under(place: string, part: Trace): void {
    for (const source of part.sources)
      this.sources.push(place === '' ? source : { ...source, path: place + source.path })
    for (const fault of part.faults)
      this.faults.push(place === '' ? fault : { ...fault, path: place + fault.path })
  }
}

const decimal = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/
