import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { Ids } from '../../core/kernel/index.ts'

const randomBytesOfId = 16

/** One question to the system's generator serves 256 ids; asked for each, it costs more than the id. */
const pool = Buffer.alloc(randomBytesOfId * 256)
let used = pool.length

const nextRandom = (): Uint8Array => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += randomBytesOfId
  return pool.subarray(used - randomBytesOfId, used)
}

// `v7` counts within one millisecond by itself only while it also asks for randomness by itself.
let msecs = 0
let seq = 0

/** UUID version 7: ids sort by the time they were made, also within one millisecond and when the clock goes back. */
export const uuidIds: Ids = {
  next: () => {
    const random = nextRandom()
    const now = Date.now()
    if (now > msecs) {
      msecs = now
      // 31 random bits: the counter has room for two thousand million more in this millisecond.
      seq = Buffer.from(random.buffer, random.byteOffset, 4).readUInt32BE() >>> 1
    } else seq += 1
    return v7({ random, msecs, seq })
  },
}
