import type { ForeignFormat } from '../../../../core/exchange/index.ts'
import { failed, ok } from '../../../../core/kernel/index.ts'
import { decodeJson } from '../../../xml/index.ts'
import { odataFault } from '../odata-faults.ts'
import { doorName } from '../settings.ts'
import { isBundle } from './bundle.ts'
import { readingsOf } from './documents.ts'

/** A document of a base with its references, as the poller gathers it: the same bytes read the same for ever. */
export const odataFormat: ForeignFormat = {
  name: doorName,
  read: (bytes, _fileName, context) => {
    const text = decodeJson(Buffer.from(bytes))
    if (!text.ok) return Promise.resolve(text)
    let value: unknown
    try {
      // Numbers of a base are doubles; they are repaired where they are read.
      value = JSON.parse(text.value) as unknown
    } catch {
      return Promise.resolve(failed(odataFault('ODATA-15')))
    }
    return Promise.resolve(isBundle(value) ? ok(readingsOf(value, context)) : failed(odataFault('ODATA-15')))
  },
}
