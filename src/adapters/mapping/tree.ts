import type { Path, SourceFormat, Step } from './path.ts'

/**
 * A foreign file as plain values: texts, booleans, null, lists, and sets of fields that inherit nothing. Numbers are
 * the texts they were written as. Every format is read into this, so that paths and expressions know one thing only.
 */
export type Value = string | boolean | null | Value[] | { [name: string]: Value }

/** A value with the place it stands at, in the file's own words. */
export interface Found {
  readonly value: Value
  readonly place: string
}

/** How places of one file are told. */
export interface Tree {
  readonly format: SourceFormat
  readonly root: Value
  nameOf(place: string, name: string, holder: Value): string
  itemOf(place: string, index: number, list: readonly Value[]): string
  /** A column of a document's head that differs between its lines; undefined when all agree. */
  conflictOf?(holder: Value, name: string): Conflict | undefined
}

export interface Conflict {
  lines: [number, number]
  values: [string, string]
}

/** Names of fields inherit nothing: `constructor` is a name like any other. */
export const emptyFields = (): { [name: string]: Value } => Object.create(null) as { [name: string]: Value }

export const isFields = (value: Value | undefined): value is { [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Longest text of a place: names of a stranger's file may be of any length. */
const longestPlace = 300

const joined = (place: string, separator: string, name: string): string =>
  (place === '' ? name : `${place}${separator}${name}`).slice(0, longestPlace)

export const jsonTree = (root: Value): Tree => ({
  format: 'json',
  root,
  nameOf: (place, name) => joined(place, '.', name),
  itemOf: (place, index) => `${place}[${index}]`,
})

export const xmlTree = (root: Value): Tree => ({
  format: 'xml',
  root,
  nameOf: (place, name) => (name === '#text' ? place : joined(place, '/', name)),
  itemOf: (place, index) => `${place}[${index + 1}]`,
})

/** The values behind a path, in the order of the file; `note` is told of the fields that a condition looked at. */
export const follow = (tree: Tree, from: Found, path: Path, note?: (found: Found) => void): Found[] => {
  let found: Found[] = [from]
  for (const step of path.steps) {
    const next: Found[] = []
    for (const one of found) take(tree, one, step, next, note)
    if (next.length === 0) return []
    found = next
  }
  return found
}

const take = (
  tree: Tree,
  { value, place }: Found,
  step: Step,
  into: Found[],
  note?: (found: Found) => void,
): void => {
  if (step.is === 'index') {
    // A list of one is often written without a list.
    if (Array.isArray(value)) {
      const item = value[step.index]
      if (item !== undefined) into.push({ value: item, place: tree.itemOf(place, step.index, value) })
    } else if (step.index === 0) into.push({ value, place })
    return
  }
  for (const one of itemsOf(tree, { value, place })) {
    if (!isFields(one.value)) continue
    const fields = one.value
    if (step.is === 'where') {
      const held = Object.hasOwn(fields, step.name) ? fields[step.name] : undefined
      if (held === undefined) continue
      note?.({ value: held, place: tree.nameOf(one.place, step.name, fields) })
      if (textOf(held) === step.value) into.push(one)
    } else {
      const names = step.is === 'any' ? Object.keys(fields) : [step.name]
      for (const name of names) {
        const held = Object.hasOwn(fields, name) ? fields[name] : undefined
        if (held !== undefined) into.push({ value: held, place: tree.nameOf(one.place, name, fields) })
      }
    }
  }
}

/** A list taken apart; anything else is one item. */
export const itemsOf = (tree: Tree, { value, place }: Found): Found[] =>
  Array.isArray(value)
    ? value.flatMap((item, index) => itemsOf(tree, { value: item, place: tree.itemOf(place, index, value) }))
    : [{ value, place }]

/** The text of a leaf; an element with attributes has its text beside them. */
export const textOf = (value: Value | undefined): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (isFields(value) && Object.hasOwn(value, '#text')) return textOf(value['#text'])
  return undefined
}

/** Every leaf below a value that says something, with its place. */
export const leavesOf = (tree: Tree, { value, place }: Found, visit: (place: string) => void): void => {
  if (Array.isArray(value)) {
    value.forEach((item, index) =>
      leavesOf(tree, { value: item, place: tree.itemOf(place, index, value) }, visit),
    )
  } else if (isFields(value)) {
    for (const [name, held] of Object.entries(value)) {
      leavesOf(tree, { value: held, place: tree.nameOf(place, name, value) }, visit)
    }
  } else if (value !== null && value !== '') visit(place)
}
