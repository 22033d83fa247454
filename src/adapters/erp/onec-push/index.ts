import type { ErpDoor } from '../contract.ts'
import { examinePush } from './examine.ts'
import { pushChanges } from './push.ts'
import { checkSettings, doorName } from './settings.ts'

/** Changes brought to a 1C that can be reached: signed calls of its HTTP service. See README.md. */
export const door: ErpDoor = {
  name: doorName,
  checkSettings,
  jobs: (work) => [pushChanges(work)],
  examine: examinePush,
}
