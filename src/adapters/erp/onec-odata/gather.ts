import type { BaseClient } from './client.ts'
import type { Published } from './metadata.ts'
import { parts, referencesOf, rowsOf, zeroRef, type Bundle, type Row } from './read/bundle.ts'

/** Catalogs change seldom: what one run has read it does not read again. */
export type Seen = Map<string, Row | undefined>

/** A document of a base with everything it refers to; undefined when it is not there any more. */
export const gather = async (
  client: BaseClient,
  { entities }: Published,
  seen: Seen,
  { entity, ref }: { entity: string; ref: string },
): Promise<Bundle | undefined> => {
  const document = await client.one(entity, ref)
  if (document === undefined) return undefined
  const refs: Bundle['refs'] = {}

  const follow = async (row: Row, references: Readonly<Record<string, string>> = {}): Promise<void> => {
    for (const [field, target] of Object.entries(references)) {
      const to = row[field]
      if (typeof to !== 'string' || to === zeroRef || !entities.has(target)) continue
      const own = (refs[target] ??= {})
      if (own[to] !== undefined) continue
      const key = `${target} ${to}`
      if (!seen.has(key)) seen.set(key, await client.one(target, to))
      const found = seen.get(key)
      if (found === undefined) continue
      own[to] = found
      await follow(found, referencesOf[target])
    }
  }
  await follow(document, referencesOf['document'])
  for (const part of parts) for (const row of rowsOf(document, part)) await follow(row, referencesOf['row'])
  return { format: 'onec-odata/1', entity, document, refs }
}
