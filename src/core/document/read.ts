import type { Result } from '../kernel/index.ts'
import type { Document, DocumentKind, Party } from './kinds/index.ts'
import { declarations } from './kinds/index.ts'
import { party } from './kinds/parts.ts'
import { FaultList } from './language/faults.ts'
import { faulty, planOf } from './language/plan.ts'
import { ValueReader } from './language/read-value.ts'
import { XmlReader } from './language/read-xml.ts'

export const documentNamespace = 'urn:daneker:edo:document:1'

/**
 * Reads a document from values parsed from JSON. All faults come at once: unknown fields, missing ones,
 * wrong types (a number where a decimal text is due), too long, not in a list. `null` and `''` are absent.
 */
export const readDocumentValue = (kind: DocumentKind, value: unknown): Result<Document> => {
  const faults = new FaultList()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.add('DOC-01', '')
    return { ok: false, faults: faults.faults }
  }
  const given = value as Record<string, unknown>
  if (Object.hasOwn(given, 'kind') && given.kind !== kind) faults.add('DOC-18', 'kind', { kind })
  const made = new ValueReader(faults).record(planOf(declarations[kind]), given, '', { kind }, false)
  return resultOf(made, faults)
}

/**
 * Reads what is known of a party beyond its documents, from values parsed from JSON: any fields of a party, none
 * required. All faults at once, with paths below `path`.
 */
export const readPartyDetails = (value: Record<string, unknown>, path: string): Result<Partial<Party>> => {
  const faults = new FaultList()
  const named = Object.hasOwn(value, 'name')
  const made = new ValueReader(faults).record(
    planOf(party),
    // A name is required of a party in a document; here it may stay away.
    named ? value : { ...value, name: '-' },
    path,
    undefined,
    false,
  )
  if (faults.faults.length > 0 || made === undefined || made === faulty)
    return { ok: false, faults: faults.faults }
  const { name: _, ...rest } = made
  return { ok: true, value: named ? made : rest }
}

/** Takes the events of an XML parser: what stands inside the root element of one document. */
export interface DocumentXmlReader {
  /** An element begins. The root itself is not reported: the door has read its name to learn the kind. */
  open(namespace: string, localName: string): void
  /** Character data or CDATA, in as many pieces as the parser likes. */
  text(chunk: string): void
  /** The element just opened carries `xsi:nil="true"`. */
  nil(): void
  /** The innermost open element ends. */
  close(): void
  /** After the last `close`: the document or all of its faults. Throws when elements are still open. */
  finish(): Result<Document>
}

/** One reader reads one document. */
export const documentXmlReader = (kind: DocumentKind): DocumentXmlReader => {
  const faults = new FaultList()
  const reader = new XmlReader(documentNamespace, planOf(declarations[kind]), faults)
  return {
    open: (namespace, localName) => reader.open(namespace, localName),
    text: (chunk) => reader.text(chunk),
    nil: () => reader.nil(),
    close: () => reader.close(),
    finish: () => resultOf(reader.finish({ kind }), faults),
  }
}

const resultOf = (
  made: Record<string, unknown> | typeof faulty | undefined,
  faults: FaultList,
): Result<Document> => {
  if (faults.faults.length > 0) return { ok: false, faults: faults.faults }
  if (made === undefined || made === faulty) throw new Error('a document was called faulty without a fault')
  // The plan that made it was compiled from the declaration its type is inferred from.
  return { ok: true, value: made as unknown as Document }
}
