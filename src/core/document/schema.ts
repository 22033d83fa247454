import { declarations, documentKinds } from './kinds/index.ts'
import { jsonSchema } from './language/json-schema.ts'
import { schemaElement } from './language/xsd.ts'
import { documentNamespace } from './read.ts'

const kinds = documentKinds.map((kind) => declarations[kind])

/**
 * `<xs:schema>` of the format without an XML prolog and without documentation: ready to stand in the types
 * of a WSDL, which 1C fetches with a timeout of ten seconds.
 */
export const documentXsdElement = (): string => schemaElement(documentNamespace, kinds, false)

/** The published XSD file, titles in three languages. 1C imports it as an XDTO package. */
export const documentXsd = (): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${schemaElement(documentNamespace, kinds, true)}`

/**
 * JSON Schema (draft 2020-12) of the same format: `$defs` hold one definition for each kind (`Act`,
 * `TaxInvoice` ...) and each record. Readers are a little kinder: they take `null` and `''` as absent.
 */
export const documentJsonSchema = (): Record<string, unknown> => jsonSchema(documentNamespace, declarations)
