import { createHash } from 'node:crypto'

/**
 * The GUID of one of the two documents that a single object of 1C is printed as: UUID version 5 of the part's name
 * in the namespace of the object's own reference. The same object gives the same two for ever.
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
