#!/usr/bin/env node
/**
 * Checks the operator's count of your documents without the operator and without his program.
 *
 *   node meter-check.mjs STATEMENT.json... [--receipts FILE|FOLDER]... [--witness YYYY-MM-DD=HEX]... [--key BASE64]
 *
 * STATEMENT  monthly statements as the gateway gave them (GET /api/v1/meter/2026-11)
 * --receipts what your accounting base got for each document it sent: JSON or JSON lines with documentId, receivedAt,
 *            digest. Then every count must be one of yours, and every one of yours must be counted
 * --witness  the digest of a day as you, or anybody you trust, noted it earlier (it is in every receipt as `meter`)
 * --key      the operator's public key as you noted it earlier; without it the statement's own is believed
 *
 * Exit: 0 all holds, 1 something does not (each finding has its place), 2 cannot be read.
 * This file needs Node.js 20 and nothing else. What it computes is written down in docs/meter.md.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const nothing = '0'.repeat(64)
const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
const hex = (text) => Buffer.from(text, 'hex')
const leafOf = (text) => sha256(Buffer.of(0), text)
const nodeOf = (left, right) => sha256(Buffer.of(1), hex(left), hex(right))
const headOf = (before, leaf) => sha256(Buffer.of(2), hex(before), hex(leaf))
const climb = (leaf, path) =>
  path.reduce((at, { side, digest }) => (side === 'left' ? nodeOf(digest, at) : nodeOf(at, digest)), leaf)

const lineText = (taxId, { number, documentId, digest, receivedAt, month }) =>
  ['urn:daneker:meter-line:1', taxId, number, documentId, digest, receivedAt, month].join('\n')
const sealText = ({ taxId, day, first, last, root, head }) =>
  ['urn:daneker:meter-seal:1', taxId, day, first, last, root, head].join('\n')
const dayText = ({ day, number, companies, documents, root, previous }) =>
  ['urn:daneker:meter-day:1', day, number, companies, documents, root, previous].join('\n')

/** The month a moment belongs to in Almaty: UTC+5 since 1 March 2024, UTC+6 before. */
const monthOf = (instant) => {
  const at = Date.parse(instant)
  const hours = at >= Date.UTC(2024, 1, 29, 19) ? 5 : 6
  return Number.isNaN(at) ? '' : new Date(at + hours * 3_600_000).toISOString().slice(0, 7)
}

const isSigned = (text, signature, publicKey) => {
  try {
    const [raw, spki] = [signature, publicKey].map((text) => Buffer.from(text, 'base64'))
    // Two spellings of one value would let a bit change unseen.
    if (raw.toString('base64') !== signature || spki.toString('base64') !== publicKey) return false
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'ed25519') return false
    return verify(null, Buffer.from(text), key, raw)
  } catch {
    return false
  }
}

/**
 * All findings, each `{ what, where }`. `receipts` undefined: only the operator's own arithmetic is checked.
 * `witnesses`: [{ day, digest }]. `key`: base64.
 */
export const checkStatements = (statements, { receipts, witnesses = [], key } = {}) => {
  const findings = []
  const found = (what, where) => findings.push({ what, where })
  const sorted = [...statements].sort((a, b) => (a.month < b.month ? -1 : 1))
  const counted = new Map()
  const heads = new Map()
  const days = new Map()
  const taxId = sorted[0]?.taxId

  for (const statement of sorted) {
    const at = `statement ${statement.month}`
    if (statement.taxId !== taxId) found('other-company', at)
    checkLines(statement, at, { counted, heads, found })
    checkText(statement, at, key, found)
    for (const sealed of statement.days) checkDay(sealed, statement, at, { heads, key, found, days })
  }
  checkSpan(heads, sorted, found)
  checkDays(days, [...witnesses, ...(receipts ?? []).flatMap(({ meter }) => (meter ? [meter] : []))], found)
  if (receipts !== undefined) checkReceipts(receipts, counted, sorted, found)
  return findings
}

/** Numbers without a gap, each line as it was chained, none twice, none of another month. */
const checkLines = ({ taxId, month, links, open, count, headBefore }, at, { counted, heads, found }) => {
  let head = headBefore
  let number = links[0]?.number ?? 1
  if (number === 1 && headBefore !== nothing) found('does-not-begin', at)
  if (links[0] !== undefined) remember(heads, number - 1, headBefore, at, found)
  for (const link of links) {
    const where = `${at}, line ${link.number} (${link.documentId})`
    if (link.number !== number) found('line-missing', `${where}: ${number} is expected`)
    if (leafOf(lineText(taxId, link)) !== link.leaf) found('line-altered', where)
    if (headOf(head, link.leaf) !== link.head) found('chain-broken', where)
    // One alteration is told where it is, not again on every line after it.
    head = link.head
    number = link.number + 1
    remember(heads, link.number, link.head, where, found)
  }
  for (const line of [...links, ...open]) {
    const where = `${at}, document ${line.documentId}`
    if (monthOf(line.receivedAt) !== line.month) found('wrong-month', where)
    const before = counted.get(line.documentId)
    // A line between two months is shown by both statements; its number says that it is the same one.
    if (
      before !== undefined &&
      !(before.number === line.number && line.number !== undefined && before.at !== at)
    )
      found('counted-twice', where)
    counted.set(line.documentId, { ...line, at })
  }
  for (const line of open)
    if (line.month !== month) found('wrong-month', `${at}, document ${line.documentId}`)
  const own = [...links, ...open].filter((line) => line.month === month).length
  if (own !== count) found('count-wrong', `${at}: ${count} charged, ${own} shown`)
}

const remember = (heads, number, head, where, found) => {
  const known = heads.get(number)
  if (known !== undefined && known !== head)
    found('two-histories', `${where}: line ${number} had another chain`)
  heads.set(number, head)
}

/** The signed text says what the statement shows. */
const checkText = (statement, at, key, found) => {
  const { taxId, month, count, links, headBefore, open, madeAt, text, signature, publicKey } = statement
  const said = ['urn:daneker:meter-statement:1', taxId, month, count, links[0]?.number ?? 0]
  said.push(links.at(-1)?.number ?? 0, headBefore, links.at(-1)?.head ?? headBefore, open.length, madeAt)
  if (said.join('\n') !== text) found('text-differs', at)
  if (key !== undefined && key !== publicKey) found('other-key', at)
  if (!isSigned(text, signature, key ?? publicKey)) found('signature-wrong', at)
}

/** The client's part of a day, its path to the root, and the operator's signature over the day. */
const checkDay = ({ seal, path, day }, { taxId, publicKey }, at, { heads, key, found, days }) => {
  const where = `${at}, day ${seal.day}`
  if (seal.taxId !== taxId || seal.day !== day.day) found('other-company', where)
  const head = heads.get(seal.last)
  if (head !== undefined && head !== seal.head) found('seal-altered', where)
  if (climb(leafOf(sealText(seal)), path) !== day.root) found('not-under-root', where)
  if (leafOf(dayText(day)) !== day.digest) found('day-altered', where)
  if (!isSigned(dayText(day), day.signature, key ?? publicKey)) found('signature-wrong', where)
  const known = days.get(day.day)
  if (known !== undefined && known.digest !== day.digest) found('two-histories', where)
  days.set(day.day, day)
}

/** Between the first and the last statement no number may be missing. */
const checkSpan = (heads, statements, found) => {
  const numbers = statements.flatMap(({ links }) => links.map(({ number }) => number))
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
  for (let number = first; number <= last; number += 1)
    if (!heads.has(number)) found('line-missing', `line ${number}: in no statement`)
}

const checkDays = (days, witnesses, found) => {
  const sorted = [...days.values()].sort((a, b) => a.number - b.number)
  for (const [index, day] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before === undefined) continue
    if (day.number <= before.number || day.day <= before.day) found('day-altered', `day ${day.day}`)
    if (day.number === before.number + 1 && day.previous !== before.digest)
      found('chain-broken', `day ${day.day}`)
  }
  for (const { day, digest } of witnesses) {
    const shown = days.get(day)
    if (shown !== undefined && shown.digest !== digest)
      found('two-histories', `day ${day}: you were told another digest`)
  }
}

const checkReceipts = (receipts, counted, statements, found) => {
  const months = new Set(statements.map(({ month }) => month))
  const own = new Map()
  for (const receipt of receipts) own.set(receipt.documentId, receipt)
  for (const [documentId, line] of counted) {
    const receipt = own.get(documentId)
    const where = `${line.at}, document ${documentId}`
    if (receipt === undefined) found('not-yours', `${where}: no receipt of yours`)
    else if (receipt.digest !== line.digest || Date.parse(receipt.receivedAt) !== Date.parse(line.receivedAt))
      found('not-as-received', where)
  }
  for (const { documentId, receivedAt } of own.values())
    if (months.has(monthOf(receivedAt)) && !counted.has(documentId))
      found('not-counted', `document ${documentId} of ${receivedAt}`)
}

const jsonIn = (file) => {
  const text = readFileSync(file, 'utf8')
  try {
    return [JSON.parse(text)].flat()
  } catch {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line))
  }
}

const receiptsIn = (place) =>
  (statSync(place).isDirectory()
    ? readdirSync(place, { recursive: true })
        .filter((name) => /\.(json|jsonl|ndjson)$/.test(name))
        .map((name) => join(place, name))
    : [place]
  )
    .flatMap(jsonIn)
    .filter(({ documentId, receivedAt, digest }) => documentId && receivedAt && digest)

const main = (words) => {
  const files = []
  const options = { witnesses: [] }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (word === '--receipts')
      options.receipts = [...(options.receipts ?? []), ...receiptsIn(words[(at += 1)])]
    else if (word === '--key') options.key = words[(at += 1)]
    else if (word === '--witness') {
      const [day, digest] = words[(at += 1)].split('=')
      options.witnesses.push({ day, digest })
    } else files.push(word)
  }
  if (files.length === 0)
    throw new Error(
      'node meter-check.mjs STATEMENT.json... [--receipts FILE|FOLDER] [--witness DAY=HEX] [--key BASE64]',
    )
  const statements = files.flatMap(jsonIn)
  const findings = checkStatements(statements, options)
  for (const { what, where } of findings) console.log(`${what}: ${where}`)
  for (const { month, count, links, open, days } of statements)
    console.log(
      `${month}: ${count} counted, ${links.length} chained, ${open.length} not yet, ${days.length} days closed`,
    )
  if (options.receipts === undefined)
    console.log('Without --receipts: the arithmetic was checked, not whose documents these are.')
  console.log(findings.length === 0 ? 'VALID' : `INVALID: ${findings.length}`)
  process.exitCode = findings.length === 0 ? 0 : 1
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 2
  }
}
