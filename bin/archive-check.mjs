#!/usr/bin/env node
/**
 * Checks an archive folder, and rows taken out of the store, without the gateway and without its program.
 *
 *   node archive-check.mjs FOLDER [--rows FILE] [--witness YYYY-MM-DD=HEX]... [--key BASE64] [--whole]
 *
 * FOLDER     a copy of the archive (ab/cdef…, named/packages/…)
 * --rows     what `daneker archive rows` wrote: counts, audit lines, their days (JSON lines)
 * --witness  digest of a package or of a day of the meter, noted earlier by somebody else
 * --key      the installation's public key, noted earlier
 * --whole    tell also files that no package names: of documents archived since the last package, or put in by somebody
 *
 * Exit: 0 all holds, 1 something does not (each finding has its place), 2 cannot be read.
 * This file needs Node.js 20 and nothing else. What it computes is written down in docs/archive.md.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const nothing = '0'.repeat(64)
const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
const hex = (text) => Buffer.from(text, 'hex')
const leafOf = (text) => sha256(Buffer.of(0), text)
const nodeOf = (left, right) => sha256(Buffer.of(1), hex(left), hex(right))
const headOf = (before, leaf) => sha256(Buffer.of(2), hex(before), hex(leaf))
const lines = (...values) => values.join('\n')

/** RFC 6962. */
const rootOf = (leaves) => {
  if (leaves.length === 0) return nothing
  if (leaves.length === 1) return leaves[0]
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
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

const packageText = (p) =>
  lines(
    'urn:daneker:archive-package:1',
    p.number,
    p.day,
    p.first,
    p.last,
    p.documents,
    p.bytes,
    p.root,
    p.head,
    p.previous,
    ...p.sheets,
  )
const placeText = (s) => lines('urn:daneker:archive-place:1', s.place, s.documentId, s.manifest, s.archivedAt)

/**
 * Findings `{ what, where }` about a store. `files`: names relative to the folder → bytes, or undefined.
 * `names`: all names there are. `purged`: ids of documents whose term ended.
 */
export const checkStore = (
  names,
  read,
  { witnesses = [], key, whole = false, purged = new Set(), packages } = {},
) => {
  const findings = []
  const found = (what, where) => findings.push({ what, where })
  const listed = new Set()
  const blob = (digest, where, isGone = false) => {
    const name = `${digest.slice(0, 2)}/${digest.slice(2)}`
    listed.add(name)
    const bytes = read(name)
    if (bytes === undefined) {
      if (!isGone) found('blob-missing', `${where}: ${name}`)
    } else if (sha256(bytes) === digest) return bytes
    else found('blob-altered', `${where}: ${name}`)
    return undefined
  }
  const headers = []
  let before = { number: 0, last: 0, head: nothing, digest: nothing, day: '' }
  for (const name of names.filter((one) => /^named\/packages\/.*\.json$/.test(one)).sort()) {
    listed.add(name)
    listed.add(name.replace(/json$/, 'tst'))
    let pack
    try {
      const text = read(name).toString()
      pack = JSON.parse(text)
      // One way to write it: nothing may hide in spaces, in doubled names, or in words that nothing covers.
      if (pack.format !== 'urn:daneker:archive-package:1' || `${JSON.stringify(pack, null, 1)}\n` !== text)
        found('package-altered', `${name}: not as it was written`)
      checkPackage(pack, before, name, { found, blob, key, purged })
    } catch {
      found('package-altered', `${name}: unreadable`)
      continue
    }
    const seen = witnesses.find(({ day }) => day === pack.day)
    if (seen !== undefined && seen.digest !== pack.digest)
      found('two-histories', `${name}: another digest was told`)
    before = pack
    headers.push(pack)
  }
  const same = (one, row) => one.number === row.number && one.day === row.day && one.digest === row.digest
  for (const row of packages ?? [])
    if (!headers.some((one) => same(one, row)))
      found('package-missing', `package ${row.number} of ${row.day}: its header`)
  for (const one of packages === undefined ? [] : headers)
    if (!packages.some((row) => same(one, row)))
      found('package-missing', `package ${one.number} of ${one.day}: its row`)
  for (const name of names) {
    if (listed.has(name)) continue
    const digest = name.replace('/', '')
    // A blob says its digest by its name, listed or not.
    if (/^[0-9a-f]{64}$/.test(digest) && sha256(read(name)) !== digest) found('blob-altered', name)
    else if (whole) found('not-listed', name)
  }
  return findings
}

const checkPackage = (pack, before, name, { found, blob, key, purged }) => {
  if (pack.number !== before.number + 1 || pack.first !== before.last + 1 || pack.day <= before.day)
    found('package-missing', `${name}: after package ${before.number}`)
  if (pack.previous !== before.digest) found('chain-broken', name)
  if (leafOf(packageText(pack)) !== pack.digest) found('package-altered', name)
  if (key !== undefined && key !== pack.publicKey) found('other-key', name)
  if (!isSigned(packageText(pack), pack.signature, key ?? pack.publicKey)) found('signature-wrong', name)
  const leaves = []
  let head = before.head
  let place = pack.first
  for (const [at, digest] of pack.sheets.entries()) {
    const sheet = blob(digest, `${name}, sheet ${at + 1}`)
    if (sheet === undefined) return
    for (const text of sheet.toString().split('\n').filter(Boolean)) {
      const line = JSON.parse(text)
      const where = `package ${pack.number} of ${pack.day}, place ${line.place}, document ${line.documentId}`
      if (line.place !== place) found('place-missing', `${where}: ${place} is expected`)
      const leaf = leafOf(placeText(line))
      leaves.push(leaf)
      head = headOf(head, leaf)
      place += 1
      checkDocument(line, where, { found, blob, isGone: purged.has(line.documentId) })
    }
  }
  if (head !== pack.head || rootOf(leaves) !== pack.root || leaves.length !== pack.documents)
    found('package-altered', `${name}: its list`)
}

const checkDocument = (line, where, { found, blob, isGone }) => {
  const manifest = blob(line.manifest, `${where}, manifest`, isGone)
  for (const [digest, size] of line.pieces) {
    const piece = blob(digest, where, isGone)
    if (piece !== undefined && piece.byteLength !== size) found('blob-altered', `${where}: ${digest}`)
  }
  if (manifest === undefined) return
  const named = new Set(JSON.parse(manifest.toString()).pieces.map(({ digest }) => digest))
  if (line.pieces.some(([digest]) => !named.has(digest)) || named.size !== line.pieces.length)
    found('list-differs', `${where}: manifest and sheet name different files`)
}

/** Findings about rows: counts and audit lines with their days, as they lie in the store. */
export const checkRows = (rows, { witnesses = [], key } = {}) => {
  const findings = []
  const found = (what, where) => findings.push({ what, where })
  const of = (kind) => rows.filter(({ row }) => row === kind)
  const publicKey = key ?? of('key')[0]?.publicKey
  const signed = (text, row, where) => {
    if (!isSigned(text, row.signature, publicKey)) found('signature-wrong', where)
  }
  const chain = (links, textOf, name) => {
    const heads = new Map([[0, nothing]])
    let [number, head] = [0, nothing]
    for (const link of links) {
      const where = `${name} line ${link.number}`
      if (link.number !== number + 1) found('line-missing', `${where}: ${number + 1} is expected`)
      if (leafOf(textOf(link)) !== link.leaf) found('line-altered', where)
      else if (headOf(head, link.leaf) !== link.head) found('chain-broken', where)
      ;[number, head] = [link.number, link.head]
      if (heads.has(number)) found('line-twice', where)
      heads.set(number, head)
    }
    return heads
  }

  const companies = new Map()
  for (const link of of('meter')) companies.set(link.taxId, [...(companies.get(link.taxId) ?? []), link])
  const seals = of('meter-seal')
  for (const { taxId } of seals) if (!companies.has(taxId)) companies.set(taxId, [])
  const heads = new Map()
  for (const [taxId, links] of companies)
    heads.set(
      taxId,
      chain(
        links,
        (l) =>
          lines('urn:daneker:meter-line:1', taxId, l.number, l.documentId, l.digest, l.receivedAt, l.month),
        `meter ${taxId}`,
      ),
    )

  const documents = new Map(of('document').map((one) => [one.id, one]))
  const counted = new Set()
  for (const link of of('meter')) {
    if (counted.has(link.documentId)) found('counted-twice', `document ${link.documentId}`)
    counted.add(link.documentId)
    if (documents.get(link.documentId)?.digest !== link.digest)
      found('document-altered', `document ${link.documentId}`)
  }
  for (const id of documents.keys()) if (!counted.has(id)) found('not-counted', `document ${id}`)
  const once = (kind, keyOf) => {
    const seen = new Set()
    for (const row of of(kind))
      if (seen.size === seen.add(keyOf(row)).size) found('row-twice', `${kind} ${keyOf(row)}`)
  }
  once('document', ({ id }) => id)
  once('meter-seal', ({ taxId, day }) => `${day}, ${taxId}`)
  once('meter-day', ({ day }) => day)
  once('audit-day', ({ day }) => day)
  once('archive-package', ({ number }) => `${number}`)

  let before = { digest: nothing, number: 0 }
  for (const day of of('meter-day')) {
    const where = `meter day ${day.day}`
    const text = lines(
      'urn:daneker:meter-day:1',
      day.day,
      day.number,
      day.companies,
      day.documents,
      day.root,
      day.previous,
    )
    if (day.number !== before.number + 1 || day.previous !== before.digest) found('day-missing', where)
    if (leafOf(text) !== day.digest) found('day-altered', where)
    signed(text, day, where)
    const own = seals.filter((seal) => seal.day === day.day)
    const leaves = own.map((s) =>
      leafOf(lines('urn:daneker:meter-seal:1', s.taxId, s.day, s.first, s.last, s.root, s.head)),
    )
    if (rootOf(leaves) !== day.root) found('day-altered', `${where}: its companies`)
    for (const { taxId, last, head } of own)
      if (heads.get(taxId)?.get(last) !== head) found('seal-differs', `${where}, meter ${taxId} line ${last}`)
    const seen = witnesses.find((one) => one.day === day.day)
    if (seen !== undefined && seen.digest !== day.digest) found('two-histories', where)
    before = day
  }
  const days = new Set(of('meter-day').map(({ day }) => day))
  for (const { day, taxId } of seals) if (!days.has(day)) found('day-missing', `meter day ${day}, ${taxId}`)

  const flat = (text) => String(text ?? '').replace(/[\r\n]+/g, ' ')
  const audit = chain(
    of('audit'),
    (l) =>
      lines(
        'urn:daneker:audit-line:1',
        l.number,
        l.id,
        l.at,
        l.who,
        flat(l.actor),
        flat(l.deed),
        flat(l.object),
        flat(l.companyId),
        flat(l.reason),
      ),
    'audit',
  )
  for (const day of of('audit-day')) {
    if (audit.get(day.last) !== day.head) found('day-altered', `audit day ${day.day}, line ${day.last}`)
    signed(lines('urn:daneker:audit-day:1', day.day, day.last, day.head), day, `audit day ${day.day}`)
  }
  const ends = of('end')[0]
  if (ends !== undefined) {
    const text = lines('urn:daneker:rows-end:1', ends.madeAt, ...ends.counts)
    signed(text, ends, 'end')
    const counts = [
      'document',
      'meter',
      'meter-seal',
      'meter-day',
      'audit',
      'audit-day',
      'archive-package',
    ].map((kind) => `${kind} ${of(kind).length}`)
    const nights = of('audit-day').map(({ day }) => day)
    const told = (ends.counts.at(-1) ?? '').split(' ').filter(Boolean)
    for (const day of told) if (!nights.includes(day)) found('row-missing', `audit day ${day}`)
    if ([...counts, nights.join(' ')].join() !== ends.counts.join())
      found('row-missing', `end: ${ends.counts.join(', ')}; here ${counts.join(', ')}`)
  } else found('row-missing', 'end')
  return findings
}

const main = (words) => {
  const options = { witnesses: [], whole: false }
  let folder
  let rows
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] === '--rows')
      rows = readFileSync(words[(at += 1)], 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    else if (words[at] === '--key') options.key = words[(at += 1)]
    else if (words[at] === '--whole') options.whole = true
    else if (words[at] === '--witness') {
      const [day, digest] = words[(at += 1)].split('=')
      options.witnesses.push({ day, digest })
    } else folder = words[at]
  }
  if (folder === undefined && rows === undefined)
    throw new Error(
      'node archive-check.mjs FOLDER [--rows FILE] [--witness DAY=HEX] [--key BASE64] [--whole]',
    )
  if (rows !== undefined) options.packages = rows.filter(({ row }) => row === 'archive-package')
  if (rows !== undefined)
    options.purged = new Set(
      rows.filter(({ row }) => row === 'tombstone').map(({ documentId }) => documentId),
    )
  const findings = rows === undefined ? [] : checkRows(rows, options)
  if (folder !== undefined) {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'),
      )
    const read = (name) => {
      try {
        return readFileSync(join(folder, name))
      } catch {
        return undefined
      }
    }
    findings.push(...checkStore(names, read, options))
    console.log(
      `${names.length} files, ${names.filter((name) => /packages\/.*json$/.test(name)).length} packages`,
    )
  }
  if (rows !== undefined) console.log(`${rows.length} rows`)
  for (const { what, where } of findings) console.log(`${what}: ${where}`)
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
