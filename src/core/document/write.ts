import type { Document } from './kinds/index.ts'
import { declarations } from './kinds/index.ts'
import { planOf } from './language/plan.ts'
import { writeXml } from './language/write-xml.ts'
import { documentNamespace } from './read.ts'

/**
 * The exact bytes of a document: what is signed, hashed and kept. The same document always gives the same
 * bytes. Expects a document made by the readers, whose values are in canonical text already.
 */
export const writeDocumentXml = (document: Document): Uint8Array =>
  writeXml(planOf(declarations[document.kind]), documentNamespace, document)
