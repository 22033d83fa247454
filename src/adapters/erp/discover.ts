import { readdir } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ErpDoor } from './contract.ts'

const isDoor = (value: unknown): value is ErpDoor =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'

/**
 * Every ERP folder beside this file, by name. A folder without a `door`, or with one that has another name,
 * stops the start: half an adapter is worse than none.
 */
export const discoverErpDoors = async (): Promise<ErpDoor[]> => {
  const here = fileURLToPath(import.meta.url)
  const folders = (await readdir(dirname(here), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

  const doors: ErpDoor[] = []
  for (const folder of folders) {
    // `.ts` when run from the source, `.js` when built.
    const face = join(dirname(here), folder, `index${extname(here)}`)
    const module = (await import(pathToFileURL(face).href)) as { door?: unknown }
    if (!isDoor(module.door) || module.door.name !== folder)
      throw new Error(`erp/${folder}/index must export a door named "${folder}"`)
    doors.push(module.door)
  }
  return doors
}
