import { createHash, hash } from 'node:crypto'
import type { Hasher, RunningHasher } from '../../core/exchange/index.ts'

export const sha256: Hasher & RunningHasher = {
  digest: (bytes) => hash('sha256', bytes),
  begin: () => {
    const running = createHash('sha256')
    return { add: (bytes) => void running.update(bytes), end: () => running.digest('hex') }
  },
}
