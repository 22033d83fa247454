import type { Document } from './kinds/index.ts'

/** One value of a document with the place it has in it: `lines[0].price`. */
export interface DocumentValue {
  path: string
  value: string | boolean
}

/** One place where two documents differ; what one of them lacks is undefined. */
export interface DocumentDifference {
  path: string
  before?: string | boolean
  after?: string | boolean
}

/** Every value of a document, in the order of the declaration. */
export const valuesOf = (document: Document): DocumentValue[] => {
  const values: DocumentValue[] = []
  gather(document, '', values)
  return values
}

const gather = (value: unknown, path: string, into: DocumentValue[]): void => {
  if (typeof value === 'string' || typeof value === 'boolean') into.push({ path, value })
  else if (Array.isArray(value)) value.forEach((item, index) => gather(item, `${path}[${index}]`, into))
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) gather(part, path === '' ? key : `${path}.${key}`, into)
  }
}

/** Where two documents differ, value by value; lines are compared by their place. */
export const differencesOf = (before: Document, after: Document): DocumentDifference[] => {
  const old = new Map(valuesOf(before).map(({ path, value }) => [path, value]))
  const differences: DocumentDifference[] = []
  for (const { path, value } of valuesOf(after)) {
    const was = old.get(path)
    old.delete(path)
    if (was === value) continue
    differences.push({ path, ...(was === undefined ? {} : { before: was }), after: value })
  }
  for (const [path, was] of old) differences.push({ path, before: was })
  return differences
}
