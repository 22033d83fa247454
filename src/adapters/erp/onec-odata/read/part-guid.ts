import { createHash } from 'node:crypto'

/**
 * One document of a base that is printed as two forms becomes two documents. UUID version 5 over its reference and
 * the name of the form: the same for ever.
 */
export const partGuid = (ref: string, part: 'act' | 'waybill'): string => {
  const hash = createHash('sha1')
    .update(Buffer.from(ref.replaceAll('-', ''), 'hex'))
    .update(part)
    .digest()
    .subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
