import type { Act, Document, PaymentInvoice, TaxInvoice, Waybill } from '../../../../core/document/index.ts'
import { readXml, type XmlListener } from '../../../xml/index.ts'
import { nativeValues } from '../read/incoming.ts'
import { newNode, type EdNode } from '../read/object-tree.ts'
import { flatten } from '../read/remainder.ts'
import { extensionNamespace, hasVatObject, namespaceOf } from '../versions.ts'
import { bankAccount, comment, company, currency, rounded, settlement, vatRate } from './parts.ts'
import { leaf, tag, type Xml } from './xml.ts'

/** Kinds of document that EnterpriseData has an object for on the receiving side. */
export type WritableDocument = Act | Waybill | PaymentInvoice | TaxInvoice

export const incomingObjectOf = (kind: Document['kind']): string | undefined =>
  kind === 'act' || kind === 'waybill'
    ? 'Документ.ПоступлениеТоваровУслуг'
    : kind === 'payment-invoice'
      ? 'Документ.СчетПоставщика'
      : kind === 'tax-invoice'
        ? 'Документ.СчетФактураПолученный'
        : undefined

export const isWritable = (document: Document): document is WritableDocument =>
  incomingObjectOf(document.kind) !== undefined

type Trade = Act | Waybill | PaymentInvoice

const midnight = (day: string): string => `${day}T00:00:00`

const keys = ({ number, date, buyer, seller }: WritableDocument, ref: string): string =>
  tag(
    'КлючевыеСвойства',
    leaf('Ссылка', ref),
    leaf('Дата', midnight(date)),
    leaf('Номер', number),
    company('Организация', buyer),
    tag(
      'ДанныеВходящегоДокумента',
      leaf('НомерВходящегоДокумента', number),
      leaf('ДатаВходящегоДокумента', date),
    ),
    company('Контрагент', seller),
  )

const rows = (document: Trade, table: 'Товары' | 'Услуги', version: string): string =>
  tag(
    table,
    ...document.lines.map((line, index) => {
      const item = tag('Номенклатура', leaf('Артикул', line.code), leaf('Наименование', line.name))
      const isGoods = table === 'Товары'
      return tag(
        'Строка',
        leaf('НомерСтрокиДокумента', index + 1),
        isGoods ? tag('ДанныеНоменклатуры', item) : item,
        isGoods
          ? tag(
              'ЕдиницаИзмерения',
              tag('ДанныеКлассификатора', leaf('Код', line.unitCode), leaf('Наименование', line.unit)),
            )
          : undefined,
        leaf('Количество', rounded(line.quantity, 3)),
        leaf('Сумма', document.priceIncludesVat ? line.amountWithVat : line.amountWithoutVat),
        leaf('Цена', rounded(line.price, 2)),
        vatRate(line.vatRate, version),
        leaf('СуммаНДС', line.vatAmount),
        isGoods ? undefined : leaf('Содержание', line.name),
      )
    }),
  )

const tradeBody = (document: Trade, ref: string, version: string): string => {
  const { buyer, seller, basis, totals } = document
  const sums = [leaf('Сумма', totals.amountWithVat), leaf('СуммаВключаетНДС', document.priceIncludesVat)]
  const account = bankAccount(seller)
  const contract = settlement(basis, buyer, seller)
  // A bill of an old version has no place for it: then our extension carries it.
  const hasComment = document.kind !== 'payment-invoice' || hasVatObject(version)
  const said = hasComment ? comment(document.comment, version) : undefined
  if (document.kind === 'payment-invoice')
    return [
      keys(document, ref),
      currency(document.currency),
      sums[0],
      contract,
      sums[1],
      account,
      rows(document, 'Товары', version),
      said,
    ].join('')
  return [
    keys(document, ref),
    rows(document, document.kind === 'act' ? 'Услуги' : 'Товары', version),
    currency(document.currency),
    leaf('ВидОперации', 'ПокупкаУПоставщика'),
    ...sums,
    account,
    contract,
    said,
  ].join('')
}

/** A received tax invoice has no rows in the format; the delivery it rests on stands for them. */
const invoiceBody = (document: TaxInvoice, ref: string): string => {
  const { number, date, buyer, seller, deliveryDocument, totals } = document
  return [
    tag(
      'КлючевыеСвойства',
      leaf('Ссылка', ref),
      leaf('НомерВходящегоДокумента', number),
      leaf('ДатаВходящегоДокумента', date),
      company('Организация', buyer),
      company('Контрагент', seller),
    ),
    leaf('ДатаПолучения', midnight(date)),
    currency(document.currency),
    leaf('Сумма', totals.amountWithVat),
    leaf('СуммаНДС', totals.vatAmount),
    leaf('ВидСчетаФактуры', 'НаПоступление'),
    leaf('СпособВыставления', 'ВЭлектронномВиде'),
    tag(
      'ДокументыОснования',
      tag(
        'Строка',
        tag(
          'ДокументОснование',
          tag(
            'ПоступлениеТоваровУслугСсылка',
            leaf('Дата', midnight(deliveryDocument?.date ?? document.turnoverDate)),
            leaf('Номер', deliveryDocument?.number ?? number),
            company('Организация', buyer),
            company('Контрагент', seller),
          ),
        ),
      ),
    ),
  ].join('')
}

/** The object as the reader of files has it, from our own text. */
const parsed = async (xml: string): Promise<EdNode> => {
  let root: EdNode | undefined
  let node: EdNode | undefined
  const listener: XmlListener = {
    open: ({ uri, local }) => {
      node = newNode(local, uri, node)
      root ??= node
    },
    text: (text) => {
      if (node !== undefined) node.text += text
    },
    close: () => {
      node = node?.parent
    },
  }
  const read = await readXml(xml, listener, { maxNodes: 8_000_000 })
  if (!read.ok || root === undefined) throw new Error('what we wrote is not XML')
  return root
}

/** What the fields of the format do not say of the document, value by value. */
const remainderOf = async (document: WritableDocument, xml: string): Promise<Xml> => {
  const native = flatten(nativeValues(await parsed(xml)))
  const { kind: _kind, ...values } = document
  const wanted = flatten(values)
  const entries: string[] = []
  for (const [path, value] of wanted) {
    if (native.get(path) === value) continue
    entries.push(
      tag('Значение', leaf('Путь', path), leaf(typeof value === 'string' ? 'Строка' : 'Булево', value)),
    )
  }
  for (const path of native.keys()) if (!wanted.has(path)) entries.push(tag('Значение', leaf('Путь', path)))
  return entries.length === 0
    ? undefined
    : `<Остаток xmlns="${extensionNamespace}">${entries.join('')}</Остаток>`
}

/**
 * A partner's document as the object that a base takes in: what the format has fields for in those fields, the rest
 * in one element of our own namespace. Read back, it is the same document.
 * @param ref the object's reference; the same document has the same one for ever
 */
export const writeIncoming = async (
  document: WritableDocument,
  { ref, version }: { ref: string; version: string },
): Promise<string> => {
  const name = incomingObjectOf(document.kind) ?? ''
  const body =
    document.kind === 'tax-invoice' ? invoiceBody(document, ref) : tradeBody(document, ref, version)
  const remainder = await remainderOf(document, `<${name} xmlns="${namespaceOf(version)}">${body}</${name}>`)
  return tag(name, body, remainder)
}
