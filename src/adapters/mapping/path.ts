/** A way to a place of a foreign file: `items[0].price`, `Товары/Строка/Цена`, a column of a table. */
export interface Path {
  readonly text: string
  /** Where it begins: at the node a rule works on, at the whole record, or at the top of the file. */
  readonly from: 'node' | 'record' | 'file'
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly is: 'name'; readonly name: string }
  /** From 0. */
  | { readonly is: 'index'; readonly index: number }
  /** The items whose field has this value: `Реквизит[Имя=Курс]`. */
  | { readonly is: 'where'; readonly name: string; readonly value: string }
  /** Whatever the name is. */
  | { readonly is: 'any' }

export type SourceFormat = 'json' | 'xml' | 'csv'

const longestPath = 300

/** Reads a path; a text is what is wrong with it. JSON counts from 0, XML from 1, as each does by itself. */
export const readPath = (format: SourceFormat, text: string): Path | string => {
  if (text.length > longestPath) return `longer than ${longestPath}`
  if (text === '.') return { text, from: 'node', steps: [] }
  const from = text.startsWith('//') ? 'file' : text.startsWith('/') ? 'record' : 'node'
  const rest = text.slice(from === 'file' ? 2 : from === 'record' ? 1 : 0)
  if (format === 'csv') {
    return rest === '' ? 'empty' : { text, from, steps: [{ is: 'name', name: rest }] }
  }
  const steps = readSteps(rest, format)
  return typeof steps === 'string' ? steps : { text, from, steps }
}

const readSteps = (text: string, format: 'json' | 'xml'): Step[] | string => {
  const separator = format === 'json' ? '.' : '/'
  const steps: Step[] = []
  let at = 0
  let expectsName = true
  while (at < text.length) {
    const letter = text.charAt(at)
    if (letter === '[') {
      const end = closing(text, at)
      if (end === -1) return '] ?'
      const step = readBracket(text.slice(at + 1, end), format)
      if (step === undefined) return text.slice(at, end + 1)
      if (step !== 'all') steps.push(step)
      at = end + 1
      expectsName = false
    } else if (letter === separator) {
      if (expectsName) return separator.repeat(2)
      at += 1
      expectsName = true
      if (at === text.length) return `…${separator}`
    } else {
      if (!expectsName) return text.slice(at)
      let end = at
      while (end < text.length && text.charAt(end) !== separator && text.charAt(end) !== '[') end += 1
      const name = text.slice(at, end)
      steps.push(name === '*' ? { is: 'any' } : { is: 'name', name })
      at = end
      expectsName = false
    }
  }
  return steps.length === 0 ? 'empty' : steps
}

/** The bracket that ends the one at `at`; a quoted name may hold brackets. */
const closing = (text: string, at: number): number => {
  const quote = text.charAt(at + 1)
  if (quote !== '"' && quote !== "'") return text.indexOf(']', at)
  const end = text.indexOf(`${quote}]`, at + 2)
  return end === -1 ? -1 : end + 1
}

const readBracket = (inside: string, format: 'json' | 'xml'): Step | 'all' | undefined => {
  if (inside === '*') return 'all'
  if (/^\d{1,6}$/.test(inside)) {
    const index = Number(inside) - (format === 'xml' ? 1 : 0)
    return index < 0 ? undefined : { is: 'index', index }
  }
  const quoted = /^"([^"]+)"$/.exec(inside) ?? /^'([^']+)'$/.exec(inside)
  if (quoted?.[1] !== undefined) return { is: 'name', name: quoted[1] }
  const where = /^([^=\]]+)=\s*(?:"([^"]*)"|'([^']*)'|([^"']*))$/.exec(inside)
  const name = where?.[1]?.trim()
  if (where === null || name === undefined || name === '') return undefined
  return { is: 'where', name, value: where[2] ?? where[3] ?? where[4]?.trim() ?? '' }
}
