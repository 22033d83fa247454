import { createHash } from 'node:crypto'
import { readDocumentValue, type DocumentKind } from '../../../../core/document/index.ts'
import type { ForeignReading, ValueSource } from '../../../../core/exchange/index.ts'
import { edFault } from '../ed-faults.ts'
import { moneyOf, tiynOf } from './amounts.ts'
import type { Extra } from './extras.ts'
import { totalsOf, type LineDraft, type Row } from './lines.ts'
import { pathOf } from './object-tree.ts'
import { withProfile, withRequisites, type PartyDraft, type Requisites } from './parties.ts'
import { placeRemainder } from './remainder.ts'
import type { EdSettings } from './settings.ts'
import { Trace } from './trace.ts'
import { isIncoming, type ObjectHead, type TradeObject } from './trade-object.ts'

/** Grows when the same file would be read as other documents; pinned with each of them. */
export const mappingVersion = 'enterprisedata@1'

/** What the base's catalogues say of its companies, by reference. */
export type Catalogue = ReadonlyMap<string, Requisites>

export interface Surroundings {
  settings: EdSettings
  catalogue: Catalogue
}

type Value = Record<string, unknown>

const fresh = ({ value, trace, ref }: PartyDraft): PartyDraft => {
  const copied = new Trace()
  copied.under('', trace)
  return { value: { ...value }, trace: copied, ref }
}

/** Parties of one document, with what is known of them beside the file. */
export const partiesOf = (head: ObjectHead, { settings, catalogue }: Surroundings, account?: Value) => {
  const own = fresh(head.own)
  const partner = fresh(head.partner)
  const seller = isIncoming(head.object) || head.object.endsWith('Полученный') ? partner : own
  if (account !== undefined) seller.value['bank'] = { ...account }
  const enrich = (): void => {
    withRequisites(own, own.ref === undefined ? undefined : catalogue.get(own.ref), 'catalogue')
    withRequisites(partner, partner.ref === undefined ? undefined : catalogue.get(partner.ref), 'catalogue')
    withProfile(own, settings.organisation)
  }
  return { seller, buyer: seller === own ? partner : own, enrich }
}

/**
 * The version of the data: what the object itself says in our words, before anything is added to it. A base that
 * writes a document again without changing it, or with another prime cost, sends the same version.
 */
const versionOf = (value: Value): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

export interface Part {
  kind: DocumentKind
  guid: string | undefined
  head: ObjectHead
  /** The document without parties and version. */
  value: Value
  parties: ReturnType<typeof partiesOf>
  traces: { at: string; trace: Trace }[]
  extras: readonly Extra[]
  /** The contract with what its catalogue says, where that is more. */
  basis?: Value
  /** Added once the version is known: it belongs to the gateway's side. */
  added?: { value: Value; sources: ValueSource[] }
}

/** The values of a document before the document language has read them. */
export const valuesOf = (part: Part): Value => {
  const { guid, head, value, parties, extras } = part
  const native: Value = {
    guid,
    number: value['number'] ?? head.number,
    date: head.date,
    currency: head.currency,
    ...value,
    seller: parties.seller.value,
    buyer: parties.buyer.value,
    ...(extras.length > 0 && { extras }),
  }
  const version = versionOf(native)
  parties.enrich()
  const whole: Value = { ...native, ...part.added?.value, version }
  const { basis } = part
  if (basis !== undefined) whole['basis'] = basis
  return whole
}

/** Puts the parts of a document together, has the document language read it, and explains it. */
export const assemble = (part: Part): ForeignReading => {
  const { kind, head, parties } = part
  const whole = valuesOf(part)
  const traces = new Trace()
  for (const { at, trace } of part.traces) traces.under(at, trace)
  traces.under('seller.', parties.seller.trace)
  traces.under('buyer.', parties.buyer.trace)
  traces.sources.push({ path: 'version', rule: 'content-hash' }, ...(part.added?.sources ?? []))
  const { sources, faults } = traces
  const rest = { sources, unread: head.unread, mapping: mappingVersion }
  if (faults.length > 0) return { faults, ...rest }
  const read = readDocumentValue(kind, placeRemainder(whole, head.remainder))
  return read.ok ? { document: read.value, faults: [], ...rest } : { faults: read.faults, ...rest }
}

/** True when a stated sum is that of the lines, to a tiyn a line. */
const agrees = (stated: string, computed: string, lineCount: number): boolean => {
  const difference = tiynOf(stated) - tiynOf(computed)
  return difference >= -BigInt(lineCount) && difference <= BigInt(lineCount)
}

const wrongSum = (head: ObjectHead, given: string, computed: string, trace: Trace): void => {
  const source = `${pathOf(head.node)}/Сумма`
  trace.faults.push(
    edFault('ED-10', { given: moneyOf(tiynOf(given)), computed }, 'totals.amountWithVat', source),
  )
}

/** The stated sum of an object against its rows; 1C states it with VAT, some exports without. */
export const checkSum = (object: TradeObject): void => {
  const { sum, rows, trace } = object
  const lines = rows.flatMap(({ line }) => line ?? [])
  if (sum === undefined || lines.length < rows.length || lines.length === 0) return
  const { amountWithVat = '0', amountWithoutVat = '0' } = totalsOf(lines)
  const isWithout = !object.includesVat && agrees(sum, amountWithoutVat, lines.length)
  if (!isWithout && !agrees(sum, amountWithVat, lines.length)) wrongSum(object, sum, amountWithVat, trace)
}

/** The same for a tax invoice, whose rows are those of its source documents. */
export const checkTotal = (
  head: ObjectHead & { sum: string | undefined },
  lines: readonly LineDraft[],
  trace: Trace,
): void => {
  const { amountWithVat = '0' } = totalsOf(lines)
  if (head.sum !== undefined && lines.length > 0 && !agrees(head.sum, amountWithVat, lines.length))
    wrongSum(head, head.sum, amountWithVat, trace)
}

/** The contract of a document, completed from its catalogue; undefined when that has nothing to add. */
export const completedBasis = (
  { basis, contractRef }: ObjectHead,
  { catalogue }: Surroundings,
): Value | undefined => {
  const known = contractRef === undefined ? undefined : catalogue.get(contractRef)
  if (known === undefined) return undefined
  const { title, number, date } = known
  return {
    ...(title !== undefined && { title }),
    ...(number !== undefined && { number }),
    ...(date !== undefined && { date }),
    ...basis,
  }
}

/** Rows of one part with the traces of each at its place in the document. */
export const linesOf = (rows: readonly Row[]): { lines: LineDraft[]; traces: Part['traces'] } => ({
  lines: rows.flatMap(({ line }) => line ?? []),
  traces: rows.map(({ trace }, index) => ({ at: `lines[${index}].`, trace })),
})
