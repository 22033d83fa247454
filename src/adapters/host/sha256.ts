import { createHash } from 'node:crypto'
import type { Hasher } from '../../core/exchange/index.ts'

export const sha256: Hasher = { digest: (bytes) => createHash('sha256').update(bytes).digest('hex') }
