import { hash } from 'node:crypto'
import type { Hasher } from '../../core/exchange/index.ts'

export const sha256: Hasher = { digest: (bytes) => hash('sha256', bytes) }
