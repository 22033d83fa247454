import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import {
  documentJsonSchema,
  documentKinds,
  documentNamespace,
  documentXsd,
  documentXsdElement,
  rootElementOf,
  writeDocumentXml,
} from '../../../../src/core/document/index.ts'
import { aDocument } from '../../../factories/documents.ts'
import { anyDocument } from './arbitrary.ts'

const validator = (xsd: string): ((bytes: Uint8Array) => void) => {
  const compiled = XsdValidator.fromDoc(XmlDocument.fromString(xsd))
  return (bytes) => {
    const document = XmlDocument.fromBuffer(bytes)
    try {
      compiled.validate(document)
    } finally {
      document.dispose()
    }
  }
}

describe('the XSD', () => {
  const validate = validator(documentXsd())

  it.each(documentKinds)('takes every %s that can be written', (kind) => {
    fc.assert(
      fc.property(anyDocument(kind), (document) => validate(writeDocumentXml(document))),
      { numRuns: 5 },
    )
  })

  it('refuses what the reader refuses: an unknown element, a missing one, a wrong value', () => {
    const good = new TextDecoder().decode(writeDocumentXml(aDocument('act')))
    const broken = [
      good.replace('<Comment>', '<Surprise/><Comment>').replace('</Act>', '<Surprise/></Act>'),
      good.replace(/<Number>[^<]*<\/Number>/, ''),
      good.replace('<VatAmount>16000.00', '<VatAmount>16 000,00'),
      good.replace('<TaxId>260140000114', '<TaxId>26014000011'),
    ]
    for (const xml of broken) expect(() => validate(new TextEncoder().encode(xml))).toThrow(/./)
  })

  it('lets an unset value of 1C stand as an empty or nil element', () => {
    const good = new TextDecoder().decode(writeDocumentXml(aDocument('act')))
    const unset = good
      .replace(
        '</Act>',
        '<Comment xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></Act>',
      )
      .replace(/<Phone>[^<]*<\/Phone>/, '<Phone/>')
    expect(() => validate(new TextEncoder().encode(unset))).not.toThrow()
  })

  it('uses only what the XDTO of 1C imports', () => {
    expect(documentXsd()).not.toMatch(
      /<xs:(choice|union|any|anyAttribute|attribute|import|include|group|extension|list)\b/,
    )
    expect(documentXsd()).toContain(`targetNamespace="${documentNamespace}" elementFormDefault="qualified"`)
  })

  it('is the same without documentation, for a WSDL', () => {
    const bare = documentXsd()
      .replace(/\s*<xs:annotation>[\s\S]*?<\/xs:annotation>/g, '')
      .replace(/>\s*<\/xs:element>/g, '/>')
      .replace(/^.*\n/, '')
    expect(documentXsdElement()).toBe(bare)
    const bareValidator = validator(documentXsdElement())
    for (const kind of documentKinds)
      expect(() => bareValidator(writeDocumentXml(aDocument(kind)))).not.toThrow()
  })
})

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  oneOf?: Schema[]
  type?: string
  const?: string
  enum?: string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  items?: Schema
  minItems?: number
  maxItems?: number
}

const root = documentJsonSchema() as Schema

/** As much of draft 2020-12 as the schema uses. */
const mistakes = (schema: Schema, value: unknown, at: string): string[] => {
  if (schema.$ref !== undefined) {
    const found = root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return found === undefined ? [`${at}: ${schema.$ref} leads nowhere`] : mistakes(found, value, at)
  }
  const wrong: string[] = []
  if (schema.const !== undefined && schema.const !== value) wrong.push(`${at}: const`)
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) wrong.push(`${at}: enum`)
  const type = Array.isArray(value) ? 'array' : typeof value
  if (schema.type !== undefined && schema.type !== type) return [...wrong, `${at}: type`]
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
      wrong.push(`${at}: pattern`)
    if (value.length < (schema.minLength ?? 0)) wrong.push(`${at}: minLength`)
    if (value.length > (schema.maxLength ?? Infinity)) wrong.push(`${at}: maxLength`)
  } else if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity))
      wrong.push(`${at}: items`)
    value.forEach((item, index) => wrong.push(...mistakes(schema.items ?? {}, item, `${at}[${index}]`)))
  } else if (typeof value === 'object' && value !== null) {
    for (const key of schema.required ?? [])
      if (!Object.hasOwn(value, key)) wrong.push(`${at}.${key}: required`)
    for (const [key, held] of Object.entries(value)) {
      const property = schema.properties?.[key]
      if (property !== undefined) wrong.push(...mistakes(property, held, `${at}.${key}`))
      else if (schema.additionalProperties === false) wrong.push(`${at}.${key}: unknown`)
    }
  }
  return wrong
}

describe('the JSON Schema', () => {
  it.each(documentKinds)('takes every %s that can be written', (kind) => {
    const schema = { $ref: `#/$defs/${rootElementOf(kind)}` }
    fc.assert(
      fc.property(anyDocument(kind), (document) => {
        expect(mistakes(schema, document, kind)).toEqual([])
      }),
      { numRuns: 5 },
    )
  })

  it('refuses numbers for money, unknown keys and missing ones', () => {
    const { number: _number, ...act } = { ...aDocument('act'), surprise: 1, date: 5 }
    expect(mistakes({ $ref: '#/$defs/Act' }, act, 'act').sort()).toEqual([
      'act.date: type',
      'act.number: required',
      'act.surprise: unknown',
    ])
  })

  it('tells the kinds apart by their name', () => {
    const taken = (document: unknown): number =>
      (root.oneOf ?? []).filter((schema) => mistakes(schema, document, '').length === 0).length
    for (const kind of documentKinds) expect(taken(aDocument(kind))).toBe(1)
  })
})
