import type { ForeignFormat, ForeignReading, ReadingContext } from '../../../../core/exchange/index.ts'
import { ok, type Result } from '../../../../core/kernel/index.ts'
import type { Document } from '../../../../core/document/index.ts'
import { readCatalogueObject, requisitesIn, type CatalogueEntry } from './catalogue.ts'
import {
  basisOfDocuments,
  basisOfObject,
  readPaymentInvoice,
  readRealization,
  readTaxInvoice,
  type InvoiceBasis,
} from './documents.ts'
import type { Surroundings } from './assemble.ts'
import { issuedInvoice, readInvoiceObject, type InvoiceObject } from './invoice-object.ts'
import { readMessage } from './message.ts'
import type { EdNode } from './object-tree.ts'
import type { Requisites } from './parties.ts'
import { checkEdSettings, settingsOf } from './settings.ts'
import { readTradeObject, type TradeObject } from './trade-object.ts'
import { messageNamespace } from '../versions.ts'

/** What the door keeps of earlier packages and hands to the reader; keys are the base's references. */
export interface Remembered {
  requisites?: Requisites
  /** Documents that an object of this reference became. */
  documents?: Document[]
}

export const realization = 'Документ.РеализацияТоваровУслуг'
export const paymentInvoice = 'Документ.СчетПокупателю'

type Draft = { trade: TradeObject } | { invoice: InvoiceObject }

const rememberedIn = (known: ReadingContext['known'], ref: string): Remembered =>
  (known?.get(ref) as Remembered | undefined) ?? {}

/** What the door remembers stands behind what the package itself says. */
const catalogueOf = (
  brought: ReadonlyMap<string, Requisites>,
  known: ReadingContext['known'],
): Surroundings['catalogue'] => {
  const all = new Map<string, Requisites>()
  for (const [ref, value] of known ?? []) {
    const { requisites } = value as Remembered
    if (requisites !== undefined) all.set(ref, requisites)
  }
  for (const [ref, requisites] of brought) all.set(ref, { ...all.get(ref), ...requisites })
  return all
}

/** Reads the documents of a whole message. Pure: the same bytes, profile and memory give the same documents. */
const readPackage = async (
  bytes: Uint8Array,
  { profile, known }: Pick<ReadingContext, 'profile' | 'known'>,
): Promise<Result<ForeignReading[]>> => {
  const settings = settingsOf(profile)
  const context = { names: settings.vatNames, units: settings.units }
  const drafts: Draft[] = []
  const entries: CatalogueEntry[] = []
  const read = await readMessage(bytes, (node: EdNode) => {
    const { name } = node
    if (name === realization || name === paymentInvoice)
      drafts.push({ trade: readTradeObject(node, context) })
    else if (name === issuedInvoice) drafts.push({ invoice: readInvoiceObject(node) })
    else {
      const entry = readCatalogueObject(node)
      if (entry !== undefined) entries.push(entry)
    }
  })
  if (!read.ok) return read
  const catalogue = catalogueOf(await requisitesIn(entries), known)
  const around: Surroundings = { settings, catalogue }

  const bases = new Map<string, InvoiceBasis>()
  for (const draft of drafts) {
    if (!('trade' in draft) || draft.trade.object !== realization || draft.trade.ref === undefined) continue
    const basis = basisOfObject(draft.trade)
    if (basis !== undefined) bases.set(draft.trade.ref, basis)
  }
  const basisOf = (ref: string): InvoiceBasis | undefined =>
    bases.get(ref) ?? basisOfDocuments(rememberedIn(known, ref).documents ?? [])

  const readings: ForeignReading[] = []
  for (const [index, draft] of drafts.entries()) {
    // A package of thousands is no reason for others to wait.
    if (index % turnLength === turnLength - 1) await new Promise<void>((resolve) => setImmediate(resolve))
    const object = 'invoice' in draft ? draft.invoice : draft.trade
    const made =
      'invoice' in draft
        ? readTaxInvoice(
            draft.invoice,
            draft.invoice.bases.flatMap(({ ref }) => basisOf(ref) ?? []),
            around,
          )
        : object.object === realization
          ? readRealization(draft.trade, around)
          : readPaymentInvoice(draft.trade, around)
    readings.push(...asAccepted(made, object.ref, known))
  }
  return ok(readings)
}

/** Documents put together before other requests get their turn: some ten milliseconds. */
const turnLength = 50

/**
 * A document that was accepted with this version of the data stays as it was accepted, whatever the base's
 * catalogues or the profile say since: the same version is never two documents.
 */
const asAccepted = (
  readings: ForeignReading[],
  ref: string | undefined,
  known: ReadingContext['known'],
): ForeignReading[] => {
  const accepted = ref === undefined ? undefined : rememberedIn(known, ref).documents
  if (accepted === undefined) return readings
  return readings.map((reading) => {
    const { document } = reading
    const same = accepted.find(
      ({ guid, version, kind }) =>
        guid === document?.guid && version === document.version && kind === document.kind,
    )
    return same === undefined ? reading : { ...reading, document: same }
  })
}

/** A message says its namespace in its first lines, whatever its encoding; an archive is known by the name inside. */
const recognises = (bytes: Uint8Array): boolean => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 2048))
  const text = head.toString('latin1').replaceAll('\0', '')
  return text.startsWith('PK') ? text.slice(0, 100).includes('Message_') : text.includes(messageNamespace)
}

/** EnterpriseData for `SendMessage`, `PutData` and the dry run. */
export const enterpriseData: ForeignFormat = {
  name: 'enterprisedata',
  recognises,
  checkSettings: checkEdSettings,
  read: (bytes, _fileName, context) => readPackage(bytes, context),
}
