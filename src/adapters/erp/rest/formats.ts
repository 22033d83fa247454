import { documentKinds, readDocumentValue, type Document } from '../../../core/document/index.ts'
import type { ForeignFormat, ForeignReading } from '../../../core/exchange/index.ts'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import { decodeJson, isJsonObject, readDocumentXml, readJson } from '../../xml/index.ts'
import { restFault } from './rest-faults.ts'

/** The own formats need no mapping: each value stands where the document language has it. */
const readingOf = (read: Result<Document>): ForeignReading => ({
  document: read.ok ? read.value : undefined,
  faults: read.ok ? [] : read.faults,
  sources: [],
  unread: [],
  mapping: 'daneker@1',
})

/** The format's own XML as a file: one document. */
const ownXml: ForeignFormat = {
  name: 'daneker-xml',
  read: async (bytes) => {
    const read = await readDocumentXml(bytes)
    return read.ok ? ok([readingOf(read)]) : read
  },
}

/**
 * The format's own JSON as a file: one object that names its kind, or a list of them. The only format here
 * that carries several documents.
 */
const ownJson: ForeignFormat = {
  name: 'daneker-json',
  read: (bytes) => {
    const text = decodeJson(bytes)
    return Promise.resolve(text.ok ? readJsonFile(text.value) : text)
  },
}

const readJsonFile = (text: string): Result<ForeignReading[]> => {
  const json = readJson(text)
  if (!json.ok) return json
  const items = Array.isArray(json.value) ? (json.value as unknown[]) : [json.value]
  return ok(
    items.map((item) => {
      const kind = isJsonObject(item) ? documentKinds.find((known) => known === item.kind) : undefined
      return readingOf(
        kind === undefined ? failed(restFault('REST-01', 'kind')) : readDocumentValue(kind, item),
      )
    }),
  )
}

export const exchangeFormats: readonly ForeignFormat[] = [ownXml, ownJson]
