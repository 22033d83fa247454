import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import type { Document, DocumentKind } from '../../../../src/core/document/index.ts'
import {
  checkDocument,
  documentKinds,
  documentXsd,
  readDocumentValue,
  writeDocumentXml,
} from '../../../../src/core/document/index.ts'
import type { Result } from '../../../../src/core/kernel/index.ts'
import { documentDay } from '../../../factories/documents.ts'
import { codesAndPaths, readXml, valueOf } from './feed-xml.ts'

/**
 * Golden samples, found in the folders: `NNNN-what.json` or `NNNN-what.in.xml` goes in; `NNNN-what.xml` holds
 * the exact bytes that come out, or `NNNN-what.findings.json` what is said of it (codes and paths of faults and
 * notices). `UPDATE_SAMPLES=1` writes the expectations anew: read the diff before committing.
 */
const folder = join(import.meta.dirname, '../../../samples/documents')
const isUpdate = process.env.UPDATE_SAMPLES === '1'

interface Sample {
  kind: DocumentKind
  name: string
  input: string
  isXml: boolean
}

const samplesOf = (kind: DocumentKind): Sample[] =>
  readdirSync(join(folder, kind))
    .filter(
      (file) => file.endsWith('.in.xml') || (file.endsWith('.json') && !file.endsWith('.findings.json')),
    )
    .map((file) => ({
      kind,
      name: join(folder, kind, file.replace(/\.(in\.xml|json)$/, '')),
      input: readFileSync(join(folder, kind, file), 'utf8'),
      isXml: file.endsWith('.xml'),
    }))

const readSample = ({ kind, input, isXml }: Sample): Result<Document> =>
  isXml ? readXml(input) : readDocumentValue(kind, JSON.parse(input))

const findingsOf = (sample: Sample): { faults: string[]; notices: string[] } => {
  const read = readSample(sample)
  if (!read.ok) return { faults: codesAndPaths(read.faults), notices: [] }
  const checked = checkDocument(read.value, { today: documentDay })
  return { faults: codesAndPaths(checked.faults), notices: codesAndPaths(checked.notices) }
}

const expected = (path: string, actual: string): string => {
  if (isUpdate) writeFileSync(path, actual)
  return readFileSync(path, 'utf8')
}

const validator = XsdValidator.fromDoc(XmlDocument.fromString(documentXsd()))
afterAll(() => {
  validator.dispose()
})

describe.each(documentKinds)('samples of %s', (kind) => {
  const samples = samplesOf(kind).map((sample): [string, Sample] => [
    sample.name.slice(folder.length + 1),
    sample,
  ])

  it('exist, a right and a wrong one at least', () => {
    const wrong = samples.filter(([, sample]) => findingsOf(sample).faults.length > 0)
    expect(wrong.length).toBeGreaterThan(0)
    expect(samples.length).toBeGreaterThan(wrong.length)
  })

  it.each(samples)('%s', (_, sample) => {
    const findings = findingsOf(sample)
    const findingsPath = `${sample.name}.findings.json`
    const isSilent = findings.faults.length + findings.notices.length === 0
    if (!isSilent || existsSync(findingsPath)) {
      expect(findings).toEqual(JSON.parse(expected(findingsPath, `${JSON.stringify(findings, null, 2)}\n`)))
    }
    if (findings.faults.length > 0) return

    const document = valueOf(readSample(sample))
    const bytes = writeDocumentXml(document)
    const xml = new TextDecoder().decode(bytes)
    expect(xml).toBe(expected(`${sample.name}.xml`, xml))
    const parsed = XmlDocument.fromBuffer(bytes)
    expect(() => validator.validate(parsed)).not.toThrow()
    parsed.dispose()
    // What we wrote is read again as the same document, and written as the same bytes.
    expect(valueOf(readXml(xml))).toEqual(document)
  })
})
