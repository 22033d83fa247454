import type { ForeignFormat } from '../../../core/exchange/index.ts'
import { ok } from '../../../core/kernel/index.ts'
import { MappingRunner, readMappingFolders, type Mapping } from '../../mapping/index.ts'
import type { ErpDoor } from '../contract.ts'

/** Every mapping file is a format `generic/<name>`: an unlisted system needs no code, and no routes of its own. */
export const door: ErpDoor = {
  name: 'generic',
  openFormats({ mappingFolders }) {
    const mappings = readMappingFolders(mappingFolders)
    if (!mappings.ok) return mappings
    const runner = new MappingRunner()
    return ok({
      formats: mappings.value.map((mapping) => formatOf(mapping, runner)),
      stop: () => runner.stop(),
    })
  },
}

const formatOf = (mapping: Mapping, runner: MappingRunner): ForeignFormat => ({
  name: `generic/${mapping.name}`,
  read: (bytes, _fileName, context) => runner.read(mapping, bytes, context),
})
