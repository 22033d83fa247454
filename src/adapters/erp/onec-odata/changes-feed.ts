import type { Result } from '../../../core/kernel/index.ts'
import { readXml } from '../../xml/index.ts'

/** One object that changed since the last message of an exchange plan. */
export interface ChangedObject {
  /** `Document_РеализацияТоваровУслуг`. */
  entity: string
  ref: string
}

const limits = { maxNodes: 2_000_000 }

/**
 * Reads the answer of `SelectChanges`: entries by their types and references. Deleted entries are not entries here:
 * what was sent is not unsent by deleting it in 1C.
 */
export const readChanges = async (text: string): Promise<Result<ChangedObject[]>> => {
  const changed = new Map<string, ChangedObject>()
  let entry: { entity: string; ref: string | undefined } | undefined
  let words: string | undefined
  const path: string[] = []
  const read = await readXml(
    text.replace(/^\uFEFF/, ''),
    {
      open: ({ local, attributes }) => {
        path.push(local)
        if (local === 'entry') entry = { entity: '', ref: undefined }
        if (local === 'category' && entry?.entity === '') {
          const term = attributes.find(({ local: name }) => name === 'term')?.value ?? ''
          entry.entity = term.replace(/^.*\./, '')
        }
        // Rows of tabular parts repeat the reference of their document: the first is its own.
        if (local === 'Ref_Key' && entry !== undefined && entry.ref === undefined) words = ''
      },
      text: (piece) => {
        if (words !== undefined) words += piece
      },
      close: () => {
        const closed = path.pop()
        if (closed === 'Ref_Key' && words !== undefined && entry !== undefined) {
          entry.ref = words.trim().toLowerCase()
          words = undefined
        }
        if (closed !== 'entry' || entry === undefined) return
        const { entity, ref } = entry
        if (entity !== '' && ref !== undefined && /^[0-9a-f-]{36}$/.test(ref))
          changed.set(`${entity} ${ref}`, { entity, ref })
        entry = undefined
      },
    },
    limits,
  )
  return read.ok ? { ok: true, value: [...changed.values()] } : read
}
