import type { Digest, DocumentRecord } from '../exchange/index.ts'
import { jsonBytes, type PieceFor } from './pieces.ts'

/** A piece as the manifest names it. */
export interface ListedPiece {
  name: string
  for: PieceFor
  digest: Digest
  size: number
}

/** What was archived about a document: its facts, and every file by digest. Stable; later versions only add. */
export interface Manifest {
  manifest: 'urn:daneker:archive:2'
  archivedAt: string
  document: Omit<DocumentRecord, 'revision'>
  pieces: ListedPiece[]
}

export const manifestBytes = (
  record: DocumentRecord,
  pieces: readonly ListedPiece[],
  at: Date,
): Uint8Array => {
  const { revision: _, ...document } = record
  return jsonBytes({ manifest: 'urn:daneker:archive:2', archivedAt: at.toISOString(), document, pieces })
}

/** Throws when the bytes are no manifest: their digest matched, so it is we who wrote something else. */
export const readManifest = (bytes: Uint8Array): Manifest => {
  const value = JSON.parse(new TextDecoder().decode(bytes)) as Manifest
  if (!Array.isArray(value.pieces)) throw new Error('the manifest names no pieces')
  return value
}
