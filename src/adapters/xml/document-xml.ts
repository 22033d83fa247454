import {
  documentNamespace,
  documentXmlReader,
  kindOfRootElement,
  type Document,
  type DocumentKind,
  type DocumentXmlReader,
} from '../../core/document/index.ts'
import { failed, type Result } from '../../core/kernel/index.ts'
import { decodeXml } from './decode.ts'
import { readerFault } from './reader-faults.ts'
import {
  documentXmlLimits,
  readXml,
  Unreadable,
  type XmlElement,
  type XmlLimits,
  type XmlListener,
} from './xml-reader.ts'

const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

/** Feeds the elements of one document to the document language's own reader. */
class DocumentListener implements XmlListener {
  #reader: DocumentXmlReader | undefined
  #depth = 0

  open({ uri, local, attributes }: XmlElement): void {
    this.#depth += 1
    if (this.#reader === undefined) {
      const kind = uri === documentNamespace ? kindOfRootElement(local) : undefined
      if (kind === undefined) throw new Unreadable(readerFault('XML-08', { root: local.slice(0, 60) }))
      this.#reader = documentXmlReader(kind)
      return
    }
    this.#reader.open(uri, local)
    const isNil = Object.values(attributes).some(
      (attribute) =>
        attribute.uri === instanceNamespace && attribute.local === 'nil' && attribute.value === 'true',
    )
    if (isNil) this.#reader.nil()
  }

  text(text: string): void {
    if (this.#depth > 1) this.#reader?.text(text)
  }

  close(): void {
    this.#depth -= 1
    if (this.#depth > 0) this.#reader?.close()
  }

  finish(): Result<Document> {
    // readXml lets no document without a root through.
    return (this.#reader as DocumentXmlReader).finish()
  }
}

/** Reads one document in the ЭДО format's own XML, whichever kind it is. */
export const readDocumentXml = async (
  bytes: Uint8Array,
  { charset, limits = documentXmlLimits }: { charset?: string; limits?: Partial<XmlLimits> } = {},
): Promise<Result<Document>> => {
  const decoded = decodeXml(bytes, charset)
  if (!decoded.ok) return decoded
  const listener = new DocumentListener()
  const read = await readXml(decoded.value, listener, limits)
  return read.ok ? listener.finish() : failed(...read.faults)
}

/** Our own exact bytes were checked when they were accepted: only their size bounds them. */
const ownLimits: Partial<XmlLimits> = { maxNodes: 5_000_000 }

/** Reads the exact bytes of a stored document back. */
export const readExactBytes = async (kind: DocumentKind, bytes: Uint8Array): Promise<Result<Document>> => {
  const read = await readDocumentXml(bytes, { limits: ownLimits })
  if (read.ok && read.value.kind !== kind)
    throw new Error(`the bytes hold a ${read.value.kind}, not a ${kind}`)
  return read
}
