import { documentJsonSchema } from '../../../../core/document/index.ts'
import type { Draft, Explained } from './explain.ts'
import type { Requisites } from './requisites.ts'
import { truthOf } from './values.ts'

/**
 * Requisites `ЭДО.<path>` set any field of the document language, and clear it when they are empty: what CommerceML
 * has no element for. They speak last.
 */
export const assignOwn = (read: Explained, draft: Draft, requisites: Requisites, prefix: string): void => {
  for (const { path, value, place } of requisites.own()) {
    if (assign(draft, path, value === '' ? undefined : valueOf(path, value))) {
      const full = `${prefix}${path}`
      const before = read.sources.findIndex((one) => one.path === full)
      if (before !== -1) read.sources.splice(before, 1)
      if (value === '') continue
      read.sources.push({ path: full, source: place.path, found: value.slice(0, 200), rule: 'own-field' })
    }
  }
}

/** Flags of the document language: the only values in it that are no texts. */
const flags = new Set<string>()
const findFlags = (schema: unknown): void => {
  if (typeof schema !== 'object' || schema === null) return
  for (const [name, inner] of Object.entries(schema)) {
    if (typeof inner === 'object' && inner !== null && (inner as { type?: unknown }).type === 'boolean')
      flags.add(name)
    findFlags(inner)
  }
}
findFlags(documentJsonSchema())

const valueOf = (path: string, text: string): string | boolean =>
  flags.has(path.slice(path.lastIndexOf('.') + 1)) ? (truthOf(text) ?? text) : text

const maxIndex = 10_000
const steps = /[^.[\]]+/g
const wellFormed = /^[A-Za-z]\w*(\[\d{1,5}\])?(\.[A-Za-z]\w*(\[\d{1,5}\])?)*$/
const inherited = new Set(['constructor', 'prototype'])

/** Puts a value behind a path; false when the path makes no sense. */
const assign = (draft: Draft, path: string, value: unknown): boolean => {
  if (!wellFormed.test(path)) return false
  const names = path.match(steps) ?? []
  const last = names.pop()
  if (last === undefined || inherited.has(last) || names.some((name) => inherited.has(name))) return false
  let at: Record<string, unknown> | unknown[] = draft
  for (const [index, name] of names.entries()) {
    const next = get(at, name)
    if (typeof next === 'object' && next !== null) at = next as Draft
    else {
      const made: Draft | unknown[] = /^\d/.test(names[index + 1] ?? last) ? [] : {}
      if (!set(at, name, made)) return false
      at = made
    }
  }
  return set(at, last, value)
}

const get = (at: Record<string, unknown> | unknown[], name: string): unknown =>
  Array.isArray(at) ? at[Number(name)] : Object.hasOwn(at, name) ? at[name] : undefined

const set = (at: Record<string, unknown> | unknown[], name: string, value: unknown): boolean => {
  if (!Array.isArray(at)) {
    if (value === undefined) delete at[name]
    else at[name] = value
    return true
  }
  const index = Number(name)
  // A hole would be a line that nobody wrote.
  if (!Number.isInteger(index) || index > at.length || index >= maxIndex) return false
  at[index] = value
  return true
}
