import { existsSync } from 'node:fs'
import { ConfigRefusal } from '../adapters/config/index.ts'
import type { ErpDoor } from '../adapters/erp/contract.ts'
import { unknownFormat, type ForeignFormat } from '../core/exchange/index.ts'
import { failed, type Result } from '../core/kernel/index.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'

/** Every format that `SendMessage` understands, by name, and what another text of a mapping would make of one. */
export interface OpenFormats {
  formats: ReadonlyMap<string, ForeignFormat>
  draft(format: string, text: string): Result<ForeignFormat>
}

/**
 * A mapping with a mistake stops the start, as a wrong setting does: a format that is missing tomorrow would be found
 * out by those who send.
 */
export const openFormats = (
  doors: readonly ErpDoor[],
  {
    mappingFolders = existsSync('config/adapters') ? ['config/adapters'] : [],
  }: Pick<GatewaySettings, 'mappingFolders'>,
  started: Stoppable[],
): OpenFormats => {
  const opened = doors.flatMap((door) => {
    const one = door.openFormats?.({ mappingFolders })
    if (one?.ok === false) throw new ConfigRefusal(one.faults)
    if (one === undefined) return []
    started.push(one.value)
    return [one.value]
  })
  const all = [...doors.flatMap(({ formats = [] }) => formats), ...opened.flatMap(({ formats }) => formats)]
  const formats = new Map(all.map((format) => [format.name, format]))
  return {
    formats,
    draft: (format, text) => {
      for (const one of opened) {
        const draft = one.draft(format, text)
        if (draft !== undefined) return draft
      }
      return failed(unknownFormat(format, [...formats.keys()]))
    },
  }
}
