import { v7 } from 'uuid'
import type { Ids } from '../../core/kernel/index.ts'

/** UUID version 7: ids sort by the time they were made, also within one millisecond. */
export const uuidIds: Ids = { next: () => v7() }
