import type { World } from './world.ts'

/** What was done to the world, and where: the checker must name one of these places. */
export interface Edit {
  kind: string
  on: 'rows' | 'files'
  places: string[]
}

type Random = (below: number) => number

/** Rows whose every value a chain, a day or a signature covers. */
const covered = ['document', 'meter', 'meter-seal', 'meter-day', 'audit', 'audit-day', 'archive-package']

const placesOf = (row: Record<string, unknown>): string[] =>
  ['documentId', 'id', 'number', 'day', 'taxId', 'last'].flatMap((name) =>
    row[name] === undefined ? [] : [`${row[name] as string | number}`],
  )

/** One random edit of a copy of the world: a bit, a deletion, a swap, an insertion, another date. */
export const tamper = ({ rows, files }: World, random: Random): { world: World; edit: Edit } => {
  const world: World = { rows: rows.map((row) => ({ ...row })), files: new Map(files), witnesses: [] }
  const edit = random(2) === 0 ? editRows(world, random) : editFiles(world, random)
  return { world, edit }
}

const editRows = ({ rows }: World, random: Random): Edit => {
  const at = pick(rows, random)
  const row = rows[at]!
  switch (random(5)) {
    case 0: {
      const names = Object.keys(row).filter((name) => name !== 'row' && row[name] !== null)
      const name = names[random(names.length)]!
      const before = { ...row }
      row[name] = changed(row[name], random)
      return {
        kind: `bit in ${String(row.row)}.${name}`,
        on: 'rows',
        places: [...placesOf(before), ...placesOf(row)],
      }
    }
    case 1:
      rows.splice(at, 1)
      return { kind: `deleted ${String(row.row)}`, on: 'rows', places: placesOf(row) }
    case 2: {
      const others = rows.flatMap((one, other) => (one.row === row.row && other !== at ? [other] : []))
      const other = others[random(others.length)]!
      const { row: kind, ...first } = row
      const { row: _, ...second } = rows[other]!
      // Two rows change what they say, all but their places.
      const key = kind === 'meter' || kind === 'audit' ? 'number' : kind === 'document' ? 'id' : 'day'
      rows[at] = { row: kind, ...second, [key]: first[key] }
      rows[other] = { row: kind, ...first, [key]: second[key] }
      return {
        kind: `swapped ${String(kind)}`,
        on: 'rows',
        places: [...placesOf(row), ...placesOf(rows[other]), ...placesOf(second)],
      }
    }
    case 3:
      rows.splice(at, 0, { ...row })
      return { kind: `inserted ${String(row.row)}`, on: 'rows', places: placesOf(row) }
    default: {
      const dated = rows.flatMap((one, other) =>
        covered.includes(String(one.row)) && (one.receivedAt ?? one.at ?? one.day) !== undefined
          ? [other]
          : [],
      )
      const chosen = rows[dated[random(dated.length)]!]!
      const before = { ...chosen }
      const name = chosen.receivedAt !== undefined ? 'receivedAt' : chosen.at !== undefined ? 'at' : 'day'
      chosen[name] = String(chosen[name]).replace(/^2026-05/, '2026-04')
      return {
        kind: `re-dated ${String(chosen.row)}`,
        on: 'rows',
        places: [...placesOf(before), ...placesOf(chosen)],
      }
    }
  }
}

const pick = (rows: World['rows'], random: Random): number => {
  for (;;) {
    const at = random(rows.length)
    if (covered.includes(String(rows[at]?.row))) return at
  }
}

const changed = (value: unknown, random: Random): unknown => {
  if (typeof value === 'number') return value ^ (1 << random(4))
  const text = String(value)
  const at = random(text.length)
  const letter = String.fromCharCode(text.charCodeAt(at) ^ 1)
  return text.slice(0, at) + letter + text.slice(at + 1)
}

const editFiles = ({ files }: World, random: Random): Edit => {
  const names = [...files.keys()]
  const name = names[random(names.length)]!
  const bytes = files.get(name)!
  const other = names[random(names.length)]!
  switch (random(5)) {
    case 0: {
      const spoilt = Buffer.from(bytes)
      const at = random(spoilt.length)
      spoilt[at] = spoilt[at]! ^ (1 << random(8))
      files.set(name, spoilt)
      return { kind: 'bit in a file', on: 'files', places: [name, ...packageOf(name)] }
    }
    case 1:
      files.delete(name)
      return { kind: 'deleted file', on: 'files', places: [name, 'package'] }
    case 2:
      if (other === name || files.get(other)!.equals(bytes))
        return editFiles({ rows: [], files, witnesses: [] }, random)
      files.set(name, files.get(other)!)
      files.set(other, bytes)
      return {
        kind: 'swapped files',
        on: 'files',
        places: [name, other, ...packageOf(name), ...packageOf(other)],
      }
    case 3: {
      const wrong = `ab/${'0'.repeat(61)}${random(10)}`
      files.set(wrong, Buffer.from('inserted'))
      return { kind: 'inserted file', on: 'files', places: [wrong] }
    }
    default: {
      const headers = names.filter((one) => one.startsWith('named/'))
      const header = headers[random(headers.length)]!
      const text = files.get(header)!.toString()
      files.set(header, Buffer.from(text.replace(/"day": "2026-05/, '"day": "2026-04')))
      return { kind: 're-dated package', on: 'files', places: [header] }
    }
  }
}

const packageOf = (name: string): string[] => (name.startsWith('named/') ? ['package'] : [])
