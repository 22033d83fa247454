import type { ErpDoor } from '../contract.ts'
import { commerceMl } from './format.ts'

/** CommerceML over the HTTP dialogue that 1C speaks to sites. See README.md. */
export const door: ErpDoor = {
  name: 'commerceml',
  formats: [commerceMl],
}
