/** The first place where two answers differ. */
export interface Difference {
  /** `status`, or a path in the answer: `receipt.faults[0].code`, `Envelope/Body/…`. */
  at: string
  was: string
  is: string
}

/** So much of a value is shown. */
const shownLength = 200

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'нет')
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
}

/**
 * Compares two answers as a client would: JSON by its members whatever their order, XML by its elements, everything
 * else by bytes. Undefined when nothing differs. `unless` names members that are of the moment.
 */
export const firstDifference = (
  was: { type: string; bytes: Uint8Array },
  is: { type: string; bytes: Uint8Array },
  unless: ReadonlySet<string>,
): Difference | undefined => {
  const [before, now] = [was, is].map(({ bytes }) => new TextDecoder().decode(bytes)) as [string, string]
  if (before === now) return undefined
  if (was.type.includes('json') && is.type.includes('json')) {
    const [a, b] = [parsed(before), parsed(now)]
    if (a !== undefined && b !== undefined) return ofValues(a, b, '', unless)
  }
  if (was.type.includes('xml') && is.type.includes('xml')) return ofMarkup(before, now)
  if (was.type !== is.type) return { at: 'content-type', was: was.type, is: is.type }
  return ofText(before, now)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const ofValues = (
  was: unknown,
  is: unknown,
  path: string,
  unless: ReadonlySet<string>,
): Difference | undefined => {
  if (Object.is(was, is)) return undefined
  if (!isRecord(was) || !isRecord(is) || Array.isArray(was) !== Array.isArray(is))
    return { at: path, was: shown(was), is: shown(is) }
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (unless.has(name)) continue
    const at = Array.isArray(was) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    const found = ofValues(was[name], is[name], at, unless)
    if (found !== undefined) return found
  }
  return undefined
}

/** Tags and the text between them; white space between two tags means nothing. */
const pieces = (markup: string): string[] =>
  (markup.match(/<[^>]*>|[^<]+/g) ?? []).map((piece) => piece.trim()).filter((piece) => piece !== '')

const ofMarkup = (was: string, is: string): Difference | undefined => {
  const [before, now] = [pieces(was), pieces(is)]
  const path: string[] = []
  for (let index = 0; index < Math.max(before.length, now.length); index += 1) {
    const [a, b] = [before[index], now[index]]
    if (a !== b) return { at: path.join('/'), was: shown(a ?? 'нет'), is: shown(b ?? 'нет') }
    if (a === undefined || !a.startsWith('<') || a.startsWith('<?') || a.startsWith('<!') || a.endsWith('/>'))
      continue
    if (a.startsWith('</')) path.pop()
    else path.push(/^<(?:[^\s>:]*:)?([^\s>]*)/.exec(a)?.[1] ?? '')
  }
  return undefined
}

const ofText = (was: string, is: string): Difference => {
  let at = 0
  while (was[at] === is[at]) at += 1
  const line = was.slice(0, at).split('\n').length
  return { at: `line ${line}`, was: shown(was.slice(at)), is: shown(is.slice(at)) }
}
