import type { Fault } from '../../../core/kernel/index.ts'
import { cutOff, saidTwice, strayLine } from './bank-faults.ts'
import { accountKeys, documentKeys, headKeys, repeatedHeadKeys, type Key } from './keys.ts'

/** What stood between the beginning of a section and its end. */
export interface Section {
  kind: 'head' | 'account' | 'document'
  /** `СекцияДокумент=Выписка`: what stands behind its first line. */
  title: string
  line: number
  values: Map<Key, { text: string; line: number }>
  unread: Set<string>
}

export interface Sections {
  head: Section
  accounts: Section[]
  documents: Section[]
  faults: Fault[]
}

const byUpperCase = (keys: readonly Key[]): ReadonlyMap<string, Key> =>
  new Map(keys.map((key) => [key.toUpperCase(), key]))

const known = {
  head: byUpperCase(headKeys),
  account: byUpperCase(accountKeys),
  document: byUpperCase(documentKeys),
}

const begins = { СЕКЦИЯРАСЧСЧЕТ: 'account', СЕКЦИЯДОКУМЕНТ: 'document' } as const
const ends = { КОНЕЦРАСЧСЧЕТ: 'account', КОНЕЦДОКУМЕНТА: 'document' } as const

/** One word, as all keys are. Anything else before `=` is the middle of a sentence. */
const aKey = /^[\p{L}][\p{L}\d_]{0,59}$/u

const newSection = (kind: Section['kind'], title: string, line: number): Section => ({
  kind,
  title,
  line,
  values: new Map(),
  unread: new Set(),
})

/** Lines of one document before the other requests get their turn. */
const turnLines = 4000
const maxFaults = 200

/** Cuts the text into its sections. Never gives up at the first fault: a bank should hear all of them at once. */
export const sectionsOf = async (text: string): Promise<Sections> => {
  const read: Sections = { head: newSection('head', '', 1), accounts: [], documents: [], faults: [] }
  let open = read.head
  let last: Key | undefined
  let ended = false
  let line = 0
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line += 1
    if (line % turnLines === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    if (line === 1 || read.faults.length >= maxFaults) continue
    const trimmed = raw.trim()
    if (trimmed === '') continue
    const mark = trimmed.indexOf('=')
    const name = (mark === -1 ? trimmed : trimmed.slice(0, mark)).trim()
    const upper = name.toUpperCase()
    const value = mark === -1 ? '' : trimmed.slice(mark + 1).trim()
    if (ended) {
      read.faults.push(strayLine(line, trimmed))
    } else if (upper === 'КОНЕЦФАЙЛА') {
      if (open.kind !== 'head') read.faults.push(cutOff(open.line, titleOf(open)))
      ended = true
    } else if (Object.hasOwn(begins, upper)) {
      if (open.kind !== 'head') read.faults.push(cutOff(open.line, titleOf(open)))
      open = newSection(begins[upper as keyof typeof begins], value, line)
      last = undefined
      ;(open.kind === 'account' ? read.accounts : read.documents).push(open)
    } else if (Object.hasOwn(ends, upper)) {
      if (open.kind !== ends[upper as keyof typeof ends]) read.faults.push(strayLine(line, trimmed))
      open = read.head
      last = undefined
    } else {
      last = keep(open, { name, upper, value, trimmed, line, last, isPair: mark !== -1 }, read)
    }
  }
  if (!ended) read.faults.push(cutOff(line, open.kind === 'head' ? 'КонецФайла' : titleOf(open)))
  return read
}

const titleOf = ({ kind }: Section): string => (kind === 'account' ? 'СекцияРасчСчет' : 'СекцияДокумент')

interface Line {
  name: string
  upper: string
  value: string
  trimmed: string
  line: number
  last: Key | undefined
  isPair: boolean
}

/** Puts one line where it belongs; the key that the next line may go on with. */
const keep = (open: Section, { name, upper, value, trimmed, line, last, isPair }: Line, read: Sections) => {
  const key = isPair ? known[open.kind].get(upper) : undefined
  if (key !== undefined) {
    const before = open.values.get(key)
    const mayRepeat = open.kind === 'head' && repeatedHeadKeys.has(key)
    if (before !== undefined && before.text !== value && !mayRepeat) {
      read.faults.push(saidTwice({ path: pathOf(open, read), key, line }))
    }
    if (before === undefined) open.values.set(key, { text: value, line })
    return key
  }
  // The purpose of a payment runs over lines in many banks, `=` and all.
  const purpose = last?.startsWith('НазначениеПлатежа') === true ? open.values.get(last) : undefined
  if (purpose !== undefined && !(isPair && aKey.test(name))) {
    purpose.text = `${purpose.text} ${trimmed}`.trim()
    return last
  }
  if (!isPair) read.faults.push(strayLine(line, trimmed))
  else open.unread.add(name.slice(0, 60))
  return undefined
}

/** What a section is called in faults. */
export const pathOf = (section: Section, { accounts, documents }: Sections): string => {
  if (section.kind === 'head') return ''
  if (section.kind === 'account') return `accounts[${accounts.indexOf(section)}]`
  return `payments[${documents.indexOf(section)}]`
}
