import { currencyOf } from './classifiers.ts'
import { readExtras, readRemainder, type Extra, type Remainder } from './extras.ts'
import { readRows, type Row, type RowContext } from './lines.ts'
import {
  childOf,
  markRead,
  nodeAt,
  referenceOf,
  textOf,
  unreadIn,
  pathOf,
  type EdNode,
} from './object-tree.ts'
import { readAccount, readParty, type PartyDraft, type PartyValue } from './parties.ts'
import { Trace } from './trace.ts'

/** Documents with rows that we read: those of the base's own, and those that we write for it. */
type TradeObjectName =
  | 'Документ.РеализацияТоваровУслуг'
  | 'Документ.СчетПокупателю'
  | 'Документ.ПоступлениеТоваровУслуг'
  | 'Документ.СчетПоставщика'

/** True for what comes from a partner: there the base's own organisation is the buyer. */
export const isIncoming = (name: string): boolean =>
  name === 'Документ.ПоступлениеТоваровУслуг' || name === 'Документ.СчетПоставщика'

/** What every document of the base begins with. */
export interface ObjectHead {
  object: string
  ref: string | undefined
  number: string | undefined
  date: string | undefined
  /** As 1C wrote it, with the time. */
  at: string | undefined
  own: PartyDraft
  partner: PartyDraft
  currency: string | undefined
  basis: PartyValue | undefined
  /** Of the contract, for what its catalogue says. */
  contractRef: string | undefined
  trace: Trace
  extras: Extra[]
  /** What a document that we wrote says beyond the fields of the format. */
  remainder: Remainder[]
  unread: string[]
  node: EdNode
}

export interface TradeObject extends ObjectHead {
  object: TradeObjectName
  includesVat: boolean
  /** Sum of the document as stated. */
  sum: string | undefined
  rows: Row[]
  account: PartyValue | undefined
  people: Record<string, string>
  consignor: PartyDraft | undefined
  consignee: PartyDraft | undefined
  warrant: PartyValue | undefined
}

/** A reference that is written and empty: the field of 1C was never filled. */
const checkReference = (trace: Trace, path: string, node: EdNode | undefined): void => {
  const written = childOf(node, 'Ссылка')
  if (node === undefined || written === undefined || referenceOf(node) !== undefined) return
  trace.fault('ED-05', path, node, 'Ссылка')
}

const checkRows = (trace: Trace, rows: readonly EdNode[], name: string): void => {
  for (const row of rows) {
    const holder = name === 'Товары' ? childOf(row, 'ДанныеНоменклатуры') : row
    checkReference(trace, 'lines', childOf(holder, 'Номенклатура'))
  }
}

const contractOf = (node: EdNode | undefined, trace: Trace): PartyValue | undefined => {
  if (node === undefined) return undefined
  checkReference(trace, 'basis', node)
  const title = trace.text('basis.title', childOf(node, 'Наименование'))
  const number = trace.text('basis.number', childOf(node, 'Номер'))
  const date = trace.date('basis.date', childOf(node, 'Дата'))
  // The parties stand in the document itself.
  for (const side of ['Организация', 'Контрагент']) markRead(childOf(node, side))
  markRead(childOf(node, 'ВидДоговора'))
  if (title === undefined && number === undefined && date === undefined) return undefined
  return {
    ...(title !== undefined && { title }),
    ...(number !== undefined && { number }),
    ...(date !== undefined && { date }),
  }
}

const personOf = (trace: Trace, path: string, node: EdNode | undefined): string | undefined => {
  const name = trace.text(path, childOf(node, 'ФИО'))
  markRead(node)
  return name
}

/** Head of any document: key properties, parties, currency, contract. */
export const readHead = (object: EdNode): ObjectHead => {
  const trace = new Trace()
  const keys = childOf(object, 'КлючевыеСвойства')
  const incoming = childOf(keys, 'ДанныеВходящегоДокумента')
  const numberNodes = [
    childOf(incoming, 'НомерВходящегоДокумента'),
    childOf(keys, 'НомерВходящегоДокумента'),
    childOf(keys, 'Номер'),
  ]
  // From here on faults and sources name the document as a person finds it in the list of 1C.
  const shownNumber = numberNodes.map(textOf).find((text) => text !== undefined)
  if (shownNumber !== undefined) object.name = `${object.name} ${shownNumber.slice(0, 40)}`
  const number = trace.firstText('number', ...numberNodes)
  const atNode = childOf(keys, 'Дата') ?? childOf(keys, 'ДатаВходящегоДокумента')
  const dateNode = childOf(incoming, 'ДатаВходящегоДокумента') ?? atNode
  textOf(childOf(keys, 'Номер'))
  textOf(childOf(incoming, 'НаименованиеВходящегоДокумента'))
  const date = trace.date('date', dateNode)
  const at = textOf(atNode)

  const ref = referenceOf(keys)
  if (ref === undefined) trace.fault('ED-05', 'guid', keys ?? object, 'Ссылка')
  else trace.tell('guid', childOf(keys, 'Ссылка'), 'reference')
  if (number === undefined) trace.fault('ED-06', 'number', keys ?? object, 'Номер')
  if (date === undefined && !trace.faults.some(({ path }) => path === 'date'))
    trace.fault('ED-06', 'date', keys ?? object, 'Дата')

  const ownNode = childOf(keys, 'Организация')
  const partnerNode = childOf(object, 'Контрагент') ?? childOf(keys, 'Контрагент')
  if (ownNode === undefined) trace.fault('ED-05', 'seller', keys ?? object, 'Организация')
  if (partnerNode === undefined) trace.fault('ED-05', 'buyer', object, 'Контрагент')
  checkReference(trace, 'seller', ownNode)
  checkReference(trace, 'buyer', partnerNode)

  const classifier = nodeAt(object, 'Валюта', 'ДанныеКлассификатора')
  const code = childOf(classifier, 'Код')
  const letters = childOf(classifier, 'Наименование')
  const currency = currencyOf(textOf(code), textOf(letters))
  markRead(childOf(object, 'Валюта'))
  if (currency !== undefined) trace.tell('currency', letters ?? code, 'currency', 'iso-4217')
  else if (classifier === undefined) trace.fault('ED-06', 'currency', object, 'Валюта')
  else trace.fault('ED-09', 'currency', classifier, '', { currency: letters?.text ?? code?.text ?? '' })

  const settlement = childOf(object, 'ДанныеВзаиморасчетов')
  const contract = childOf(settlement, 'Договор') ?? childOf(object, 'Договор')
  const basis = contractOf(contract, trace)
  return {
    object: objectNameOf(object),
    ref,
    number,
    date,
    at,
    own: readParty(ownNode),
    partner: readParty(partnerNode),
    currency,
    basis,
    contractRef: referenceOf(contract),
    trace,
    extras: [],
    remainder: [],
    unread: [],
    node: object,
  }
}

/** `Документ.X КС00-000016` → `Документ.X`. */
const objectNameOf = ({ name }: EdNode): string => name.split(' ', 1)[0] ?? name

/** After everything was asked for: what nobody asked for, and what is kept of it. */
export const finishHead = (head: ObjectHead): void => {
  head.remainder = readRemainder(head.node)
  head.extras = readExtras(head.node)
  head.unread = unreadIn(head.node).map(pathOf)
}

export const readTradeObject = (
  object: EdNode,
  context: Pick<RowContext, 'names' | 'units'>,
): TradeObject => {
  const name = objectNameOf(object) as TradeObjectName
  const head = readHead(object)
  const { trace } = head
  const includesVat = trace.flag('priceIncludesVat', childOf(object, 'СуммаВключаетНДС')) ?? false
  for (const table of ['Товары', 'Услуги']) checkRows(trace, childOf(object, table)?.children ?? [], table)
  const rows = readRows(object, { ...context, day: head.date ?? '', includesVat })
  if (rows.length === 0) trace.fault('ED-11', 'lines', object, '')

  const people: Record<string, string> = {}
  for (const [field, title] of [
    ['manager', 'Руководитель'],
    ['chiefAccountant', 'ГлавныйБухгалтер'],
    ['releasedBy', 'ОтпускПроизвел'],
  ] as const) {
    const person = personOf(trace, `${field}.name`, childOf(object, title))
    if (person !== undefined) people[field] = person
  }
  const receivedBy = trace.text('receivedBy.name', childOf(object, 'ДоверенностьКомуВыдана'))
  if (receivedBy !== undefined) people['receivedBy'] = receivedBy

  const accountName = isIncoming(name) ? 'БанковскийСчетКонтрагента' : 'БанковскийСчетОрганизации'
  const accountNode = childOf(object, accountName)
  const account = readAccount(accountNode, trace, 'seller.bank')
  markRead(childOf(accountNode, 'Владелец'))
  const consignor = childOf(object, 'Грузоотправитель')
  const consignee = childOf(object, 'Грузополучатель')
  const made: TradeObject = {
    ...head,
    object: name,
    includesVat,
    sum: trace.decimal('totals.amountWithVat', childOf(object, 'Сумма'), 2, 'sum'),
    rows,
    account,
    people,
    consignor: consignor && readParty(consignor),
    consignee: consignee && readParty(consignee),
    warrant: warrantOf(object, trace),
  }
  finishHead(made)
  return made
}

const warrantOf = (object: EdNode, trace: Trace): PartyValue | undefined => {
  const number = trace.text('warrant.number', childOf(object, 'ДоверенностьНомер'))
  const date = trace.date('warrant.date', childOf(object, 'ДоверенностьДата'))
  const issuedBy = trace.text('warrant.issuedBy', childOf(object, 'ДоверенностьКемВыдана'))
  if (number === undefined) return undefined
  return { number, ...(date !== undefined && { date }), ...(issuedBy !== undefined && { issuedBy }) }
}
