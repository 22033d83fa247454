import { createHash } from 'node:crypto'
import { isDocumentKind, readDocumentValue, type DocumentKind } from '../../../../core/document/index.ts'
import type { ForeignReading, ReadingContext } from '../../../../core/exchange/index.ts'
import { decimal, ExactDecimal, moneyText } from '../../../../core/kernel/index.ts'
import { noPartner, notADate, notExchanged, otherSum, unknownCurrency } from '../cml-faults.ts'
import { unreadOf, type Place } from '../tree.ts'
import { Explained, type Draft, type NumberFormat } from './explain.ts'
import {
  amountsOf,
  figure,
  includesVat,
  invoiceLine,
  plainLine,
  readLines,
  type Amounts,
  type Line,
} from './lines.ts'
import { meaningOf, type Meaning } from './operations.ts'
import { assignOwn } from './own-fields.ts'
import { ownParty, readParty } from './party.ts'
import { ownPrefix, Requisites } from './requisites.ts'
import { currencyOf, dateOf, truthOf } from './values.ts'

/** Name and version of this reading, pinned with each document. */
export const mapping = 'commerceml@1'

/** What a document of the file became: a document of ЭДО, or nothing, and why. */
export type Met = { reading: ForeignReading } | { passedOver: string }

type Kind = 'payment-invoice' | 'act' | 'waybill' | 'tax-invoice'

interface Surroundings {
  context: ReadingContext
  numbers: NumberFormat
  /** What a subordinate document leaves out because its parent says it. */
  parent?: Place
  /** Where it is looked for what nothing has read. */
  root?: Place
}

/** One `Документ` with the documents under it, in the file's order. */
export const readDocument = (place: Place, around: Surroundings): Met[] => {
  const own = readOne(place, around)
  const under = place
    .inside('ПодчиненныеДокументы', 'ПодчиненныйДокумент')
    .flatMap((one) => readDocument(one, { ...around, parent: place, root: one }))
  return [...own, ...under]
}

/** Roles in which the base does not issue the document but got it. */
const receivingRoles = new Set([
  'Покупатель',
  'Плательщик',
  'Получатель',
  'Комиссионер',
  'Лицензиат',
  'Buyer',
])

const readOne = (place: Place, around: Surroundings): Met[] => {
  const operation = place.one('ХозОперация')?.take() ?? ''
  const requisites = new Requisites(place)
  const role = place.one('Роль')?.take()
  const meaning = meaningOf(operation, around.context.profile)
  if (meaning === 'pass-over') return [{ passedOver: operation }]
  if (isDraft(place, requisites))
    return [{ passedOver: `${operation} (не проведён или помечен на удаление)` }]
  if (role !== undefined && receivingRoles.has(role)) return [{ passedOver: `${operation} (входящий)` }]
  const kind = ownKindOf(requisites)
  if (kind !== undefined) {
    const { read, draft } = otherDraft(place, requisites, kind, around)
    const reading = finished(read, draft, kind)
    return [{ reading: { ...reading, unread: unreadOf(around.root ?? place, 'ПодчиненныеДокументы') } }]
  }
  if (meaning === 'refuse') {
    const faults = [notExchanged(operation, place.one('ХозОперация')?.path ?? place.path)]
    return [{ reading: { faults, sources: [], unread: [], mapping } }]
  }
  const parts = partsOf(meaning, place)
  // All parts are read before the question what nothing has read.
  const readings = parts.map((part) => readPart(place, requisites, part, parts.length > 1, around))
  const unread = unreadOf(around.root ?? place, 'ПодчиненныеДокументы')
  return readings.map((reading) => ({ reading: { ...reading, unread } }))
}

/** The kind that a requisite `ЭДО.kind` names: a reconciliation, a power of attorney, a contract, a file. */
const ownKindOf = (requisites: Requisites): DocumentKind | undefined => {
  const named = requisites.find(`${ownPrefix}kind`)?.text.trim()
  return named !== undefined && isDocumentKind(named) ? named : undefined
}

const isDraft = (place: Place, requisites: Requisites): boolean => {
  const deleted = place.one('ПометкаУдаления')?.take() ?? requisites.find('ПометкаУдаления')?.take()
  const posted = place.one('Проведен')?.take() ?? requisites.find('Проведен')?.take()
  return truthOf(deleted) === true || truthOf(posted) === false
}

interface Part {
  kind: Kind
  takes: (line: Line) => boolean
}

const everything = (): boolean => true

/** `release` is an act for the services and a waybill for the goods, as accounting in Kazakhstan prints it. */
const partsOf = (meaning: Exclude<Meaning, 'pass-over' | 'refuse'>, place: Place): Part[] => {
  if (meaning !== 'release') return [{ kind: meaning, takes: everything }]
  const services = place.inside('Товары', 'Товар').map((one) => isService(one))
  if (!services.includes(true)) return [{ kind: 'waybill', takes: everything }]
  if (!services.includes(false)) return [{ kind: 'act', takes: everything }]
  return [
    { kind: 'act', takes: ({ isService }) => isService },
    { kind: 'waybill', takes: ({ isService }) => !isService },
  ]
}

const isService = (item: Place): boolean =>
  /услуг|работ/i.test(new Requisites(item).find('ТипНоменклатуры', 'ВидНоменклатуры')?.text ?? '')

const readPart = (
  place: Place,
  requisites: Requisites,
  part: Part,
  isOneOfTwo: boolean,
  around: Surroundings,
): Omit<ForeignReading, 'unread'> => {
  const { read, draft } = draftPart(place, requisites, part, isOneOfTwo, around)
  return finished(read, draft, part.kind)
}

/** What a document of one kind says before it is held against the language; the writer asks it, too. */
export const draftOf = (place: Place, kind: DocumentKind, around: Surroundings): Draft => {
  const requisites = new Requisites(place)
  return isTraded(kind)
    ? draftPart(place, requisites, { kind, takes: everything }, false, around).draft
    : otherDraft(place, requisites, kind, around).draft
}

export const isTraded = (kind: DocumentKind): kind is Kind =>
  ['payment-invoice', 'act', 'waybill', 'tax-invoice'].includes(kind)

/** Kinds that CommerceML has no operation for: the head as usual, all else by requisites. */
const otherDraft = (
  place: Place,
  requisites: Requisites,
  kind: DocumentKind,
  { context, numbers }: Surroundings,
): { read: Explained; draft: Draft } => {
  const read = new Explained(context, numbers)
  const draft: Draft = { kind }
  readId(read, draft, place.any('Ид'), '')
  read.text(draft, 'number', place.any('Номер'))
  readDate(read, draft, 'date', place.any('Дата'))
  readCurrency(read, draft, place.any('Валюта'))
  read.text(draft, 'comment', place.any('Комментарий'))
  assignOwn(read, draft, requisites, '')
  readVersion(read, draft, place, requisites)
  return { read, draft }
}

const draftPart = (
  place: Place,
  requisites: Requisites,
  { kind, takes }: Part,
  isOneOfTwo: boolean,
  { context, numbers, parent }: Surroundings,
): { read: Explained; draft: Draft } => {
  const read = new Explained(context, numbers)
  const draft: Draft = { kind }
  const id = place.any('Ид')
  readId(read, draft, id, isOneOfTwo ? `.${kind}` : '')
  read.text(draft, 'number', place.any('Номер'))
  readDate(read, draft, 'date', place.any('Дата'))
  readCurrency(read, draft, place.any('Валюта') ?? parent?.any('Валюта'))
  readParties(read, draft, place, parent, kind)

  const all = readLines(read, place)
  const lines = all.filter(takes)
  const sum = figure(read, place.any('Сумма'), 'totals.amountWithVat')
  const isIncluded = includesVat(read, all, sum?.value)
  const amounts = all.map((line) => amountsOf(line, isIncluded))
  const mine = amounts.filter((_, index) => takes(all[index] as Line))
  if (kind !== 'tax-invoice' && isIncluded) {
    read.put(draft, 'priceIncludesVat', true, { source: place.one('Товары')?.path, rule: 'vat-included' })
  }
  const write = kind === 'tax-invoice' ? invoiceLine : plainLine
  read.record('lines', place.one('Товары')?.path ?? `${place.path}/Товары`)
  draft['lines'] = lines.map((line, index) => write(read, line, `lines[${index}]`, isIncluded))
  read.record('totals', `${place.path}/Сумма`)
  draft['totals'] = totalsOf(read, kind, mine, isOneOfTwo ? undefined : sum, amounts)
  if (isOneOfTwo && sum !== undefined) compareSum(read, sum, amounts)

  readBasis(read, draft, requisites, kind)
  if (kind === 'payment-invoice') {
    readDate(read, draft, 'payBefore', place.any('СрокПлатежа'))
    read.text(draft, 'paymentPurposeCode', requisites.find('КНП', 'КодНазначенияПлатежа'))
  }
  if (kind === 'tax-invoice') {
    const turnover = requisites.find('ДатаОборота', 'ДатаСовершенияОборота') ?? place.any('Дата')
    readDate(read, draft, 'turnoverDate', turnover)
  }
  read.text(draft, 'comment', place.any('Комментарий'))
  assignOwn(read, draft, requisites, '')
  for (const [index, line] of lines.entries()) {
    assignOwn(read, (draft['lines'] as Draft[])[index] ?? {}, line.requisites, `lines[${index}].`)
  }
  readVersion(read, draft, place, requisites)
  return { read, draft }
}

const finished = (read: Explained, draft: Draft, kind: DocumentKind): Omit<ForeignReading, 'unread'> => {
  const { kind: stated, ...value } = draft
  const document = readDocumentValue(
    typeof stated === 'string' && isDocumentKind(stated) ? stated : kind,
    value,
  )
  const told = new Set(read.faults.map(({ path }) => path))
  // What could not be read is not told a second time as missing.
  const faults = document.ok
    ? read.faults
    : [...read.faults, ...document.faults.filter(({ path }) => !told.has(path))]
  const reading = { sources: read.sources, faults, mapping }
  return document.ok && faults.length === 0 ? { ...reading, document: document.value } : reading
}

const guidPattern = /^[0-9A-Za-z][0-9A-Za-z._:-]{0,45}$/

/** An Ид of other letters (`1#admin#`) cannot be a name in ЭДО: its digest takes its place, always the same. */
const readId = (read: Explained, draft: Draft, id: Place | undefined, ending: string): void => {
  const found = id?.take()
  if (found === undefined) return
  const isPlain = guidPattern.test(found)
  const guid = isPlain ? found : `cml-${createHash('sha256').update(found).digest('hex').slice(0, 32)}`
  read.put(draft, 'guid', `${guid}${ending}`, { source: id?.path, found, rule: isPlain ? 'text' : 'digest' })
}

/** The data version that 1C gives, or a digest of what was read: changed content is another version. */
const readVersion = (read: Explained, draft: Draft, place: Place, requisites: Requisites): void => {
  const given = place.any('НомерВерсии') ?? requisites.find('НомерВерсии', 'ВерсияДанных', 'DataVersion')
  if (draft['version'] !== undefined || read.text(draft, 'version', given) !== undefined) return
  const digest = createHash('sha256').update(JSON.stringify(draft)).digest('hex').slice(0, 16)
  read.put(draft, 'version', digest, { rule: 'digest-of-content' })
}

const readDate = (read: Explained, draft: Draft, path: string, place: Place | undefined): void => {
  const found = place?.take()
  if (place === undefined || found === undefined) return
  const date = dateOf(found)
  if (date === undefined) read.fault(notADate({ path, source: place.path }, found))
  else if (date !== '') read.put(draft, path, date, { source: place.path, found, rule: 'date' })
}

const readCurrency = (read: Explained, draft: Draft, place: Place | undefined): void => {
  const found = place?.take()
  if (place === undefined || found === undefined) return
  const currency = currencyOf(found)
  if (currency === undefined) read.fault(unknownCurrency({ path: 'currency', source: place.path }, found))
  else
    read.put(draft, 'currency', currency, {
      source: place.path,
      found,
      rule: 'currency',
      dictionary: 'currency',
    })
}

const roles = {
  seller: ['Продавец', 'Комитент', 'Лицензиар'],
  buyer: ['Покупатель', 'Комиссионер', 'Лицензиат', 'Плательщик'],
  consignee: ['Получатель'],
}

const readParties = (
  read: Explained,
  draft: Draft,
  place: Place,
  parent: Place | undefined,
  kind: Kind,
): void => {
  const own = place.inside('Контрагенты', 'Контрагент')
  const partners = own.length > 0 ? own : (parent?.inside('Контрагенты', 'Контрагент') ?? [])
  const inRole = (wanted: readonly string[]): Place | undefined => {
    for (const role of wanted) {
      const found = partners.find((partner) => partner.one('Роль')?.text.trim() === role)
      if (found !== undefined) return found
    }
    return undefined
  }
  const partyOf = (wanted: readonly string[], path: string): Draft | undefined => {
    const partner = inRole(wanted)
    partner?.one('Роль')?.take()
    if (partner !== undefined) read.record(path, partner.path)
    return partner === undefined ? undefined : readParty(read, partner, path)
  }
  draft['seller'] = ownParty(read, 'seller', partyOf(roles.seller, 'seller'))
  // One partner without a role can only be the other side.
  const [only] = partners
  const buyer =
    partyOf(roles.buyer, 'buyer') ??
    (partners.length === 1 && only?.one('Роль') === undefined && only !== undefined
      ? readParty(read, only, 'buyer')
      : undefined)
  if (buyer !== undefined) draft['buyer'] = buyer
  else read.fault(noPartner({ path: 'buyer', source: `${place.path}/Контрагенты` }, 'Покупатель'))
  if (kind === 'waybill') {
    const consignee = partyOf(roles.consignee, 'consignee')
    if (consignee !== undefined) draft['consignee'] = consignee
  }
}

const readBasis = (read: Explained, draft: Draft, requisites: Requisites, kind: Kind): void => {
  const isInvoice = kind === 'tax-invoice'
  const basis: Draft = {}
  const [title, number, date] = isInvoice
    ? ['', 'deliveryTerm.contractNumber', 'deliveryTerm.contractDate']
    : ['basis.title', 'basis.number', 'basis.date']
  if (title !== '') read.text(basis, title, requisites.find('Договор', 'Основание'))
  read.text(basis, number, requisites.find('НомерДоговора', 'Номер договора'))
  readDate(read, basis, date, requisites.find('ДатаДоговора', 'Дата договора'))
  if (isInvoice) {
    const hasContract = Object.keys(basis).length > 0
    read.put(basis, 'deliveryTerm.hasContract', hasContract, {
      rule: hasContract ? 'contract-given' : 'no-contract-in-file',
    })
    draft['deliveryTerm'] = basis
  } else if (Object.keys(basis).length > 0) draft['basis'] = basis
}

const add = (amounts: readonly Amounts[], part: keyof Amounts): ExactDecimal =>
  amounts.reduce((sum, one) => sum.plus(one[part].value), new ExactDecimal(0))

const totalsOf = (
  read: Explained,
  kind: Kind,
  mine: readonly Amounts[],
  sum: { value: ExactDecimal; source?: string; found?: string } | undefined,
  all: readonly Amounts[],
): Draft => {
  const totals: Draft = {}
  const put = (field: string, value: ExactDecimal, from?: { source?: string; found?: string }): void =>
    read.put(totals, `totals.${field}`, moneyText(value), {
      ...from,
      rule: from === undefined ? 'sum-of-lines' : 'decimal',
    })
  const withoutVat = add(mine, 'withoutVat')
  put('amountWithoutVat', withoutVat)
  if (kind === 'tax-invoice') put('turnoverAmount', withoutVat)
  put('vatAmount', add(mine, 'vat'))
  const withVat = add(mine, 'withVat')
  // Some exports state the sum without the VAT that is on top of it.
  const isTotal =
    sum !== undefined && !(sum.value.equals(add(all, 'withoutVat')) && !sum.value.equals(withVat))
  if (isTotal) put('amountWithVat', sum.value, sum)
  else put('amountWithVat', withVat)
  return totals
}

/** The sum of a document that became two is held against the lines of both. */
const compareSum = (
  read: Explained,
  sum: { value: ExactDecimal; source?: string },
  amounts: readonly Amounts[],
): void => {
  const computed = add(amounts, 'withVat')
  const tolerance = decimal('0.01').times(amounts.length)
  if (computed.minus(sum.value).abs().lessThanOrEqualTo(tolerance)) return
  if (sum.value.equals(add(amounts, 'withoutVat'))) return
  const where = { path: 'totals.amountWithVat', source: sum.source }
  read.fault(otherSum(where, moneyText(sum.value), moneyText(computed)))
}
