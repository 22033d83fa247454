import type { Digest } from '../../core/exchange/index.ts'
import type { MeterDay, MeterLine, MeterLink, MeterSeal } from '../../core/meter/index.ts'

export const hexOf = (bytes: Buffer): Digest => bytes.toString('hex')

/** How far behind the newest chained row a quick look goes: no transaction runs as long. */
const lookBackMs = 3_600_000

/** The id that a row of an hour before this one would have: version 7 begins with the milliseconds. */
export const idBefore = (newest: string | undefined): string => {
  const madeMs = newest === undefined ? 0 : Number.parseInt(newest.replaceAll('-', '').slice(0, 12), 16)
  const hex = Math.max(0, madeMs - lookBackMs)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** Digests one after another, 32 bytes each. */
export const digestsIn = (bytes: Buffer): Digest[] =>
  Array.from({ length: bytes.byteLength / 32 }, (_, at) => hexOf(bytes.subarray(at * 32, at * 32 + 32)))

export interface LineRow extends Record<string, unknown> {
  document_id: string
  company_id: string
  tax_id: string
  digest: Buffer
  received_at: Date
  month: string
}

export interface LinkRow extends LineRow {
  number: string
  leaf: Buffer
  head: Buffer
}

export interface SealRow extends Record<string, unknown> {
  company_id: string
  tax_id: string
  day: string
  first: string
  last: string
  root: Buffer
  head: Buffer
  knots: Buffer
}

export interface DayRow extends Record<string, unknown> {
  day: string
  number: string
  companies: number
  documents: string
  root: Buffer
  previous: Buffer
  digest: Buffer
  signature: Buffer
  closed_at: Date
  token: Buffer | null
}

export const dayColumns = `d.day, d.number, d.companies, d.documents, d.root, d.previous, d.digest, d.signature,
  d.closed_at, s.token`

export const lineOf = (row: LineRow): MeterLine => ({
  documentId: row.document_id,
  companyId: row.company_id,
  taxId: row.tax_id,
  digest: hexOf(row.digest),
  receivedAt: row.received_at,
  month: row.month,
})

export const linkOf = (row: LinkRow): MeterLink => ({
  ...lineOf(row),
  number: Number(row.number),
  leaf: hexOf(row.leaf),
  head: hexOf(row.head),
})

export const sealOf = (row: SealRow): MeterSeal => ({
  companyId: row.company_id,
  taxId: row.tax_id,
  day: row.day,
  first: Number(row.first),
  last: Number(row.last),
  root: hexOf(row.root),
  head: hexOf(row.head),
  knots: digestsIn(row.knots),
})

export const dayOf = (row: DayRow): MeterDay => ({
  day: row.day,
  number: Number(row.number),
  companies: row.companies,
  documents: Number(row.documents),
  root: hexOf(row.root),
  previous: hexOf(row.previous),
  digest: hexOf(row.digest),
  signature: row.signature,
  closedAt: row.closed_at,
  stamp: row.token ?? undefined,
})
