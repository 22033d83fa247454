import { describe, expect, it } from '@jest/globals'
import {
  documentNamespace,
  documentXmlReader,
  readDocumentValue,
} from '../../../../src/core/document/index.ts'
import type { Act } from '../../../../src/core/document/index.ts'
import { aFile, anAct, anInvoice } from '../../../factories/documents.ts'
import { faultsOf, readXml, valueOf } from './feed-xml.ts'

/** An act whose first line has the given fields instead. */
const actWithLine = (fields: Record<string, unknown>): unknown => {
  const act = anAct()
  return { ...act, lines: [{ ...act.lines[0], ...fields }] }
}

const readAct = (value: unknown): Act => valueOf(readDocumentValue('act', value)) as Act

describe('from JSON', () => {
  it('tells all faults at once, each with its path', () => {
    const faults = faultsOf(
      readDocumentValue('act', {
        guid: 'not a guid',
        date: '2026-02-30',
        seller: { taxId: '26014000011', name: 'Продавец' },
        buyer: { name: '' },
        lines: [{ name: 'Работа', quantity: 1, price: '1,5', vatRate: 'none', surprise: true }],
        totals: null,
      }),
    )
    expect(faults).toEqual([
      'DOC-02 buyer',
      'DOC-02 lines[0].amountWithVat',
      'DOC-02 lines[0].amountWithoutVat',
      'DOC-02 lines[0].vatAmount',
      'DOC-02 number',
      'DOC-02 totals',
      'DOC-03 lines[0].surprise',
      'DOC-05 lines[0].quantity',
      'DOC-07 guid',
      'DOC-07 seller.taxId',
      'DOC-08 lines[0].price',
      'DOC-10 date',
    ])
  })

  it.each([
    ['+0001.500', '1.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0.000', '0'],
    ['007', '7'],
    ['0.000001', '0.000001'],
    ['-12.340', '-12.34'],
  ])('reads the quantity %s as %s', (written, canonical) => {
    expect(readAct(actWithLine({ quantity: written })).lines[0]?.quantity).toBe(canonical)
  })

  it.each([
    ['600000', '600000.00'],
    ['1200.5', '1200.50'],
    ['0', '0.00'],
    ['-0', '0.00'],
    ['00012.300', '12.30'],
  ])('reads the money %s as %s', (written, canonical) => {
    expect(readAct(actWithLine({ vatAmount: written })).lines[0]?.vatAmount).toBe(canonical)
  })

  it.each(['1e3', '1 233,05', '1 233.05', '0x10', 'NaN', 'Infinity', '.', '-', '--1', '1.2.3', '١'])(
    'refuses %s as a number',
    (written) => {
      expect(faultsOf(readDocumentValue('act', actWithLine({ quantity: written })))).toEqual([
        'DOC-08 lines[0].quantity',
      ])
    },
  )

  it.each([
    ['quantity', '1000000000000'],
    ['quantity', '0.0000001'],
    ['vatAmount', '0.001'],
    ['vatAmount', '1000000000000000'],
  ])('refuses too many digits in %s %s', (field, written) => {
    expect(faultsOf(readDocumentValue('act', actWithLine({ [field]: written })))).toEqual([
      `DOC-09 lines[0].${field}`,
    ])
  })

  it.each([100, 100n, 1.5, true, {}, []])('refuses %p where money is due', (value) => {
    expect(faultsOf(readDocumentValue('act', actWithLine({ price: value })))).toEqual([
      'DOC-05 lines[0].price',
    ])
  })

  it.each([
    ['2026-03-31', '2026-03-31'],
    ['2026-03-31T00:00:00', '2026-03-31'],
    ['2026-03-31T14:05:09.123', '2026-03-31'],
    ['2026-03-31Z', '2026-03-31'],
    ['2026-03-31+05:00', '2026-03-31'],
    [' 2026-03-31 ', '2026-03-31'],
  ])('reads the day %s', (written, day) => {
    expect(readAct({ ...anAct(), date: written }).date).toBe(day)
  })

  it.each([
    '31.03.2026',
    '2026-02-29',
    '2026-13-01',
    '2026-3-1',
    '20260331',
    '2026-03-31T25:00:00',
    '2026-03-31T00:00:00Z',
  ])('refuses the day %s', (written) => {
    expect(faultsOf(readDocumentValue('act', { ...anAct(), date: written }))).toEqual(['DOC-10 date'])
  })

  it('takes null, an empty text, an empty record, an empty list and the empty date of 1C as absent', () => {
    const act = readAct({
      ...anAct(),
      comment: '  ',
      acceptedOn: '0001-01-01T00:00:00',
      acceptedBy: { name: '', position: null },
      extras: [],
      basis: null,
    })
    expect(Object.keys(act)).not.toEqual(expect.arrayContaining(['comment']))
    expect([act.acceptedOn, act.acceptedBy, act.extras, act.basis]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('fills in version, currency and the other defaults', () => {
    const { version: _version, currency: _currency, priceIncludesVat: _priceIncludesVat, ...rest } = anAct()
    expect(readAct(rest)).toMatchObject({ version: '1', currency: 'KZT', priceIncludesVat: false })
    const invoice = valueOf(readDocumentValue('tax-invoice', { ...anInvoice(), invoiceType: undefined }))
    expect(invoice).toMatchObject({ invoiceType: 'ordinary', totals: { exciseAmount: '0.00' } })
  })

  it('keeps line breaks inside a text and makes them the same on every system', () => {
    expect(readAct({ ...anAct(), comment: ' первая\r\nвторая\rтретья ' }).comment).toBe(
      'первая\nвторая\nтретья',
    )
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes %s for an unknown field like any other',
    (key) => {
      const hostile = JSON.parse(`{"${key}": {"polluted": true}}`) as Record<string, unknown>
      const value = Object.defineProperties({ ...anAct() }, Object.getOwnPropertyDescriptors(hostile))
      expect(faultsOf(readDocumentValue('act', value))).toEqual([`DOC-03 ${key}`])
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

  it.each([null, undefined, 'text', 5, [], [anAct()]])(
    'takes only a record for a document, not %p',
    (value) => {
      expect(faultsOf(readDocumentValue('act', value))).toEqual(['DOC-01'])
    },
  )

  it('refuses a document of another kind than asked for', () => {
    expect(faultsOf(readDocumentValue('waybill', { ...anAct(), kind: 'act' }))).toContain('DOC-18 kind')
    const { kind: _kind, ...unnamed } = anAct()
    expect(readAct(unnamed).kind).toBe('act')
  })

  it.each(['a\u0000b', 'a\u0008b', 'a\uFFFEb', 'half \uD83D'])(
    'refuses characters XML cannot carry: %j',
    (comment) => {
      expect(faultsOf(readDocumentValue('act', { ...anAct(), comment }))).toEqual(['DOC-13 comment'])
    },
  )

  it('never repeats more of an outside name than a person can read', () => {
    const read = readDocumentValue('act', { ...anAct(), ['я'.repeat(5000)]: 1 })
    expect(read.ok).toBe(false)
    expect(JSON.stringify(read).length).toBeLessThan(1000)
  })

  it('stops after two hundred faults and says so', () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1]))
    const faults = faultsOf(readDocumentValue('act', { ...anAct(), ...unknown }))
    expect(faults).toHaveLength(201)
    expect(faults).toContain('DOC-19')
  })

  it('refuses more lines than one document may have', () => {
    const act = anAct()
    const lines = new Array(10_001).fill(act.lines[0])
    expect(faultsOf(readDocumentValue('act', { ...act, lines }))).toEqual(['DOC-16 lines'])
  })
})

describe('bytes', () => {
  it.each(['QQ', 'QQ=', 'Q Q==!', 'QR==', 'QUJ=', 'ÿQ=='])('refuses %s as base64', (content) => {
    expect(faultsOf(readDocumentValue('file', aFile({ content })))).toEqual(['DOC-14 content'])
  })

  it('takes base64 broken into lines, as 1C writes it, and joins it', () => {
    const read = valueOf(readDocumentValue('file', aFile({ content: 'QUJD\r\nREVG\r\nRw==' })))
    expect(read).toMatchObject({ content: 'QUJDREVGRw==' })
  })

  it('takes 20 MiB and refuses one byte more', () => {
    const content = (size: number): string => Buffer.alloc(size).toString('base64')
    expect(readDocumentValue('file', aFile({ content: content(20 * 1024 * 1024) })).ok).toBe(true)
    expect(faultsOf(readDocumentValue('file', aFile({ content: content(20 * 1024 * 1024 + 1) })))).toEqual([
      'DOC-15 content',
    ])
  })
})

const actXml = (inside: string): string => `<Act xmlns="${documentNamespace}">${inside}</Act>`

const line =
  '<Line><Name>Работа</Name><Quantity>1</Quantity><Price>100</Price><AmountWithoutVat>100</AmountWithoutVat>' +
  '<VatRate>none</VatRate><VatAmount>0</VatAmount><AmountWithVat>100</AmountWithVat></Line>'
const totals =
  '<Totals><AmountWithoutVat>100</AmountWithoutVat><VatAmount>0</VatAmount><AmountWithVat>100</AmountWithVat></Totals>'
const body = `<Guid>a-1</Guid><Number>5</Number><Date>2026-03-31</Date><Seller><Name>А</Name></Seller><Buyer><Name>Б</Name></Buyer>${line}${totals}`

describe('from XML', () => {
  it('reads what 1C writes: tabs and line breaks between elements, prefixes, nil, empty elements, a time in a date', () => {
    const pretty = body.replaceAll('><', '>\r\n\t<').replace('2026-03-31', '2026-03-31T00:00:00')
    const xml = `<m:Act xmlns:m="${documentNamespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${pretty.replace(
      /<(\/?)(\w)/g,
      '<$1m:$2',
    )}\n<m:Comment xsi:nil="true"/><m:AcceptedBy xsi:nil="true"/><m:AcceptedOn>0001-01-01</m:AcceptedOn><m:PriceIncludesVat>1</m:PriceIncludesVat><m:CustomerMaterials/></m:Act>`
    expect(valueOf(readXml(xml))).toMatchObject({
      number: '5',
      date: '2026-03-31',
      priceIncludesVat: true,
      lines: [{ vatAmount: '0.00' }],
    })
    expect(valueOf(readXml(xml))).not.toHaveProperty('comment')
  })

  it('does not mind the order of elements', () => {
    const moved = `${totals}${line}<Buyer><Name>Б</Name></Buyer><Date>2026-03-31</Date><Seller><Name>А</Name></Seller><Number>5</Number><Guid>a-1</Guid>`
    expect(valueOf(readXml(actXml(moved)))).toEqual(valueOf(readXml(actXml(body))))
  })

  it('joins text that comes in pieces, entities and CDATA', () => {
    const xml = actXml(`${body}<Comment>А&amp;Б <![CDATA[<в>]]> &#1075;</Comment>`)
    expect(valueOf(readXml(xml))).toMatchObject({ comment: 'А&Б <в> г' })
  })

  it.each([
    ['an unknown element', `${body}<Surprise><Deep><Deeper/></Deep></Surprise>`, ['DOC-03 Surprise']],
    ['an element of another namespace', `${body}<Comment xmlns="urn:other">x</Comment>`, ['DOC-03 Comment']],
    ['an element of no namespace', `${body}<Comment xmlns="">x</Comment>`, ['DOC-03 Comment']],
    [
      'a key of JSON in place of the element name',
      body.replaceAll('Number>', 'number>'),
      ['DOC-02 number', 'DOC-03 number'],
    ],
    ['a field given twice', `${body}<Number>6</Number>`, ['DOC-04 number']],
    ['an empty field given twice', `${body}<Comment/><Comment>x</Comment>`, ['DOC-04 comment']],
    ['a record given twice', `${body}<Seller><Name>В</Name></Seller>`, ['DOC-04 seller']],
    ['an element inside a text', `${body}<Comment>a<b>c</b>d</Comment>`, ['DOC-03 comment']],
    ['text between elements', `${body}stray`, ['DOC-17']],
    ['text inside a record', body.replace('<Name>А', 'stray<Name>А'), ['DOC-17 seller']],
    [
      'a line without anything',
      body.replace(line, '<Line/>'),
      [
        'DOC-02 lines[0].amountWithVat',
        'DOC-02 lines[0].amountWithoutVat',
        'DOC-02 lines[0].name',
        'DOC-02 lines[0].price',
        'DOC-02 lines[0].quantity',
        'DOC-02 lines[0].vatAmount',
        'DOC-02 lines[0].vatRate',
      ],
    ],
    [
      'the second of three lines',
      body.replace(line, line + line.replace('100', 'x') + line),
      ['DOC-08 lines[1].price'],
    ],
    [
      'a word where true or false is due',
      `${body}<PriceIncludesVat>да</PriceIncludesVat>`,
      ['DOC-11 priceIncludesVat'],
    ],
    ['no lines', body.replace(line, ''), ['DOC-02 lines']],
    [
      'nothing at all',
      '',
      [
        'DOC-02 buyer',
        'DOC-02 date',
        'DOC-02 guid',
        'DOC-02 lines',
        'DOC-02 number',
        'DOC-02 seller',
        'DOC-02 totals',
      ],
    ],
  ])('tells of %s', (_, inside, expected) => {
    expect(faultsOf(readXml(actXml(inside)))).toEqual(expected)
  })

  it('keeps the number of a line true after a faulty one', () => {
    const broken = line.replace('100', 'x')
    expect(faultsOf(readXml(actXml(body.replace(line, line + broken + line + broken))))).toEqual([
      'DOC-08 lines[1].price',
      'DOC-08 lines[3].price',
    ])
  })

  it('does not take names of Object.prototype for fields', () => {
    expect(
      faultsOf(readXml(actXml(`${body}<constructor>x</constructor><__proto__><toString/></__proto__>`))),
    ).toEqual(['DOC-03 __proto__', 'DOC-03 constructor'])
  })

  it('throws when the door itself miscounts elements', () => {
    const reader = documentXmlReader('act')
    expect(() => reader.close()).toThrow('more elements closed than opened')
    reader.open(documentNamespace, 'Seller')
    expect(() => reader.finish()).toThrow('not closed')
  })

  it('survives a million levels of unknown elements', () => {
    const reader = documentXmlReader('act')
    for (let depth = 0; depth < 1_000_000; depth++) reader.open('urn:x', 'deep')
    for (let depth = 0; depth < 1_000_000; depth++) reader.close()
    expect(faultsOf(reader.finish())).toContain('DOC-03 deep')
  })

  it('refuses more items than a list may have, once', () => {
    const extras = '<Extra><Name>a</Name><Value>b</Value></Extra>'
    expect(readXml(actXml(body + extras.repeat(200))).ok).toBe(true)
    expect(faultsOf(readXml(actXml(body + extras.repeat(250))))).toEqual(['DOC-16 extras'])
  })
})
