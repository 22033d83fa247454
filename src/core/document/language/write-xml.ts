import type { RecordPlan } from './plan.ts'

/** From here on base64 content is encoded on its own: joined to Cyrillic text it would take twice the memory. */
const largeText = 64 * 1024

const special = /[&<>]/
const escapeText = (text: string): string =>
  special.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text

class Output {
  private readonly pieces: string[] = []
  private open = ''

  add(text: string): void {
    this.open += text
  }

  addLarge(text: string): void {
    this.pieces.push(this.open, text)
    this.open = ''
  }

  bytes(): Uint8Array {
    const encoder = new TextEncoder()
    if (this.pieces.length === 0) return encoder.encode(this.open)
    const encoded = [...this.pieces, this.open].map((piece) => encoder.encode(piece))
    const whole = new Uint8Array(encoded.reduce((size, piece) => size + piece.length, 0))
    let at = 0
    for (const piece of encoded) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }
}

type Write = (value: never, output: Output) => void

/** One closure for each declared record, made once. */
const writers = new Map<RecordPlan, (value: Record<string, unknown>, output: Output) => void>()

const writerOf = (plan: RecordPlan): ((value: Record<string, unknown>, output: Output) => void) => {
  const known = writers.get(plan)
  if (known !== undefined) return known
  const steps = plan.fields.map((field) => {
    const before = `<${field.element}>`
    const after = `</${field.element}>`
    const writeOne: Write =
      field.record === undefined
        ? leafWriter(field.leaf?.is, field.leaf?.needsEscape === true, before, after)
        : recordWriter(field.record, before, after)
    return { key: field.key, isList: field.isList, writeOne }
  })
  const write = (value: Record<string, unknown>, output: Output): void => {
    for (const { key, isList, writeOne } of steps) {
      const held = value[key]
      if (held === undefined) continue
      if (isList) for (const item of held as never[]) writeOne(item, output)
      else writeOne(held as never, output)
    }
  }
  writers.set(plan, write)
  return write
}

const recordWriter = (plan: RecordPlan, before: string, after: string): Write => {
  const write = writerOf(plan)
  return (value: Record<string, unknown>, output) => {
    output.add(before)
    write(value, output)
    output.add(after)
  }
}

const leafWriter = (is: string | undefined, needsEscape: boolean, before: string, after: string): Write => {
  if (is === 'bytes') {
    return (value: string, output) => {
      output.add(before)
      if (value.length > largeText) output.addLarge(value)
      else output.add(value)
      output.add(after)
    }
  }
  if (is === 'boolean')
    return (value: boolean, output) => output.add(`${before}${value ? 'true' : 'false'}${after}`)
  if (!needsEscape) return (value: string, output) => output.add(before + value + after)
  return (value: string, output) => output.add(before + escapeText(value) + after)
}

/** The canonical serialisation of a record under its namespace; README.md states the rule. */
export const writeXml = (plan: RecordPlan, namespace: string, value: Record<string, unknown>): Uint8Array => {
  const output = new Output()
  output.add(`<${plan.name} xmlns="${namespace}">`)
  writerOf(plan)(value, output)
  output.add(`</${plan.name}>`)
  return output.bytes()
}
