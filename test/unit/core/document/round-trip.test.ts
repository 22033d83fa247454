import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm'
import {
  documentKinds,
  documentNamespace,
  kindOfRootElement,
  readDocumentValue,
  rootElementOf,
  writeDocumentXml,
} from '../../../../src/core/document/index.ts'
import { aDocument } from '../../../factories/documents.ts'
import { anyDocument } from './arbitrary.ts'
import { readXml, valueOf } from './feed-xml.ts'

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** The same values with the keys of every record in another order. */
const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, held]): [string, unknown] => [key, shuffled(held)])
      .reverse(),
  )
}

const canonicalXml = (xml: string): string => {
  const document = XmlDocument.fromString(xml)
  try {
    return document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_1_0 })
  } finally {
    document.dispose()
  }
}

describe.each(documentKinds)('a document of the kind %s', (kind) => {
  it('survives XML without a change, in a form that Canonical XML 1.0 leaves as it is', () => {
    fc.assert(
      fc.property(anyDocument(kind), (document) => {
        const bytes = writeDocumentXml(document)
        const xml = textOf(bytes)
        const read = valueOf(readXml(xml))
        expect(read).toEqual(document)
        expect(writeDocumentXml(read)).toEqual(bytes)
        expect(canonicalXml(xml)).toBe(xml)
      }),
      { numRuns: 10 },
    )
  })

  it('survives JSON without a change and gives the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(anyDocument(kind), (document) => {
        expect(valueOf(readDocumentValue(kind, JSON.parse(JSON.stringify(document))))).toEqual(document)
        const read = valueOf(readDocumentValue(kind, shuffled(document)))
        expect(writeDocumentXml(read)).toEqual(writeDocumentXml(document))
      }),
      { numRuns: 10 },
    )
  })

  it('begins with its root element and the namespace, without a prolog or a byte order mark', () => {
    const xml = textOf(writeDocumentXml(aDocument(kind)))
    expect(xml.startsWith(`<${rootElementOf(kind)} xmlns="${documentNamespace}"><Guid>`)).toBe(true)
    expect(kindOfRootElement(rootElementOf(kind))).toBe(kind)
  })
})

it('writes a file of several megabytes whole', () => {
  const content = Buffer.alloc(3_000_000, 7).toString('base64')
  const file = valueOf(readDocumentValue('file', { ...aDocument('file'), content, mediaType: 'image/png' }))
  expect(valueOf(readXml(textOf(writeDocumentXml(file))))).toEqual(file)
})
