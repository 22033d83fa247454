import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  readXml,
  readXmlPieces,
  type XmlElement,
  type XmlKeeper,
} from '../../../../src/adapters/xml/index.ts'
import { aPaymentInvoice } from '../../../factories/documents.ts'
import { soapCall } from '../../../factories/soap-requests.ts'

/** Long enough that the reader begins before the rest is there. */
const long = `<!--${'x'.repeat(140_000)}-->`

const hearing = () => {
  let heard = ''
  return {
    heard: () => heard,
    open: (element: XmlElement) => {
      const attributes = element.attributes.map((a) => `${a.uri}|${a.local}=${a.value}`)
      heard += `<{${element.uri}}${element.local} ${attributes.join(' ')}>`
    },
    text: (chunk: string) => {
      heard += chunk
    },
    close: () => {
      heard += '</>'
    },
    turn: () => Promise.resolve(),
  }
}

const inPieces = async function* (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const whole = async (text: string): Promise<unknown> => {
  const listener = hearing()
  const read = await readXml(text, listener)
  return read.ok ? listener.heard() : read.faults.map(({ code, message }) => ({ code, message }))
}

const pieceByPiece = async (bytes: Uint8Array, size: number): Promise<unknown> => {
  const listener = hearing()
  const read = await readXmlPieces(inPieces(bytes, size), listener)
  return read.ok ? listener.heard() : read.faults.map(({ code, message }) => ({ code, message }))
}

const markup = fc.constantFrom(
  '<a>',
  '</a>',
  '<б в="1&amp;2>">',
  '</б>',
  "<a x='\"'/>",
  'текст',
  '&#x416;',
  '&lt;',
  '<![CDATA[ <b> ]] > ]]>',
  '<!-- > -->',
  '\r\n',
  ']]>',
  '<',
  '&',
  '<?pi?>',
  '\u0001',
  '😀',
)

test('a message in pieces of any size says what it says as a whole, or is refused as it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(markup, { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (parts, size) => {
        const head = Buffer.from(`<a>${long}`)
        const tail = Buffer.from(`${parts.join('')}</a>`)
        const text = `${String(head)}${String(tail)}`
        const pieces = async function* () {
          yield head
          yield* inPieces(tail, size)
        }
        const listener = hearing()
        const read = await readXmlPieces(pieces(), listener)
        // Of two things wrong, the one met first is told: which that is may differ.
        const said = read.ok ? listener.heard() : 'refused'
        const expected = await whole(text)
        expect({ tail: String(tail), said }).toEqual({
          tail: String(tail),
          said: Array.isArray(expected) ? 'refused' : expected,
        })
      },
    ),
    { numRuns: 150 },
  )
})

test.each([1, 7, 1000, 100_000])('real messages in pieces of %i bytes', async (size) => {
  const text = soapCall('SendDocument', [['Key', JSON.stringify(aPaymentInvoice()).replaceAll('<', '&lt;')]])
  expect(await pieceByPiece(Buffer.from(text), size)).toEqual(await whole(text))
})

test('long texts and long sections come through whole', async () => {
  const text = `<a>${'Жолдар &amp; '.repeat(40_000)}<b><![CDATA[${'<x>'.repeat(60_000)}]]></b></a>`
  expect(await pieceByPiece(Buffer.from(text), 30_011)).toEqual(await whole(text))
})

test('the place of a fault is told in lines of the whole message', async () => {
  const text = `<a>\n${'<b>ж</b>\n'.repeat(40_000)}<c></d></a>`
  const expected = await whole(text)
  expect(await pieceByPiece(Buffer.from(text), 9_999)).toEqual(expected)
  expect(JSON.stringify(expected)).toContain('40002')
})

const windows = (text: string): Buffer =>
  Buffer.from([...text].map((letter) => (letter >= 'А' ? letter.charCodeAt(0) - 848 : letter.charCodeAt(0))))
const xml = (label: string): string => `<?xml version="1.0" encoding="${label}"?><a>Накладная на отпуск</a>`

test.each([
  ['UTF-8', Buffer.from(xml('UTF-8'))],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${xml('utf-8')}`)],
  ['windows-1251', windows(xml('windows-1251'))],
  ['UTF-16LE with a mark', Buffer.from(`\ufeff${xml('UTF-16')}`, 'utf16le')],
  ['UTF-16LE without a mark', Buffer.from(xml('UTF-16'), 'utf16le')],
])('%s is read in pieces of one byte', async (_, bytes) => {
  expect(await pieceByPiece(bytes, 1)).toBe('<{}a >Накладная на отпуск</>')
})

test.each([
  ['UTF-8 under a label of windows-1251', Buffer.from(xml('windows-1251')), 'TEXT-03'],
  ['windows-1251 under a label of UTF-8', windows(xml('UTF-8')), 'TEXT-03'],
  ['UTF-16 that calls itself UTF-8', Buffer.from(`\ufeff${xml('UTF-8')}`, 'utf16le'), 'TEXT-02'],
  ['an unknown label', Buffer.from(xml('koi8-r')), 'TEXT-01'],
  ['half a letter at the end', Buffer.from('<a>ж').subarray(0, 4), 'TEXT-03'],
])('%s is refused, never guessed', async (_, bytes, code) => {
  expect(await pieceByPiece(bytes, 3)).toMatchObject([{ code }])
})

test('an element is kept as it is written', async () => {
  const kept: string[] = []
  let depth = 0
  let scanner: XmlKeeper | undefined
  const body = '<d н="1">  <e>т&amp;</e><!-- c --></d>'
  const read = await readXmlPieces(inPieces(Buffer.from(`<r>${long}${body}\n<x/>${body}</r>`), 777), {
    begin: (given) => {
      scanner = given
    },
    open: () => {
      depth += 1
      if (depth === 2) scanner?.keep()
    },
    text: () => undefined,
    close: () => {
      if (depth === 2) kept.push(scanner?.kept() ?? '')
      depth -= 1
    },
    turn: () => Promise.resolve(),
  })
  expect(read.ok).toBe(true)
  expect(kept).toEqual([body, '<x/>', body])
})
