import { documentKinds, readDocumentValue, type Document } from '../../../core/document/index.ts'
import type { ForeignFormat } from '../../../core/exchange/index.ts'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import { decodeJson, isJsonObject, readDocumentXml, readJson } from '../../xml/index.ts'
import { restFault } from './rest-faults.ts'

/** The format's own XML as a file: one document. */
const ownXml: ForeignFormat = {
  name: 'daneker-xml',
  read: async (bytes) => {
    const read = await readDocumentXml(bytes)
    return read.ok ? ok([read.value]) : read
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

const readJsonFile = (text: string): Result<Document[]> => {
  const json = readJson(text)
  if (!json.ok) return json
  const items = Array.isArray(json.value) ? (json.value as unknown[]) : [json.value]
  const documents: Document[] = []
  const faults = []
  for (const [index, item] of items.entries()) {
    const kind = isJsonObject(item) ? documentKinds.find((known) => known === item.kind) : undefined
    const read = kind === undefined ? failed(restFault('REST-01', 'kind')) : readDocumentValue(kind, item)
    if (read.ok) documents.push(read.value)
    else if (items.length === 1) faults.push(...read.faults)
    else faults.push(...read.faults.map((fault) => ({ ...fault, path: `documents[${index}].${fault.path}` })))
  }
  return faults.length > 0 ? { ok: false, faults } : ok(documents)
}

export const exchangeFormats: readonly ForeignFormat[] = [ownXml, ownJson]
