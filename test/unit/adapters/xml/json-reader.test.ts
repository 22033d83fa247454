import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isJsonObject, readJson } from '../../../../src/adapters/xml/index.ts'

const codes = (text: string): string[] => {
  const read = readJson(text)
  return read.ok ? [] : read.faults.map((f) => f.code)
}

describe('what JSON means', () => {
  test('reads what JSON.parse reads, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false }),
        fc.constantFrom(undefined, 1, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent)
          const read = readJson(text)
          // Numbers that a double cannot hold exactly are the one thing that is refused on top.
          if (!read.ok) expect(read.faults[0]?.code).toBe('JSON-04')
          else expect(JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      '\\',
      '\\u00',
      'a',
      ' ',
      '\n',
      'Ә',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = parts.join('')
        const read = readJson(text)
        let native: unknown
        try {
          native = JSON.parse(text)
        } catch {
          expect(read.ok).toBe(false)
          return
        }
        if (read.ok) expect(JSON.stringify(read.value)).toBe(JSON.stringify(native))
      }),
      { numRuns: 3000 },
    )
  })

  test('escapes are resolved', () => {
    expect(readJson('"\\u0422\\u041e\\u041e \\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00"')).toEqual({
      ok: true,
      value: 'ТОО "\\/\b\f\n\r\t😀',
    })
  })

  test('__proto__ and constructor are ordinary keys of objects that inherit nothing', () => {
    const read = readJson('{"__proto__":{"polluted":1},"constructor":2,"a":3}')
    const value = read.ok && isJsonObject(read.value) ? read.value : {}
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'a'])
    expect(value['toString']).toBeUndefined()
    expect((value as { polluted?: number }).polluted).toBeUndefined()
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('what JSON is refused', () => {
  test.each<[string, string, string]>([
    ['a key given twice', '{"sum":"1","sum":"2"}', 'JSON-02'],
    ['a key given twice, once escaped', '{"sum":"1","\\u0073um":"2"}', 'JSON-02'],
    ['__proto__ given twice', '{"__proto__":1,"__proto__":2}', 'JSON-02'],
    ['a key given twice with null', '{"a":null,"a":1}', 'JSON-02'],
    ['an infinite number', '1e400', 'JSON-04'],
    ['a number that loses digits', '12345678901234567.89', 'JSON-04'],
    ['data after the end', '{} {}', 'JSON-05'],
    ['65 levels', '['.repeat(65) + ']'.repeat(65), 'JSON-03'],
    ['a million levels', '['.repeat(1_000_000), 'JSON-03'],
    ['more values than a message needs', `[${'1,'.repeat(200_000)}1]`, 'JSON-06'],
    ['nothing', '', 'JSON-01'],
    ['a cut object', '{"a":', 'JSON-01'],
    ['a trailing comma', '[1,]', 'JSON-01'],
    ['single quotes', "{'a':1}", 'JSON-01'],
    ['a comment', '{/*x*/}', 'JSON-01'],
    ['NaN', 'NaN', 'JSON-01'],
    ['a plus sign', '+1', 'JSON-01'],
    ['a leading zero', '01', 'JSON-01'],
    ['a number without fraction digits', '1.', 'JSON-01'],
    ['a raw control character', '"a\u0000"', 'JSON-01'],
    ['a raw line break in a string', '"a\nb"', 'JSON-01'],
    ['half a letter', '"\\ud800"', 'JSON-01'],
    ['a broken escape', '"\\u12g4"', 'JSON-01'],
    ['an unknown escape', '"\\x41"', 'JSON-01'],
    ['a no-break space between tokens', '{\u00a0}', 'JSON-01'],
  ])('%s', (_, text, code) => {
    expect(codes(text)).toEqual([code])
  })

  test.each<[string, () => string, string]>([
    ['a digit', () => '1'.repeat(20_000_000), 'JSON-04'],
    ['a minus', () => '-'.repeat(20_000_000), 'JSON-01'],
    ['a space', () => ' '.repeat(20_000_000), 'JSON-01'],
    ['a letter in a string', () => `"${'a'.repeat(20_000_000)}`, 'JSON-01'],
    ['an escape', () => `"${'\\n'.repeat(10_000_000)}`, 'JSON-01'],
    ['a bracket', () => '['.repeat(20_000_000), 'JSON-03'],
  ])('20 million times %s is refused like any other', (_, text, code) => {
    expect(codes(text())).toEqual([code])
  })

  test('says where, counting from one', () => {
    const read = readJson('{\n  "a": 1,\n  "a": 2\n}')
    expect(read.ok ? '' : read.faults[0]?.message.en).toContain('line 3, column 3')
  })
})
