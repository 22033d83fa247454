import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { readXml } from '../../../../src/adapters/xml/index.ts'
import { anAct, aPaymentInvoice } from '../../../factories/documents.ts'
import { sendCall, soapCall } from '../../../factories/soap-requests.ts'

/**
 * Our reader against saxes, another author's: the same messages are XML, and they say the same. What both are
 * asked is limited to what we read at all: saxes takes DOCTYPE and processing instructions, we do not. It also
 * drops a byte order mark (our decoder does) trims namespace names, and takes half a letter before markup and a digit after a prefix.
 */

/** Everything heard, attributes sorted; undefined when it is not XML. */
const bySaxes = (text: string): string | undefined => {
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' })
  let events = ''
  let depth = 0
  const refuse = (): never => {
    throw new Error('refused')
  }
  parser.on('error', refuse)
  parser.on('doctype', refuse)
  parser.on('processinginstruction', refuse)
  parser.on('opentag', (tag) => {
    depth++
    const attributes = Object.values(tag.attributes).map((a) => `${a.uri}|${a.local}=${a.value}`)
    events += `<{${tag.uri}}${tag.local} ${attributes.sort().join(' ')}>`
  })
  parser.on('text', (chunk) => {
    if (depth > 0) events += chunk
  })
  parser.on('cdata', (chunk) => {
    events += chunk
  })
  parser.on('closetag', () => {
    depth--
    events += '</>'
  })
  try {
    parser.write(text).close()
    return events
  } catch {
    return undefined
  }
}

const byUs = async (text: string): Promise<string | undefined> => {
  let events = ''
  const read = await readXml(text, {
    open: (element) => {
      const attributes = Object.values(element.attributes).map((a) => `${a.uri}|${a.local}=${a.value}`)
      events += `<{${element.uri}}${element.local} ${attributes.sort().join(' ')}>`
    },
    text: (chunk) => {
      events += chunk
    },
    close: () => {
      events += '</>'
    },
  })
  return read.ok ? events : undefined
}

const expectSame = async (text: string): Promise<void> => {
  expect({ text, heard: await byUs(text) }).toEqual({ text, heard: bySaxes(text) })
}

/** How many cases; `FUZZ_RUNS` asks for more. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 2000)

const names = fc.constantFrom(
  'a',
  'b',
  'Әә',
  'x:a',
  'y:b',
  'xml:lang',
  'xmlns',
  'xmlns:x',
  'xmlns:y',
  'a-1',
  '_',
  '1a',
  'a:',
  ':a',
  'a:b:c',
  'a\u0300',
  '\u0300a',
  '__proto__',
)
const values = fc.constantFrom(
  '',
  'u',
  'v',
  'a&lt;b',
  'a&b',
  'p&#9;q',
  'a\tb\nc',
  'é',
  '<',
  '&#xD800;',
  '&amp;amp;',
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/2000/xmlns/',
)
const texts = fc.constantFrom(
  '',
  'text',
  ' ',
  '\r\n',
  '\r',
  '&lt;',
  '&#1044;',
  '&#x1F600;',
  '&quot;',
  '&nope;',
  '&',
  '&#0;',
  '&#;',
  '&#x;',
  '&#99999999999;',
  ']]>',
  ']]',
  '>',
  '"',
  '\u0001',
  '\uFFFE',
  '😀',
)
const pieces = fc.oneof(
  texts,
  fc.constantFrom(
    '<!--c-->',
    '<!-- - -->',
    '<!---->',
    '<!--a--b-->',
    '<!--->',
    '<![CDATA[<&]]>',
    '<![CDATA[]]]]>',
    '<![cdata[]]>',
    '<!x>',
    '</a>',
    '</b>',
    '</a >',
    '</ a>',
    '<a/>',
    '<a />',
    '<a / >',
    '< a/>',
    '<',
    '<a',
    '/>',
    '>',
    '<?p?>',
  ),
)
const quotes = fc.constantFrom('"', "'")
const spaces = fc.constantFrom(' ', ' ', ' ', '\n\t', '', '\r\n')
const attribute = fc
  .tuple(spaces, names, fc.constantFrom('=', '=', ' = ', ''), quotes, values)
  .map(([gap, name, equals, quote, value]) => `${gap}${name}${equals}${quote}${value}${quote}`)
const element: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      names,
      fc.array(attribute, { maxLength: 3 }),
      fc.array(fc.oneof({ depthSize: 'small' }, pieces, tie('tree')), { maxLength: 4 }),
    )
    .map(([name, attributes, inside]) => `<${name}${attributes.join('')}>${inside.join('')}</${name}>`),
})).tree
const prologs = fc.constantFrom(
  '',
  '',
  '',
  '<?xml version="1.0"?>',
  "<?xml version='1.0' encoding='UTF-8'?>\r\n",
  '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>',
  '<?xml version="1.1"?>',
  '<?xml version="2.0"?>',
  '<?xml encoding="UTF-8"?>',
  '<?xml version="1.0" standalone="maybe"?>',
  '<?xml version="1.0" encoding="1x"?>',
  '<?xml version="1.0"encoding="UTF-8"?>',
  '<?xml?>',
  '<?xml version="1.0">',
  ' ',
  '<!--c-->',
  'text',
)
const tails = fc.constantFrom('', '', '', '\n', '<!--c-->', 'x', '<a/>', ']]>', '&lt;', '\0')

test('the same made-up messages are XML and say the same', async () => {
  await fc.assert(
    fc.asyncProperty(prologs, element, tails, async (prolog, root, tail) => {
      await expectSame(`${prolog}${root}${tail}`)
    }),
    { numRuns: numRuns * 2 },
  )
})

test('the same damaged requests are XML and say the same', async () => {
  const seeds = [
    soapCall('Ping'),
    soapCall('GetChanges', [
      ['Cursor', undefined],
      ['Limit', '5'],
    ]),
    sendCall(anAct()),
    sendCall(aPaymentInvoice({ comment: 'a & b' })),
  ]
  const letter = fc.constantFrom(
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    "'",
    '=',
    ':',
    ' ',
    '!',
    '-',
    '?',
    '[',
    ']',
    'x',
    'Д',
    '\r',
    '\n',
    '\0',
    '#',
  )
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.integer({ min: 0, max: 12 }),
    put: fc.array(letter, { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      async (seed, damages) => {
        let text = seed
        for (const { at, removed, put } of damages) {
          const from = Math.floor(at * text.length)
          text = text.slice(0, from) + put.join('') + text.slice(from + removed)
        }
        await expectSame(text)
      },
    ),
    { numRuns },
  )
})

test('a long text is cut into pieces nowhere that shows', async () => {
  const pieceLength = 64 * 1024
  for (const token of ['&amp;', '&#x1F600;', '\r\n', '\r', '😀', ']]', '&lt', ']]>', '&#xD800;'])
    for (let before = pieceLength - 18; before <= pieceLength + 1; before++)
      await expectSame(`<a>${'x'.repeat(before)}${token}${'y'.repeat(pieceLength * 2)}</a>`)
})
