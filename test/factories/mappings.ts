import { Expressions } from '../../src/adapters/mapping/expressions.ts'
import { readFileBy } from '../../src/adapters/mapping/read-file.ts'
import { readMapping } from '../../src/adapters/mapping/index.ts'
import type { Mapping } from '../../src/adapters/mapping/mapping.ts'
import type { ConnectionProfile } from '../../src/core/company/index.ts'
import type { ForeignReading } from '../../src/core/exchange/index.ts'
import type { Result } from '../../src/core/kernel/index.ts'
import { sellerTaxId } from './documents.ts'

/** A file that is a document but for one field: a test adds what it is about. */
export const fileMapping = (rules: string, source = 'format: json'): string => `name: test
version: 1
source: { ${source} }
kind: file
fields:
  guid: { value: g-1 }
  date: { value: 2026-03-31 }
  sender: { organisation: true }
  recipient: { name: { value: Получатель }, taxId: { value: '260140000604' } }
  fileName: { value: a.txt }
  mediaType: { value: text/plain }
  content: { value: YQ== }
${rules
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`

export const aMapping = (text: string, file = 'test.yaml'): Mapping => {
  const read = readMapping(text, file)
  if (!read.ok) throw new Error(read.faults.map(({ message }) => message.ru).join('\n'))
  return read.value
}

export const mappingCompany = { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' }

/** Reads in this thread: what hangs is tested with the runner. */
export const readBy = (
  mapping: Mapping | string,
  content: string | Uint8Array,
  profile: ConnectionProfile = {},
): Promise<Result<ForeignReading[]>> =>
  readFileBy(
    typeof mapping === 'string' ? aMapping(mapping) : mapping,
    typeof content === 'string' ? Buffer.from(content) : content,
    { company: mappingCompany, profile },
    { beat: () => undefined, rest: () => undefined, matching: () => undefined },
    new Expressions(),
  )

/** The only document of a file, good or faulty. */
export const oneReading = async (...args: Parameters<typeof readBy>): Promise<ForeignReading> => {
  const read = await readBy(...args)
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  const [reading] = read.value
  if (reading === undefined || read.value.length > 1) throw new Error(`${read.value.length} documents`)
  return reading
}
