import type { ForeignFormat } from '../../../core/exchange/index.ts'
import { ok } from '../../../core/kernel/index.ts'
import {
  MappingRunner,
  overrideFaults,
  readMapping,
  readMappingFolders,
  type Mapping,
} from '../../mapping/index.ts'
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
      draft: (format, text) => {
        const known = mappings.value.find(({ name }) => `generic/${name}` === format)
        if (known === undefined) return undefined
        const draft = readMapping(text, known.file)
        return draft.ok ? ok(formatOf(draft.value, runner)) : draft
      },
      stop: () => runner.stop(),
    })
  },
}

const formatOf = (mapping: Mapping, runner: MappingRunner): ForeignFormat => ({
  name: `generic/${mapping.name}`,
  recognises: (bytes) => formatIn(bytes) === mapping.source.format,
  checkSettings: (settings) => overrideFaults(mapping, settings),
  read: (bytes, _fileName, context) => runner.read(mapping, bytes, context),
})

/** By the first letter: enough to leave out what cannot be read. UTF-16 has a zero beside it. */
const formatIn = (bytes: Uint8Array): Mapping['source']['format'] => {
  const head = Buffer.from(bytes.subarray(0, 64))
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
  const first = head.replace(/[\s\0]+/g, '').charAt(0)
  return first === '<' ? 'xml' : first === '{' || first === '[' ? 'json' : 'csv'
}
