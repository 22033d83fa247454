import { describe, expect, test } from '@jest/globals'
import { charsetOf, decodeJson, decodeXml } from '../../../../src/adapters/xml/index.ts'

const words = 'ТОО «Алатау Снаб», счёт № 16'

/** windows-1251 by its table: Node encodes only into UTF-8. */
const cp1251 = (text: string): Buffer => {
  const decoder = new TextDecoder('windows-1251')
  const byLetter = new Map(Array.from({ length: 256 }, (_, b) => [decoder.decode(Uint8Array.of(b)), b]))
  return Buffer.from([...text].map((letter) => byLetter.get(letter) ?? 0x3f))
}

const declared = (encoding: string, text = words): string =>
  `<?xml version="1.0" encoding="${encoding}"?><a>${text}</a>`
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const mark = (...bytes: number[]): Buffer => Buffer.from(bytes)
const codes = (result: ReturnType<typeof decodeXml>): string[] =>
  result.ok ? [] : result.faults.map((f) => f.code)

describe('the encodings a door reads', () => {
  test.each<[string, Uint8Array, string | undefined]>([
    ['UTF-8 without any label', Buffer.from(`<a>${words}</a>`), undefined],
    [
      'UTF-8 with a byte order mark',
      Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from(declared('UTF-8'))]),
      'utf-8',
    ],
    ['UTF-8 labelled by the transport', Buffer.from(`<a>${words}</a>`), 'UTF-8'],
    ['windows-1251 labelled by the declaration', cp1251(declared('windows-1251')), undefined],
    ['windows-1251 labelled by both', cp1251(declared('Windows-1251')), 'windows-1251'],
    ['windows-1251 labelled by the transport only', cp1251(`<a>${words}</a>`), 'cp1251'],
    [
      'UTF-16LE with a mark',
      Buffer.concat([mark(0xff, 0xfe), Buffer.from(declared('UTF-16'), 'utf16le')]),
      undefined,
    ],
    ['UTF-16BE with a mark', Buffer.concat([mark(0xfe, 0xff), utf16be(declared('UTF-16'))]), 'utf-16'],
    ['UTF-16LE without a mark', Buffer.from(declared('utf-16le'), 'utf16le'), undefined],
    ['UTF-16BE without a mark', utf16be(`<a>${words}</a>`), 'utf-16be'],
  ])('reads %s', (_, bytes, charset) => {
    const text = decodeXml(bytes, charset)
    expect(text).toMatchObject({ ok: true })
    expect(text.ok && text.value).toContain(words)
    expect(text.ok && text.value.startsWith('<')).toBe(true)
  })

  test('takes ASCII for whatever it says it is', () => {
    expect(decodeXml(Buffer.from(declared('windows-1251', 'plain')), undefined)).toMatchObject({ ok: true })
  })
})

describe('mislabelled text is refused, not guessed', () => {
  test.each<[string, Uint8Array, string | undefined, string]>([
    ['windows-1251 bytes called UTF-8', cp1251(declared('UTF-8')), undefined, 'TEXT-03'],
    ['UTF-8 bytes called windows-1251', Buffer.from(declared('windows-1251')), undefined, 'TEXT-03'],
    ['a charset against the declaration', cp1251(declared('windows-1251')), 'utf-8', 'TEXT-02'],
    [
      'a mark against the charset',
      Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from('<a/>')]),
      'windows-1251',
      'TEXT-02',
    ],
    [
      'a mark against the declaration',
      Buffer.concat([mark(0xff, 0xfe), Buffer.from(declared('UTF-8'), 'utf16le')]),
      undefined,
      'TEXT-02',
    ],
    ['UTF-8 that calls itself UTF-16', Buffer.from(declared('UTF-16')), undefined, 'TEXT-02'],
    [
      'an overlong UTF-8 sequence',
      Buffer.concat([Buffer.from('<a>'), mark(0xc0, 0xaf), Buffer.from('</a>')]),
      undefined,
      'TEXT-03',
    ],
    [
      'a UTF-16 text cut in the middle',
      Buffer.concat([mark(0xff, 0xfe), Buffer.from('<a/>', 'utf16le'), mark(0x20)]),
      undefined,
      'TEXT-03',
    ],
    [
      'a lone surrogate',
      Buffer.concat([mark(0xff, 0xfe), mark(0x3c, 0, 0x00, 0xd8, 0x3e, 0)]),
      undefined,
      'TEXT-03',
    ],
    [
      'the byte windows-1251 has no letter for',
      Buffer.concat([cp1251(`<a>${words}`), mark(0x98), Buffer.from('</a>')]),
      'windows-1251',
      'TEXT-03',
    ],
    ['UTF-7', Buffer.from(declared('UTF-7')), undefined, 'TEXT-01'],
    ['UTF-32', Buffer.concat([mark(0xff, 0xfe, 0, 0), Buffer.from('<a/>')]), undefined, 'TEXT-01'],
    ['EBCDIC', Buffer.from('<a/>'), 'ibm037', 'TEXT-01'],
  ])('%s', (_, bytes, charset, code) => {
    expect(codes(decodeXml(bytes, charset))).toEqual([code])
  })

  test('JSON is UTF-8 and nothing else', () => {
    expect(decodeJson(Buffer.from(`\ufeff{"a":"${words}"}`))).toEqual({ ok: true, value: `{"a":"${words}"}` })
    expect(codes(decodeJson(cp1251('{"a":"счёт"}'), 'windows-1251'))).toEqual(['TEXT-01'])
    expect(codes(decodeJson(cp1251('{"a":"счёт"}')))).toEqual(['TEXT-03'])
    expect(codes(decodeJson(Buffer.from('{"a":1}', 'utf16le')))).toEqual(['TEXT-02'])
  })
})

test.each([
  ['text/xml; charset=utf-8', 'utf-8'],
  ['text/xml;charset="Windows-1251"', 'Windows-1251'],
  ['application/json', undefined],
  [undefined, undefined],
])('finds the charset of %s', (header, charset) => {
  expect(charsetOf(header)).toBe(charset)
})
