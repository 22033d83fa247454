import type { Remainder } from './extras.ts'

/** `lines[3].unit` → `lines`, 3, `unit`. */
const stepsOf = (path: string): (string | number)[] =>
  path.split('.').flatMap((step) => {
    const match = /^(\w{1,60})((?:\[\d{1,5}\])*)$/.exec(step)
    if (match === null) return []
    const indexes = [...(match[2] ?? '').matchAll(/\d+/g)].map(([digits]) => Number(digits))
    return [match[1] ?? '', ...indexes]
  })

type Holder = Record<string | number, unknown>

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** Nothing that a path may not name: objects here are plain, and these would reach their prototypes. */
const forbidden = new Set<string | number>(['__proto__', 'prototype', 'constructor'])

/** Puts what a document of ours says beyond the format's fields where it belongs. Changes the value it is given. */
export const placeRemainder = (
  value: Record<string, unknown>,
  remainder: readonly Remainder[],
): Record<string, unknown> => {
  for (const { path, value: given } of remainder) {
    const steps = stepsOf(path)
    const last = steps.pop()
    if (last === undefined || forbidden.has(last)) continue
    let at: Holder = value
    for (const [index, step] of steps.entries()) {
      if (forbidden.has(step)) break
      const next = steps[index + 1] ?? last
      if (!isHolder(at[step])) at[step] = typeof next === 'number' ? [] : {}
      at = at[step] as Holder
    }
    if (given === undefined) delete at[last]
    else at[last] = given
  }
  return value
}

/** Every value of a document by its path, in the order of the document. */
export const flatten = (
  value: unknown,
  path = '',
  found: Map<string, string | boolean> = new Map(),
): Map<string, string | boolean> => {
  if (typeof value === 'string' || typeof value === 'boolean') found.set(path, value)
  else if (Array.isArray(value)) value.forEach((item, index) => flatten(item, `${path}[${index}]`, found))
  else if (isHolder(value))
    for (const [name, inner] of Object.entries(value))
      flatten(inner, path === '' ? name : `${path}.${name}`, found)
  return found
}
