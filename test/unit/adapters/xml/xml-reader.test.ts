import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readXml, Unreadable } from '../../../../src/adapters/xml/index.ts'
import type { XmlLimits, XmlListener } from '../../../../src/adapters/xml/index.ts'
import { fault } from '../../../../src/core/kernel/index.ts'

/** What was heard, as one line. */
const heard = async (text: string, limits?: Partial<XmlLimits>) => {
  let events = ''
  const listener: XmlListener = {
    open: (element) => {
      events += `<{${element.uri}}${element.local}>`
    },
    text: (chunk) => {
      events += chunk
    },
    close: () => {
      events += '</>'
    },
  }
  const read = await readXml(text, listener, limits)
  return { events, codes: read.ok ? [] : read.faults.map((f) => f.code), read }
}

describe('what the reader hears', () => {
  test('elements in their namespaces, text with entities and CDATA resolved', async () => {
    const { events, codes } = await heard(
      '<?xml version="1.0" encoding="UTF-8"?><!-- ok --><m:a xmlns:m="urn:a" xmlns="urn:b"><b>1 &lt; 2 &#1044;</b><![CDATA[<x>]]></m:a>\n',
    )
    expect(codes).toEqual([])
    expect(events).toBe('<{urn:a}a><{urn:b}b>1 < 2 Д</><x></>')
  })

  test('an attribute named __proto__ is an attribute', async () => {
    let value: string | undefined
    await readXml('<a __proto__="x"/>', {
      open: (element) => {
        value = element.attributes.map((a) => a.name).join()
      },
      text: () => undefined,
      close: () => undefined,
    })
    expect(value).toBe('__proto__')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('a long text is read in turns, so that others are served meanwhile', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const { codes } = await heard(`<a>${'<b>Д</b>'.repeat(200_000)}</a>`, { maxNodes: 1_000_000 })
    clearInterval(timer)
    expect(codes).toEqual([])
    expect(turns).toBeGreaterThan(1)
  })

  test('a listener ends the reading with its own faults', async () => {
    const own = fault('SOAP-01', '', { ru: 'а', kk: 'ә', en: 'a' })
    const read = await readXml('<a><b/></a>', {
      open: () => {
        throw new Unreadable(own)
      },
      text: () => undefined,
      close: () => undefined,
    })
    expect(read).toEqual({ ok: false, faults: [own] })
  })
})

describe('what the reader refuses', () => {
  test.each<[string, string, string]>([
    ['a DOCTYPE', '<!DOCTYPE a><a/>', 'XML-02'],
    [
      'a DOCTYPE after a comment',
      '<?xml version="1.0"?><!-- x --> <!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      'XML-02',
    ],
    ['a lower-case doctype', '<!doctype a><a/>', 'XML-02'],
    ['a DOCTYPE inside the root', '<a><!DOCTYPE b></a>', 'XML-01'],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'XML-02'],
    ['an entity nobody declared', '<a>&nbsp;</a>', 'XML-01'],
    ['a processing instruction', '<?xml-stylesheet href="x"?><a/>', 'XML-03'],
    ['a processing instruction inside', '<a><?php x?></a>', 'XML-03'],
    ['a second root', '<a/><b/>', 'XML-01'],
    ['text after the root', '<a/>tail', 'XML-01'],
    ['an XML declaration that is not first', ' <?xml version="1.0"?><a/>', 'XML-03'],
    ['an unclosed element', '<a><b></a>', 'XML-01'],
    ['a cut message', '<a><b>te', 'XML-01'],
    ['an unbound prefix', '<m:a/>', 'XML-01'],
    ['an attribute given twice', '<a b="1" b="2"/>', 'XML-01'],
    ['an attribute given twice under two prefixes', '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>', 'XML-01'],
    ['a control character', '<a>\u0001</a>', 'XML-01'],
    ['a reference to a control character', '<a>&#0;</a>', 'XML-01'],
    ['XML 1.1 smuggling control characters', '<?xml version="1.1"?><a>&#1;</a>', 'XML-01'],
    ['a reference to half a letter', '<a>&#xD800;</a>', 'XML-01'],
    ['half a letter before markup', '<a>\ud800<b/></a>', 'XML-01'],
    ['a bare ampersand', '<a>ТОО & Ко</a>', 'XML-01'],
    ['the end of CDATA in text', '<a>]]></a>', 'XML-01'],
    ['nothing', '', 'XML-07'],
    ['white space', ' \r\n', 'XML-07'],
    ['JSON', '{"a":1}', 'XML-01'],
    ['HTML', '<html><br></html>', 'XML-01'],
  ])('%s', async (_, text, code) => {
    const { codes, read } = await heard(text)
    expect(codes).toEqual([code])
    expect(JSON.stringify(read)).not.toMatch(/saxes|undefined entity|\.js/)
  })

  test('names line and column, never the text', async () => {
    const { read } = await heard('<a>\n  <b>секрет</c>\n</a>')
    expect(read).toMatchObject({ ok: false })
    const words = read.ok ? '' : (read.faults[0]?.message.ru ?? '')
    expect(words).toContain('строка 2')
    expect(words).not.toContain('секрет')
  })

  test.each<[string, string, string]>([
    ['65 levels', '<a>'.repeat(65) + '</a>'.repeat(65), 'XML-04'],
    ['a million levels', '<a>'.repeat(1_000_000), 'XML-04'],
    ['257 attributes', `<a ${Array.from({ length: 257 }, (_, i) => `b${i}=""`).join(' ')}/>`, 'XML-05'],
    [
      '100,000 attributes',
      `<a ${Array.from({ length: 100_000 }, (_, i) => `b${i}=""`).join(' ')}/>`,
      'XML-05',
    ],
    ['50,001 elements', `<a>${'<b/>'.repeat(50_000)}</a>`, 'XML-06'],
    ['50,001 comments', `<a>${'<!---->'.repeat(50_000)}</a>`, 'XML-06'],
    [
      'namespaces without end',
      `<a>${Array.from({ length: 30_000 }, (_, i) => `<b xmlns="u${i}"/>`).join('')}</a>`,
      'XML-06',
    ],
  ])('stops %s within 200 ms of work', async (_, text, code) => {
    // Processor time of this process: other tests run beside this one.
    const before = process.cpuUsage()
    const { codes } = await heard(text)
    expect(codes).toEqual([code])
    const { user } = process.cpuUsage(before)
    expect(user / 1000).toBeLessThan(200)
  })

  const many = 20_000_000
  test.each<[string, () => string, string]>([
    ['a space before the root', () => ' '.repeat(many), 'XML-07'],
    ['a space in the declaration', () => `<?xml${' '.repeat(many)}version="1.0"?><a/>`, 'XML-01'],
    ['a digit of the version', () => `<?xml version="1.${'0'.repeat(many)}"?><a/>`, 'XML-01'],
    ['a letter of a name', () => `<${'a'.repeat(many)}/>`, 'XML-01'],
    ['a Cyrillic letter of a name', () => `<${'я'.repeat(many)}/>`, 'XML-01'],
    ['a letter of a reference', () => `<a>&${'a'.repeat(many)};</a>`, 'XML-01'],
    ['a digit of a reference', () => `<a>&#${'1'.repeat(many)};</a>`, 'XML-01'],
    ['an ampersand', () => `<a>${'&'.repeat(many)}</a>`, 'XML-01'],
    ['a bracket', () => `<a>${']'.repeat(many)}`, 'XML-01'],
    ['a dash in a comment', () => `<!--${'-'.repeat(many)}`, 'XML-01'],
    ['an opening bracket', () => '<'.repeat(many), 'XML-01'],
    ['a line feed in an attribute', () => `<a b="${'\n'.repeat(many)}"/>`, 'XML-09'],
    ['a carriage return', () => `<a>${'\r'.repeat(many)}`, 'XML-01'],
  ])('20 million times %s is refused like any other', async (_, text, code) => {
    expect((await heard(text())).codes).toEqual([code])
  })

  test.each<[string, () => string]>([
    ['white space', () => `<a>${' '.repeat(many)}</a>`],
    ['white space in CDATA', () => `<a><![CDATA[${' '.repeat(many)}]]></a>`],
    ['references', () => `<a>${'&lt;'.repeat(many / 40)}</a>`],
  ])('20 million letters of %s are read in pieces that no listener stumbles over', async (_, text) => {
    let longest = 0
    const read = await readXml(text(), {
      open: () => undefined,
      text: (piece) => {
        longest = Math.max(longest, piece.length)
      },
      close: () => undefined,
    })
    expect(read.ok).toBe(true)
    expect(longest).toBeLessThanOrEqual(64 * 1024)
  })

  test('takes exactly the limits', async () => {
    expect((await heard('<a>'.repeat(64) + '</a>'.repeat(64))).codes).toEqual([])
    expect((await heard(`<a>${'<b/>'.repeat(49_999)}</a>`)).codes).toEqual([])
    expect((await heard('<a><b/></a>', { maxNodes: 1 })).codes).toEqual(['XML-06'])
  })
})

test('whatever the bytes, the reader answers with a value and stable codes', async () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    'a',
    '<a>',
    '</a>',
    '<a',
    ' b="',
    '"',
    '&amp;',
    '&',
    ';',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!DOCTYPE a>',
    'xmlns:x="u"',
    'x:',
    '\u0000',
    'Д',
    '=',
    "'",
    '\r\n',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
      const { codes } = await heard(parts.join(''))
      expect(codes.every((code) => /^XML-0[1-79]$/.test(code))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
