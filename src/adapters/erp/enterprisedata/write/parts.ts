import type { Party } from '../../../../core/document/index.ts'
import { decimal } from '../../../../core/kernel/index.ts'
import { countryCodeOf, currencyCodeOf } from '../read/classifiers.ts'
import { extensionNamespace, hasVatObject } from '../versions.ts'
import { group, leaf, tag, type Xml } from './xml.ts'

/** ТипКоличество 15.3 and ТипСумма 15.2: what the format's numbers hold. The rest goes into our extension. */
export const rounded = (text: string, places: number): string => decimal(text).toFixed(places)

/** The fifth digit of a БИН is 4, 5 or 6; that of an ИИН is part of a day. */
const personKind = (taxId: string | undefined): string =>
  taxId === undefined || /^\d{4}[456]/.test(taxId) ? 'ЮридическоеЛицо' : 'ФизическоеЛицо'

/** Key properties of a company, under which a base finds its own card of it by БИН. */
export const company = (name: string, { name: fullName, taxId, country }: Partial<Party>): string =>
  tag(
    name,
    leaf('Наименование', fullName ?? taxId ?? ''),
    leaf('НаименованиеПолное', fullName),
    leaf('ИНН', taxId),
    leaf('ЮридическоеФизическоеЛицо', personKind(taxId)),
    country === undefined || countryCodeOf(country) === undefined
      ? undefined
      : tag(
          'СтранаРегистрации',
          tag('ДанныеКлассификатора', leaf('Код', countryCodeOf(country)), leaf('Наименование', country)),
        ),
  )

export const currency = (letters: string): string =>
  tag(
    'Валюта',
    tag('ДанныеКлассификатора', leaf('Код', currencyCodeOf(letters)), leaf('Наименование', letters)),
  )

export const bankAccount = (seller: Party): Xml => {
  const { bank } = seller
  if (bank === undefined) return undefined
  const { iik, bik, bankName } = bank
  const isLong = bik !== undefined && bik.length > 9
  return tag(
    'БанковскийСчетКонтрагента',
    leaf('НомерСчета', iik),
    bik === undefined && bankName === undefined
      ? undefined
      : tag(
          'Банк',
          tag(
            'ДанныеКлассификатораБанков',
            leaf('Наименование', bankName),
            isLong ? undefined : leaf('БИК', bik),
            isLong ? leaf('СВИФТБИК', bik) : undefined,
          ),
        ),
    tag('Владелец', company('КонтрагентыСсылка', seller)),
  )
}

export const settlement = (
  basis: { title?: string; number?: string; date?: string } | undefined,
  own: Party,
  partner: Party,
): string =>
  tag(
    'ДанныеВзаиморасчетов',
    basis === undefined
      ? undefined
      : tag(
          'Договор',
          leaf('ВидДоговора', 'СПоставщиком'),
          company('Организация', own),
          company('Контрагент', partner),
          leaf('Наименование', basis.title),
          leaf('Дата', basis.date),
          leaf('Номер', basis.number),
        ),
  )

/** Names of the old list that mean a rate of Kazakhstan. */
const listed: Readonly<Record<string, string>> = { none: 'БезНДС', '0': 'НДС0', '10': 'НДС10' }

/** Rates of the general kind, of 2009 to 2025 and since 2026. */
const general = new Set(['12', '16'])

const kindOfRate = (rate: string): string =>
  rate === 'none' ? 'БезНДС' : rate === '0' ? 'Нулевая' : general.has(rate) ? 'Общая' : 'Пониженная'

/** A rate that the old list lacks stands in our extension, in a row whose types are open. */
export const vatRate = (rate: string, version: string): string => {
  if (hasVatObject(version))
    return tag(
      'СтавкаНДС',
      rate === 'none' ? undefined : leaf('Ставка', rounded(rate, 2)),
      leaf('РасчетнаяСтавка', false),
      leaf('НеОблагается', rate === 'none'),
      leaf('ВидСтавки', kindOfRate(rate)),
    )
  const name = listed[rate]
  return name === undefined
    ? `<СтавкаНДС xmlns="${extensionNamespace}">${rate}</СтавкаНДС>`
    : tag('СтавкаНДС', name)
}

/** The place of a comment has moved between the two versions that we write. */
export const comment = (text: string | undefined, version: string): Xml =>
  hasVatObject(version)
    ? group('ОбщиеСвойстваОбъектовФормата', leaf('Комментарий', text))
    : leaf('Комментарий', text)
