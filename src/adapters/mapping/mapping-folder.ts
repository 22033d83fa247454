import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { failed, ok, type Fault, type Result } from '../../core/kernel/index.ts'
import type { Mapping } from './mapping.ts'
import { mappingFault } from './mapping-faults.ts'
import { readMapping } from './read-mapping.ts'

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'error'

/** One mapping from its file. */
export const readMappingFile = (path: string): Result<Mapping> => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return failed(mappingFault('MAPPING-01', path, { why: reasonOf(error) }))
  }
  return readMapping(text, basename(path))
}

/**
 * The mappings of some folders, by name, or every mistake of every file. A folder that is not there holds none,
 * unless it was asked for by name. Only `*.yaml` in the folder itself: samples and the like lie deeper.
 */
export const readMappingFolders = (folders: readonly string[]): Result<Mapping[]> => {
  const mappings = new Map<string, { mapping: Mapping; path: string }>()
  const faults: Fault[] = []
  for (const folder of folders) {
    let names: string[]
    try {
      names = readdirSync(folder).sort()
    } catch (error) {
      faults.push(mappingFault('MAPPING-01', folder, { why: reasonOf(error) }))
      continue
    }
    for (const name of names.filter((one) => one.endsWith('.yaml'))) {
      const path = join(folder, name)
      const read = readMappingFile(path)
      if (!read.ok) {
        faults.push(...read.faults)
        continue
      }
      const before = mappings.get(read.value.name)
      if (before !== undefined)
        faults.push(
          mappingFault('MAPPING-16', path, { name: read.value.name, files: `${before.path}, ${path}` }),
        )
      else mappings.set(read.value.name, { mapping: read.value, path })
    }
  }
  return faults.length > 0 ? failed(...faults) : ok([...mappings.values()].map(({ mapping }) => mapping))
}
