import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm'
import {
  canonicalDocument,
  canonicalElement,
  type Canonicalization,
} from '../../../../../src/adapters/signing/xmldsig/canonical.ts'
import { descendants, readXmlTree, type XmlTree } from '../../../../../src/adapters/signing/xmldsig/tree.ts'

const methods: (Canonicalization & { name: string })[] = [
  { name: 'inclusive', exclusive: false, withComments: false, inclusivePrefixes: [] },
  { name: 'inclusive with comments', exclusive: false, withComments: true, inclusivePrefixes: [] },
  { name: 'exclusive', exclusive: true, withComments: false, inclusivePrefixes: [] },
  { name: 'exclusive with comments', exclusive: true, withComments: true, inclusivePrefixes: [] },
  {
    name: 'exclusive with a prefix list',
    exclusive: true,
    withComments: false,
    inclusivePrefixes: ['x', ''],
  },
]

const treeOf = async (text: string): Promise<XmlTree> => {
  const read = await readXmlTree(text)
  if (!read.ok) throw new Error(read.faults[0]?.message.en)
  return read.value
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** libxml2, the library behind xmlsec1 and most signing tools, says the same of the document and of every element. */
const expectAsLibxml2 = async (text: string): Promise<void> => {
  const tree = await treeOf(text)
  const oracle = XmlDocument.fromString(text)
  try {
    const elements = [...descendants(tree.root)]
    const theirs = oracle.find('//*')
    expect(theirs.length).toBe(elements.length)
    for (const { name, ...method } of methods) {
      const options = {
        mode: method.exclusive ? XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 : XmlC14NMode.XML_C14N_1_0,
        withComments: method.withComments,
        ...(method.inclusivePrefixes.length > 0
          ? {
              inclusiveNamespacePrefixes: method.inclusivePrefixes.map((one) =>
                one === '' ? '#default' : one,
              ),
            }
          : {}),
      }
      expect({ name, text, made: textOf(canonicalDocument(tree, method)) }).toEqual({
        name,
        text,
        made: oracle.canonicalizeToString(options),
      })
      for (const [index, element] of elements.entries()) {
        expect({ name, text, index, made: textOf(canonicalElement(element, method)) }).toEqual({
          name,
          text,
          index,
          made: theirs[index]?.canonicalizeToString(options),
        })
      }
    }
  } finally {
    oracle.dispose()
  }
}

const documents: [string, string][] = [
  ['the declaration is dropped and empty elements are opened', '<?xml version="1.0"?>\n<a b="1"/>'],
  [
    'comments around the root get lines of their own',
    '<!-- one -->\n\n<a><!--in--></a>\n<!--two--> <!--three-->',
  ],
  [
    'attributes are sorted by namespace, then by name',
    '<a xmlns:y="urn:b" xmlns:x="urn:z" x:a="1" b="2" a="3" y:c="4"/>',
  ],
  [
    'namespaces come first, the default one before the others',
    '<z:a b="1" xmlns:z="urn:z" xmlns:b="urn:b" xmlns="urn:d"/>',
  ],
  [
    'repeated declarations are written once',
    '<a xmlns="urn:a"><b xmlns="urn:a"><c xmlns=""><d xmlns=""/></c></b></a>',
  ],
  [
    'an undeclared default namespace is written only where it changes something',
    '<a xmlns=""><b xmlns=""/></a>',
  ],
  ['special letters of text', '<a>&amp;&lt;&gt;"&#39;\t&#13;\r\n&#xD;</a>'],
  ['special letters of attributes', '<a b="&amp;&lt;&gt;&quot;\'&#9;&#10;&#13;\t\r\n "/>'],
  ['CDATA becomes text', '<a><![CDATA[<b>&amp;]]>&amp;<![CDATA[]]></a>'],
  ['xml: attributes are inherited', '<a xml:lang="kk" xml:space="preserve"><b xml:lang="ru"><c/></b></a>'],
  ['unused prefixes', '<a xmlns:x="urn:x" xmlns:y="urn:y"><x:b><c y:d="1"/></x:b></a>'],
  ['a prefix bound twice', '<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"><x:c xmlns:x="urn:1"/></x:b></x:a>'],
  ['letters of Kazakh and beyond the basic plane', '<құжат әі="Ұ">😀 ө</құжат>'],
  ['a comment with line ends', '<a><!--\r\nтекст\r--></a>'],
  ['white space between elements stays', '<a>\n  <b> </b>\n\n</a>\n\n'],
]

describe('canonical XML', () => {
  it.each(documents)('%s', async (_, text) => {
    await expectAsLibxml2(text)
  })

  const name = fc.constantFrom('a', 'b', 'x:a', 'y:b')
  const attribute = fc.constantFrom(
    ' xmlns="urn:d"',
    ' xmlns=""',
    ' xmlns:x="urn:x"',
    ' xmlns:x="urn:other"',
    ' xmlns:y="urn:y"',
    ' c="1"',
    ' b="&#9;&lt;"',
    ' x:c="2"',
    ' y:c="3"',
    ' xml:lang="ru"',
  )
  const tag = fc.tuple(name, fc.uniqueArray(attribute, { maxLength: 4 }))
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('text', ' ', '<!--c-->', '&#13;', '<![CDATA[<]]>'),
      fc
        .tuple(tag, fc.array(tie('node'), { maxLength: 3 }))
        .map(([[is, attributes], inside]) => `<${is}${attributes.join('')}>${inside.join('')}</${is}>`),
    ),
  }))

  it('is what libxml2 writes for documents nobody thought of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(node, { maxLength: 4 }), async (inside) => {
        const text = `<r xmlns:x="urn:x" xmlns:y="urn:y" xml:space="preserve">${inside.join('')}</r>`
        const read = await readXmlTree(text)
        fc.pre(read.ok) // an element may have been given the same attribute under two prefixes
        await expectAsLibxml2(text)
      }),
      { numRuns: 200 },
    )
  })

  it('does not slow down with thousands of namespaces', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ` xmlns:p${i}="urn:${i}"`).join('')
    const text = `${`<a${many}>`.repeat(40)}${'<b xmlns:p="urn:p"/>'.repeat(15_000)}${'</a>'.repeat(40)}`
    const tree = await treeOf(text)
    const started = performance.now()
    for (const { name: _, ...method } of methods) canonicalDocument(tree, method)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
