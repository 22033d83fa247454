import { readFileSync } from 'node:fs'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'
import type { Fault } from '../../core/kernel/index.ts'
import { givenTwice, unknownKey, unreadableFile, type Place } from './config-refusal.ts'
import type { RawValue, Setting } from './setting.ts'

/** What was found for a setting and where; the last source that speaks wins. */
export interface Found {
  raw: RawValue
  place: Place
}

export interface Gathered {
  found: Map<string, Found>
  faults: Fault[]
}

const prefix = 'DANEKER__'

/** `http.publicUrl` is `DANEKER__HTTP__PUBLIC_URL`. */
export const variableOf = (key: string): string =>
  prefix +
  key
    .split('.')
    .map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase())
    .join('__')

/** A YAML file: sections within sections, every value with its line. */
export const gatherFile = (settings: readonly Setting<unknown>[], file: string, gathered: Gathered): void => {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    gathered.faults.push(unreadableFile(file, cannotRead(error)))
    return
  }
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, strict: true })
  const place = (offset: number | undefined): Place =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`
  for (const { pos, code } of document.errors) {
    gathered.faults.push(
      unreadableFile(place(pos[0]), {
        ru: `это не YAML (${code}). Проверьте отступы, кавычки и повторы`,
        kk: `бұл YAML емес (${code}). Шегіністерді, тырнақшаларды және қайталауларды тексеріңіз`,
        en: `this is not YAML (${code}). Check indentation, quotes and repeated keys`,
      }),
    )
  }
  if (document.errors.length > 0) return

  const here = new Map<string, Found>()
  const walk = (node: Node | null, path: string[]): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : '?'
        walk(value as Node | null, [...path, name])
        // A key without a value says nothing; a wrong key is told even so.
        if (value === null || (isScalar(value) && value.value === null)) {
          const offset = (key as Node).range?.[0]
          checkKey(settings, [...path, name].join('.'), place(offset), gathered.faults)
        }
      }
      return
    }
    if (node === null || (isScalar(node) && node.value === null)) return
    const raw = isSeq(node) ? node.items.map((item) => textOf(item as Node)) : textOf(node)
    here.set(path.join('.'), { raw, place: place(node.range?.[0]) })
  }
  walk(document.contents, [])
  accept(
    settings,
    here,
    gathered,
    (key) => key,
    (key) => `${key}File`,
  )
}

/** The environment; variables of others are none of our business, ours must be known. */
export const gatherEnvironment = (
  settings: readonly Setting<unknown>[],
  environment: Readonly<Record<string, string | undefined>>,
  gathered: Gathered,
): void => {
  const here = new Map<string, Found>()
  for (const [name, raw] of Object.entries(environment)) {
    if (name.startsWith(prefix) && raw !== undefined) here.set(name, { raw, place: name })
  }
  accept(settings, here, gathered, variableOf, (key) => `${variableOf(key)}_FILE`)
}

/** Files a source's findings under their settings, reads the files of secrets, refuses what nobody declared. */
const accept = (
  settings: readonly Setting<unknown>[],
  here: Map<string, Found>,
  { found, faults }: Gathered,
  nameOf: (key: string) => string,
  fileNameOf: (key: string) => string,
): void => {
  const used = new Set<string>()
  for (const { key, secret } of settings) {
    const plain = here.get(nameOf(key))
    const file = secret ? here.get(fileNameOf(key)) : undefined
    if (plain !== undefined) used.add(nameOf(key))
    if (file !== undefined) used.add(fileNameOf(key))
    if (plain !== undefined && file !== undefined) faults.push(givenTwice(key, plain.place, file.place))
    if (plain !== undefined) found.set(key, plain)
    else if (file !== undefined && typeof file.raw === 'string') {
      try {
        // Secrets of containers end with a newline that is not part of them.
        found.set(key, { raw: readFileSync(file.raw, 'utf8').trim(), place: file.place })
      } catch (error) {
        faults.push(unreadableFile(file.place, cannotRead(error)))
      }
    }
  }
  const names = settings.flatMap(({ key, secret }) =>
    secret ? [nameOf(key), fileNameOf(key)] : [nameOf(key)],
  )
  for (const [name, { place }] of here) {
    if (!used.has(name)) faults.push(unknownKey(name, place, nearest(name, names)))
  }
}

const checkKey = (settings: readonly Setting<unknown>[], key: string, place: Place, faults: Fault[]) => {
  const known = settings.some((setting) => setting.key === key || setting.key.startsWith(`${key}.`))
  if (known) return
  const keys = settings.map((setting) => setting.key)
  faults.push(unknownKey(key, place, nearest(key, keys)))
}

/** A scalar as it is written, so that `5432`, `true` and `1e3` are read by our rules and not by YAML's. */
const textOf = (node: Node): string =>
  isScalar(node) ? (typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))) : ''

const cannotRead = (error: unknown) => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
  return {
    ru: `файл не читается (${code}). Проверьте путь и права`,
    kk: `файл оқылмайды (${code}). Жолын және құқықтарын тексеріңіз`,
    en: `the file cannot be read (${code}). Check the path and the rights`,
  }
}

/** The declared name that was probably meant; undefined when none is near. */
const nearest = (name: string, names: readonly string[]): string | undefined => {
  const last = (one: string) => one.slice(Math.max(one.lastIndexOf('.'), one.lastIndexOf('__') + 1) + 1)
  let best: { name: string; distance: number } | undefined
  for (const candidate of names) {
    // The right name in the wrong section is a near miss too.
    const distance = Math.min(
      editDistance(name.toLowerCase(), candidate.toLowerCase()),
      last(name).toLowerCase() === last(candidate).toLowerCase() ? 2 : Number.POSITIVE_INFINITY,
    )
    if (best === undefined || distance < best.distance) best = { name: candidate, distance }
  }
  return best !== undefined && best.distance <= Math.max(2, Math.floor(name.length / 4))
    ? best.name
    : undefined
}

/** Levenshtein, one row at a time. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[b.length] ?? 0
}
