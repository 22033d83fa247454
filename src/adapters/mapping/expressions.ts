import jsonata from 'jsonata'
import type { Fault } from '../../core/kernel/index.ts'
import type { Lookups } from './convert.ts'
import { BadArgument, forbiddenFunctions, jsonataFunctions, namedFunctions, variables } from './functions.ts'
import type { Expression } from './mapping.ts'
import { mappingFault, readingFault } from './mapping-faults.ts'
import type { Reads } from './reads.ts'
import type { Found } from './tree.ts'

/** One evaluation: what a person's expression over one line needs a thousandth of; one over all lines grows with them. */
const evaluationMs = (fileBytes: number): number => Math.min(10_000, 1_500 + fileBytes / 256)
/** Calls inside calls: JSONata's own measure, 300 stop an endless recursion after some 15 ms. */
const maxDepth = 300
/** Items of one list that an expression makes. */
const maxItems = 200_000
/** All evaluations of one file: so much, and a millisecond for each beside. */
const fileMs = 1_500

type Node = { [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

const exact: Readonly<Record<string, string>> = {
  '+': '$add(a, b)',
  '-': '$sub(a, b)',
  '*': '$mul(a, b)',
  '/': '$div(a, b)',
  '%': '$div(a, b)',
}

/** Everything wrong with an expression before any file is read. `placeAt` makes a place of a letter of it. */
export const expressionFaults = (text: string, placeAt: (position: number) => string): Fault[] => {
  let tree: Node
  try {
    tree = jsonata(text).ast() as unknown as Node
  } catch (error) {
    const { position, message } = jsonataError(error)
    return [mappingFault('MAPPING-10', placeAt(position), { why: message })]
  }
  const faults: Fault[] = []
  walk(tree, new Set(variables), placeAt, faults)
  return faults
}

const known = new Set([...jsonataFunctions, ...namedFunctions.map(({ name }) => name)])

const walk = (
  node: unknown,
  bound: Set<string>,
  placeAt: (position: number) => string,
  faults: Fault[],
): void => {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, bound, placeAt, faults)
    return
  }
  if (!isNode(node)) return
  // JSONata counts to the end of a name.
  const length = node.type === 'variable' ? String(node.value).length : 0
  const place = (): string => placeAt(typeof node.position === 'number' ? node.position - length : 0)
  if (node.type === 'bind' && isNode(node.lhs)) bound.add(String(node.lhs.value))
  if (node.type === 'lambda' && Array.isArray(node.arguments)) {
    for (const argument of node.arguments as unknown[])
      if (isNode(argument)) bound.add(String(argument.value))
  }
  if (node.type === 'variable') {
    const name = String(node.value)
    if (forbiddenFunctions.includes(name)) faults.push(mappingFault('MAPPING-12', place(), { name }))
    else if (name !== '' && name !== '$' && !known.has(name) && !bound.has(name))
      faults.push(mappingFault('MAPPING-11', place(), { name }))
  }
  // `not(x)`: a name without its dollar is a field, and a field cannot be called.
  if (node.type === 'function' && isNode(node.procedure) && node.procedure.type === 'path')
    faults.push(mappingFault('MAPPING-11', place(), { name: 'без $' }))
  if (node.type === 'binary') {
    const operator = String(node.value)
    const instead = Object.hasOwn(exact, operator) ? exact[operator] : undefined
    if (instead !== undefined) faults.push(mappingFault('MAPPING-13', place(), { operator, instead }))
  }
  for (const [key, part] of Object.entries(node)) if (key !== 'position') walk(part, bound, placeAt, faults)
}

interface JsonataError {
  code: string
  position: number
  message: string
}

/** What the library throws is no Error of a class: `{ code, position, message }`. */
const jsonataError = (error: unknown): JsonataError => {
  const { code, position, message } = error as Partial<JsonataError>
  return {
    code: typeof code === 'string' ? code : '',
    position: typeof position === 'number' ? position : 0,
    message: typeof message === 'string' ? message.slice(0, 200) : 'unknown',
  }
}

/** Shared with the thread's owner, so that he sees which expression hangs: its number and how many have run. */
export interface Pulse {
  beat(expression: Expression): void
  rest(): void
  /** A regular expression runs, and nothing can stop it from inside. */
  matching(runs: boolean): void
}

export interface Bindings {
  record: unknown
  company: { taxId: string; name: string }
  settings: Readonly<Record<string, unknown>>
  index: number
}

type Compiled = ReturnType<typeof jsonata>

/** Runs the expressions of one mapping, one after another, within limits of time, depth and size. */
export class Expressions {
  readonly #compiled = new Map<string, Compiled>()
  #spentMs = 0
  #count = 0
  #limitMs = evaluationMs(0)
  #pulse: Pulse | undefined

  /** Counts anew: another file. */
  begin(fileBytes: number): void {
    this.#spentMs = 0
    this.#count = 0
    const limitMs = evaluationMs(fileBytes)
    // The limit is part of what is compiled.
    if (limitMs !== this.#limitMs) this.#compiled.clear()
    this.#limitMs = limitMs
  }

  /** The value over a node, or a fault; `undefined` when the expression finds nothing. */
  async run(
    expression: Expression,
    node: Found,
    {
      reads,
      lookups,
      bindings,
      pulse,
      path,
    }: {
      reads: Reads
      lookups: Lookups
      bindings: Bindings
      pulse: Pulse
      path: string
    },
  ): Promise<{ value: unknown } | { fault: Fault }> {
    if (this.#spentMs > fileMs + this.#count)
      return { fault: readingFault('MAPPING-46', path, undefined, { rule: expression.rule }) }
    const compiled = this.#compile(expression)
    const begun = performance.now()
    this.#pulse = pulse
    pulse.beat(expression)
    try {
      const value: unknown = await compiled.evaluate(reads.watched(node), {
        ...functionsOver(lookups, reads),
        ...bindings,
        day: lookups.day,
      })
      return { value: reads.unwatched(value) }
    } catch (error) {
      return { fault: faultOf(error, expression, path) }
    } finally {
      pulse.rest()
      this.#spentMs += performance.now() - begun
      this.#count += 1
    }
  }

  #compile({ text }: Expression): Compiled {
    const before = this.#compiled.get(text)
    if (before !== undefined) return before
    const pulseOf = (): Pulse | undefined => this.#pulse
    class WatchedRegExp extends RegExp {
      override exec(text: string): RegExpExecArray | null {
        pulseOf()?.matching(true)
        try {
          return super.exec(text)
        } finally {
          pulseOf()?.matching(false)
        }
      }
    }
    // The types of 2.2.2 lack `sequence`.
    const options = {
      timeout: this.#limitMs,
      stack: maxDepth,
      sequence: maxItems,
      RegexEngine: WatchedRegExp,
    } as Parameters<typeof jsonata>[1]
    const compiled = jsonata(text, options)
    this.#compiled.set(text, compiled)
    return compiled
  }
}

/** Bound for each evaluation: the tables behind them are the document's. */
const functionsOver = (lookups: Lookups, reads: Reads): Record<string, unknown> =>
  Object.fromEntries(
    namedFunctions.map(({ name, run, takesWhole }) => [
      name,
      (...args: unknown[]): unknown =>
        run(takesWhole === true ? args.map((one) => reads.unwatched(one)) : args, lookups),
    ]),
  )

const limits = new Set(['D1011', 'D1012', 'D2014', 'D2015', 'D1015'])
const mistypedNumbers = new Set(['T2001', 'T2002', 'T2009', 'T2010'])

const faultOf = (error: unknown, { rule }: Expression, path: string): Fault => {
  if (error instanceof BadArgument)
    return readingFault('MAPPING-45', path, undefined, { rule, why: error.words })
  const { code, message } = jsonataError(error)
  if (limits.has(code) || error instanceof RangeError)
    return readingFault('MAPPING-46', path, undefined, { rule })
  const why = mistypedNumbers.has(code)
    ? {
        ru: `${message}. Числа файла — тексты: считайте через $add, $mul, сравнивайте через $compare`,
        kk: `${message}. Файл сандары — мәтіндер: $add, $mul арқылы есептеп, $compare арқылы салыстырыңыз`,
        en: `${message}. Numbers of the file are texts: compute with $add, $mul, compare with $compare`,
      }
    : message
  return readingFault('MAPPING-45', path, undefined, { rule, why })
}
