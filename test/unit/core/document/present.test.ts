import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  documentKinds,
  numberText,
  presentDocument,
  sizeText,
  writeDocumentXml,
} from '../../../../src/core/document/index.ts'
import type { Document, Presented } from '../../../../src/core/document/index.ts'
import { languages } from '../../../../src/core/kernel/index.ts'
import type { Language } from '../../../../src/core/kernel/index.ts'
import {
  aContract,
  aDocument,
  anAct,
  anInvoice,
  anInvoiceLine,
  aReconciliation,
} from '../../../factories/documents.ts'

const spaced = (text: string): string => text.replace(/ /g, '\u00a0')

/** Everything a person reads, labels and values, one a line. */
const textOf = (document: Document, language: Language = 'ru'): string => {
  const presented = presentDocument(document, language)
  const lines = (items: readonly Presented[]): string[] =>
    items.flatMap((item) => {
      if (item.is === 'value') return [`${item.label}: ${item.text}`]
      if (item.is === 'part') return [`[${item.label}]`, ...lines(item.items)]
      return [
        `<${item.label}>`,
        item.columns.map(({ label }) => label).join(' | '),
        ...item.rows.map((row) => row.join(' | ')),
      ]
    })
  return [presented.title, ...lines([...presented.items, ...presented.technical])].join('\n')
}

/** Texts between the tags of the exact bytes: what is signed. */
const signedTexts = (document: Document): string[] =>
  [
    ...Buffer.from(writeDocumentXml(document))
      .toString('utf8')
      .matchAll(/>([^<>]+)</g),
  ]
    .map(([, text = '']) => text.trim())
    .filter((text) => text !== '')

describe('a document as a person reads it', () => {
  it('reads as an act, in the order of its form', () => {
    expect(textOf(anAct({ guid: 'g-1' }))).toBe(
      [
        'Акт выполненных работ (оказанных услуг)',
        'Номер: 00000000016',
        'Дата документа: 31.03.2026',
        'Валюта: KZT',
        '[Поставщик (исполнитель)]',
        'БИН/ИИН: 260140000114',
        'Наименование: ТОО «Алатау Снаб»',
        'Адрес: г. Алматы, пр. Абая, 10',
        'Телефон: +7 727 000 00 01',
        '[Банковские реквизиты]',
        'ИИК (счёт IBAN): KZ18722S000012345678',
        'БИК банка: CASPKZKA',
        'Банк: АО «Kaspi Bank»',
        'КБе: 17',
        '[Свидетельство по НДС]',
        'Серия: 60001',
        'Номер: 0012345',
        '[Покупатель (заказчик)]',
        'БИН/ИИН: 260140000604',
        'Наименование: ТОО «Есіл Құрылыс»',
        'Адрес: г. Астана, ул. Кенесары, 40',
        'Телефон: +7 717 000 00 02',
        '[Основание (договор)]',
        'Вид или название: Договор',
        'Номер: 12/26',
        'Дата: 15.01.2026',
        'Цена включает НДС: Нет',
        '<Строки>',
        'Номенклатурный номер | Наименование | Дата выполнения (начало периода) | Дата выполнения (конец периода) | ' +
          'Код ед. (МКЕИ) | Единица измерения | Количество | Цена за единицу | Сумма без НДС | Ставка НДС | Сумма НДС | Сумма с НДС',
        '00-00000042 | Техническое обслуживание оборудования | 01.03.2026 | 31.03.2026 | 5114 | Одна услуга | 1 | ' +
          `${spaced('100 000')} | ${spaced('100 000,00')} | ${spaced('16 %')} | ${spaced('16 000,00')} | ${spaced('116 000,00')}`,
        '[Итоги]',
        `Итого без НДС: ${spaced('100 000,00')}`,
        `Итого НДС: ${spaced('16 000,00')}`,
        `Итого с НДС: ${spaced('116 000,00')}`,
        '[Сдал (исполнитель)]',
        'Должность: Директор',
        'Фамилия и инициалы: Исполнитель А. А.',
        'Идентификатор документа в базе отправителя: g-1',
        'Версия данных документа: 1',
      ].join('\n'),
    )
  })

  it.each(documentKinds)('leaves nothing of the signed bytes of a %s out', (kind) => {
    const document = aDocument(kind)
    const said = textOf(document, 'ru')
    const shown = (text: string): boolean =>
      said.includes(text) ||
      said.includes(numberText(text, 'ru')) ||
      said.includes(text.split('-').reverse().join('.')) ||
      // Flags and the content of files are said in words.
      text === 'true' ||
      text === 'false' ||
      text === 'ordinary' ||
      text === Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')
    const entities = (text: string): string =>
      text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
    expect(
      signedTexts(document)
        .map(entities)
        .filter((text) => !shown(text)),
    ).toEqual([])
  })

  it.each(languages)('speaks %s in every label of every kind', (language) => {
    for (const kind of documentKinds) {
      const said = textOf(aDocument(kind), language)
      expect(said).not.toMatch(/undefined|null|NaN|\[object/)
      expect(said.split('\n')[0]).not.toBe('')
    }
  })

  it('shows parts inside a row as columns and lists inside a row as text', () => {
    const document = anInvoice({
      lines: [anInvoiceLine(), anInvoiceLine({ vatRate: 'none', vatAmount: '0.00' })],
    })
    const table = presentDocument(document, 'kk').items.find((item) => item.is === 'table')
    expect(table?.is === 'table' && table.rows.map((row) => row.length)).toEqual([
      table?.is === 'table' && table.columns.length,
      table?.is === 'table' && table.columns.length,
    ])
    expect(textOf(document, 'ru')).toContain('без НДС')
    expect(textOf(document, 'ru')).toContain('Вид счёта-фактуры: Обычный')
  })

  it('drops columns that no row fills, and keeps the others apart', () => {
    const table = (document: Document) => {
      const found = presentDocument(document, 'ru')
        .items.flatMap((item) => (item.is === 'part' ? item.items : [item]))
        .find((item) => item.is === 'table')
      return found?.is === 'table' ? found : undefined
    }
    expect(table(aReconciliation())?.rows).toEqual([
      ['10.02.2026', 'Реализация 00000000003 от 10.02.2026', spaced('116 000,00'), ''],
      ['20.02.2026', 'Поступление на счёт 14 от 20.02.2026', '', spaced('100 000,00')],
    ])
  })

  it('says how large a file is instead of showing it', () => {
    expect(textOf(aContract())).toContain(`Содержимое: ${spaced('15 байт')}`)
    expect(textOf(aContract(), 'en')).toContain(spaced('15 bytes'))
  })

  it.each([
    ['0.00', 'ru', '0,00'],
    ['999', 'ru', '999'],
    ['1000', 'ru', '1 000'],
    ['-1234567.5', 'kk', '−1 234 567,5'],
    ['123456789012345678.123456', 'ru', '123 456 789 012 345 678,123456'],
    ['1234567.50', 'en', '1,234,567.50'],
  ] as const)('writes %s in %s as %s', (text, language, expected) => {
    expect(numberText(text, language)).toBe(spaced(expected))
  })

  it('never changes a digit of a number', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        fc.integer({ min: 0, max: 999999 }),
        (whole, part) => {
          const text = `${whole}.${part}`
          return (
            numberText(text, 'ru')
              .replace(/\u00a0/g, '')
              .replace(',', '.') === text
          )
        },
      ),
    )
  })

  it('names sizes as people do', () => {
    expect([1023, 1024, 1_572_864, 20_971_520].map((size) => sizeText(size, 'ru'))).toEqual(
      ['1 023 байт', '1,0 КБ', '1,5 МБ', '20,0 МБ'].map(spaced),
    )
  })
})
