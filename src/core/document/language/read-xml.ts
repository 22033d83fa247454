import type { FaultList } from './faults.ts'
import type { FieldPlan, RecordPlan, Slots } from './plan.ts'
import { blank, complete, emptySlots, faulty } from './plan.ts'
import { readLeaf, shown } from './read-value.ts'

interface Frame {
  readonly plan: RecordPlan
  readonly slots: Slots
  /** The field of the parent that is being read; none for the document itself. */
  readonly field: FieldPlan | undefined
  /** Place in the list of the parent. */
  readonly index: number
  isNil: boolean
  /** Something unknown or stray was met inside: not empty any more, and complained of. */
  isSpoilt: boolean
}

const frameOf = (plan: RecordPlan, field: FieldPlan | undefined, index: number): Frame => ({
  plan,
  slots: emptySlots(plan),
  field,
  index,
  isNil: false,
  isSpoilt: false,
})

/**
 * Takes the events of an XML parser and builds a record. Fields may come in any order (1C does not keep
 * it); an unknown or repeated one is a fault. One pass, no tree.
 */
export class XmlReader {
  private readonly namespace: string
  private readonly faults: FaultList
  private readonly frames: Frame[]
  private top: Frame
  private leafField: FieldPlan | undefined
  private chunk = ''
  private isNilLeaf = false
  /** Elements open below one that is passed over. */
  private skipped = 0
  private readonly pathOfTop = (key: string): string => this.pathTo(key)

  constructor(namespace: string, plan: RecordPlan, faults: FaultList) {
    this.namespace = namespace
    this.faults = faults
    this.top = frameOf(plan, undefined, 0)
    this.frames = [this.top]
  }

  open(namespace: string, localName: string): void {
    if (this.skipped > 0) {
      this.skipped++
      return
    }
    if (this.leafField !== undefined) {
      // An element inside a text value: the value is spoilt, its close will see `faulty`.
      const field = this.leafField
      this.faults.add('DOC-03', this.pathTo(field.key), { name: shown(localName) })
      this.top.isSpoilt = true
      this.skipped = 1
      return
    }
    const frame = this.top
    const field = namespace === this.namespace ? frame.plan.byElement.get(localName) : undefined
    if (field === undefined) {
      this.faults.add('DOC-03', this.pathTo(shown(localName)), { name: shown(localName) })
      this.passOver()
      return
    }
    const before = frame.slots[field.index]
    if (!field.isList) {
      if (before !== undefined) {
        this.faults.add('DOC-04', this.pathTo(field.key), { field: field.title })
        this.passOver()
        return
      }
    } else if (Array.isArray(before) && before.length >= field.max) {
      if (before.length === field.max)
        this.faults.add('DOC-16', this.pathTo(field.key), { field: field.title, max: field.max })
      before.length = field.max + 1
      this.passOver()
      return
    }
    if (field.record === undefined) {
      this.leafField = field
      this.chunk = ''
      this.isNilLeaf = false
      return
    }
    this.top = frameOf(field.record, field, Array.isArray(before) ? before.length : 0)
    this.frames.push(this.top)
  }

  text(chunk: string): void {
    if (this.skipped > 0) return
    if (this.leafField !== undefined) {
      this.chunk = this.chunk === '' ? chunk : this.chunk + chunk
    } else if (!this.top.isSpoilt && /\S/.test(chunk)) {
      this.faults.add('DOC-17', this.pathTo(''))
      this.top.isSpoilt = true
    }
  }

  /** The element just opened says `xsi:nil="true"`: it is absent. */
  nil(): void {
    if (this.skipped > 0) return
    if (this.leafField !== undefined) this.isNilLeaf = true
    else this.top.isNil = true
  }

  close(): void {
    if (this.skipped > 0) {
      this.skipped--
      return
    }
    const field = this.leafField
    if (field !== undefined) {
      this.leafField = undefined
      if (field.leaf === undefined) return
      const value = this.isNilLeaf
        ? blank
        : readLeaf(field, field.leaf, this.chunk, () => this.pathTo(field.key), this.faults)
      this.chunk = ''
      this.put(field, value)
      return
    }
    const frame = this.top
    const parent = this.frames[this.frames.length - 2]
    if (parent === undefined || frame.field === undefined) throw new Error('more elements closed than opened')
    const value = this.completed(frame)
    this.frames.pop()
    this.top = parent
    this.put(frame.field, value)
  }

  /** The record itself, once everything inside it has been read. */
  finish(target: Record<string, unknown>): Record<string, unknown> | typeof faulty {
    if (this.frames.length !== 1 || this.leafField !== undefined || this.skipped > 0) {
      throw new Error('the document is not closed')
    }
    const made = complete(this.top.plan, this.top.slots, this.pathOfTop, this.faults, target, false)
    return this.top.isSpoilt || made === undefined ? faulty : made
  }

  private completed(frame: Frame): unknown {
    if (frame.isNil && !frame.isSpoilt) return blank
    const isItem = frame.field?.isList === true
    const made = complete(
      frame.plan,
      frame.slots,
      this.pathOfTop,
      this.faults,
      {},
      !isItem && !frame.isSpoilt,
    )
    return frame.isSpoilt ? faulty : (made ?? blank)
  }

  private put(field: FieldPlan, value: unknown): void {
    const slots = this.top.slots
    if (!field.isList) {
      slots[field.index] = value
      return
    }
    const before = slots[field.index]
    if (value === blank) {
      if (before === undefined) slots[field.index] = blank
      return
    }
    // A faulty item keeps its place, so that the numbers in later paths stay true.
    if (value === faulty) this.top.isSpoilt = true
    if (Array.isArray(before)) before.push(value)
    else slots[field.index] = [value]
  }

  private passOver(): void {
    this.top.isSpoilt = true
    this.skipped = 1
  }

  private pathTo(key: string): string {
    let path = ''
    for (const frame of this.frames) {
      if (frame.field === undefined) continue
      path += `${path === '' ? '' : '.'}${frame.field.key}${frame.field.isList ? `[${frame.index}]` : ''}`
    }
    return path === '' || key === '' ? path + key : `${path}.${key}`
  }
}
