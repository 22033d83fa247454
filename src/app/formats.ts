import { existsSync } from 'node:fs'
import { ConfigRefusal } from '../adapters/config/index.ts'
import type { ErpDoor } from '../adapters/erp/contract.ts'
import type { ForeignFormat } from '../core/exchange/index.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'

/**
 * Every format that `SendMessage` understands, by name. A mapping with a mistake stops the start, as a wrong setting
 * does: a format that is missing tomorrow would be found out by those who send.
 */
export const openFormats = (
  doors: readonly ErpDoor[],
  {
    mappingFolders = existsSync('config/adapters') ? ['config/adapters'] : [],
  }: Pick<GatewaySettings, 'mappingFolders'>,
  started: Stoppable[],
): ReadonlyMap<string, ForeignFormat> => {
  const formats = doors.flatMap((door) => {
    const opened = door.openFormats?.({ mappingFolders })
    if (opened?.ok === false) throw new ConfigRefusal(opened.faults)
    if (opened !== undefined) started.push(opened.value)
    return [...(door.formats ?? []), ...(opened?.value.formats ?? [])]
  })
  return new Map(formats.map((format) => [format.name, format]))
}
