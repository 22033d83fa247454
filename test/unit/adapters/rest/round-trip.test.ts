import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { exchangeFormats } from '../../../../src/adapters/erp/rest/formats.ts'
import { isDocumentKind, readDocumentValue, writeDocumentXml } from '../../../../src/core/document/index.ts'

const samples = readdirSync('test/samples/documents').flatMap((kind) =>
  readdirSync(join('test/samples/documents', kind))
    .filter((name) => /^00.*(?<!findings)\.json$/.test(name))
    .map((name) => [kind, name] as const),
)

it.each(samples)('%s %s written as JSON or XML reads back to the same document', async (kind, name) => {
  const value: unknown = JSON.parse(readFileSync(join('test/samples/documents', kind, name), 'utf8'))
  const read = isDocumentKind(kind) ? readDocumentValue(kind, value) : undefined
  if (read?.ok !== true) throw new Error(`${kind}/${name} is no document`)
  const context = { company: { taxId: '260140000114', name: 'ТОО' }, profile: {} }
  const written = {
    'daneker-json': Buffer.from(JSON.stringify(read.value)),
    'daneker-xml': writeDocumentXml(read.value),
  }
  for (const [format, bytes] of Object.entries(written)) {
    const back = await exchangeFormats.find((one) => one.name === format)?.read(bytes, '', context)
    expect(back?.ok === true ? back.value.map(({ document }) => document) : back).toEqual([read.value])
  }
})
