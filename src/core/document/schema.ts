import { declarations, documentKinds } from './kinds/index.ts'
import { jsonSchema } from './language/json-schema.ts'
import { schemaElement } from './language/xsd.ts'
import { documentNamespace } from './read.ts'

/** `<xs:schema>` of the format without an XML prolog: ready to stand in the types of a WSDL. */
export const documentXsdElement = (): string =>
  schemaElement(
    documentNamespace,
    documentKinds.map((kind) => declarations[kind]),
  )

/** The published XSD file. 1C imports it as an XDTO package. */
export const documentXsd = (): string => `<?xml version="1.0" encoding="UTF-8"?>\n${documentXsdElement()}`

/**
 * JSON Schema (draft 2020-12) of the same format: `$defs` hold one definition for each kind (`Act`,
 * `TaxInvoice` ...) and each record. Readers are a little kinder: they take `null` and `''` as absent.
 */
export const documentJsonSchema = (): Record<string, unknown> => jsonSchema(documentNamespace, declarations)
