import { isAccount, isBankCode, readDocumentValue, wasEverVatRate } from '../../../../core/document/index.ts'
import type { ForeignReading, ReadingContext, ValueSource } from '../../../../core/exchange/index.ts'
import type { Fault } from '../../../../core/kernel/index.ts'
import { odataFault } from '../odata-faults.ts'
import { rowsOf, textIn, zeroRef, type Bundle, type Row } from './bundle.ts'
import { centsOf, exact, plain, textOfCents, type Cents } from './exact.ts'
import { partGuid } from './part-guid.ts'

const mapping = 'onec-odata@1'

type Kind = 'act' | 'waybill' | 'payment-invoice'

/** What a document becomes, and from which of its tabular parts. */
const formsOf = ({ entity, document }: Bundle): { kind: Kind; parts: string[]; guid: string }[] => {
  const ref = textIn(document, 'Ref_Key')
  if (entity === 'Document_СчетНаОплатуПокупателю')
    return [{ kind: 'payment-invoice', parts: ['Товары', 'Услуги'], guid: ref }]
  // Act Р-1 and waybill З-2 are printed forms of one document: services and goods.
  const [goods, services] = [rowsOf(document, 'Товары').length, rowsOf(document, 'Услуги').length]
  if (goods > 0 && services > 0)
    return [
      { kind: 'waybill', parts: ['Товары'], guid: partGuid(ref, 'waybill') },
      { kind: 'act', parts: ['Услуги'], guid: partGuid(ref, 'act') },
    ]
  return goods > 0
    ? [{ kind: 'waybill', parts: ['Товары'], guid: ref }]
    : [{ kind: 'act', parts: ['Услуги'], guid: ref }]
}

/** Every document that a bundle becomes, each value with the field it came from. Pure. */
export const readingsOf = (bundle: Bundle, context: ReadingContext): ForeignReading[] =>
  formsOf(bundle).map((form) => new Reader(bundle, context).read(form))

/** The empty date of 1C is none. */
const dayIn = (row: Row | undefined, name: string): string | undefined => {
  const text = textIn(row, name)
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !text.startsWith('0001-01-01') ? text.slice(0, 10) : undefined
}

const currencies: Readonly<Record<string, string>> = {
  398: 'KZT',
  643: 'RUB',
  840: 'USD',
  978: 'EUR',
  156: 'CNY',
}

class Reader {
  readonly #bundle: Bundle
  readonly #context: ReadingContext
  readonly #sources: ValueSource[] = []
  readonly #faults: Fault[] = []

  constructor(bundle: Bundle, context: ReadingContext) {
    this.#bundle = bundle
    this.#context = context
  }

  read({ kind, parts, guid }: { kind: Kind; parts: string[]; guid: string }): ForeignReading {
    const { document } = this.#bundle
    const lines = parts.flatMap((part) => rowsOf(document, part).map((row, index) => ({ part, row, index })))
    const made = lines.map((line, at) => this.#line(line, at, kind))
    const sum = (name: 'amountWithoutVat' | 'vatAmount' | 'amountWithVat'): string =>
      textOfCents(made.reduce<Cents>((total, line) => total + centsOf(line[name]), 0n))
    const value = {
      guid: this.#found('guid', guid, 'Ref_Key', 'reference'),
      version: this.#found('version', textIn(document, 'DataVersion') || '1', 'DataVersion', 'text'),
      // Printed without leading zeros.
      number: this.#found('number', textIn(document, 'Number').replace(/^0+(?=\d)/, ''), 'Number', 'number'),
      date: this.#found('date', dayIn(document, 'Date'), 'Date', 'day'),
      currency: this.#currency(),
      seller: this.#seller(),
      buyer: this.#buyer(),
      basis: this.#basis(),
      priceIncludesVat: document['УчитыватьНДС'] === true && document['СуммаВключаетНДС'] === true,
      lines: made,
      totals: {
        amountWithoutVat: sum('amountWithoutVat'),
        vatAmount: sum('vatAmount'),
        amountWithVat: sum('amountWithVat'),
      },
      ...(kind === 'act' && textIn(document, 'ПереченьДокументации') !== ''
        ? { attachments: textIn(document, 'ПереченьДокументации') }
        : {}),
      ...(kind === 'waybill' && textIn(document, 'ДоверенностьНомер') !== ''
        ? { warrant: this.#warrant() }
        : {}),
      ...(textIn(document, 'Комментарий') === '' ? {} : { comment: textIn(document, 'Комментарий') }),
    }
    this.#sources.push({ path: 'totals', rule: 'sum-of-lines' })
    const read = this.#faults.length > 0 ? undefined : readDocumentValue(kind, value)
    const faults = read === undefined ? this.#faults : read.ok ? [] : read.faults
    return {
      document: read?.ok === true ? read.value : undefined,
      faults,
      sources: this.#sources,
      unread: [],
      mapping,
    }
  }

  #found<T>(path: string, value: T, source: string, rule: string, dictionary?: string): T {
    const found = typeof value === 'string' ? value.slice(0, 200) : undefined
    this.#sources.push({ path, source, found, rule, ...(dictionary === undefined ? {} : { dictionary }) })
    return value
  }

  #missing(path: string, source: string): void {
    this.#faults.push(odataFault('ODATA-13', source.replace(/_Key$/, ''), path, source))
  }

  #ref(row: Row | undefined, field: string, entity: string): Row | undefined {
    const ref = textIn(row, field)
    return ref === '' || ref === zeroRef ? undefined : this.#bundle.refs[entity]?.[ref]
  }

  #number(value: unknown, places: number, path: string, source: string): string {
    const text = exact(value, places)
    if (text === undefined) this.#faults.push(odataFault('ODATA-12', source, path, source))
    return this.#found(path, text ?? (places === 2 ? '0.00' : '0'), source, `double-to-${places}-places`)
  }

  #currency(): string {
    const row = this.#ref(this.#bundle.document, 'ВалютаДокумента_Key', 'Catalog_Валюты')
    const code = currencies[textIn(row, 'Code')] ?? textIn(row, 'Description')
    return this.#found(
      'currency',
      /^[A-Z]{3}$/.test(code) ? code : 'KZT',
      'ВалютаДокумента_Key',
      'currency',
      'iso4217',
    )
  }

  #seller(): Row {
    const { document } = this.#bundle
    const own = this.#ref(document, 'Организация_Key', 'Catalog_Организации')
    if (own === undefined) this.#missing('seller', 'Организация_Key')
    const series = textIn(own, 'СерияСвидетельстваПоНДС')
    const number = textIn(own, 'НомерСвидетельстваПоНДС')
    const account =
      this.#ref(document, 'БанковскийСчетОрганизации_Key', 'Catalog_БанковскиеСчета') ??
      this.#ref(document, 'СтруктурнаяЕдиница_Key', 'Catalog_БанковскиеСчета') ??
      this.#ref(own, 'ОсновнойБанковскийСчет_Key', 'Catalog_БанковскиеСчета')
    const { organisation = {} } = this.#context.profile
    return {
      // What 1C does not publish, an administrator has typed; what it does, 1C knows better.
      ...organisation,
      ...this.#party('seller', own, 'Организация', 'ИдентификационныйНомер'),
      ...(account === undefined ? {} : this.#bank(account, own)),
      ...(/^\d{5}$/.test(series) && /^\d{7}$/.test(number) ? { vatCertificate: { series, number } } : {}),
    }
  }

  #buyer(): Row {
    const row = this.#ref(this.#bundle.document, 'Контрагент_Key', 'Catalog_Контрагенты')
    if (row === undefined) this.#missing('buyer', 'Контрагент_Key')
    return this.#party('buyer', row, 'Контрагент', 'ИдентификационныйКодЛичности')
  }

  #party(path: string, row: Row | undefined, source: string, taxIdField: string): Row {
    if (row === undefined) return {}
    const taxId = textIn(row, taxIdField)
    const fullName = textIn(row, 'НаименованиеПолное')
    return {
      ...(taxId === ''
        ? {}
        : { taxId: this.#found(`${path}.taxId`, taxId, `${source}.${taxIdField}`, 'text') }),
      name: this.#found(
        `${path}.name`,
        fullName === '' ? textIn(row, 'Description') : fullName,
        `${source}.${fullName === '' ? 'Description' : 'НаименованиеПолное'}`,
        'text',
      ),
    }
  }

  #bank(account: Row, own: Row | undefined): Row {
    const iik = textIn(account, 'НомерСчета').replaceAll(' ', '')
    if (!isAccount(iik)) return {}
    const bank = this.#ref(account, 'Банк_Key', 'Catalog_Банки')
    const bik = textIn(bank, 'БИК') || textIn(bank, 'Code')
    const kbe = textIn(own, 'КБЕ')
    return {
      bank: {
        iik: this.#found('seller.bank.iik', iik, 'БанковскийСчетОрганизации.НомерСчета', 'account'),
        ...(isBankCode(bik) ? { bik } : {}),
        ...(textIn(bank, 'Description') === '' ? {} : { bankName: textIn(bank, 'Description') }),
        ...(/^\d{2}$/.test(kbe) ? { kbe } : {}),
      },
    }
  }

  #basis(): Row | undefined {
    const row = this.#ref(this.#bundle.document, 'ДоговорКонтрагента_Key', 'Catalog_ДоговорыКонтрагентов')
    if (row === undefined) return undefined
    const number = textIn(row, 'НомерДоговора')
    const date = dayIn(row, 'ДатаДоговора')
    const basis = {
      ...(textIn(row, 'Description') === '' ? {} : { title: textIn(row, 'Description').slice(0, 250) }),
      ...(number === '' ? {} : { number }),
      ...(date === undefined ? {} : { date }),
    }
    return this.#found(
      'basis',
      Object.keys(basis).length === 0 ? undefined : basis,
      'ДоговорКонтрагента_Key',
      'contract',
    )
  }

  #warrant(): Row {
    const { document } = this.#bundle
    const date = dayIn(document, 'ДоверенностьДата')
    const issuedBy = textIn(document, 'ДоверенностьВыдана')
    return {
      number: this.#found(
        'warrant.number',
        textIn(document, 'ДоверенностьНомер'),
        'ДоверенностьНомер',
        'text',
      ),
      ...(date === undefined ? {} : { date }),
      ...(issuedBy === '' ? {} : { issuedBy }),
    }
  }

  #line({ part, row, index }: { part: string; row: Row; index: number }, at: number, kind: Kind) {
    const path = `lines[${at}]`
    const place = (field: string): string => `${part}[${index + 1}].${field}`
    const { document } = this.#bundle
    const item = this.#ref(row, 'Номенклатура_Key', 'Catalog_Номенклатура')
    const content = textIn(row, 'Содержание')
    const name = content || textIn(item, 'НаименованиеПолное') || textIn(item, 'Description')
    if (name === '') this.#missing(`${path}.name`, place('Номенклатура_Key'))
    this.#found(`${path}.name`, name, place(content === '' ? 'Номенклатура' : 'Содержание'), 'text')

    const amount = centsOf(this.#number(row['Сумма'], 2, `${path}.amountWithoutVat`, place('Сумма')))
    const countsVat = document['УчитыватьНДС'] === true
    const vat = countsVat
      ? centsOf(this.#number(row['СуммаНДС'], 2, `${path}.vatAmount`, place('СуммаНДС')))
      : 0n
    const isInside = countsVat && document['СуммаВключаетНДС'] === true
    const [from, to] = [
      dayIn(document, 'ДатаНачалаОтчетногоПериода'),
      dayIn(document, 'ДатаОкончанияОтчетногоПериода'),
    ]
    const quantity = plain(this.#number(row['Количество'], 6, `${path}.quantity`, place('Количество')))
    const price = plain(this.#number(row['Цена'], 6, `${path}.price`, place('Цена')))
    return {
      ...(textIn(item, 'Code') === '' ? {} : { code: textIn(item, 'Code') }),
      name,
      ...(kind === 'act'
        ? { performedFrom: from ?? dayIn(document, 'Date'), performedTo: to ?? dayIn(document, 'Date') }
        : {}),
      ...this.#unit(row, item, path, place('ЕдиницаИзмерения')),
      quantity,
      price,
      amountWithoutVat: textOfCents(isInside ? amount - vat : amount),
      vatRate: this.#vatRate(row, countsVat, path, place('СтавкаНДС_Key')),
      vatAmount: textOfCents(vat),
      amountWithVat: textOfCents(isInside ? amount : amount + vat),
    }
  }

  #unit(row: Row, item: Row | undefined, path: string, source: string): Row {
    const entity = 'Catalog_КлассификаторЕдиницИзмерения'
    const unit =
      this.#ref(row, 'ЕдиницаИзмерения_Key', entity) ?? this.#ref(item, 'БазоваяЕдиницаИзмерения_Key', entity)
    const name = textIn(unit, 'Description')
    const own = this.#context.profile.units?.[name]
    const code = own ?? textIn(unit, 'Code')
    const dictionary = own === undefined ? 'mkei' : 'profile.units'
    return {
      ...(/^\d{3,4}$/.test(code)
        ? { unitCode: this.#found(`${path}.unitCode`, code, source, 'unit', dictionary) }
        : {}),
      ...(name === '' ? {} : { unit: name }),
    }
  }

  #vatRate(row: Row, countsVat: boolean, path: string, source: string): string {
    const at = `${path}.vatRate`
    if (!countsVat) return this.#found(at, 'none', 'УчитыватьНДС', 'vat-off')
    const name = textIn(this.#ref(row, 'СтавкаНДС_Key', 'Catalog_СтавкиНДС'), 'Description')
    const own = this.#context.profile.vatRates?.[name]
    if (own !== undefined) return this.#found(at, own, source, 'vat-rate', 'profile.vatRates')
    if (/^без\s*ндс$/i.test(name)) return this.#found(at, 'none', source, 'vat-rate')
    const rate = /^(\d{1,2})\s*%$/.exec(name)?.[1]
    if (rate !== undefined && wasEverVatRate(rate)) return this.#found(at, rate, source, 'vat-rate')
    this.#missing(at, source)
    return 'none'
  }
}
