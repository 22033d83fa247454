import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { commerceMl } from '../../../../src/adapters/erp/commerceml/format.ts'
import { documentElement } from '../../../../src/adapters/erp/commerceml/write/document.ts'
import { packageBytes, type Dialect } from '../../../../src/adapters/erp/commerceml/write/package.ts'
import { documentKinds, senderOf, type Document } from '../../../../src/core/document/index.ts'
import { aDocument } from '../../../factories/documents.ts'
import { anyDocument } from '../../core/document/arbitrary.ts'

const at = '2026-03-31T11:00:00'
const modern: Dialect = { version: '2.10', encoding: 'utf-8' }

const written = (documents: Document[], dialect = modern): Uint8Array =>
  packageBytes(
    documents.map((one) =>
      documentElement(one, { role: 'Продавец', notes: { 'Состояние ЭДО': 'Доставлен' } }),
    ),
    dialect,
    at,
  )

const readBack = async (bytes: Uint8Array, document: Document): Promise<unknown> => {
  const company = { taxId: senderOf(document).taxId ?? '', name: senderOf(document).name }
  const read = await commerceMl.read(bytes, 'documents.xml', { company, profile: {} })
  if (!read.ok) return read.faults
  return read.value.map((one) => one.document ?? one.faults)
}

describe.each(documentKinds)('a document of the kind %s', (kind) => {
  test('reads back as it was written, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument(kind), async (document) => {
        expect(await readBack(written([document]), document)).toEqual([document])
      }),
      { numRuns: 25 },
    )
  })

  test.each<Dialect>([
    { version: '2.05', encoding: 'windows-1251' },
    { version: '3.1', encoding: 'utf-8' },
  ])('reads back in version $version in $encoding', async (dialect) => {
    const document = aDocument(kind)
    expect(await readBack(written([document], dialect), document)).toEqual([document])
  })
})

const schemas = fileURLToPath(
  new URL('../../../../../shared/reference/onec/commerceml/xsd/', import.meta.url),
)
const isThere = existsSync(schemas)
const skipped = isThere ? '' : ' (skipped: the reference folder is not here)'
;(isThere ? describe : describe.skip)(`what is written, by the official schema${skipped}`, () => {
  const faultsBy = (version: Dialect['version'], bytes: Uint8Array): string[] => {
    const schema = XmlDocument.fromBuffer(readFileSync(`${schemas}commerceml-${version}.xsd`))
    const validator = XsdValidator.fromDoc(schema)
    const xml = XmlDocument.fromBuffer(bytes)
    try {
      validator.validate(xml)
      return []
    } catch (error) {
      return [String((error as Error).message)]
    } finally {
      xml.dispose()
      validator.dispose()
      schema.dispose()
    }
  }

  test.each<Dialect['version']>(['2.08', '2.09', '2.10'])('is valid by %s, of every kind', (version) => {
    const bytes = written(documentKinds.map(aDocument), { version, encoding: 'utf-8' })
    expect(faultsBy(version, bytes)).toEqual([])
  })

  test('is valid whatever the documents say', () => {
    for (const kind of documentKinds) {
      fc.assert(
        fc.property(anyDocument(kind), (document) => {
          expect(faultsBy('2.10', written([document]))).toEqual([])
        }),
        { numRuns: 3 },
      )
    }
  })
})
