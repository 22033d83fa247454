import { SaxesParser } from 'saxes'
import type { Document, DocumentKind, DocumentXmlReader } from '../../../../src/core/document/index.ts'
import { documentXmlReader, kindOfRootElement } from '../../../../src/core/document/index.ts'
import type { Result } from '../../../../src/core/kernel/index.ts'

const instance = 'http://www.w3.org/2001/XMLSchema-instance'

/** Feeds a whole XML text through saxes to the document reader, the way the doors do. */
export const readXml = (xml: string, kind?: DocumentKind): Result<Document> => {
  let reader: DocumentXmlReader | undefined
  let depth = 0
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => {
    if (depth++ === 0) {
      const named = kind ?? kindOfRootElement(tag.local)
      if (named === undefined) throw new Error(`no kind has the root ${tag.local}`)
      reader = documentXmlReader(named)
      return
    }
    reader?.open(tag.uri, tag.local)
    const isNil = Object.values(tag.attributes).some(
      (attribute) => attribute.uri === instance && attribute.local === 'nil' && attribute.value === 'true',
    )
    if (isNil) reader?.nil()
  })
  parser.on('text', (text) => depth > 0 && reader?.text(text))
  parser.on('cdata', (text) => reader?.text(text))
  parser.on('closetag', () => {
    if (--depth > 0) reader?.close()
  })
  parser.write(xml).close()
  if (reader === undefined) throw new Error('an empty text')
  return reader.finish()
}

/** The value, or an error that lists the faults: for tests that expect success. */
export const valueOf = <T>(result: Result<T>): T => {
  if (result.ok) return result.value
  throw new Error(result.faults.map((fault) => `${fault.code} ${fault.path}: ${fault.message.en}`).join('\n'))
}

/** `CODE path` of each fault, sorted: what tests compare. */
export const codesAndPaths = (faults: readonly { code: string; path: string }[]): string[] =>
  faults.map((fault) => `${fault.code} ${fault.path}`.trim()).sort()

export const faultsOf = (result: Result<unknown>): string[] => (result.ok ? [] : codesAndPaths(result.faults))
