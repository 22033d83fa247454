import type { ErpDoor } from '../contract.ts'
import { examineBase } from './examine.ts'
import { pollBases } from './poll.ts'
import { odataFormat } from './read/format.ts'
import { checkSettings, doorName } from './settings.ts'

/** Bases that publish the standard OData interface: read on a schedule, written back. See README.md. */
export const door: ErpDoor = {
  name: doorName,
  formats: [odataFormat],
  checkSettings,
  jobs: (work) => [pollBases(work)],
  examine: examineBase,
}
