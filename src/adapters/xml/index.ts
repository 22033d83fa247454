/** Hardened readers of text, XML and JSON: the doors and the portal client share them. */
export * from './decode.ts'
export * from './document-xml.ts'
export * from './json-reader.ts'
export * from './reader-faults.ts'
export * from './single-byte.ts'
export * from './xml-reader.ts'
