/** The face of the room: the ЭДО format, version 1, as a language. See README.md. */
export * from './kinds/index.ts'
export { documentNamespace, documentXmlReader, readDocumentValue } from './read.ts'
export type { DocumentXmlReader } from './read.ts'
export { documentJsonSchema, documentXsd, documentXsdElement } from './schema.ts'
export { writeDocumentXml } from './write.ts'
export type { Digest } from './write.ts'
