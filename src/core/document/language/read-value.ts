import type { Words } from '../../kernel/index.ts'
import { words } from './declare.ts'
import type { FaultList } from './faults.ts'
import { Trouble } from './leaf.ts'
import type { FieldPlan, LeafPlan, RecordPlan } from './plan.ts'
import { blank, complete, emptySlots, faulty } from './plan.ts'

/** Names come from outside: keep what a fault repeats short. */
export const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)

const expectedText = words('строка', 'жол', 'text')
const expectedRecord = words('набор полей (объект)', 'өрістер жиыны (объект)', 'a set of fields (object)')
const expectedList = words('список', 'тізім', 'a list')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads values parsed from JSON. The parser has refused duplicate keys; numbers where text is due are refused here. */
export class ValueReader {
  private readonly faults: FaultList

  constructor(faults: FaultList) {
    this.faults = faults
  }

  /** The record at `path`, or what `complete` says of it. */
  record(
    plan: RecordPlan,
    value: Record<string, unknown>,
    path: string,
    target?: Record<string, unknown>,
    mayBeEmpty = true,
  ): Record<string, unknown> | typeof faulty | undefined {
    const slots = emptySlots(plan)
    let hasUnknown = false
    for (const key of Object.keys(value)) {
      const field = plan.byKey.get(key)
      if (field !== undefined) {
        slots[field.index] = this.field(field, value[key], path)
      } else if (target === undefined || !Object.hasOwn(target, key)) {
        hasUnknown = true
        this.faults.add('DOC-03', join(path, shown(key)), { name: shown(key) })
      }
    }
    const made = complete(
      plan,
      slots,
      (key) => join(path, key),
      this.faults,
      target,
      mayBeEmpty && !hasUnknown,
    )
    return hasUnknown ? faulty : made
  }

  private field(field: FieldPlan, value: unknown, parent: string): unknown {
    if (value === null || value === undefined) return blank
    const path = join(parent, field.key)
    if (!field.isList) return this.one(field, value, path, true)
    if (!Array.isArray(value)) return this.wrongType(field, path, expectedList)
    if (value.length > field.max) {
      this.faults.add('DOC-16', path, { field: field.title, max: field.max })
      return faulty
    }
    const items: unknown[] = []
    let isFaulty = false
    value.forEach((item, index) => {
      const read = this.one(field, item, `${path}[${index}]`, false)
      if (read === faulty) isFaulty = true
      else if (read !== blank) items.push(read)
    })
    if (isFaulty) return faulty
    return items.length === 0 ? blank : items
  }

  private one(field: FieldPlan, value: unknown, path: string, mayBeEmpty: boolean): unknown {
    if (field.record !== undefined) {
      if (!isRecord(value)) return this.wrongType(field, path, expectedRecord)
      return this.record(field.record, value, path, undefined, mayBeEmpty) ?? blank
    }
    return field.leaf === undefined ? blank : this.leaf(field, field.leaf, value, path)
  }

  private leaf(field: FieldPlan, leaf: LeafPlan, value: unknown, path: string): unknown {
    if (leaf.is === 'boolean') {
      if (typeof value === 'boolean') return value
      this.faults.add('DOC-11', path, { field: field.title })
      return faulty
    }
    if (typeof value !== 'string') return this.wrongType(field, path, expectedText)
    return readLeaf(field, leaf, value, path, this.faults)
  }

  private wrongType(field: FieldPlan, path: string, expected: Words): typeof faulty {
    this.faults.add('DOC-05', path, { field: field.title, expected })
    return faulty
  }
}

/** The canonical value of one text, `blank` or `faulty`. */
export const readLeaf = (
  field: FieldPlan,
  leaf: LeafPlan,
  raw: string,
  path: string | (() => string),
  faults: FaultList,
): unknown => {
  const text = raw.trim()
  if (text === '') return blank
  const value = leaf.read(text)
  if (value === undefined) return blank
  if (!(value instanceof Trouble)) return value
  faults.add(value.code, typeof path === 'string' ? path : path(), { field: field.title, ...value.details })
  return faulty
}

const join = (parent: string, key: string): string => (parent === '' ? key : `${parent}.${key}`)
